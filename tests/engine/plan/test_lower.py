"""Plans: flat steps on placed buffers, views without steps, constants without steps."""

import numpy as np

from engine import Graph
from engine.ops.activation import Relu
from engine.ops.reduction import BroadcastLike, ReduceSum
from engine.ops.shaping import Reshape
from engine.ops.state import Assign, AssignAdd
from engine.plan.lower import lower
from engine.program.bind import bind
from engine.program.build import build
from engine.program.fold import fold
from engine.program.prune import prune
from engine.run.executor import Executor
from engine.spec import Spec


def test_views_and_constants_are_no_steps() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 4))
    y = Relu()(Reshape(shape=(-1, 2, 2))(x) * (g.constant(2.0) + 1.0), name="out")
    program = fold(prune(build(g.definition, ["out"])))
    plan = lower(bind(program, {"x": Spec("float32", (3, 4))}))
    assert [step.kernel for step in plan.steps] == ["multiply", "relu"]
    assert y.spec.rank == 3
    result = Executor(plan, "cpu", {}).run({"x": np.full((3, 4), -1, np.float32)})["out"]
    assert result.shape == (3, 2, 2)
    assert "arena" in str(plan)
    assert "# out" in str(plan)


def test_a_long_chain_reuses_its_memory() -> None:
    g = Graph()
    y = g.placeholder("x", ("n",))
    for _ in range(39):
        y = y + 1
    Relu()(y, name="out")
    plan = lower(bind(fold(prune(build(g.definition, ["out"]))), {"x": Spec("float32", (1000,))}))
    assert len(plan.steps) == 40
    assert plan.arena_bytes <= 3 * 4096


def test_a_run_makes_no_new_buffers() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    Relu()(x * 2.0 + 1.0, name="out")
    plan = lower(bind(fold(prune(build(g.definition, ["out"]))), {"x": Spec("float32", (8,))}))
    executor = Executor(plan, "cpu", {})
    first = executor.run({"x": np.ones(8, np.float32)})["out"]
    second = executor.run({"x": np.zeros(8, np.float32)})["out"]
    assert np.shares_memory(first, second)


def test_what_is_assigned_is_not_copied_before_the_variable_is_written() -> None:
    g = Graph()
    v, x = g.variable("v", (4,)), g.placeholder("x", (4,))
    AssignAdd()(v, x * 2.0, name="more")
    plan = lower(bind(fold(prune(build(g.definition, ["more"]))), {"x": Spec("float32", (4,))}))
    assert [step.kernel for step in plan.steps] == ["multiply", "add"]
    held = {"v": np.ones(4, np.float32)}
    result = Executor(plan, "cpu", held).run({"x": np.ones(4, np.float32)})["more"]
    np.testing.assert_array_equal(result, [3, 3, 3, 3])
    np.testing.assert_array_equal(held["v"], [3, 3, 3, 3])
    assert not np.shares_memory(result, held["v"])


def test_a_feed_and_a_constant_are_assigned_as_they_are() -> None:
    g = Graph()
    v, w, x = g.variable("v", (2,)), g.variable("w", (2,)), g.placeholder("x", (2,))
    Assign()(v, x, name="from_feed")
    Assign()(w, g.constant([5.0, 6.0]), name="from_constant")
    program = fold(prune(build(g.definition, ["from_feed", "from_constant"])))
    plan = lower(bind(program, {"x": Spec("float32", (2,))}))
    assert plan.steps == ()
    held = {name: np.zeros(2, np.float32) for name in "vw"}
    Executor(plan, "cpu", held).run({"x": np.array([1, 2], np.float32)})
    np.testing.assert_array_equal([held["v"], held["w"]], [[1, 2], [5, 6]])


def test_variables_that_change_places_are_copied_first() -> None:
    g = Graph()
    a, b = g.variable("a", (2, 1)), g.variable("b", (1, 2))
    Assign()(a, Reshape(shape=(2, 1))(b), name="to_a")
    Assign()(b, Reshape(shape=(1, 2))(a), name="to_b")
    plan = lower(bind(fold(prune(build(g.definition, ["to_a", "to_b"]))), {}))
    assert [step.kernel for step in plan.steps] == ["assign", "assign"]
    held = {"a": np.array([[1], [2]], np.float32), "b": np.array([[3, 4]], np.float32)}
    Executor(plan, "cpu", held).run({})
    np.testing.assert_array_equal([held["a"].ravel(), held["b"].ravel()], [[3, 4], [1, 2]])


def test_a_tensor_of_which_only_the_shape_is_needed_gives_its_memory_back() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    doubled = x * 2.0
    total = ReduceSum()(doubled)
    y = x
    for _ in range(3):
        y = y + 1
    Relu()(BroadcastLike()(total, doubled) + y, name="out")
    plan = lower(bind(fold(prune(build(g.definition, ["out"]))), {"x": Spec("float32", (1000,))}))
    last = {step.path: plan.buffers[step.outputs[0]].last for step in plan.steps}
    steps = [step.path for step in plan.steps]
    assert last["multiply"] == steps.index("reduce_sum")
    found = Executor(plan, "cpu", {}).run({"x": np.ones(1000, np.float32)})["out"]
    np.testing.assert_array_equal(found, np.full(1000, 2004, np.float32))
