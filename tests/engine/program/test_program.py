"""Programs: blocks expand to primitives with their paths; passes change nothing but the work."""

import numpy as np
import pytest

from engine import Graph
from engine.blocks.layers import Dense, Dropout
from engine.blocks.losses import MeanSquaredError
from engine.errors import FlowscopeError
from engine.ops.activation import Relu
from engine.ops.reduction import ReduceSum
from engine.program.build import build
from engine.program.fold import fold
from engine.program.outline import open_block
from engine.program.program import Program, verify
from engine.program.prune import prune
from engine.run.session import Session


def regression() -> Graph:
    g = Graph()
    x, target = g.placeholder("x", ("batch", 3)), g.placeholder("target", ("batch", 1))
    y = Dense(units=1)(Dropout(rate=0.5)(Relu()(x)), name="dense")
    g.minimize(MeanSquaredError()(y, target, name="loss"), name="adam")
    return g


def test_calls_keep_the_path_of_the_drawn_node() -> None:
    program = build(regression().definition, training=True, effects=True)
    verify(program)
    assert {call.node for call in program.calls} >= {"dense", "loss", "adam"}
    assert {"dense/kernel", "dense/bias"} <= set(program.variables)
    assert all(path.startswith("adam/") for path in set(program.variables) - {"dense/kernel", "dense/bias"})


def test_a_fetch_by_path_gives_a_tensor_inside_a_block() -> None:
    g = regression()
    program = build(g.definition, ["dense"])
    inner = next(call.path for call in program.calls if call.path.startswith("dense/"))
    x = np.ones((2, 3), np.float32)
    assert Session(g).run(inner, {"x": x}).shape[0] == 2


def test_dropout_drops_only_in_training() -> None:
    def random_calls(training: bool) -> int:
        program = prune(build(regression().definition, ["dense"], training=training))
        return sum(type(call.op).__name__.startswith("Random") for call in program.calls)

    assert random_calls(training=True) == 1
    assert random_calls(training=False) == 0


def test_pruning_keeps_what_is_wanted() -> None:
    program = build(regression().definition, ["loss"], training=False)
    pruned = prune(program)
    verify(pruned)
    assert set(pruned.feeds) == {"x", "target"}
    assert len(pruned.calls) <= len(program.calls)
    assert prune(pruned).calls == pruned.calls


def test_folding_computes_the_same() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    a = g.constant([1.0, 2.0])
    y = ReduceSum()(x) * ReduceSum()(a * 3.0 + 1.0)
    assert isinstance(y.key, tuple)
    program = prune(build(g.definition, [".".join(y.key)]))
    folded = fold(program)
    verify(folded)
    assert len(folded.calls) == 2
    assert Session(g).run(y, {x: [2.0]}) == 22.0


@pytest.mark.parametrize("path", ["dense", "loss", "adam", "adam/gradients"])
def test_a_block_opens_into_a_graph_that_is_in_order(path: str) -> None:
    from engine.graph.check import check

    inside = open_block(regression().definition, path)
    assert inside.graph.nodes
    assert [p for p in check(inside.graph).problems if p.stops] == []


def test_opening_goes_down_to_the_primitives() -> None:
    g = regression()
    inside = open_block(g.definition, "dense")
    assert {node.op for node in inside.graph.nodes.values()} >= {"MatMul", "Add", "Variable"}
    with pytest.raises(FlowscopeError, match="cannot be opened"):
        open_block(g.definition, "relu")


def test_a_program_prints_one_call_a_line() -> None:
    program = prune(build(regression().definition, ["loss"]))
    text = str(program)
    assert "feed x: batch x 3 float32" in text
    assert "MatMul" in text
    assert isinstance(program, Program)


def test_a_loss_without_a_variable_is_told_at_the_optimizer() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    g.minimize(ReduceSum()(x), name="adam")
    with pytest.raises(FlowscopeError) as caught:
        build(g.definition, training=True, effects=True)
    assert caught.value.node == "adam"
    assert "variable" in str(caught.value)


def test_a_variable_inside_a_block_can_be_fetched() -> None:
    g = regression()
    session = Session(g)
    assert session.run("dense/kernel", {"x": np.ones((2, 3), np.float32)}).shape == (3, 1)
