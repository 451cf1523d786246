"""Sessions: fetches for feeds, variables that stay, updates at the end of a step."""

import gc
import weakref

import numpy as np
import pytest

from engine import FlowscopeError, Graph, Session
from engine.errors import FeedError, Interrupted
from engine.graph.graph import GraphDef, Node
from engine.ops.activation import Relu
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Reshape
from engine.ops.state import Assign, AssignAdd, AssignSub
from engine.run.session import MOST_STEPS
from engine.spec import Spec


def counter() -> tuple[Graph, str, str]:
    g = Graph()
    v = g.variable("v", ())
    AssignAdd()(v, 1.0, name="more")
    return g, "v", "more"


def test_the_answer_has_the_form_of_the_question() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    y = x + 1
    session = Session(g)
    feeds = {x: [1.0, 2.0]}
    np.testing.assert_array_equal(session.run(y, feeds), [2, 3])
    np.testing.assert_array_equal(session.run([x, y], feeds), [[1, 2], [2, 3]])
    assert set(session.run({"out": y}, feeds)) == {"out"}
    np.testing.assert_array_equal(session.run("add.y", feeds), [2, 3])


def test_only_what_is_fetched_is_run() -> None:
    g, v, more = counter()
    session = Session(g)
    assert session.run(v) == 0
    assert session.run(v) == 0
    assert session.run(more) == 1
    assert session.run(v) == 1


def test_reading_a_variable_gives_what_it_held_when_the_step_began() -> None:
    g, v, more = counter()
    session = Session(g)
    before, after = session.run([v, more])
    assert (before, after) == (0, 1)


def test_two_assignments_in_one_step_are_both_made() -> None:
    g = Graph()
    v = g.variable("v", (), initializer="ones")
    AssignAdd()(v, 3.0, name="add")
    AssignSub()(v, 1.0, name="sub")
    session = Session(g)
    session.run(["add", "sub"])
    assert session.run(v) == 3.0


def test_an_assignment_swaps_without_a_third_variable() -> None:
    g = Graph()
    a, b = g.variable("a", (), initializer="ones"), g.variable("b", ())
    Assign()(a, b, name="to_a")
    Assign()(b, a, name="to_b")
    session = Session(g)
    session.run(["to_a", "to_b"])
    assert session.run([a, b]) == [0.0, 1.0]


def test_a_feed_of_another_size_gets_its_own_plan() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 2))
    total = ReduceSum()(x)
    session = Session(g)
    assert [session.run(total, {x: np.ones((n, 2), np.float32)}) for n in (3, 5, 0, 3)] == [6, 10, 0, 6]


@pytest.mark.parametrize(
    ("feeds", "sentence"),
    [
        ({}, "nothing is fed to 'x'"),
        ({"x": np.ones((2, 5), np.float32)}, "'x' was fed 2 x 5 float32; expected batch x 3 float32"),
        ({"x": np.ones((2, 3), np.float64)}, "'x' was fed 2 x 3 float64"),
        ({"x": np.ones(3, np.float32)}, "'x' was fed 3 float32"),
    ],
)
def test_a_feed_that_does_not_fit_is_refused(feeds: dict[str, np.ndarray], sentence: str) -> None:
    g = Graph()
    Relu()(g.placeholder("x", ("batch", 3)), name="y")
    with pytest.raises(FeedError, match=sentence):
        Session(g).run("y", feeds)


def test_named_sizes_must_agree() -> None:
    g = Graph()
    x, y = g.placeholder("x", ("batch",)), g.placeholder("y", ("batch",))
    with pytest.raises(FlowscopeError, match="fed 3 float32; expected 2"):
        Session(g).run(x + y, {x: np.ones(2, np.float32), y: np.ones(3, np.float32)})


def test_an_unknown_fetch_is_refused_with_its_name() -> None:
    with pytest.raises(FlowscopeError, match="no node called 'nothing'"):
        Session(counter()[0]).run("nothing")


def test_sizes_that_only_a_feed_reveals_are_checked_with_the_node() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    Reshape(shape=(2, 3))(x, name="six")
    session = Session(g)
    assert session.run("six", {x: np.arange(6, dtype=np.float32)}).shape == (2, 3)
    with pytest.raises(FlowscopeError) as caught:
        session.run("six", {x: np.arange(5, dtype=np.float32)})
    assert caught.value.node == "six"


def test_the_same_seed_gives_the_same_numbers_and_every_run_others() -> None:
    def draws(seed: int) -> list[np.ndarray]:
        graph = GraphDef().add(Node("r", "RandomUniform", {"shape": [4]}))
        session = Session(graph, seed=seed)
        return [session.run("r") for _ in range(2)]

    first, second = draws(1)
    np.testing.assert_array_equal(draws(1), [first, second])
    assert not np.array_equal(first, second)
    assert not np.array_equal(draws(2)[0], first)
    assert RandomUniform.differentiable is not None


def test_initial_values_depend_on_the_name_and_the_seed_alone() -> None:
    def value(extra: bool, seed: int = 0) -> np.ndarray:
        g = Graph()
        if extra:
            g.variable("other", (3,), initializer="normal")
        g.variable("w", (3,), initializer="normal")
        return np.asarray(Session(g, seed=seed).run("w"))

    np.testing.assert_array_equal(value(False), value(True))
    assert not np.array_equal(value(False), value(False, seed=1))


def test_restored_variables_go_on_where_they_were() -> None:
    g, v, more = counter()
    session = Session(g)
    session.run(more)
    other = Session(g)
    other.restore(session.values())
    assert other.run(v) == 1
    with pytest.raises(FeedError, match="variable 'v'"):
        other.restore({"v": np.zeros(3, np.float32)})


def test_an_interrupted_run_changes_no_variable() -> None:
    g, v, more = counter()
    session = Session(g)
    with pytest.raises(Interrupted):
        session.run(more, interrupt=lambda: True)
    assert session.run(v) == 0


def test_results_survive_the_next_run() -> None:
    g, _, more = counter()
    session = Session(g)
    first = session.run(more)
    session.run(more)
    assert first == 1


def test_a_peek_leaves_no_trace() -> None:
    g, v, more = counter()
    session = Session(g)
    step = session.prepare((more,), {})
    assert step({}, peek=True)[more] == 1
    assert (session.counter, session.run(v)) == (0, 0)
    assert step({})[more] == 1
    assert session.run(v) == 1


def test_timings_are_told_by_path_and_a_failure_by_node() -> None:
    g = Graph()
    x = g.placeholder("x", (2,))
    Relu()(x * 2.0, name="out")
    step = Session(g).prepare(("out",), {"x": Spec("float32", (2,))})
    timings: dict[str, float] = {}
    step({"x": np.ones(2, np.float32)}, timings=timings)
    assert set(timings) == {"multiply", "out"}
    with pytest.raises(Interrupted):
        step({"x": np.ones(2, np.float32)}, timings={}, interrupt=lambda: True)


def test_programs_for_ever_other_sizes_do_not_fill_the_memory() -> None:
    graph = Graph()
    total = ReduceSum()(graph.placeholder("x", ("n",)) * 2.0)
    session = Session(graph, device="cpu")
    first = weakref.ref(session.prepare(["reduce_sum"], {"x": Spec("float32", (1,))}))
    for size in range(2, MOST_STEPS + 2):
        assert session.run(total, {"x": np.ones(size, np.float32)}) == 2 * size
    gc.collect()
    assert first() is None
