"""Passes on drawings that nobody thought of: each one computes the same as no pass at all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Graph
from engine.errors import FlowscopeError
from engine.ops.activation import Relu, Softmax
from engine.ops.arithmetic import Add, Divide, Maximum, Minimum, Multiply, Power, Subtract
from engine.ops.conversion import Cast, Identity
from engine.ops.elementwise import Abs, Exp, Log, Negate, Reciprocal, Sqrt, Square
from engine.ops.linear import MatMul
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Reshape, Transpose
from engine.ops.state import StopGradient
from engine.program.build import build
from engine.program.passes import NAMES, PASSES, optimise
from engine.program.program import verify
from engine.run.session import Session
from engine.value import Value

ONE = (
    Abs(),
    Cast(dtype="float64"),
    Exp(),
    Identity(),
    Log(),
    Negate(),
    Reciprocal(),
    Relu(),
    Reshape(shape=(9,)),
    Reshape(shape=(3, 3)),
    Softmax(),
    Sqrt(),
    Square(),
    StopGradient(),
    Transpose(),
    Transpose(permutation=(0, 1)),
)
TWO = (Add(), Divide(), MatMul(), Maximum(), Minimum(), Multiply(), Power(), Subtract())
NUMBERS = (0.0, 1.0, 2.0, 0.5, -1.0, 3.0)
STEP = st.tuples(st.integers(0, len(ONE) + len(TWO) - 1), st.integers(0, 99), st.integers(0, 99))
EXACT = [each.name for each in PASSES if not each.rounds]


def draw(steps: list[tuple[int, int, int]]) -> tuple[Graph, str]:
    """A graph of 3 x 3 tensors: each step applies an op to what was made before, where it fits."""
    g = Graph()
    made = [g.placeholder("x", (3, 3)), *(g.constant(number, "float32") for number in NUMBERS)]
    for kind, first, second in steps:
        a, b = made[-(first % len(made)) - 1], made[-(second % len(made)) - 1]
        op = (*ONE, *TWO)[kind]
        try:
            made.append(op(a) if kind < len(ONE) else op(a, b))
        except FlowscopeError as error:
            assert str(error).endswith("."), error
    last = ReduceSum(keep_dims=True)(made[-1], name="last")
    return g, name(Add()(last, Cast(dtype=last.spec.dtype)(made[len(made) // 2])))


def name(value: Value) -> str:
    assert isinstance(value.key, tuple)
    return ".".join(value.key)


@pytest.mark.parametrize("without", [*({*NAMES} - {only} for only in EXACT), {*NAMES} - {*EXACT}], ids=str)
@given(steps=st.lists(STEP, min_size=3, max_size=14), seed=st.integers(0, 999))
@settings(max_examples=120, deadline=None)
def test_exact_passes_keep_every_bit(without: set[str], steps: list[tuple[int, int, int]], seed: int) -> None:
    graph, wanted = draw(steps)
    verify(optimise(build(graph.definition, [wanted]), without))
    x = np.random.default_rng(seed).normal(size=(3, 3)).astype(np.float32)
    found = Session(graph, device="cpu", without=without).run(wanted, {"x": x})
    expected = Session(graph, device="cpu", without=NAMES).run(wanted, {"x": x})
    np.testing.assert_array_equal(found, expected)
