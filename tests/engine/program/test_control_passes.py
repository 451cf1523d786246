"""Passes on branches and loops: dead branches, what is the same in every iteration, and functions."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import kernels
from engine import Graph, Session, registry
from engine.blocks.layers import Dense
from engine.ops.activation import Tanh
from engine.ops.checks import CheckNumerics
from engine.ops.linear import MatMul
from engine.ops.linear_algebra import Inverse
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Reshape
from engine.program.build import build
from engine.program.hoist import may_move
from engine.program.passes import NAMES, explain, optimise
from engine.program.program import Program, verify
from engine.spec import Spec
from engine.value import Value

X = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)


def passed(g: Graph, fetch: str, *passes: str) -> Program:
    """The program after these passes and the pruning of what they left."""
    program = optimise(build(g.definition, [fetch]), set(NAMES) - {*passes, "fold", "prune"})
    verify(program)
    return program


def ops(program: Program) -> list[str]:
    return [type(call.op).__name__ for call in program.calls]


def inner(program: Program) -> list[str]:
    """The ops of the last body of the first loop or branch."""
    call = next(call for call in program.calls if call.bodies)
    return ops(call.bodies[-1].program)


def test_only_the_branch_that_runs_is_left() -> None:
    g = Graph()
    x = g.placeholder("x", (3,))
    g.cond(g.constant(2.0) < 3.0, lambda: Tanh()(x), lambda: x * 2.0, name="branch")
    assert ops(passed(g, "branch")) == ["If"]
    assert ops(passed(g, "branch", "branches")) == ["Tanh"]


def test_a_branch_in_a_branch_and_one_that_hands_on() -> None:
    g = Graph()
    x = g.placeholder("x", (3,))
    yes, no = g.constant(True), g.constant(False)
    g.cond(yes, lambda: g.cond(no, lambda: x * 2.0, lambda: x), lambda: x * 3.0, name="branch")
    assert "If" not in ops(passed(g, "branch", "branches"))
    assert np.array_equal(Session(g, device="cpu").run("branch", {"x": [1.0, 2.0, 3.0]}), [1.0, 2.0, 3.0])


def test_what_is_the_same_in_each_iteration_is_computed_before() -> None:
    g = Graph()
    x = g.placeholder("x", (4, 3))
    w = g.variable("w", (3, 3), initializer="glorot_uniform")
    g.map(lambda row: row * ReduceSum()(MatMul()(w, w) * 2.0), x, name="each")
    program = passed(g, "each", "hoist")
    assert inner(program) == ["Multiply"]
    assert ops(program) == ["MatMul", "Multiply", "ReduceSum", "Map"]


def test_it_leaves_nested_loops_altogether() -> None:
    g = Graph()
    x = g.placeholder("x", (4, 3))
    w = g.variable("w", ())
    g.map(lambda row: g.map(lambda v: v * Tanh()(w), row), x, name="each")
    assert ops(passed(g, "each", "hoist")) == ["Tanh", "Map"]


def test_what_may_fail_or_is_random_stays_inside() -> None:
    g = Graph()
    x = g.placeholder("x", (4, 3))
    w = g.variable("w", (3, 3))
    g.map(lambda row: ReduceSum()(Inverse()(w)) + RandomUniform()(row) + row, x, name="each")
    assert "Inverse" in inner(passed(g, "each", "hoist"))
    assert "RandomUniform" in inner(passed(g, "each", "hoist"))


def test_every_op_that_leaves_a_loop_takes_all_values() -> None:
    moved = [op for op in registry.all_ops() if may_move(op())]
    assert len(moved) > 50
    for op in moved:
        kernel = kernels.find(op.kernel_name(), "cpu").function
        assert "Refusal" not in inspect.getsource(kernel), op.__name__


def test_a_loop_that_does_not_run_checks_nothing() -> None:
    g = Graph()
    x = g.placeholder("x", ("n", 3))
    w = g.variable("w", (3,), initializer="ones")
    g.map(lambda row: row + CheckNumerics()(w / 0.0), x, name="each")
    assert Session(g, device="cpu").run("each", {"x": np.zeros((0, 3), np.float32)}).shape == (0, 3)


def test_a_loop_of_which_nothing_is_left() -> None:
    g = Graph()
    x = g.placeholder("x", (4, 3))
    w = g.variable("w", (3,), initializer="ones")
    last, stacked = g.scan(lambda _, row: (Tanh()(w), Tanh()(w)), w, x)
    found = Session(g, device="cpu").run([last, stacked], {x: X})
    expected = Session(g, device="cpu", without=set(NAMES)).run([last, stacked], {x: X})
    assert np.array_equal(found[0], expected[0]) and np.array_equal(found[1], expected[1])


def test_a_branch_draws_the_same_numbers_when_it_is_written_out() -> None:
    found = []
    for left_out in (set[str](), {"branches"}):
        g = Graph()
        x = g.placeholder("x", (4, 3))
        y = g.cond(g.constant(True), lambda x=x: RandomUniform()(x) + x, lambda x=x: x)
        found.append(Session(g, seed=3, device="cpu", without=left_out).run(y, {x: X}))
    assert np.array_equal(*found) and not np.array_equal(found[0], X)


def test_a_branch_that_hands_a_constant_on() -> None:
    g = Graph()
    x, c = g.placeholder("x", ()), g.constant(7.0)
    for predicate in (g.constant(True), x > 0.0):
        y = g.cond(predicate, lambda: c, lambda: x)
        assert Session(g, device="cpu").run(y, {x: 1.0}) == 7.0


def test_reports_name_what_left_a_loop_and_which_branch_stays() -> None:
    g = Graph()
    x = g.placeholder("x", (4, 3))
    w = g.variable("w", (3,))
    g.map(lambda row: row * Tanh()(w, name="squash"), x, name="each")
    reports = {report.name: report for report in explain(build(g.definition, ["each"]))}
    changes = {change.path: change for change in reports["hoist"].changes}
    assert changes["each/squash"].before == "body: Tanh(w)" and changes["each/squash"].after == "Tanh(w)"
    assert reports["hoist"].calls_before == reports["hoist"].calls_after == 3
    h = Graph()
    x = h.placeholder("x", (3,))
    h.cond(h.constant(True), lambda: Tanh()(x, name="squash"), lambda: x * 2.0, name="branch")
    reports = {report.name: report for report in explain(build(h.definition, ["branch"]))}
    before = {change.path: change.before for change in reports["branches"].changes}
    assert before["branch/then/squash"] == "then: Tanh(x)"
    assert (reports["branches"].calls_before, reports["branches"].calls_after) == (3, 1)


def loops(g: Graph, x: Value, w: Value) -> list[Value]:
    def step(state: Any, row: Any) -> tuple[Any, Any]:
        new = Tanh()(Reshape(shape=(3,))(MatMul()(Reshape(shape=(1, 3))(state), Tanh()(w))) + row)
        return new, new * ReduceSum()(w)

    layer = g.function("layer", lambda v: Dense(units=3)(v, name="dense"), Spec("float32", ("n", 3)))
    last, stacked = g.scan(step, ReduceSum(axes=(0,))(x), layer(x))
    size = g.while_loop(
        lambda v: v < ReduceSum()(w * w), lambda v: v + ReduceSum()(w * w) / 7.0, ReduceSum()(x * 0.0)
    )
    chosen = g.cond(size > 0.0, lambda: layer(x) * size, lambda: x)
    total = ReduceSum()(stacked * stacked) + ReduceSum()(last) + ReduceSum()(chosen)
    return [total, stacked, size, chosen, *g.gradients(total, [x, w])]


CHOICES: dict[str, set[str]] = {
    "all": set(),
    "none": set(NAMES),
    **{f"only {name}": set(NAMES) - {name} for name in NAMES},
    **{f"all but {name}": {name} for name in NAMES},
}


@pytest.mark.parametrize("without", CHOICES.values(), ids=CHOICES)
def test_each_pass_computes_the_same(without: set[str]) -> None:
    def results(left_out: set[str]) -> list[np.ndarray]:
        g = Graph()
        x = g.placeholder("x", (4, 3))
        w = g.variable("w", (3, 3), initializer="glorot_uniform")
        found: list[np.ndarray] = Session(g, seed=1, device="cpu", without=left_out).run(
            loops(g, x, w), {x: X}
        )
        return found

    for found, expected in zip(results(without), results(set(NAMES)), strict=True):
        if "cheapen" in without:
            np.testing.assert_array_equal(found, expected)
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_reaches_into_functions(policy: str) -> None:
    draw: Callable[[Value], Value] = lambda v: Dense(units=3)(v, name="dense")  # noqa: E731
    found = []
    for precision in ("float32", policy):
        g = Graph()
        x = g.placeholder("x", (4, 3))
        y = g.function("layer", draw, Spec("float32", (4, 3)))(x)
        found.append(Session(g, seed=1, device="cpu", precision=precision).run(y, {x: X}))
    np.testing.assert_allclose(found[0], found[1], rtol=0.05, atol=0.05)
    assert not np.array_equal(found[0], found[1])
