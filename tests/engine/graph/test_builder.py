"""The Python builder draws the same graphs that one draws by hand."""

import numpy as np
import pytest

from engine import FlowscopeError, Graph, Session
from engine.blocks.layers import Dense
from engine.blocks.optimizers import SGD
from engine.graph.check import check
from engine.ops.arithmetic import Add
from engine.ops.reduction import ReduceMean


def test_operators_draw_nodes() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    y = -(x * 2 + 1) / 4 - x
    assert y.spec.shape == ("batch", 3)
    assert [node.op for node in g.definition.nodes.values()].count("Constant") == 3
    assert check(g.definition).problems == ()
    result = Session(g).run(y, {x: [[1.0, 2.0, 3.0]]})
    np.testing.assert_allclose(result, [[-1.75, -3.25, -4.75]])


def test_what_does_not_fit_is_refused_at_once_and_draws_nothing() -> None:
    g = Graph()
    x, z = g.placeholder("x", ("batch", 3)), g.placeholder("z", ("batch", 4))
    with pytest.raises(
        FlowscopeError, match=r"Add 'add': shapes do not broadcast: batch x 3 meets batch x 4"
    ):
        Add()(x, z)
    assert list(g.definition.nodes) == ["x", "z"]


def test_tensors_of_two_graphs_cannot_meet() -> None:
    with pytest.raises(FlowscopeError, match="different graphs"):
        Add()(Graph().placeholder("x", (2,)), Graph().placeholder("x", (2,)))


def test_minimize_returns_what_training_fetches() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 2))
    loss = ReduceMean()((Dense(units=1)(x) - 3.0) ** 2.0, name="loss")
    train = g.minimize(loss, SGD(learning_rate=0.1))
    session = Session(g)
    feeds = {x: np.ones((8, 2), np.float32)}
    first = session.run(loss, feeds)
    for _ in range(50):
        assert session.run([train, loss], feeds)[0] is None
    assert session.run(loss, feeds) < first * 1e-3


def test_names_are_made_unique() -> None:
    g = Graph()
    x = g.placeholder("x", (2,))
    x + x
    x + x
    assert list(g.definition.nodes) == ["x", "add", "add_1"]
