"""Tensors inside branches and loops can be looked at: as they were the last time, and at no other cost."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.errors import FeedError
from engine.ops.finding import NonZero
from engine.ops.reduction import ReduceSum
from engine.program.function_view import look_inside
from engine.program.passes import NAMES
from engine.run.executor import Executor
from engine.run.stepwise import Stepwise
from engine.spec import Spec

WITHOUT: list[tuple[str, ...]] = [(), ("inline",), NAMES]
X = np.array([1.0, 2.0, 3.0], np.float32)


def doubling(g: Graph, x: Any) -> Any:
    return g.while_loop(lambda v: v < 20.0, lambda v: v * 2.0, ReduceSum()(x), name="in")


PLACES: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "a map": (
        lambda g, x: g.map(lambda v: v * 2.0 + 1.0, x, name="in"),
        {"in/multiply": 6.0, "in/add": 7.0, "in/x": 3.0},
    ),
    "a scan from its end": (
        lambda g, x: g.scan(lambda c, v: (c + v, c * v), g.constant(0.0), x, reverse=True, name="in"),
        {"in/add": 6.0, "in/multiply": 5.0, "in/carried": 5.0, "in/x": 1.0},
    ),
    "a loop": (doubling, {"in/body/multiply": 24.0, "in/body/v": 12.0, "in/condition/v": 24.0}),
    "a branch": (
        lambda g, x: g.cond(ReduceSum()(x) > 0.0, lambda: x * 3.0, lambda: x * 4.0, name="in"),
        {"in/then/multiply": [3.0, 6.0, 9.0], "in/otherwise/multiply": None},
    ),
    "a loop in a loop": (
        lambda g, x: g.map(
            lambda v: g.scan(lambda c, u: (c + u * v, None), v * 0.0, x, name="inner")[0], x, name="in"
        ),
        {"in/inner/add": 18.0, "in/inner/multiply": 9.0},
    ),
    "a function in a loop": (
        lambda g, x: g.map(
            lambda v: g.function("f", lambda u: u + 5.0, Spec("float32", ()))(v, name="call"), x, name="in"
        ),
        {"in/call/add": 8.0},
    ),
    "a branch that is known beforehand": (
        lambda g, x: g.cond(g.constant(True), lambda: x * 3.0, lambda: x, name="in"),
        {"in/then/multiply": [3.0, 6.0, 9.0]},
    ),
    "what is the same in each iteration": (
        lambda g, x: g.map(lambda v: v * ReduceSum()(x), x, name="in"),
        {"in/reduce_sum": 6.0},
    ),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("without", WITHOUT)
@pytest.mark.parametrize("sized", [True, False], ids=["planned", "call by call"])
def test_it_is_what_it_was_the_last_time(place: str, without: tuple[str, ...], sized: bool) -> None:
    draw, expected = PLACES[place]
    g = Graph()
    x = g.placeholder("x", (3,))
    # How many elements are not zero is known only while the graph runs.
    draw(g, x if sized else ReduceSum(axes=(1,))(NonZero()(x) * 1.0) + 1.0)
    session = Session(g, device="cpu", without=without)
    for name, value in expected.items():
        step = session.prepare((name,), {"x": Spec("float32", (3,))})
        assert isinstance(step.executor, Executor if sized else Stepwise)
        for _ in range(2):
            found = step({"x": X})
            if value is None:
                assert found == {}
            else:
                np.testing.assert_array_equal(found[name], value, err_msg=name)
    together = session.run(list(expected), {x: X})
    assert [None if v is None else v.tolist() for v in together] == list(expected.values())


def test_a_loop_that_does_not_run_tells_nothing() -> None:
    g = Graph()
    x = g.placeholder("x", ())
    g.while_loop(lambda v: v < 10.0, lambda v: v * 2.0, x, name="loop")
    session = Session(g, device="cpu")
    assert float(session.run("loop/body/multiply", {x: 6.0})) == 12.0
    assert session.run("loop/body/multiply", {x: 60.0}) is None
    assert not session.run("loop/condition/less", {x: 60.0})


def test_only_what_is_watched_costs() -> None:
    g = Graph()
    x = g.placeholder("x", (3,))
    y = g.map(lambda v: (v * 2.0, v * 3.0), x, name="each")[0]
    session = Session(g, device="cpu")
    plain = session.prepare(("each.y",), {"x": Spec("float32", (3,))}).executor
    looking = session.prepare(("each/multiply_1",), {"x": Spec("float32", (3,))}).executor
    assert isinstance(plain, Executor) and isinstance(looking, Executor)
    assert [list(step.bodies[0].plan.outputs) for step in plain.plan.steps] == [["0", "1"]]
    assert [list(step.bodies[0].plan.results) for step in looking.plan.steps] == [["0", "1"]]
    assert y.spec.shape == (3,)


def test_a_name_that_is_nowhere_is_refused_as_before() -> None:
    g = Graph()
    g.map(lambda v: v * 2.0, g.constant([1.0, 2.0]), name="each")
    for name in ("each/divide", "each/multiply/deeper", "each/multiply.z"):
        with pytest.raises(FeedError, match=r"there is no tensor called|names none of them"):
            Session(g, device="cpu").run(name)


def test_in_the_gradient_of_a_loop_one_can_look_as_well() -> None:
    g = Graph()
    x = g.placeholder("x", (3,))
    total, _ = g.scan(lambda c, v: (c * v, None), g.constant(1.0), x, name="walk")
    g.gradients(total, [x])
    inside = look_inside(g.definition, "gradients")
    assert "gradients/walk_scan" in {name.partition(".")[0] for name in inside.tensors.values()}
    deeper = look_inside(g.definition, "walk")
    session = Session(g, device="cpu")
    for (node, _), tensor in deeper.tensors.items():
        assert session.run(tensor, {x: X}) is not None, node


def test_all_that_is_shown_in_an_opened_body_can_be_fetched() -> None:
    g = Graph()
    x = g.placeholder("x", (3,))
    square = g.function("square", lambda v: v * v, Spec("float32", ()))

    def step(v: Any, n: Any) -> Any:
        bigger = g.cond(v > 3.0, lambda: square(v, name="call"), lambda: v * 2.0, name="either")
        return bigger, n + 1.0

    g.while_loop(lambda v, n: n < 3.0, step, ReduceSum()(x), g.constant(0.0), name="loop")
    session = Session(g, device="cpu")
    for path in ("loop/body", "loop/condition", "loop/body/either/then", "loop/body/either/then/call"):
        inside = look_inside(g.definition, path)
        assert inside.tensors
        for (node, port), tensor in inside.tensors.items():
            assert session.run(tensor, {x: X}) is not None, (path, node, port)
