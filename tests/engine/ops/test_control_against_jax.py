"""Branches and loops compute what JAX's do, and have the same gradients, also through each other."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.ops.activation import Tanh
from engine.ops.linear import MatMul
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Reshape

pytestmark = pytest.mark.oracle("jax")

RNG = np.random.default_rng(4)
X, W, H = RNG.normal(size=(5, 3)), RNG.normal(size=(3, 3)) * 0.6, RNG.normal(size=3)
Drawn = Callable[..., Any]


def recurrent(g: Graph, x: Any, w: Any, h: Any) -> Any:
    def step(state: Any, row: Any) -> tuple[Any, Any]:
        new = Tanh()(Reshape(shape=(3,))(MatMul()(Reshape(shape=(1, 3))(state), w)) + row)
        return new, new * row

    last, stacked = g.scan(step, h, x)
    return ReduceSum()(stacked * stacked) + ReduceSum()(last)


def recurrent_in_jax(jax: Any, x: Any, w: Any, h: Any) -> Any:
    def step(state: Any, row: Any) -> Any:
        new = jax.numpy.tanh(state @ w + row)
        return new, new * row

    last, stacked = jax.lax.scan(step, h, x)
    return jax.numpy.sum(stacked * stacked) + jax.numpy.sum(last)


def backwards(g: Graph, x: Any, w: Any, h: Any) -> Any:
    last, stacked = g.scan(lambda c, row: (c * h + row, Tanh()(c)), h, x, reverse=True)
    return ReduceSum()(stacked * x) + ReduceSum()(last * last)


def backwards_in_jax(jax: Any, x: Any, w: Any, h: Any) -> Any:
    last, stacked = jax.lax.scan(lambda c, row: (c * h + row, jax.numpy.tanh(c)), h, x, reverse=True)
    return jax.numpy.sum(stacked * x) + jax.numpy.sum(last * last)


def branching(g: Graph, x: Any, w: Any, h: Any) -> Any:
    def row(v: Any) -> Any:
        total = ReduceSum()(v * h)
        return g.cond(total > 0.0, lambda: Tanh()(v * total), lambda: v * v - h)

    return ReduceSum()(g.map(row, x))


def branching_in_jax(jax: Any, x: Any, w: Any, h: Any) -> Any:
    def row(v: Any) -> Any:
        total = jax.numpy.sum(v * h)
        return jax.lax.cond(total > 0.0, lambda: jax.numpy.tanh(v * total), lambda: v * v - h)

    return jax.numpy.sum(jax.lax.map(row, x))


def bounded(g: Graph, x: Any, w: Any, h: Any) -> Any:
    def once(v: Any, n: Any) -> Any:
        return v * 1.3 + Tanh()(v * h), n + 1.0

    v, n = g.while_loop(lambda v, n: ReduceSum()(v * v) < 40.0, once, h, ReduceSum()(h * 0.0), limit=50)
    return ReduceSum()(v * v) + n


def bounded_in_jax(jax: Any, x: Any, w: Any, h: Any) -> Any:
    """JAX has no gradient of a while_loop, so the bound is written as a scan that stops changing."""

    def step(carried: Any, _: Any) -> Any:
        v, n = carried
        goes_on = jax.numpy.sum(v * v) < 40.0
        return (
            jax.numpy.where(goes_on, v * 1.3 + jax.numpy.tanh(v * h), v),
            jax.numpy.where(goes_on, n + 1.0, n),
        ), None

    (v, n), _ = jax.lax.scan(step, (h, 0.0), None, length=50)
    return jax.numpy.sum(v * v) + n


PAIRS: dict[str, tuple[Drawn, Drawn]] = {
    "scan": (recurrent, recurrent_in_jax),
    "reverse": (backwards, backwards_in_jax),
    "cond in map": (branching, branching_in_jax),
    "while": (bounded, bounded_in_jax),
}


@pytest.fixture
def jax_in_float64() -> Any:
    import jax

    with jax.enable_x64(True):
        yield jax


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", PAIRS)
def test_values_and_gradients_of_both_orders(name: str, dtype: str, jax_in_float64: Any) -> None:
    jax = jax_in_float64
    ours, theirs = PAIRS[name]
    arrays = [array.astype(dtype) for array in (X, W, H)]
    g = Graph()
    xs = [g.placeholder(f"x{i}", array.shape, dtype) for i, array in enumerate(arrays)]
    y = ours(g, *xs)
    first = g.gradients(y, xs)
    total = sum((ReduceSum()(grad * grad) for grad in first[1:]), ReduceSum()(first[0] * first[0]))
    second = g.gradients(total, xs)
    found = Session(g, device="cpu").run([y, *first, *second], dict(zip(xs, arrays, strict=True)))

    def value(*given: Any) -> Any:
        return theirs(jax, *given)

    wanted = jax.grad(value, argnums=(0, 1, 2))
    squares = jax.grad(lambda *a: sum(jax.numpy.sum(grad**2) for grad in wanted(*a)), argnums=(0, 1, 2))
    expected = [value(*arrays), *wanted(*arrays), *squares(*arrays)]
    tolerance = 1e-9 if dtype == "float64" else 2e-4
    for array, other in zip(found, expected, strict=True):
        assert array.dtype == dtype
        np.testing.assert_allclose(array, other, rtol=tolerance, atol=tolerance * 10)


def test_while_gives_what_while_loop_gives(jax_in_float64: Any) -> None:
    jax = jax_in_float64
    g = Graph()
    h = g.placeholder("h", (3,), "float64")
    v = g.while_loop(lambda v: ReduceSum()(v * v) < 40.0, lambda v: v * 1.3 + Tanh()(v * h), h, limit=50)
    expected = jax.lax.while_loop(
        lambda v: jax.numpy.sum(v * v) < 40.0, lambda v: v * 1.3 + jax.numpy.tanh(v * H), jax.numpy.asarray(H)
    )
    np.testing.assert_allclose(Session(g, device="cpu").run(v, {h: H}), expected, rtol=1e-12)
