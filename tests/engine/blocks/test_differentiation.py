"""Derivatives in other forms, beside those of JAX and finite differences; and gradients of one's own."""

from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.differentiation import (
    LARGEST,
    HessianVectorProduct,
    Jacobian,
    JacobianVectorProduct,
    VectorJacobianProduct,
)
from engine.errors import FlowscopeError, SpecError
from engine.ops.activation import Relu, Sigmoid, Softmax, Tanh
from engine.ops.comparison import Greater
from engine.ops.conversion import Cast
from engine.ops.elementwise import Exp, Round, Square
from engine.ops.linear import MatMul
from engine.ops.passing import ClipGradient, ScaleGradient, SurrogateGradient
from engine.ops.reduction import ReduceSum
from engine.value import Value

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(2, 3)), RNG.normal(size=(3, 4))
DX, DY = RNG.normal(size=(2, 3)), RNG.normal(size=(2, 4))


def model(g: Graph) -> tuple[Value, Value, Value]:
    x, w = g.placeholder("x", X.shape, "float64"), g.placeholder("w", W.shape, "float64")
    return x, w, Softmax()(MatMul()(Tanh()(x * x), w) + Exp()(MatMul()(x, w)))


def run(g: Graph, fetch: Value, **more: np.ndarray) -> Any:
    return Session(g, device="cpu").run(fetch, {"x": X, "w": W, **more})


def jax_model() -> tuple[Any, Any]:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    return jax, lambda x: jax.nn.softmax(jnp.tanh(x * x) @ W + jnp.exp(x @ W))


@pytest.mark.oracle("jax")
def test_all_forms_are_those_of_jax() -> None:
    jax, f = jax_model()
    g = Graph()
    x, _, y = model(g)
    loss = ReduceSum()(Square()(y))
    dy, dx = g.placeholder("dy", DY.shape, "float64"), g.placeholder("dx", DX.shape, "float64")
    found = Session(g, device="cpu").run(
        {
            "vjp": VectorJacobianProduct().apply(y, dy, x)[0],
            "jvp": JacobianVectorProduct()(y, x, dx),
            "hvp": HessianVectorProduct()(loss, x, dx),
            "jacobian": Jacobian()(y, x),
            "hessian": Jacobian()(g.gradients(loss, [x])[0], x),
        },
        {"x": X, "w": W, "dy": DY, "dx": DX},
    )

    def total(x: Any) -> Any:
        return (f(x) ** 2).sum()

    expected = {
        "vjp": jax.vjp(f, X)[1](DY)[0],
        "jvp": jax.jvp(f, (X,), (DX,))[1],
        "hvp": jax.jvp(jax.grad(total), (X,), (DX,))[1],
        "jacobian": jax.jacrev(f)(X),
        "hessian": jax.hessian(total)(X),
    }
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-9, atol=1e-12, err_msg=name)


def test_a_jacobian_can_be_differentiated() -> None:
    g = Graph()
    x = g.placeholder("x", (3,), "float64")
    total = ReduceSum()(Square()(Jacobian()(x * x * x, x)))  # the sum of (3 x²)²
    given = np.array([0.5, -1.0, 2.0])
    found = Session(g, device="cpu").run(g.gradients(total, [x])[0], {"x": given})
    np.testing.assert_allclose(found, 36.0 * given**3)


def test_where_nothing_depends_on_x_all_is_zero() -> None:
    g = Graph()
    x, w, _ = model(g)
    y = Exp()(w)
    assert not run(g, Jacobian()(y, x)).any()
    assert not run(g, JacobianVectorProduct()(y, x, x)).any()


def test_an_upstream_gradient_can_be_given() -> None:
    g = Graph()
    x, _, y = model(g)
    dy = g.placeholder("dy", DY.shape, "float64")
    given = run(g, g.gradients(y, [x], dy)[0], dy=DY)
    np.testing.assert_allclose(given, run(g, g.gradients(ReduceSum()(y * dy), [x])[0], dy=DY))


def test_nothing_flows_through_what_is_held_constant() -> None:
    g = Graph()
    x, _, _ = model(g)
    inner = Square()(x)
    y = ReduceSum()(inner * x)  # x³, but x² where the square is held
    np.testing.assert_allclose(run(g, g.gradients(y, [x])[0]), 3 * X**2)
    np.testing.assert_allclose(run(g, g.gradients(y, [x], stop=[inner])[0]), X**2)
    assert not run(g, g.gradients(y, [x], stop=[x])[0]).any()


def test_a_surrogate_gives_its_slope_and_not_its_value() -> None:
    g = Graph()
    x, _, _ = model(g)
    step = Cast(dtype="float64")(Greater()(x, 0.0))
    y = SurrogateGradient()(step, Sigmoid()(x))
    assert run(g, y).tolist() == (X > 0).astype(float).tolist()
    slope = 1 / (1 + np.exp(-X))
    np.testing.assert_allclose(run(g, g.gradients(ReduceSum()(y), [x])[0]), slope * (1 - slope))


def test_rounding_can_be_passed_straight_through() -> None:
    g = Graph()
    x, _, _ = model(g)
    y = ReduceSum()(SurrogateGradient()(Round()(x), x) * 3.0)
    assert (run(g, g.gradients(y, [x])[0]) == 3.0).all()


def test_gradients_are_scaled_and_clipped_on_their_way_back() -> None:
    g = Graph()
    x, _, _ = model(g)
    turned = ReduceSum()(ScaleGradient(factor=-2.0)(x) * 5.0)
    cut = ReduceSum()(Relu()(ClipGradient(limit=0.5)(x)) * 5.0)
    assert (run(g, g.gradients(turned, [x])[0]) == -10.0).all()
    np.testing.assert_allclose(run(g, g.gradients(cut, [x])[0]), 0.5 * (X > 0))


def test_what_does_not_fit_is_refused_in_a_sentence() -> None:
    g = Graph()
    x, w, y = model(g)
    with pytest.raises(SpecError, match="upstream is 3 x 4 float64, and y is 2 x 4 float64"):
        VectorJacobianProduct().apply(y, w, x)
    with pytest.raises(SpecError, match="direction is 3 x 4 float64, and x is 2 x 3 float64"):
        JacobianVectorProduct()(y, x, w)
    with pytest.raises(SpecError, match="y is batch x 3; a Jacobian needs known sizes"):
        Jacobian()(g.placeholder("b", ("batch", 3)), x)
    large = g.placeholder("large", (LARGEST + 1,))
    with pytest.raises(SpecError, match="65,537 elements"):
        Jacobian()(large * 2.0, large)
    with pytest.raises(FlowscopeError, match="stop names x number 7"):
        from engine.ops.state import Gradients

        Gradients(stop=(7,)).apply(ReduceSum()(y), x)
