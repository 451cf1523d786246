"""Checks and prints on a wire: what passes, what ends the run with a sentence, and what is written."""

import logging

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine.errors import KernelError
from engine.graph.builder import Graph
from engine.ops.checks import Assert, CheckNumerics, Print
from engine.run.session import Session
from engine.worker.messages import Log
from engine.worker.printing import Printing
from kernels.generic.checks import PRINTED


@pytest.fixture(autouse=True)
def listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another test may have called a tool that silences all logs there are."""
    monkeypatch.setattr(logging.getLogger(PRINTED), "disabled", False)


def test_what_is_not_finite_ends_the_run_at_its_node() -> None:
    graph = Graph()
    x = graph.placeholder("x", (2, 2))
    y = CheckNumerics()(x, name="suspect")
    session = Session(graph, device="cpu")
    given = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    np.testing.assert_array_equal(session.run(y, {x: given}), given)
    given[1, 0], given[1, 1] = np.nan, np.inf
    with pytest.raises(KernelError) as caught:
        session.run(y, {x: given})
    assert caught.value.node == "suspect"
    assert "1 are not a number and 1 are infinite; the first lies at [1, 0]." in caught.value.what


def test_a_constant_that_is_not_finite_is_told_when_it_runs() -> None:
    graph = Graph()
    zero = graph.constant(0.0)
    y = CheckNumerics()(zero / zero, name="suspect")
    with pytest.raises(KernelError, match="CheckNumerics 'suspect'"):
        Session(graph, device="cpu").run(y)


def test_a_condition_that_does_not_hold_is_told_in_its_own_words() -> None:
    graph = Graph()
    x = graph.placeholder("x", (3,))
    y = Assert(message="Sizes must be positive")(x, x > 0, name="sizes")
    session = Session(graph, device="cpu")
    assert session.run(y, {x: [1, 2, 3]}).tolist() == [1, 2, 3]
    with pytest.raises(KernelError, match=r"Assert 'sizes': Sizes must be positive\."):
        session.run(y, {x: [1, -2, 3]})


def printing_graph(**settings: object) -> tuple[Session, Graph]:
    graph = Graph()
    x = graph.placeholder("x", (2,))
    Print.from_attributes({"message": "x", **settings})(x * 2.0, name="shown")
    return Session(graph, device="cpu"), graph


def test_prints_at_the_steps_it_is_told(caplog: pytest.LogCaptureFixture) -> None:
    session, _ = printing_graph(every=2)
    for _ in range(3):
        assert session.run("shown", {"x": [1.0, 2.5]}).tolist() == [2.0, 5.0]
    assert [record.getMessage() for record in caplog.records] == ["x: [2. 5.]"] * 2


def test_gradients_pass_a_print() -> None:
    graph = Graph()
    x = graph.placeholder("x", (2,))
    (gradient,) = graph.gradients(Print()(x * x), [x])
    assert Session(graph, device="cpu").run(gradient, {x: [1.0, 3.0]}).tolist() == [2.0, 6.0]


def test_prints_nothing_that_nobody_asks_for(caplog: pytest.LogCaptureFixture) -> None:
    session, _ = printing_graph()
    session.run("multiply", {"x": [1.0, 2.5]})
    assert not caplog.records


def test_a_constant_is_printed_at_each_run_and_not_before(caplog: pytest.LogCaptureFixture) -> None:
    graph = Graph()
    y = Print()(graph.constant([1.0, 2.0]))
    session = Session(graph, device="cpu")
    session.program(
        (".".join(map(str, y.key)) if isinstance(y.key, tuple) else "",), training=False, effects=False
    )
    assert not caplog.records
    session.run(y)
    session.run(y)
    assert len(caplog.records) == 2


def test_what_is_printed_is_told_to_the_window() -> None:
    told: list[Log] = []
    handler = Printing(told.append)
    log = logging.getLogger(PRINTED)
    log.addHandler(handler)
    try:
        session, _ = printing_graph()
        session.run("shown", {"x": [0.5, 1.0]})
    finally:
        log.removeHandler(handler)
    assert told == [Log("info", "x: [1. 2.]")]
