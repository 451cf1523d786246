"""Recurrent layers read sequences as those of PyTorch do, in both directions, with masks and states."""

import dataclasses
from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.recurrent_layers import GRU, LSTM, SimpleRNN
from engine.blocks.recurrent_sequences import GRUSequence, LSTMSequence, SimpleRNNSequence
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec

RNG = np.random.default_rng(15)
X, STATE, CELL = RNG.normal(size=(2, 5, 3)), RNG.normal(size=(2, 4)), RNG.normal(size=(2, 4))
LENGTHS = (3, 5)
COUNTS = np.arange(5) < np.array(LENGTHS)[:, None]
LAYERS = [SimpleRNN(units=4), LSTM(units=4), GRU(units=4), GRU(units=4, reset_after=False)]
NAMES = ["simple", "lstm", "gru", "gru_before"]
KERNELS = {gates: (RNG.normal(size=(3, 4 * gates)), RNG.normal(size=(4, 4 * gates))) for gates in (1, 3, 4)}


class Drawn:
    """A layer between placeholders, with random variables."""

    def __init__(self, op: Op, *arrays: np.ndarray | None) -> None:
        self.graph = Graph()
        self.feeds: dict[Any, Any] = {f"x{i}": a for i, a in enumerate(arrays) if a is not None}
        self.inputs = [
            None if a is None else self.graph.placeholder(f"x{i}", a.shape, a.dtype.name)
            for i, a in enumerate(arrays)
        ]
        self.outputs = list(op.apply(*self.inputs, name="layer"))
        self.session = Session(self.graph, seed=1, device="cpu")
        self.session.run(self.outputs, self.feeds)
        random = np.random.default_rng(6)
        values = self.session.values().items()
        self.session.restore({path: random.normal(size=value.shape) for path, value in values})

    def run(self, **changed: np.ndarray) -> list[np.ndarray]:
        return [np.array(y) for y in self.session.run(self.outputs, {**self.feeds, **changed})]


@pytest.mark.parametrize("layer", LAYERS, ids=NAMES)
def test_the_last_state_is_that_of_the_last_step(layer: Op) -> None:
    sequence, last, *_ = Drawn(layer, X).run()
    assert sequence.shape == (2, 5, 4)
    np.testing.assert_array_equal(last, sequence[:, -1])


