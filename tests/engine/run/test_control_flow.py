"""Branches and loops at run time: which part runs, what is carried, and what is said when it fails."""

from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.layers import Dense
from engine.errors import Interrupted, KernelError, SpecError
from engine.graph.builder import Graph as Drawing
from engine.ops.activation import Relu
from engine.ops.arithmetic import Divide
from engine.ops.finding import NonZero
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceSum
from engine.run.stepwise import Stepwise
from engine.spec import Spec


def run(g: Drawing, fetches: Any, feeds: Any = None, **settings: Any) -> Any:
    return Session(g, device="cpu", **settings).run(fetches, feeds)


def test_only_the_chosen_branch_runs() -> None:
    g = Graph()
    x = g.placeholder("x", ())
    y = g.cond(x > 0.0, lambda: x * 2.0, lambda: g.while_loop(lambda v: v < 1.0, lambda v: v, x, limit=3))
    session = Session(g, device="cpu")
    assert session.run(y, {x: 4.0}) == 8.0
    with pytest.raises(KernelError, match="the condition still holds after 3 iterations"):
        session.run(y, {x: -1.0})


def test_a_loop_without_end_names_the_node_and_the_limit() -> None:
    g = Graph()
    y = g.while_loop(lambda v: v < 1.0, lambda v: v * 0.5, g.constant(0.5), limit=50, name="halves")
    with pytest.raises(KernelError) as caught:
        run(g, y)
    assert caught.value.node == "halves"
    assert str(caught.value).startswith("While 'halves': the condition still holds after 50 iterations.")
    assert "limit" in caught.value.hint


def test_carried_values_may_change_places() -> None:
    g = Graph()
    a, b, n = g.constant(1.0), g.constant(2.0), g.constant(0.0)
    found = g.while_loop(lambda x, y, i: i < 3.0, lambda x, y, i: (y, x, i + 1.0), a, b, n)
    assert [float(v) for v in run(g, list(found))] == [2.0, 1.0, 3.0]


def test_a_map_along_the_steps_of_a_batch_gives_all_steps_the_same_variables() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 5, 3))
    y = g.map(Dense(units=2), x, axis=1)
    session = Session(g, seed=1, device="cpu")
    data = np.random.default_rng(0).normal(size=(4, 5, 3)).astype(np.float32)
    found = session.run(y, {x: data})
    (kernel,) = (value for path, value in session.values().items() if path.endswith("kernel"))
    assert y.spec.shape == ("batch", 5, 2)
    np.testing.assert_allclose(found, data @ kernel, rtol=1e-5, atol=1e-6)


def test_a_scan_gives_the_last_carried_and_all_that_it_stacked() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    total, sums = g.scan(lambda c, v: (c + v, c + v), g.constant(0.0), x)
    back, _ = g.scan(lambda c, v: (c * 0.5 + v, None), g.constant(0.0), x, reverse=True)
    found = run(g, [total, sums, back], {x: [1.0, 2.0, 4.0]})
    assert found[0] == 7.0
    np.testing.assert_array_equal(found[1], [1.0, 3.0, 7.0])
    assert found[2] == 1.0 + 0.5 * (2.0 + 0.5 * 4.0)


def test_nothing_to_walk_over_leaves_the_carried_value_alone() -> None:
    g = Graph()
    x = g.placeholder("x", ("n", 2))
    carried, stacked = g.scan(lambda c, v: (c + v, v), g.constant([1.0, 2.0]), x)
    found = run(g, [carried, stacked], {x: np.zeros((0, 2), np.float32)})
    np.testing.assert_array_equal(found[0], [1.0, 2.0])
    assert found[1].shape == (0, 2)


def test_a_map_over_several_tensors() -> None:
    g = Graph()
    x = g.placeholder("x", ("n", 2))
    y = g.map(lambda pair: (pair[0] * pair[1], ReduceSum()(pair[0])), (x, x + 1.0))
    products, sums = run(g, list(y), {x: [[1.0, 2.0], [3.0, 4.0]]})
    np.testing.assert_array_equal(products, [[2.0, 6.0], [12.0, 20.0]])
    np.testing.assert_array_equal(sums, [3.0, 7.0])


def test_each_iteration_draws_other_random_numbers_and_each_run_the_same() -> None:
    g = Graph()
    x = g.placeholder("x", (50,))
    y = g.map(RandomUniform(), x)
    z = g.map(lambda row: g.map(RandomUniform(), row), g.constant(np.zeros((5, 5))))
    feeds = {x: np.zeros(50, np.float32)}
    drawn, nested = run(g, [y, z], feeds, seed=3)
    assert len(set(drawn.tolist())) == 50 and len(set(nested.ravel().tolist())) == 25
    np.testing.assert_array_equal(run(g, y, feeds, seed=3), drawn)
    session = Session(g, seed=3, device="cpu")
    assert not np.array_equal(session.run(y, feeds), session.run(y, feeds))


