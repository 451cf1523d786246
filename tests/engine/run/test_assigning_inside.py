"""Assignments in branches and loops: only what runs assigns, and an iteration reads the one before."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.normalization import BatchNormalization
from engine.blocks.optimizers import SGD
from engine.errors import SpecError
from engine.graph.check import check
from engine.ops.conversion import Identity
from engine.ops.cutting import Slice
from engine.ops.elementwise import Square
from engine.ops.finding import NonZero
from engine.ops.reduction import ReduceSum
from engine.ops.state import Assign, AssignAdd, AssignMultiply, AssignSub
from engine.program.build import ProgramBuilder, build
from engine.program.function_view import look_inside
from engine.program.passes import NAMES
from engine.program.program import verify
from engine.spec import Spec
from engine.value import Value

NUMBER = Spec("float32", ())
WITHOUT: list[tuple[str, ...]] = [(), ("inline",), NAMES]


def counting(g: Graph) -> Callable[..., Value]:
    """A function that adds what it is given to a variable of its own, and gives the sum."""
    draw: Callable[..., Value] = g.function("count", lambda v: AssignAdd()(g.variable("w", ()), v), NUMBER)
    return draw


@pytest.mark.parametrize("without", WITHOUT)
def test_each_slice_finds_what_the_one_before_has_assigned(without: tuple[str, ...]) -> None:
    g = Graph()
    count = counting(g)
    x = g.placeholder("x", ("n",))
    _, sums = g.scan(lambda c, v: (c, count(v, name="c")), g.constant(0.0), x, name="walk")
    session = Session(g, device="cpu", without=without)
    np.testing.assert_array_equal(session.run(sums, {x: [1.0, 2.0, 3.0]}), [1.0, 3.0, 6.0])
    np.testing.assert_array_equal(session.run(sums, {x: [1.0, 2.0]}), [7.0, 9.0])
    assert session.values() == {"walk/c/w": 9.0}
    session.run(sums, {x: []})
    assert session.values() == {"walk/c/w": 9.0}


@pytest.mark.parametrize("without", WITHOUT)
def test_only_the_branch_that_runs_assigns(without: tuple[str, ...]) -> None:
    g = Graph()
    count = counting(g)
    x = g.placeholder("x", ())
    y = g.cond(x > 0.0, lambda: count(x, name="up"), lambda: count(-x, name="down"), name="sign")
    session = Session(g, device="cpu", without=without)
    for value in (1.0, 2.0, -5.0):
        session.run(y, {x: value})
    assert session.values() == {"sign/then/up/w": 3.0, "sign/otherwise/down/w": 5.0}


def test_a_branch_that_is_known_beforehand_assigns_too() -> None:
    g = Graph()
    count = counting(g)
    y = g.cond(g.constant(True), lambda: count(g.constant(2.0), name="c"), lambda: g.constant(0.0), name="if")
    session = Session(g, device="cpu")
    assert [float(session.run(y)) for _ in range(2)] == [2.0, 4.0]


@pytest.mark.parametrize("without", WITHOUT)
def test_a_network_may_be_trained_inside_a_loop(without: tuple[str, ...]) -> None:
    """Gradient descent that is drawn into the body: each iteration takes the slope at the present place."""
    g = Graph()

    def step(steps: Value, target: Value) -> tuple[Value, Value]:
        w = g.variable("w", ())
        (slope,) = g.gradients(Square()(w - target), [w])
        AssignSub()(w, slope * 0.25)
        return steps + 1.0, target

    _, _ = g.while_loop(lambda n, t: n < 3.0, step, g.constant(0.0), g.constant(8.0), name="descent")
    session = Session(g, device="cpu", without=without)
    session.run(["descent.steps"])
    assert session.values() == {"descent/body/w": 7.0}
    session.run(["descent.steps"])
    assert session.values() == {"descent/body/w": 7.875}


def test_an_optimizer_may_stand_in_a_loop() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))

    def step(total: Value, v: Value) -> tuple[Value, None]:
        w = g.variable("w", ())
        loss = Square()(w - v)
        SGD(learning_rate=0.25).apply(loss)
        return total + loss, None

    total, _ = g.scan(step, g.constant(0.0), x, name="walk")
    session = Session(g, device="cpu")
    assert float(session.run(total, {x: [4.0, 4.0]}, training=True)) == 16.0 + 4.0
    assert session.values() == {"walk/w": 3.0}


@pytest.mark.parametrize("place", ["scan", "if"])
def test_a_layer_inside_keeps_its_moving_averages(place: str) -> None:
    g = Graph()
    x = g.placeholder("x", ("n", 4, 3))
    first = Slice(begin=(0, 0, 0), size=(1, -1, -1))(x)

    def normal(row: Value) -> Value:
        return BatchNormalization()(row, name="norm")

    if place == "scan":
        _, y = g.scan(lambda c, row: (c, normal(row)), g.constant(0.0), x, name="in")
    else:
        y = g.cond(ReduceSum()(x) > 0.0, lambda: normal(first), lambda: first, name="in")
    session = Session(g, device="cpu")
    feeds = {x: np.full((2, 4, 3), 5.0, np.float32)}
    session.run(y, feeds, training=True)
    path = "in/norm/moving_mean" if place == "scan" else "in/then/norm/moving_mean"
    moved = session.values()[path]
    times = 2 if place == "scan" else 1
    np.testing.assert_allclose(moved, 5.0 * (1.0 - 0.9**times), rtol=1e-5)
    session.run(y, feeds)
    np.testing.assert_array_equal(session.values()[path], moved)


def test_no_gradient_goes_through_an_assignment_as_outside_of_loops() -> None:
    """Read before it is multiplied by x each time, w is 1, 2, 4; only the first time it is what it was."""
    g = Graph()
    x = g.placeholder("x", ())

    def step(total: Value, n: Value) -> tuple[Value, Value]:
        w = g.variable("w", (), initializer="ones")
        AssignMultiply()(w, x)
        return total + w, n + 1.0

    total, _ = g.while_loop(lambda t, n: n < 3.0, step, g.constant(0.0), g.constant(0.0))
    (slope,) = g.gradients(total, [x])
    assert [float(v) for v in Session(g, device="cpu").run([total, slope], {x: 2.0})] == [7.0, 0.0]


NESTED: dict[str, Callable[[Graph, Callable[..., Value], Value], Any]] = {
    "a loop in a loop": lambda g, count, x: g.scan(
        lambda c, row: (c, g.scan(lambda d, v: (d, count(v, name="c")), c, row)[1]), g.constant(0.0), x
    ),
    "a branch in a loop": lambda g, count, x: g.scan(
        lambda c, row: (
            c,
            g.cond(ReduceSum()(row) > 0.0, lambda: count(ReduceSum()(row), name="c"), lambda: c),
        ),
        g.constant(0.0),
        x,
    ),
    "a loop in a branch": lambda g, count, x: g.cond(
        ReduceSum()(x) > 0.0,
        lambda: g.scan(lambda c, row: (c, count(ReduceSum()(row), name="c")), g.constant(0.0), x)[1],
        lambda: ReduceSum(axes=(1,))(x),
    ),
}


@pytest.mark.parametrize("place", NESTED)
@pytest.mark.parametrize("without", WITHOUT)
def test_bodies_in_bodies_assign(place: str, without: tuple[str, ...]) -> None:
    g = Graph()
    x = g.placeholder("x", ("n", 2))
    NESTED[place](g, counting(g), x)
    node = list(g.definition.nodes)[-1]
    session = Session(g, device="cpu", without=without)
    (port,) = [port for name, port in check(g.definition).outputs if name == node][-1:]
    verify(build(g.definition, [f"{node}.{port}"]))
    for _ in range(2):
        session.run(f"{node}.{port}", {x: [[1.0, 2.0], [3.0, 4.0]]})
    assert list(session.values().values()) == [20.0]


def test_sizes_that_depend_on_values_change_nothing() -> None:
    g = Graph()
    count = counting(g)
    x = g.placeholder("x", (4,))
    places = NonZero()(x)
    _, sums = g.scan(
        lambda c, v: (c, count(v, name="c")), g.constant(0.0), ReduceSum(axes=(1,))(Identity()(places) * 1.0)
    )
    session = Session(g, device="cpu")
    for _ in range(2):
        found = session.run(sums, {x: [0.0, 1.0, 0.0, 1.0]})
    np.testing.assert_array_equal(found, [5.0, 8.0])


def test_it_follows_what_was_assigned_before_the_loop() -> None:
    b = ProgramBuilder()
    w = b.variable("w", ())
    AssignAdd()(w, 10.0)
    x = b.feed("x", Spec("float32", (3,)))
    _, sums = b.scan(lambda c, v: (c, AssignAdd()(w, v)), b.constant(0.0), x)
    AssignAdd()(w, 100.0)
    program = b.program({})
    verify(program)
    assert sums.spec.shape == (3,)
    start = next(call for call in program.calls if call.path == "scan").inputs[1]
    assert start is not None and start.key == program.calls[2].outputs[0].key
    assert list(program.updates) == ["w"]


def test_a_loop_that_only_assigns_runs_with_every_step_of_training() -> None:
    g = Graph()
    count = counting(g)
    g.scan(lambda c, v: (c, count(v)), g.constant(0.0), g.constant([1.0, 2.0]), name="walk")
    assert build(g.definition).calls == ()
    assert "walk" in {call.path for call in build(g.definition, effects=True).calls}


def test_where_it_cannot_be_it_is_refused_in_a_sentence() -> None:
    g = Graph()
    count = counting(g)
    with pytest.raises(SpecError, match="'map/count/w' is assigned in the body of a Map") as found:
        g.map(count, g.constant([1.0, 2.0]))
    assert "do not follow each other: use a Scan" in found.value.hint
    with pytest.raises(SpecError, match="'while/condition/count/w' is assigned in the condition of a While"):
        g.while_loop(lambda v: count(v) < 3.0, lambda v: v + 1.0, g.constant(0.0))


def test_opened_it_shows_the_assignment() -> None:
    g = Graph()

    def step(total: Value, v: Value) -> tuple[Value, Value]:
        return total, Assign()(g.variable("w", ()), v)

    g.scan(step, g.constant(0.0), g.constant([1.0, 2.0]), name="walk")
    inside = look_inside(g.definition, "walk")
    assert inside.graph.nodes["assign"].op == "Assign"
    assert not check(inside.graph, inside.given).problems