@pytest.mark.parametrize("layer", LAYERS, ids=NAMES)
def test_reading_backward_is_reading_what_is_turned_around(layer: Any) -> None:
    backward = Drawn(dataclasses.replace(layer, direction="backward"), X).run()
    forward = Drawn(layer, X[:, ::-1].copy()).run()
    np.testing.assert_allclose(backward[0], forward[0][:, ::-1], rtol=1e-12)
    for ours, other in zip(backward[1:], forward[1:], strict=True):
        np.testing.assert_allclose(ours, other, rtol=1e-12)


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("layer", LAYERS, ids=NAMES)
def test_steps_that_do_not_count_leave_the_state_alone(layer: Any, direction: str) -> None:
    op = dataclasses.replace(layer, direction=direction)
    sequence, *last = Drawn(op, X, COUNTS).run()
    for example, length in enumerate(LENGTHS):
        alone = Drawn(op, X[example : example + 1, :length]).run()
        np.testing.assert_allclose(sequence[example, :length], alone[0][0], rtol=1e-12)
        np.testing.assert_array_equal(sequence[example, length:], 0.0)
        for ours, other in zip(last, alone[1:], strict=True):
            np.testing.assert_allclose(ours[example], other[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("merge", "merged"),
    [
        ("concat", lambda a, b: np.concatenate([a, b], axis=-1)),
        ("sum", lambda a, b: a + b),
        ("mean", lambda a, b: (a + b) / 2),
        ("product", lambda a, b: a * b),
    ],
)
def test_both_directions_have_variables_of_their_own_and_are_merged(merge: str, merged: Any) -> None:
    drawn = Drawn(GRU(units=4, direction="both", merge=merge), X)
    values = drawn.session.values()
    sides = []
    for direction in ("forward", "backward"):
        alone = Drawn(GRU(units=4, direction=direction), X)
        names = ("kernel", "recurrent_kernel", "bias", "recurrent_bias")
        alone.session.restore({f"layer/{name}": values[f"layer/{direction}/{name}"] for name in names})
        sides.append(alone.run())
    for ours, one, other in zip(drawn.run(), *sides, strict=True):
        np.testing.assert_allclose(ours, merged(one, other), rtol=1e-12)


@pytest.mark.parametrize("layer", LAYERS, ids=NAMES)
def test_dropout_drops_while_training_alone(layer: Any) -> None:
    drawn = Drawn(dataclasses.replace(layer, dropout=0.5, recurrent_dropout=0.5), X)
    plain = Drawn(layer, X)
    np.testing.assert_array_equal(drawn.run()[0], plain.run()[0])
    trained = drawn.session.run(drawn.outputs, drawn.feeds, training=True)
    assert not np.allclose(trained[0], plain.run()[0])


@pytest.mark.parametrize("layer", LAYERS, ids=NAMES)
def test_gradients_can_be_differentiated_again(layer: Op) -> None:
    graph = Graph()
    x = graph.placeholder("x", X.shape, "float64")
    sequence = layer.apply(x, name="layer")[0]
    (first,) = graph.gradients(sequence * sequence, [x])
    (second,) = graph.gradients(first * first, [x])
    session = Session(graph, seed=1, device="cpu")
    found = session.run(second, {x: X})
    for place in [(0, 0, 0), (0, 4, 2), (1, 2, 1)]:
        moved = np.zeros_like(X)
        moved[place] = 1e-6
        up, down = (session.run(first, {x: X + sign * moved}).copy() for sign in (1, -1))
        slope = np.sum(up * up - down * down) / 2e-6
        np.testing.assert_allclose(found[place], slope, rtol=1e-5, atol=1e-8)


def test_sizes_may_be_named() -> None:
    found = LSTM(units=4, direction="both").output_specs([Spec("float32", ("batch", "steps", 3))])
    assert [str(spec) for spec in found] == ["batch x steps x 8 float32", *["batch x 8 float32"] * 2]


def sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def test_a_sequence_with_given_kernels_has_its_gates_in_any_order() -> None:
    kernel, recurrent = KERNELS[4]
    bias, peephole = RNG.normal(size=16), RNG.normal(size=12)
    found = Drawn(LSTMSequence(gates="iofc"), X, kernel, recurrent, bias, peephole, None, STATE, CELL).run()
    state, cell, into, out, forget = STATE, CELL, *np.split(peephole, 3)
    for step in range(5):
        i, o, f, c = np.split(X[:, step] @ kernel + state @ recurrent + bias, 4, axis=1)
        cell = sigmoid(f + forget * cell) * cell + sigmoid(i + into * cell) * np.tanh(c)
        state = sigmoid(o + out * cell) * np.tanh(cell)
        np.testing.assert_allclose(found[0][:, step], state)
    np.testing.assert_allclose(found[1], state)
    np.testing.assert_allclose(found[2], cell)


def test_coupled_gates_forget_as_much_as_they_take_up() -> None:
    found = Drawn(LSTMSequence(coupled=True), X[:, :1], *KERNELS[4], None, None, None, None, CELL).run()
    i, _, c, _ = np.split(X[:, 0] @ KERNELS[4][0], 4, axis=1)
    np.testing.assert_allclose(found[2], (1 - sigmoid(i)) * CELL + sigmoid(i) * np.tanh(c))


def test_a_clip_bounds_what_enters_activations() -> None:
    op = SimpleRNNSequence(activation="affine", alphas=(2.0,), betas=(1.0,), clip=0.5)
    found = Drawn(op, X * 100, *KERNELS[1]).run()
    assert set(np.unique(found[0])) == {0.0, 2.0}


def test_numbers_that_do_not_fit_the_activations_are_refused() -> None:
    specs = [Spec("float32", shape) for shape in ((2, 5, 3), (3, 12), (4, 12))]
    with pytest.raises(SpecError, match=r"alphas is .*; expected 2 numbers"):
        GRUSequence(alphas=(0.5,)).output_specs(specs)
    with pytest.raises(SpecError, match="kernel is 3 x 12 float32; expected 3 x 16 float32"):
        LSTMSequence().output_specs([*specs[:2], Spec("float32", (4, 16))])
