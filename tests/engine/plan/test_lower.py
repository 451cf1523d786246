"""Plans: flat steps on placed buffers, views without steps, constants without steps."""

import numpy as np

from engine import Graph
from engine.ops.activation import Relu
from engine.ops.shaping import Reshape
from engine.plan.lower import lower
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
    plan = lower(program, {"x": Spec("float32", (3, 4))})
    assert [step.kernel for step in plan.steps] == ["multiply", "relu"]
    assert y.spec.rank == 3
    result = Executor(plan, "cpu", {}).run({"x": np.full((3, 4), -1, np.float32)})["out"]
    assert result.shape == (3, 2, 2)
    assert "arena" in str(plan)
    assert "# out" in str(plan)


def test_a_long_chain_reuses_its_memory() -> None:
    g = Graph()
    y = g.placeholder("x", ("n",))
    for _ in range(40):
        y = y + 1
    plan = lower(fold(prune(build(g.definition, [".".join(y.key)]))), {"x": Spec("float32", (1000,))})
    assert len(plan.steps) == 40
    assert plan.arena_bytes <= 3 * 4096


def test_a_run_makes_no_new_buffers() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    Relu()(x * 2.0 + 1.0, name="out")
    plan = lower(fold(prune(build(g.definition, ["out"]))), {"x": Spec("float32", (8,))})
    executor = Executor(plan, "cpu", {})
    first = executor.run({"x": np.ones(8, np.float32)})["out"]
    second = executor.run({"x": np.zeros(8, np.float32)})["out"]
    assert np.shares_memory(first, second)
