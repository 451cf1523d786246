"""Recurrent cells: what their gates do with the state."""

from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.recurrence import Bend
from engine.blocks.recurrent_cells import GRUCell, LSTMCell, SimpleRNNCell
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec
from engine.value import Value

RNG = np.random.default_rng(14)
X, STATE, CELL = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 4)), RNG.normal(size=(5, 4))


def drawn(op: Op, *arrays: np.ndarray) -> tuple[list[Value], Session]:
    """The outputs of the cell between placeholders, with random variables."""
    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", array.shape, "float64") for i, array in enumerate(arrays)]
    outputs = list(op.apply(*inputs, name="cell"))
    session = Session(graph, seed=1, device="cpu")
    session.run(outputs, feeds(*arrays))
    random = np.random.default_rng(6)
    session.restore({path: random.normal(size=value.shape) for path, value in session.values().items()})
    return outputs, session


def feeds(*arrays: np.ndarray) -> dict[Any, Any]:
    return {f"x{i}": array for i, array in enumerate(arrays)}


def sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def test_peepholes_let_the_gates_see_the_cell() -> None:
    op = LSTMCell(units=4, use_peepholes=True, forget_bias=0.0)
    outputs, session = drawn(op, X, STATE, CELL)
    values = session.values()
    kernel, recurrent, bias, peephole = (
        values[f"cell/{name}"] for name in ("kernel", "recurrent_kernel", "bias", "peephole_kernel")
    )
    i, f, c, o = np.split(X @ kernel + STATE @ recurrent + bias, 4, axis=1)
    into, out, forget = np.split(peephole, 3)
    cell = sigmoid(f + forget * CELL) * CELL + sigmoid(i + into * CELL) * np.tanh(c)
    state = sigmoid(o + out * cell) * np.tanh(cell)
    found = session.run(outputs, feeds(X, STATE, CELL))
    np.testing.assert_allclose(found[0], state)
    np.testing.assert_allclose(found[1], cell)


def test_a_forget_bias_keeps_more_of_the_cell() -> None:
    outputs, session = drawn(LSTMCell(units=4, forget_bias=50.0), X, STATE, CELL)
    kernel, recurrent, bias = (session.values()[f"cell/{n}"] for n in ("kernel", "recurrent_kernel", "bias"))
    i, _, c, _ = np.split(X @ kernel + STATE @ recurrent + bias, 4, axis=1)
    found = session.run(outputs[1], feeds(X, STATE, CELL))
    np.testing.assert_allclose(found, CELL + sigmoid(i) * np.tanh(c))


def test_a_reset_gate_may_come_before_the_product() -> None:
    outputs, session = drawn(GRUCell(units=4, reset_after=False), X, STATE)
    kernel, recurrent, bias = (session.values()[f"cell/{n}"] for n in ("kernel", "recurrent_kernel", "bias"))
    z, r, n = np.split(X @ kernel + bias, 3, axis=1)
    of_z, of_r, of_n = np.split(recurrent, 3, axis=1)
    update, reset = sigmoid(z + STATE @ of_z), sigmoid(r + STATE @ of_r)
    expected = update * STATE + (1 - update) * np.tanh(n + (reset * STATE) @ of_n)
    np.testing.assert_allclose(session.run(outputs[0], feeds(X, STATE)), expected)


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (Bend("linear"), [-2.0, 0.5, 3.0]),
        (Bend("affine", 2.0, 1.0), [-3.0, 2.0, 7.0]),
        (Bend("leaky_relu"), [-0.02, 0.5, 3.0]),
        (Bend("leaky_relu", 0.5), [-1.0, 0.5, 3.0]),
        (Bend("thresholded_relu"), [0.0, 0.0, 3.0]),
        (Bend("scaled_tanh", 2.0, 0.5), [-2 * np.tanh(1.0), 2 * np.tanh(0.25), 2 * np.tanh(1.5)]),
        (Bend("hard_sigmoid", 0.2, 0.5), [0.1, 0.6, 1.0]),
        (Bend("elu", 2.0), [2 * np.expm1(-2.0), 0.5, 3.0]),
        (Bend("relu", clip=1.0), [0.0, 0.5, 1.0]),
    ],
)
def test_activations_take_their_numbers(bend: Bend, expected: list[float]) -> None:
    graph = Graph()
    y = bend(graph.constant([-2.0, 0.5, 3.0], "float64"))
    np.testing.assert_allclose(Session(graph, device="cpu").run(y), expected)


def test_a_state_of_another_size_is_refused() -> None:
    with pytest.raises(SpecError, match="state is batch x 5 float32; expected batch x 4 float32"):
        SimpleRNNCell(units=4).output_specs([Spec("float32", ("batch", 3)), Spec("float32", ("batch", 5))])
