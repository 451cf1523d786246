"""A causal convolution: what each step sees, and a sequence that is read in parts."""

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.causal_convolution import CausalConvolution
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec

RNG = np.random.default_rng(16)
X, KERNEL, BIAS = RNG.normal(size=(2, 6, 3)), RNG.normal(size=(4, 3)), RNG.normal(size=3)


def run(op: Op, *arrays: np.ndarray | None) -> list[np.ndarray]:
    graph = Graph()
    inputs = [None if array is None else graph.constant(array, "float64") for array in arrays]
    return [np.array(y) for y in Session(graph, device="cpu").run([*op.apply(*inputs)])]


def test_each_channel_sums_its_last_steps() -> None:
    y, present = run(CausalConvolution(), X, KERNEL, BIAS)
    whole = np.concatenate([np.zeros((2, 3, 3)), X], axis=1)
    expected = np.stack([(whole[:, step : step + 4] * KERNEL).sum(axis=1) for step in range(6)], axis=1)
    np.testing.assert_allclose(y, expected + BIAS)
    np.testing.assert_array_equal(present, X[:, -3:])


@pytest.mark.parametrize("cut", [1, 2, 5])
def test_a_sequence_may_be_read_in_parts(cut: int) -> None:
    op = CausalConvolution(activation="silu")
    whole, last = run(op, X, KERNEL, BIAS)
    first, between = run(op, X[:, :cut], KERNEL, BIAS)
    second, present = run(op, X[:, cut:], KERNEL, BIAS, between)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, rtol=1e-12)
    np.testing.assert_array_equal(present, last)


def test_steps_keep_their_name() -> None:
    specs = [Spec("float32", ("batch", "steps", 3)), Spec("float32", (4, 3))]
    found = CausalConvolution().output_specs(specs)
    assert [str(spec) for spec in found] == ["batch x steps x 3 float32", "batch x 3 x 3 float32"]


def test_a_past_of_another_length_is_refused() -> None:
    specs = [Spec("float32", shape) for shape in ((2, 6, 3), (4, 3))]
    with pytest.raises(SpecError, match="past is 2 x 2 x 3 float32; expected 2 x 3 x 3"):
        CausalConvolution().output_specs([*specs, None, Spec("float32", (2, 2, 3))])
