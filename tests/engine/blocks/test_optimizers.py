"""Optimizers: what they open into, what they call it, and what they refuse."""

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine import registry
from engine.blocks.layers import Dense
from engine.blocks.losses import MeanSquaredError
from engine.blocks.optimizers import SGD, Adam, Optimizer, RMSprop
from engine.errors import FlowscopeError, SpecError
from engine.graph.builder import Graph
from engine.run.session import Session
from engine.spec import Spec
from engine.value import Value

X = np.random.default_rng(1).normal(size=(8, 3)).astype(np.float32)
Y = np.random.default_rng(2).normal(size=(8, 1)).astype(np.float32)
FEEDS = {"x": Spec("float32", X.shape), "y": Spec("float32", Y.shape)}


def drawn(optimizer: Optimizer, *, trainable: bool = True) -> Graph:
    graph = Graph()
    x, y = graph.placeholder("x", ("batch", 3)), graph.placeholder("y", ("batch", 1))
    loss = MeanSquaredError()(Dense(units=1, trainable=trainable)(x, name="model"), y, name="loss")
    graph.minimize(loss, optimizer, name="optimizer")
    return graph


def train(optimizer: Optimizer, steps: int) -> tuple[list[float], Session]:
    session = Session(drawn(optimizer), device="cpu")
    step = session.prepare(("loss",), FEEDS, training=True, effects=True)
    return [float(step({"x": X, "y": Y})["loss"]) for _ in range(steps)], session


@pytest.mark.parametrize(
    "optimizer",
    [SGD(learning_rate=0.1), SGD(learning_rate=0.05, momentum=0.9), Adam(learning_rate=0.05)],
    ids=["sgd", "momentum", "adam"],
)
def test_makes_the_loss_smaller(optimizer: Optimizer) -> None:
    losses, _ = train(optimizer, 50)
    assert losses[-1] < 0.5 * losses[0]


def test_one_step_of_gradient_descent_goes_against_the_gradient() -> None:
    _, session = train(SGD(learning_rate=0.1), 0)
    before = session.values()
    session.prepare((), FEEDS, training=True, effects=True)({"x": X, "y": Y})
    error = X @ before["model/kernel"] + before["model/bias"] - Y
    expected = before["model/kernel"] - 0.1 * 2 * X.T @ error / len(X)
    np.testing.assert_allclose(session.values()["model/kernel"], expected, rtol=1e-5, atol=1e-6)


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate() -> None:
    _, session = train(Adam(learning_rate=0.01), 0)
    before = session.values()["model/kernel"]
    session.prepare((), FEEDS, training=True, effects=True)({"x": X, "y": Y})
    np.testing.assert_allclose(np.abs(session.values()["model/kernel"] - before), 0.01, rtol=1e-4)


def test_equal_gradients_do_not_scatter_less_than_not_at_all() -> None:
    graph = Graph()
    x = graph.placeholder("x", (1000,))
    w = graph.variable("w", (1000,), initializer="zeros")
    graph.minimize(registry.get("ReduceSum")()(w * x), RMSprop(centered=True, rho=0.1))
    session = Session(graph, device="cpu")
    step = session.prepare((), {"x": Spec("float32", (1000,))}, training=True, effects=True)
    for _ in range(20):
        step({"x": np.linspace(1, 1000, 1000, dtype=np.float32)})
    assert np.isfinite(session.values()["w"]).all()


def test_slots_are_named_after_the_variable_that_they_serve() -> None:
    assert set(train(Adam(), 1)[1].values()) == {
        "model/kernel",
        "model/bias",
        "optimizer/step",
        "optimizer/model_kernel/mean",
        "optimizer/model_kernel/square",
        "optimizer/model_bias/mean",
        "optimizer/model_bias/square",
    }
    assert "optimizer/model_kernel/velocity" in train(SGD(momentum=0.9), 1)[1].values()
    assert set(train(SGD(), 1)[1].values()) == {"model/kernel", "model/bias"}


def test_opens_into_the_gradients_and_one_update_for_each_variable() -> None:
    program = Session(drawn(Adam()), device="cpu").program((), training=True, effects=True)
    inside = {
        path: type(block.op).__name__
        for path, block in program.blocks.items()
        if path.startswith("optimizer/") and path.count("/") == 1
    }
    assert inside["optimizer/gradients"] == "Gradients"
    assert inside["optimizer/model_kernel"] == inside["optimizer/model_bias"] == "AdamUpdate"


def test_slots_are_not_trained_by_a_second_optimizer() -> None:
    graph = drawn(Adam())
    session = Session(graph, device="cpu")
    program = session.program((), training=True, effects=True)
    assert {path for path, read in program.variables.items() if read.op.trainable} == {
        "model/kernel",
        "model/bias",
    }


def two_parts() -> Graph:
    graph = Graph()
    x, y = graph.placeholder("x", ("batch", 3)), graph.placeholder("y", ("batch", 1))
    first = Dense(units=4)(x, name="first")
    MeanSquaredError()(Dense(units=1)(first, name="second"), y, name="loss")
    return graph


def changed(graph: Graph) -> set[str]:
    """The variables of layers that one training step changes."""
    session = Session(graph, device="cpu")
    step = session.prepare((), FEEDS, training=True, effects=True)
    before = session.values()
    step({"x": X, "y": Y})
    after = session.values()
    return {path for path in before if "sgd" not in path and (before[path] != after[path]).any()}


def test_an_optimizer_changes_only_what_it_is_told() -> None:
    graph = two_parts()
    loss = Value(graph, ("loss", "loss"), Spec("float32", ()))
    graph.minimize(loss, SGD(nodes="sec*"))
    assert changed(graph) == {"second/kernel", "second/bias"}
    graph.minimize(loss, SGD(nodes="nothing, first/kernel"))
    assert changed(graph) == {"second/kernel", "second/bias", "first/kernel"}
    graph.minimize(loss, SGD(nodes="nobody"), name="lost")
    with pytest.raises(FlowscopeError, match=r"SGD 'lost': no trainable variable .* called nobody") as caught:
        changed(graph)
    assert "first/kernel" in caught.value.hint


def test_an_optimizer_changes_the_variables_that_are_wired_to_it() -> None:
    graph = Graph()
    x = graph.placeholder("x", (8, 3))
    a, b = graph.variable("a", (3, 1)), graph.variable("b", (1,))
    y = graph.placeholder("y", (8, 1))
    loss = MeanSquaredError()(x @ a + b, y)
    graph.minimize(loss, SGD(), variables=[b])
    assert changed(graph) == {"b"}
    graph.minimize(loss, SGD(), variables=[a])
    assert changed(graph) == {"a", "b"}


def test_more_than_one_limit_is_refused() -> None:
    session = Session(drawn(SGD(clip_value=1.0, clip_norm=1.0)), device="cpu")
    with pytest.raises(FlowscopeError, match="more than one of clip_value, clip_norm"):
        session.prepare((), FEEDS, training=True, effects=True)


def test_a_loss_that_depends_on_nothing_trainable_is_refused() -> None:
    session = Session(drawn(Adam(), trainable=False), device="cpu")
    with pytest.raises(FlowscopeError, match="Adam 'optimizer': the loss depends on no trainable variable"):
        session.prepare((), FEEDS, training=True, effects=True)


def test_a_loss_that_is_not_one_number_is_refused() -> None:
    for spec in (Spec("float32", ("batch",)), Spec("int64", ())):
        with pytest.raises(SpecError, match="expected one float number"):
            Adam().output_specs([spec])
