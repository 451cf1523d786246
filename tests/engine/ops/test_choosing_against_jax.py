"""What masks and conditions choose, and unique elements, beside JAX: how many there are, values decide."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.choosing import BooleanMask, Compress
from engine.ops.elementwise import Sin
from engine.ops.finding import Unique
from engine.ops.reduction import ReduceSum
from engine.value import Value

pytestmark = pytest.mark.oracle("jax")

X = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0], [2.0, 2.5, 0.0], [1.0, -2.0, 6.0]])

Ours = Callable[[Graph, Value], Value]
Theirs = Callable[[Any, Any], Any]


FUNCTIONS: dict[str, tuple[Ours, Theirs]] = {
    "boolean_mask": (lambda g, x: BooleanMask()(x, x > 1.0), lambda jax, x: x[X > 1.0]),
    "compress": (
        lambda g, x: Compress(axis=1)(x, g.constant([True, False, True], "bool")),
        lambda jax, x: jax.numpy.compress(np.array([True, False, True]), x, axis=1),
    ),
}


@pytest.fixture
def jax_in_float64() -> Iterator[Any]:
    import jax

    with jax.enable_x64(True):
        yield jax


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_and_gradients_are_those_of_jax(name: str, jax_in_float64: Any) -> None:
    jax = jax_in_float64
    ours, theirs = FUNCTIONS[name]
    g = Graph()
    x = g.placeholder("x", (4, 3), "float64")
    y = ours(g, x)
    (slope,) = g.gradients(ReduceSum()(Sin()(y) * y), [x])
    (curve,) = g.gradients(ReduceSum()(Sin()(slope)), [x])
    found = Session(g, device="cpu").run([y, slope, curve], {x: X})

    def weighed(inner: Any) -> Any:
        result = theirs(jax, inner)
        return (jax.numpy.sin(result) * result).sum()

    def second(inner: Any) -> Any:
        return jax.numpy.sin(jax.grad(weighed)(inner)).sum()

    given = jax.numpy.array(X)
    expected = [theirs(jax, given), jax.grad(weighed)(given), jax.grad(second)(given)]
    for ours_found, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours_found, np.asarray(wanted), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_unique_elements_and_slices_are_those_of_jax(axis: int | None, jax_in_float64: Any) -> None:
    given = np.array([[2, 1, 2], [0, 3, 0], [2, 1, 2]])
    g = Graph()
    x = g.placeholder("x", (3, 3), "int64")
    fetches = Unique(whole=axis is None, axis=axis or 0).apply(x)
    found = Session(g, device="cpu").run(list(fetches), {x: given})
    expected = jax_in_float64.numpy.unique(given, True, True, True, axis=axis)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, np.asarray(theirs).reshape(ours.shape))
