"""Gradients as graph: right by finite differences, right twice, zero where nothing depends."""

import numpy as np
import pytest

from engine import Graph, Session
from engine.ops.activation import Tanh
from engine.ops.arithmetic import Multiply
from engine.ops.reduction import ReduceSum
from engine.ops.state import StopGradient


def test_a_value_used_twice_collects_both_gradients() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",), "float64")
    (dx,) = g.gradients(ReduceSum()(x * x + x * 3.0), [x])
    np.testing.assert_allclose(Session(g).run(dx, {x: [1.0, -2.0]}), [5.0, -1.0])


def test_the_second_derivative_is_a_gradient_of_a_gradient() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",), "float64")
    (dx,) = g.gradients(ReduceSum()(Tanh()(x)), [x])
    (ddx,) = g.gradients(ReduceSum()(dx), [x])
    at = np.array([0.3, -0.7])
    expected = -2 * np.tanh(at) * (1 - np.tanh(at) ** 2)
    np.testing.assert_allclose(Session(g).run(ddx, {x: at}), expected, rtol=1e-12)


def test_what_does_not_matter_has_gradient_zero() -> None:
    g = Graph()
    x, z = g.placeholder("x", ("n",)), g.placeholder("z", (2, 2))
    dx, dz = g.gradients(ReduceSum()(x), [x, z])
    found = Session(g).run([dx, dz], {x: np.ones(3, np.float32), z: np.ones((2, 2), np.float32)})
    np.testing.assert_array_equal(found[0], np.ones(3))
    np.testing.assert_array_equal(found[1], np.zeros((2, 2)))


def test_a_tensor_that_is_no_scalar_counts_as_its_sum() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    (dx,) = g.gradients(x * 2.0, [x])
    np.testing.assert_array_equal(Session(g).run(dx, {x: np.ones(4, np.float32)}), np.full(4, 2.0))


def test_a_stopped_gradient_does_not_pass() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    (dx,) = g.gradients(ReduceSum()(Multiply()(StopGradient()(x), x)), [x])
    np.testing.assert_array_equal(Session(g).run(dx, {x: np.array([2.0, 3.0], np.float32)}), [2.0, 3.0])


def test_gradients_of_inner_tensors_can_be_asked_for() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    inner = x * 3.0
    (d_inner,) = g.gradients(ReduceSum()(inner * inner), [inner])
    np.testing.assert_array_equal(Session(g).run(d_inner, {x: np.array([2.0], np.float32)}), [12.0])


@pytest.mark.parametrize("width", [1, 7])
def test_broadcast_inputs_get_gradients_of_their_own_shape(width: int) -> None:
    g = Graph()
    x, b = g.placeholder("x", ("batch", width), "float64"), g.placeholder("b", (width,), "float64")
    db, dx = g.gradients(ReduceSum()((x + b) * x), [b, x])
    given = np.random.default_rng(0).normal(size=(5, width))
    found = Session(g).run([db, dx], {x: given, b: np.ones(width)})
    np.testing.assert_allclose(found[0], given.sum(axis=0))
    np.testing.assert_allclose(found[1], 2 * given + 1)
