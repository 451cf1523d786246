"""Sizes that depend on values: such programs run call by call, and compute what a plan computes."""

from typing import Any

import numpy as np
import pytest

from engine import Graph
from engine.blocks.layers import Dense
from engine.blocks.losses import MeanSquaredError
from engine.errors import FlowscopeError, Interrupted, KernelError
from engine.ops.activation import Relu
from engine.ops.conversion import Cast
from engine.ops.creation import Fill, Range
from engine.ops.finding import NonZero
from engine.ops.indexing import Gather
from engine.ops.joining import Concat
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Reshape, Squeeze
from engine.ops.sizes import Shape
from engine.ops.state import Assign
from engine.ops.tiling import Tile
from engine.program.bind import bind
from engine.run.eager import Eager
from engine.run.executor import Executor
from engine.run.session import Session
from engine.run.stepwise import Stepwise
from engine.spec import Spec
from engine.value import Value

X = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, -4.0]], np.float32)


def picked(g: Graph) -> tuple[Value, Value]:
    """The sum of what lies in the rows whose numbers are fed; how many are kept only their values say."""
    x = g.placeholder("x", ("batch", 3))
    places = NonZero()(ReduceSum(axes=(1,))(x) > 0.0)
    return x, Gather()(x, Squeeze(axes=(1,))(places))


def test_a_size_that_depends_on_values_is_computed_anew_in_each_run() -> None:
    g = Graph()
    x, rows = picked(g)
    assert rows.spec.shape == ("?", 3)
    session = Session(g, device="cpu")
    np.testing.assert_array_equal(session.run(rows, {x: X}), X[:1])
    np.testing.assert_array_equal(session.run(rows, {x: -X}), -X[1:])
    np.testing.assert_array_equal(session.run(rows, {x: np.zeros((4, 3), np.float32)}), np.zeros((0, 3)))


def test_only_such_a_program_runs_call_by_call() -> None:
    g = Graph()
    x, rows = picked(g)
    doubled = x * 2.0
    session = Session(g, device="cpu")
    fed = {"x": Spec("float32", (2, 3))}
    assert isinstance(session.prepare([name(doubled)], fed).executor, Executor)
    assert isinstance(session.prepare([name(rows)], fed).executor, Stepwise)


def test_it_trains_what_it_has_picked() -> None:
    g = Graph()
    _, rows = picked(g)
    out = Dense(units=1)(rows, name="dense")
    g.minimize(MeanSquaredError()(out, out * 0.0 + 1.0, name="loss"), name="adam")
    session = Session(g, device="cpu")
    step = session.prepare(["loss"], {"x": Spec("float32", X.shape)}, training=True, effects=True)
    assert isinstance(step.executor, Stepwise)
    losses = [float(step({"x": X})["loss"]) for _ in range(200)]
    assert losses[-1] < losses[0]


def test_both_ways_compute_the_same_bits() -> None:
    g = Graph()
    x, target = g.placeholder("x", ("batch", 3)), g.placeholder("target", ("batch", 1))
    y = Dense(units=1)(Relu()(Dense(units=4)(x)), name="y")
    g.minimize(MeanSquaredError()(y, target, name="loss"), name="adam")
    session = Session(g, device="cpu")
    program = session.program(("loss", "y"), training=True, effects=True)
    feeds = {"x": X, "target": np.ones((2, 1), np.float32)}
    specs = {key: Spec("float32", array.shape) for key, array in feeds.items()}
    planned = session.prepare(["loss", "y"], specs, training=True, effects=True)
    held = {path: array.copy() for path, array in session.variables.items()}
    stepwise = Stepwise(bind(program, specs), "cpu", held)
    for _ in range(3):
        expected = {key: array.copy() for key, array in planned(feeds).items()}
        found = stepwise.run(feeds)
        for key, array in expected.items():
            np.testing.assert_array_equal(found[key], array)
    for path, array in session.variables.items():
        np.testing.assert_array_equal(held[path], array)


def test_a_peek_changes_no_variable() -> None:
    g = Graph()
    v, x = g.variable("v", ()), g.placeholder("x", ("n",))
    Assign()(v, ReduceSum()(Gather()(x, Squeeze(axes=(1,))(NonZero()(x)))), name="new")
    session = Session(g, device="cpu")
    step = session.prepare(["new"], {"x": Spec("float32", (2,))})
    assert step({"x": np.array([1, 2], np.float32)}, peek=True)["new"] == 3
    assert session.variables["v"] == 0
    step({"x": np.array([1, 2], np.float32)})
    assert session.variables["v"] == 3


