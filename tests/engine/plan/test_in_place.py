"""New values written over the variables that they are for: when that is possible, and all or none of them."""

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.optimizers import SGD, Adam
from engine.errors import Interrupted
from engine.ops.elementwise import Exp
from engine.ops.linear import MatMul
from engine.ops.reduction import ReduceSum
from engine.ops.state import Assign
from engine.plan.plan import Plan
from engine.run.executor import Executor
from engine.run.session import Step
from engine.spec import Spec

X = np.arange(6, dtype=np.float32).reshape(2, 3)


def planned(step: Step) -> Plan:
    assert isinstance(step.executor, Executor)
    return step.executor.plan


def in_place(plan: Plan) -> set[str]:
    """The variables that are written over."""
    return {p for p, number in plan.updates.items() if plan.buffers[number].root == plan.variables[p]}


def learning(optimizer: Adam | SGD, *fetches: str) -> tuple[Session, Step]:
    g = Graph()
    x, w = g.placeholder("x", (2, 3)), g.variable("w", (3, 4), initializer="glorot_uniform")
    g.minimize(ReduceSum()(Exp()(MatMul()(x, w)), name="loss"), optimizer, name="optimizer")
    session = Session(g, device="cpu")
    names = ["loss", *fetches]
    return session, session.prepare(names, {"x": Spec("float32", (2, 3))}, training=True, effects=True)


def test_an_optimizer_writes_over_its_variables() -> None:
    plan = planned(learning(Adam())[1])
    assert in_place(plan) >= {"w", "optimizer/w/mean", "optimizer/w/square"}
    assert {step.kernel for step in plan.steps[plan.first_change :]} == {"pointwise"}


def test_a_variable_that_is_fetched_is_told_as_it_was() -> None:
    session, step = learning(SGD(), "w")
    before = session.values()["w"]
    assert "w" not in in_place(planned(step))
    found = step({"x": X})
    np.testing.assert_array_equal(found["w"], before)
    assert not np.array_equal(session.values()["w"], before)


def test_variables_that_exchange_their_values_do_not_meet() -> None:
    g = Graph()
    a, b = g.variable("a", (3,), initializer="ones"), g.variable("b", (3,))
    Assign()(a, Exp()(b * 2.0 + 3.0), name="first")
    Assign()(b, Exp()(a * 5.0 - 4.0), name="second")
    session = Session(g, device="cpu")
    session.run(["first", "second"])
    np.testing.assert_allclose(session.values()["a"], np.exp(np.full(3, 3.0)), rtol=1e-6)
    np.testing.assert_allclose(session.values()["b"], np.exp(np.full(3, 1.0)), rtol=1e-6)


def test_a_look_tells_the_new_value_and_leaves_the_variable() -> None:
    session, step = learning(SGD(learning_rate=0.5), "optimizer/w/update.new")
    before = session.values()["w"]
    found = step({"x": X}, peek=True)["optimizer/w/update.new"]
    np.testing.assert_array_equal(session.values()["w"], before)
    step({"x": X})
    np.testing.assert_array_equal(session.values()["w"], found)


def test_a_run_that_is_stopped_has_changed_all_or_nothing() -> None:
    for asked in range(100):
        session, step = learning(Adam())
        before = session.values()
        answers = iter([False] * asked + [True] * 100)
        try:
            step({"x": X}, interrupt=lambda: next(answers))  # noqa: B023 - it is used at once
        except Interrupted:
            for path, value in session.values().items():
                np.testing.assert_array_equal(value, before[path])
        else:
            assert asked > 2
            assert all(not np.array_equal(value, before[path]) for path, value in session.values().items())
            return
    pytest.fail("it was asked too often")
