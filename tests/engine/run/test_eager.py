"""Eager evaluation computes again only what an edit touches."""

import numpy as np
import pytest

import engine  # noqa: F401 - registers the ops
import kernels
from engine import Graph, Session
from engine.blocks.layers import Dense
from engine.blocks.losses import MeanSquaredError
from engine.errors import Interrupted
from engine.graph.graph import GraphDef, Node
from engine.ops.activation import Relu
from engine.ops.reduction import ReduceMean
from engine.run.eager import Eager


def sums() -> GraphDef:
    graph = GraphDef()
    for name, value in (("five", 5.0), ("three", 3.0)):
        graph = graph.add(Node(name, "Constant", {"value": value}))
    for name, op in (("product", "Multiply"), ("sum", "Add"), ("result", "Add")):
        graph = graph.add(Node(name, op))
    for name in ("product", "sum"):
        graph = graph.connect(("five", "y"), (name, "a")).connect(("three", "y"), (name, "b"))
    return graph.connect(("product", "y"), ("result", "a")).connect(("sum", "y"), ("result", "b"))


def test_every_node_gets_its_value() -> None:
    found = Eager().evaluate(sums(), {})
    assert found.arrays["result", "y"] == 23.0
    assert found.failures == {}


def test_an_edit_recomputes_what_depends_on_it_and_nothing_else() -> None:
    eager = Eager()
    graph = sums().add(Node("apart", "Constant", {"value": 1.0}))
    assert set(eager.evaluate(graph, {}).computed) == set(graph.nodes)
    assert eager.evaluate(graph, {}).computed == ()
    edited = eager.evaluate(graph.set_attribute("apart", "value", 2.0), {})
    assert edited.computed == ("apart",)
    edited = eager.evaluate(graph.set_attribute("three", "value", 4.0), {})
    assert set(edited.computed) == {"three", "product", "sum", "result", "apart"}
    assert edited.arrays["result", "y"] == 29.0


def test_an_incomplete_graph_shows_what_can_be_computed() -> None:
    graph = sums().disconnect(("result", "b"))
    found = Eager().evaluate(graph, {})
    assert found.arrays["product", "y"] == 15.0
    assert ("result", "y") not in found.arrays


def test_blocks_and_gradients_have_the_values_that_a_session_gives() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    w = g.variable("w", (3, 2), initializer="normal")
    loss = ReduceMean()((x @ w) ** 2.0, name="loss")
    g.gradients(loss, [w])
    feed = np.arange(6, dtype=np.float32).reshape(2, 3)
    found = Eager().evaluate(g.definition, {"x": feed})
    session = Session(g)
    np.testing.assert_array_equal(found.arrays["loss", "y"], session.run(loss, {x: feed}))
    np.testing.assert_array_equal(
        found.arrays["gradients", "grads:0"], session.run("gradients.grads:0", {x: feed})
    )


def test_looking_does_not_train() -> None:
    g = Graph()
    v = g.variable("v", ())
    loss = ReduceMean()((v - 1.0) ** 2.0, name="loss")
    g.minimize(loss)
    eager = Eager()
    values = {"v": np.array(0.25, np.float32)}
    assert eager.evaluate(g.definition, {}, values).arrays["v", "y"] == 0.25
    assert (
        eager.evaluate(g.definition, {}, {"v": np.array(0.5, np.float32)}, version=1).arrays["v", "y"] == 0.5
    )


def test_an_evaluation_can_be_stopped_and_taken_up_again() -> None:
    eager = Eager()
    with pytest.raises(Interrupted):
        eager.evaluate(sums(), {}, interrupt=lambda: True)
    assert eager.evaluate(sums(), {}, interrupt=lambda: False).arrays["result", "y"] == 23.0


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_gives_what_a_session_gives(policy: str) -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 4))
    hidden = Dense(units=8)(x, name="hidden")
    bent = Relu()(hidden, name="bent") + hidden
    with g.policy(precision="float32"):
        exact = Dense(units=2)(bent, name="exact")
    g.map(lambda row: Relu()(row) * 0.3, bent, name="rows")
    MeanSquaredError()(exact, g.placeholder("t", ("batch", 2)), name="loss")
    feeds = {"x": np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4), "t": np.zeros((3, 2), np.float32)}
    found = Eager(device="cpu", precision=policy).evaluate(g.definition, feeds)
    assert not found.failures
    session, plain = Session(g, device="cpu", precision=policy), Session(g, device="cpu")
    rounded = 0
    for node, port in found.arrays:
        expected = session.run(f"{node}.{port}", feeds)
        assert found.arrays[node, port].dtype == expected.dtype
        np.testing.assert_array_equal(found.arrays[node, port], expected, err_msg=node)
        rounded += not np.array_equal(expected, plain.run(f"{node}.{port}", feeds))
    assert rounded >= 4


@pytest.mark.usefixtures("mirror")
def test_each_node_is_computed_where_it_is_pinned() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 4))
    with g.policy(device="gpu"):
        hidden = Dense(units=8, activation="relu")(x, name="hidden")
    with g.policy(device="cpu"):
        Dense(units=2)(hidden, name="y")
    feeds = {"x": np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)}
    for home in ("cpu", "gpu"):
        found = Eager(device=home).evaluate(g.definition, feeds)
        assert not found.failures
        expected = Session(g, device="cpu").run("y", feeds)
        np.testing.assert_array_equal(kernels.to_host(found.arrays["y", "y"]), expected)
