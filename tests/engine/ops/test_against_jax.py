"""Gradients beside those of JAX: composed functions, second derivatives, and a training step of a network."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.ops.activation import Gelu, LogSoftmax, Sigmoid, Silu, Softmax, Softplus, Tanh
from engine.ops.elementwise import Exp, Log1p, Sin, Square
from engine.ops.reduction import ReduceMax, ReduceMean, ReduceSum
from engine.value import Value

pytestmark = pytest.mark.oracle("jax")

Ours = Callable[[Value, Value], Value]
Theirs = Callable[[Any, Any, Any], Any]
FUNCTIONS: dict[str, tuple[Ours, Theirs]] = {
    "product": (lambda x, w: Square()(x @ w), lambda jnp, x, w: (x @ w) ** 2),
    "tanh": (lambda x, w: Tanh()(x @ w) * Sin()(x @ w), lambda jnp, x, w: jnp.tanh(x @ w) * jnp.sin(x @ w)),
    "softmax": (
        lambda x, w: Softmax()(x @ w) * LogSoftmax()(x @ w),
        lambda jnp, x, w: _softmax(jnp, x @ w) * jnp.log(_softmax(jnp, x @ w)),
    ),
    "bent": (
        lambda x, w: Softplus()(x @ w) + Silu()(x @ w),
        lambda jnp, x, w: jnp.logaddexp(x @ w, 0.0) + (x @ w) / (1 + jnp.exp(-(x @ w))),
    ),
    "centred": (
        lambda x, w: Exp()((x @ w) - ReduceMax(axes=(1,), keep_dims=True)(x @ w)),
        lambda jnp, x, w: jnp.exp(x @ w - (x @ w).max(axis=1, keepdims=True)),
    ),
    "quotient": (
        lambda x, w: Log1p()(Square()(x @ w)) / (Sigmoid()(x @ w) + 1.0),
        lambda jnp, x, w: jnp.log1p((x @ w) ** 2) / (1 / (1 + jnp.exp(-(x @ w))) + 1),
    ),
    "gelu": (
        lambda x, w: Gelu()(x @ w),
        lambda jnp, x, w: _gelu(x @ w),
    ),
}


def _softmax(jnp: Any, x: Any) -> Any:
    raised = jnp.exp(x - x.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _gelu(x: Any) -> Any:
    import jax

    return jax.nn.gelu(x, approximate=False)


@pytest.fixture
def jax_in_float64() -> Any:
    import jax

    with jax.enable_x64(True):
        yield jax


def inputs() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    return rng.normal(size=(5, 3)), rng.normal(size=(3, 4))


def drawn(ours: Ours) -> tuple[Graph, Value, Value, Value]:
    g = Graph()
    x = g.placeholder("x", ("batch", 3), "float64")
    w = g.placeholder("w", (3, 4), "float64")
    return g, x, w, ReduceSum()(ours(x, w))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_first_derivatives(name: str, jax_in_float64: Any) -> None:
    ours, theirs = FUNCTIONS[name]
    jnp = jax_in_float64.numpy
    g, x, w, y = drawn(ours)
    at = inputs()
    found = Session(g).run(list(g.gradients(y, [x, w])), dict(zip((x, w), at, strict=True)))
    expected = jax_in_float64.grad(lambda a, b: theirs(jnp, a, b).sum(), argnums=(0, 1))(
        *map(jnp.asarray, at)
    )
    for our, their in zip(found, expected, strict=True):
        np.testing.assert_allclose(our, their, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "gelu"])
def test_second_derivatives(name: str, jax_in_float64: Any) -> None:
    ours, theirs = FUNCTIONS[name]
    jax, jnp = jax_in_float64, jax_in_float64.numpy
    g, x, w, y = drawn(ours)
    (dw,) = g.gradients(y, [w])
    (ddx,) = g.gradients(ReduceSum()(Square()(dw)), [x])
    at = inputs()
    found = Session(g).run(ddx, dict(zip((x, w), at, strict=True)))

    def first(a: Any, b: Any) -> Any:
        return jax.grad(lambda v: theirs(jnp, a, v).sum())(b)

    expected = jax.grad(lambda a: (first(a, jnp.asarray(at[1])) ** 2).sum())(jnp.asarray(at[0]))
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)


def test_a_network_takes_the_same_step(jax_in_float64: Any) -> None:
    jnp = jax_in_float64.numpy
    g, x, w, _ = drawn(FUNCTIONS["tanh"][0])
    loss = ReduceMean()(Square()(Tanh()(x @ w) - 0.5))
    (dw,) = g.gradients(loss, [w])
    at = inputs()
    stepped = Session(g).run(w - dw * 0.1, dict(zip((x, w), at, strict=True)))

    def their_loss(b: Any) -> Any:
        return ((jnp.tanh(jnp.asarray(at[0]) @ b) - 0.5) ** 2).mean()

    start = jnp.asarray(at[1])
    np.testing.assert_allclose(stepped, start - 0.1 * jax_in_float64.grad(their_loss)(start), rtol=1e-10)