def test_variables_that_change_places_are_not_mixed_up() -> None:
    g = Graph()
    a, b, shape = g.variable("a", (2, 1)), g.variable("b", (1, 2)), g.placeholder("shape", (2,), "int64")
    Assign()(a, Reshape()(b, shape), name="to_a")
    Assign()(b, Reshape(shape=(1, 2))(a), name="to_b")
    session = Session(g, device="cpu")
    session.restore({"a": np.array([[1], [2]], np.float32), "b": np.array([[3, 4]], np.float32)})
    session.run(["to_a", "to_b"], {"shape": [2, 1]})
    np.testing.assert_array_equal(session.variables["a"], [[3], [4]])
    np.testing.assert_array_equal(session.variables["b"], [[1, 2]])


def test_timings_are_told_by_path_and_an_interrupt_is_heard() -> None:
    g = Graph()
    _, rows = picked(g)
    step = Session(g, device="cpu").prepare([name(rows)], {"x": Spec("float32", X.shape)})
    timings: dict[str, float] = {}
    step({"x": X}, timings=timings)
    assert set(timings) == {"reduce_sum", "greater", "non_zero", "squeeze", "gather"}
    with pytest.raises(Interrupted):
        step({"x": X}, interrupt=lambda: True)


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ([4, 2], "Reshape 'reshape': x is 2 x 3, not 4 x 2; expected 8 elements."),
        ([-2, 3], "Reshape 'reshape': shape is -2; expected at least -1."),
        ([-1, -1], "Reshape 'reshape': shape [-1, -1] has more than one -1."),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_in_a_sentence(shape: list[int], sentence: str) -> None:
    g = Graph()
    x, sizes = g.placeholder("x", (2, 3)), g.placeholder("sizes", (2,), "int64")
    y = Reshape()(x, sizes, name="reshape")
    with pytest.raises(FlowscopeError) as caught:
        Session(g, device="cpu").run(y, {x: X, sizes: shape})
    assert caught.value.what == sentence
    assert caught.value.node == "reshape"


def test_sizes_that_meet_and_differ_are_refused_when_they_are_known() -> None:
    g = Graph()
    x, rows = picked(g)
    total = Cast(dtype="int64")(rows) + Reshape(shape=(2, -1))(NonZero()(x > 0.0))
    with pytest.raises(FlowscopeError, match="Add 'add': shapes do not broadcast: 1 x 3 meets 2 x 2"):
        Session(g, device="cpu").run(total, {x: [[1, 1, 0], [-9, 0, 0]]})


def test_a_kernel_that_refuses_values_is_told_at_its_node() -> None:
    g = Graph()
    x, rows = picked(g)
    y = Gather()(rows, g.constant([7], "int64"), name="seventh")
    with pytest.raises(KernelError, match="Gather 'seventh': index 7 lies outside"):
        Session(g, device="cpu").run(y, {x: X})


def test_the_shape_of_a_batch_is_known_once_it_is_fed() -> None:
    """Shape, Gather and Concat say what Reshape is to do: with the batch all that becomes one setting."""
    g = Graph()
    x = g.placeholder("x", ("batch", 2, 3))
    batch = Gather()(Shape()(x), g.constant([0], "int64"))
    Reshape()(x, Concat()(batch, g.constant([-1], "int64")), name="y")
    step = Session(g, device="cpu").prepare(["y"], {"x": Spec("float32", (4, 2, 3))})
    assert isinstance(step.executor, Executor)
    assert step.executor.plan.steps == ()
    assert step({"x": np.ones((4, 2, 3), np.float32)})["y"].shape == (4, 6)


def test_a_constant_setting_gives_sizes_to_what_follows() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 6))
    y = Reshape()(x, g.constant([-1, 3], "int64"), name="y")
    assert y.spec.shape == ("?", 3)
    program = Session(g, device="cpu").program(("y",), training=False, effects=False)
    (call,) = program.calls
    assert call.op == Reshape(shape=(-1, 3))
    assert program.outputs["y"].spec.shape == ("?", 3)


def test_a_counting_row_follows_what_is_fed() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    n = Reshape(shape=())(Shape()(x))
    row = Range().apply(None, n)[0]
    filled = Fill(value=2.5).apply(Shape()(x))[0]
    times = g.placeholder("times", (1,), "int64")
    tiled = Tile()(x, times)
    run = Session(g, device="cpu").run
    np.testing.assert_array_equal(run(row, {x: [1, 2, 3]}), [0, 1, 2])
    np.testing.assert_array_equal(run(filled, {x: [1, 2, 3]}), [2.5, 2.5, 2.5])
    np.testing.assert_array_equal(run(tiled, {x: [1, 2], times: [2]}), [1, 2, 1, 2])


def test_the_canvas_shows_real_sizes() -> None:
    g = Graph()
    _, rows = picked(g)
    found = Eager(device="cpu").evaluate(g.definition, {"x": X})
    assert found.failures == {}
    assert isinstance(rows.key, tuple)
    assert found.arrays[rows.key].shape == (1, 3)


def name(value: Value) -> str:
    key: Any = value.key
    return ".".join(key)