def test_a_body_may_be_stopped_and_is_timed() -> None:
    g = Graph()
    g.while_loop(lambda v: v < 1e9, lambda v: Relu()(v) + 1.0, g.constant(0.0), limit=10_000_000, name="long")
    session = Session(g, device="cpu")
    asked = iter(range(10_000))
    with pytest.raises(Interrupted):
        session.run("long", interrupt=lambda: next(asked) > 500)
    step = session.prepare(("long",), {})
    timings: dict[str, float] = {}
    with pytest.raises(Interrupted):
        asked = iter(range(10_000))
        step({}, interrupt=lambda: next(asked) > 500, timings=timings)
    assert {"long/body/relu", "long/body/add", "long/condition/less"} <= set(timings)


def test_a_loop_makes_no_arrays_after_the_first_run() -> None:
    g = Graph()
    x = g.placeholder("x", (3, 4))
    g.scan(lambda c, v: (c * 0.5 + v, c), g.constant([0.0] * 4), x, name="walk")
    step = Session(g, device="cpu").prepare(("walk.carried", "walk.y"), {"x": Spec("float32", (3, 4))})
    first = step({"x": np.ones((3, 4), np.float32)})
    again = step({"x": np.ones((3, 4), np.float32)})
    assert all(np.shares_memory(first[name], again[name]) for name in first)


def test_what_fails_inside_is_said_with_its_node() -> None:
    g = Graph()
    x = g.placeholder("x", (2, 3))
    with pytest.raises(SpecError, match="shapes do not broadcast: 3 meets 2"):
        g.map(lambda row: row + g.constant([1.0, 2.0]), x, name="each")


@pytest.mark.parametrize(
    ("draw", "sentence"),
    [
        (lambda g, x: g.cond(x, lambda: x, lambda: x), "the predicate is 3 float32; expected scalar bool"),
        (lambda g, x: g.while_loop(lambda v: v, lambda v: v, x), "the condition gives 3 float32; expected"),
        (
            lambda g, x: g.cond(g.constant(True), lambda: x, lambda: ReduceSum()(x)),
            "y is 3 float32 from then, and scalar float32 from otherwise",
        ),
        (
            lambda g, x: g.cond(g.constant(True), lambda: (x, x), lambda: (x,)),
            "then gives 2 tensors, and otherwise gives 1",
        ),
        (
            lambda g, x: g.while_loop(lambda v: ReduceSum()(v) < 1.0, ReduceSum(), x),
            "the carried x is 3 float32, and what the body gives for it is scalar float32",
        ),
        (
            lambda g, x: g.scan(lambda c, v: (c + x, v), g.constant(0.0), x),
            "the carried carried is scalar float32, and what the body gives for it is 3 float32",
        ),
        (lambda g, x: g.map(lambda v: v, g.constant(1.0)), "x is scalar float32; expected at least one axis"),
        (
            lambda g, x: g.map(lambda p: p[0], (x, g.constant([1.0, 2.0]))),
            "x_1 has 2 slices along axis 0, and another sequence 3",
        ),
    ],
)
def test_bodies_that_do_not_fit_are_refused_in_a_sentence(draw: Any, sentence: str) -> None:
    g = Graph()
    x = g.placeholder("x", (3,))
    with pytest.raises(SpecError) as caught:
        draw(g, x)
    assert sentence in str(caught.value) and caught.value.hint.endswith(".")


def test_branches_of_different_sizes_run_call_by_call() -> None:
    g = Graph()
    x = g.placeholder("x", (4,))
    y = g.cond(ReduceSum()(x) > 0.0, lambda: x, lambda: x * g.constant([1.0]), name="same")
    places = g.cond(ReduceSum()(x) > 0.0, lambda: NonZero()(x), lambda: NonZero()(x * 0.0), name="places")
    session = Session(g, device="cpu")
    feeds = {x: [1.0, 0.0, 2.0, 0.0]}
    assert session.run(y, feeds).shape == (4,)
    step = session.prepare(("places",), {"x": Spec("float32", (4,))})
    assert isinstance(step.executor, Stepwise)
    np.testing.assert_array_equal(np.ravel(session.run(places, feeds)), [0, 2])
    assert session.run(places, {x: [-1.0, 0.0, 0.0, 0.0]}).size == 0


def test_numbers_by_zero_fail_nowhere() -> None:
    g = Graph()
    x = g.placeholder("x", (2,))
    y = g.map(lambda v: Divide()(v, v * 0.0), x)
    assert np.isinf(run(g, y, {x: [1.0, 2.0]})).all()


@pytest.mark.parametrize("offset", [-9.0, 9.0])
def test_a_branch_has_a_gradient_where_a_size_is_known_only_when_it_runs(offset: float) -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    chosen = g.cond(ReduceSum()(x) > offset, lambda: Relu()(x) * 2.0, lambda: x - 1.0)
    (slope,) = g.gradients(ReduceSum()(chosen), [x])
    fed = np.array([[1.0, -2.0, 3.0], [-1.0, 2.0, 1.0]], np.float32)
    expected = np.where(fed > 0, 2.0, 0.0) if offset < 0 else np.ones_like(fed)
    np.testing.assert_array_equal(Session(g, device="cpu").run(slope, {x: fed}), expected)
