"""Segments, sliding parts, unique elements and masks beside JAX, in values and gradients."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.choosing import BooleanMask, Compress
from engine.blocks.segments import SegmentMax, SegmentMean, SegmentMin, SegmentProd, SegmentSum
from engine.ops.cutting import Slice
from engine.ops.elementwise import Sin
from engine.ops.finding import Unique
from engine.ops.reduction import ReduceSum
from engine.ops.scattering import GatherND, PutAlong, ScatterND
from engine.ops.sliding import DynamicSlice, DynamicUpdateSlice
from engine.value import Value

pytestmark = pytest.mark.oracle("jax")

X = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0], [2.0, 2.5, 0.0], [1.0, -2.0, 6.0]])
IDS = np.array([2, 0, 2, 0])
ROWS = np.array([[3, 1], [0, 0]])

Ours = Callable[[Graph, Value], Value]
Theirs = Callable[[Any, Any], Any]


def first(x: Value, rows: int) -> Value:
    """The beginning of the first column."""
    return Slice(begin=(0, 0), size=(rows, 1))(x)


def mean(jax: Any, x: Any) -> Any:
    counts = jax.ops.segment_sum(jax.numpy.ones_like(x), IDS, 3)
    return jax.ops.segment_sum(x, IDS, 3) / jax.numpy.maximum(counts, 1)


FUNCTIONS: dict[str, tuple[Ours, Theirs]] = {
    "segment_sum": (
        lambda g, x: SegmentSum(count=3)(x, g.constant(IDS)),
        lambda jax, x: jax.ops.segment_sum(x, IDS, 3),
    ),
    "segment_mean": (lambda g, x: SegmentMean(count=3)(x, g.constant(IDS)), mean),
    "segment_prod": (
        lambda g, x: SegmentProd(count=3)(x, g.constant(IDS)),
        # Of its own segment_prod JAX has no gradient.
        lambda jax, x: jax.numpy.stack([x[segment == IDS].prod(axis=0) for segment in range(3)]),
    ),
    "segment_max": (
        lambda g, x: SegmentMax(count=3)(x, g.constant(IDS)),
        lambda jax, x: jax.ops.segment_max(x, IDS, 3),
    ),
    "segment_min": (
        lambda g, x: SegmentMin(count=3)(x, g.constant(IDS)),
        lambda jax, x: jax.ops.segment_min(x, IDS, 3),
    ),
    "dynamic_slice": (
        lambda g, x: DynamicSlice(size=(2, 2))(x, g.constant([3, 1])),
        lambda jax, x: jax.lax.dynamic_slice(x, (3, 1), (2, 2)),
    ),
    "dynamic_update_slice": (
        lambda g, x: DynamicUpdateSlice()(x, first(x, 2), g.constant([1, 9])),
        lambda jax, x: jax.lax.dynamic_update_slice(x, x[:2, :1], (1, 9)),
    ),
    "gather_nd": (lambda g, x: GatherND()(x, g.constant(ROWS)), lambda jax, x: x[ROWS[:, 0], ROWS[:, 1]]),
    "scatter_add": (
        lambda g, x: ScatterND(reduction="add")(x, g.constant(ROWS), GatherND()(x, g.constant(ROWS))),
        lambda jax, x: x.at[ROWS[:, 0], ROWS[:, 1]].add(x[ROWS[:, 0], ROWS[:, 1]]),
    ),
    "scatter": (
        lambda g, x: ScatterND()(x, g.constant(ROWS), g.constant([7.0, 8.0], "float64")),
        lambda jax, x: x.at[ROWS[:, 0], ROWS[:, 1]].set(jax.numpy.array([7.0, 8.0])),
    ),
    "put_along": (
        lambda g, x: PutAlong(axis=1)(x, g.constant([[0], [2], [1], [0]]), first(x, 4) * 2.0),
        lambda jax, x: jax.numpy.put_along_axis(
            x, np.array([[0], [2], [1], [0]]), x[:, :1] * 2.0, 1, inplace=False
        ),
    ),
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
