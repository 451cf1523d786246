"""Fusion: which calls become one, in which order they run, and that nothing wanted is lost."""

from collections.abc import Sequence

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
import kernels
from engine import Graph, Session, registry
from engine.blocks.optimizers import Adam
from engine.case import Case
from engine.op import Op
from engine.ops.activation import Relu, Softmax
from engine.ops.checks import CheckNumerics
from engine.ops.elementwise import Exp, Square
from engine.ops.linear import MatMul
from engine.ops.pointwise import Instruction, Pointwise
from engine.ops.reduction import ReduceSum
from engine.ops.state import AssignAdd, AssignSub
from engine.program.fuse import is_pointwise
from engine.program.program import Program
from engine.spec import Spec, spec_of


def program(g: Graph, *fetches: str) -> Program:
    return Session(g, device="cpu").program(fetches, training=False, effects=False)


def names(found: Program) -> list[str]:
    return [type(call.op).__name__ for call in found.calls]


def fused(found: Program) -> list[Pointwise]:
    return [call.op for call in found.calls if isinstance(call.op, Pointwise)]


def test_a_chain_with_broadcast_operands_becomes_one_call() -> None:
    g = Graph()
    x, row, column = g.placeholder("x", (3, 4)), g.placeholder("row", (4,)), g.placeholder("c", (3, 1))
    Relu()(Exp()(x * 2.0 + row) / column, name="out")
    found = program(g, "out")
    assert [op.computes for op in fused(found)] == [("Multiply", "Add", "Exp", "Divide", "Relu")]
    assert found.calls[-1].path == "out"


def test_what_is_watched_leaves_the_chain() -> None:
    g = Graph()
    x = g.placeholder("x", (5,))
    Exp()(Square()(x, name="middle"), name="out")
    (call,) = program(g, "middle", "out").calls
    assert len(call.outputs) == 2
    given = np.arange(5, dtype=np.float32)
    middle, out = Session(g, device="cpu").run(["middle", "out"], {"x": given})
    np.testing.assert_array_equal(middle, given * given)
    np.testing.assert_array_equal(out, np.exp(given * given))


def test_an_update_of_adam_is_one_call_with_three_results() -> None:
    g = Graph()
    v, x = g.variable("v", (6, 4), initializer="glorot_uniform"), g.placeholder("x", ("n", 6))
    g.minimize(ReduceSum()(MatMul()(x, v), name="loss"), Adam())
    found = Session(g, device="cpu").program(("loss",), training=True, effects=True)
    (update,) = [call for call in found.calls if len(call.outputs) == 3]
    assert isinstance(update.op, Pointwise)
    assert {value.spec.shape for value in update.outputs} == {(6, 4)}


def test_a_call_between_two_parts_of_a_chain_keeps_its_place() -> None:
    """What is summed is read again: one group around the sum would wait for itself."""
    g = Graph()
    x = g.placeholder("x", (8,))
    y = Exp()(x * 2.0)
    Relu()(y / ReduceSum()(y), name="out")
    found = program(g, "out")
    assert names(found) == ["Pointwise", "ReduceSum", "Pointwise"]
    given = np.linspace(-1, 1, 8, dtype=np.float32)
    expected = np.exp(given * 2) / np.exp(given * 2).sum()
    np.testing.assert_allclose(Session(g, device="cpu").run("out", {"x": given}), expected, rtol=1e-6)


def test_variables_that_exchange_their_values_still_do() -> None:
    g = Graph()
    a, b = g.variable("a", (3,), initializer="ones"), g.variable("b", (3,))
    AssignAdd()(a, b * 2.0 + 1.0, name="first")
    AssignSub()(b, a * 3.0 - 1.0, name="second")
    results = []
    for without in ((), ("fuse",)):
        session = Session(g, device="cpu", without=without)
        session.run(["first", "second"])
        results.append(session.values())
    for path, value in results[0].items():
        np.testing.assert_array_equal(value, results[1][path])


@pytest.mark.parametrize("op", [Softmax(), CheckNumerics()], ids=lambda op: type(op).__name__)
def test_ops_that_read_other_elements_or_refuse_some_stay_alone(op: Op) -> None:
    assert not is_pointwise(op)


ALONE = [op for op in registry.all_ops() if op.__module__.startswith("engine.") and op.cases]
CASES = [
    pytest.param(op, case, id=f"{op.__name__}-{number}")
    for op in ALONE
    for number, case in enumerate(op.cases)
    if is_pointwise(op.from_attributes(case.attributes))
]


def computed(op: Op, arrays: Sequence[np.ndarray]) -> np.ndarray:
    with np.errstate(all="ignore"):
        found = kernels.find(op.kernel_name(), "cpu").function(np, *arrays, **op.settings())
    return np.asarray(found)


@pytest.mark.parametrize("floating", ["float16", "float32", "float64"])
@pytest.mark.parametrize(("op", "case"), CASES)
def test_each_element_follows_from_those_in_its_place(op: type[Op], case: Case, floating: str) -> None:
    """In a group, between two other ops, with all tensors written out flat and long: the same bits."""
    made = op.from_attributes(case.attributes)
    with np.errstate(all="ignore"):
        arrays = [array for array in case.arrays(floating) if array is not None]
        specs = [spec_of(array) for array in arrays]
        arrays = [a.astype(d or a.dtype) for a, d in zip(arrays, made.casts(specs), strict=True)]
    alone = computed(made, arrays)
    dtypes = {array.dtype.name for array in (*arrays, alone)}
    if "bfloat16" in dtypes:
        return  # which is computed in float32 by all kernels, and not fused
    times = -(-50_000 // max(alone.size, 1))
    long = [np.tile(np.broadcast_to(array, alone.shape).reshape(-1), times) for array in arrays]
    (spec,) = made.output_specs([Spec(array.dtype.name, array.shape) for array in long])
    registers = tuple(range(len(long)))
    twice = tuple(Instruction(made, registers, spec.dtype, "") for _ in range(2))
    group = Pointwise(instructions=twice, results=(len(long), len(long) + 1))
    with np.errstate(all="ignore"):
        first, second = kernels.find("pointwise", "cpu").function(np, *long, **group.settings())
    np.testing.assert_array_equal(first, np.tile(alone.reshape(-1), times))
    np.testing.assert_array_equal(second, first)
