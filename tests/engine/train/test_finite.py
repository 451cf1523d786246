"""When numbers overflow: the node and the step are named, and the run stands before that step."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine.blocks.layers import Dense
from engine.blocks.losses import MeanSquaredError
from engine.blocks.optimizers import SGD
from engine.graph.builder import Graph
from engine.graph.graph import GraphDef
from engine.op import Op
from engine.ops.arithmetic import Divide
from engine.ops.conversion import Cast
from engine.ops.data import Diabetes
from engine.ops.elementwise import Exp, Log, Sqrt
from engine.ops.shaping import Reshape
from engine.ops.state import AssignAdd
from engine.project.project import TrainingSettings
from engine.train.finite import NotFinite
from engine.train.trainer import Trainer

SETTINGS = TrainingSettings(epochs=3, batch_size=64, validation_split=0.0, device="cpu")


def failure(trainer: Trainer) -> NotFinite:
    with pytest.raises(NotFinite) as caught:
        trainer.fit()
    values = trainer.session.values()
    assert all(np.isfinite(array).all() for array in values.values()), "the last good state is kept"
    return caught.value


def with_step_count(bad: Op, start: float) -> Graph:
    """A loss that passes through `bad`, whose input moves by one at every step and begins at `start`."""
    graph = Graph()
    features, target = graph.source(Diabetes(), name="diabetes")
    clock = graph.variable("clock", ())
    AssignAdd()(clock, 1.0, name="tick")
    moved = bad(clock * -1.0 + start, name="culprit")
    prediction = Dense(units=1, kernel_initializer="zeros")(features, name="model")
    loss = MeanSquaredError()(prediction * 0.0 + moved, target, name="loss")
    graph.minimize(loss, SGD(learning_rate=0.0), name="sgd")
    return graph


@pytest.mark.parametrize("start", [1, 3, 15])
def test_the_node_and_the_step_at_which_it_began_are_named(start: int) -> None:
    trainer = Trainer(with_step_count(Log(), start), SETTINGS)
    error = failure(trainer)
    assert error.node == "culprit"
    assert f"Log 'culprit': in step {start + 1} its value is not finite" in str(error)
    assert trainer.state().step == start


def test_a_gradient_that_overflows_is_named_by_the_node_that_follows_it() -> None:
    graph = Graph()
    features, target = graph.source(Diabetes(), name="diabetes")
    root = Sqrt()(Dense(units=1, kernel_initializer="zeros")(features, name="model"), name="root")
    graph.minimize(MeanSquaredError()(root, target, name="loss"), SGD(), name="sgd")
    error = failure(Trainer(graph, SETTINGS))
    assert error.node == "sgd"
    assert "in step 1 it gives the variable 'model/kernel' a value that is not finite" in str(error)


def test_the_last_good_state_can_be_gone_on_from() -> None:
    trainer = Trainer(with_step_count(Log(), 5.0), SETTINGS)
    failure(trainer)
    resumed = Trainer(with_step_count(Log(), 5.0), SETTINGS)
    resumed.restore(trainer.state())
    assert failure(resumed).node == "culprit"


def test_a_step_that_is_far_too_large_is_named(
    classifier: Callable[..., GraphDef], settings: TrainingSettings
) -> None:
    error = failure(Trainer(classifier(SGD(learning_rate=1e38)), settings))
    assert error.node in ("hidden", "logits", "loss", "adam")
    assert "Lower the learning rate" in str(error)


def test_a_variable_that_overflows_is_named_by_the_node_that_sets_it() -> None:
    graph = Graph()
    features, target = graph.source(Diabetes(), name="diabetes")
    model = Dense(units=1, trainable=True)(features, name="model")
    graph.minimize(MeanSquaredError()(model, target, name="loss"), SGD(learning_rate=1e-3), name="sgd")
    big = graph.variable("big", ())
    AssignAdd()(big, Exp()(graph.constant(1000.0)), name="grow")
    error = failure(Trainer(graph, replace(SETTINGS, epochs=40)))
    assert error.node in ("grow", "exp")
    assert "in step 1 " in str(error)


def test_half_precision_that_overflows_is_named() -> None:
    graph = Graph()
    features, target = graph.source(Diabetes(), name="diabetes")
    half = Cast(dtype="float16")(target * 1000.0, name="half")
    prediction = Cast(dtype="float16")(Dense(units=1)(features, name="model"), name="prediction")
    graph.minimize(MeanSquaredError()(prediction, half, name="loss"), SGD(), name="sgd")
    assert failure(Trainer(graph, SETTINGS)).node == "half"


def test_zero_by_zero_is_named() -> None:
    graph = Graph()
    features, target = graph.source(Diabetes(), name="diabetes")
    model = Dense(units=1)(features, name="model")
    ratio = Divide()(model * 0.0, target * 0.0, name="ratio")
    graph.minimize(MeanSquaredError()(ratio + model, target, name="loss"), SGD(), name="sgd")
    error = failure(Trainer(graph, SETTINGS))
    assert error.node == "ratio"
    assert "64 of its 64 values are not finite" in str(error)


def test_a_bad_row_of_the_data_is_named(
    classifier: Callable[..., GraphDef], settings: TrainingSettings
) -> None:
    trainer = Trainer(classifier(spoilt=7), replace(settings, validation_split=0.0))
    error = failure(trainer)
    assert error.node == "blobs"
    bad = int(str(error).partition("example ")[2].partition(" ")[0]) - 1
    trainer.watched = ("blobs.points",)
    with pytest.raises(NotFinite):
        next(trainer.steps())
    points = trainer.values["blobs.points"]
    assert np.flatnonzero(~np.isfinite(points).all(axis=1)).tolist() == [bad]


def test_reshaping_is_innocent() -> None:
    graph = Graph()
    features, target = graph.source(Diabetes(), name="diabetes")
    bad = Log()(Dense(units=1, kernel_initializer="zeros")(features, name="model"), name="culprit")
    graph.minimize(MeanSquaredError()(Reshape(shape=(-1, 1))(bad), target, name="loss"), name="adam")
    error = failure(Trainer(graph, SETTINGS))
    assert error.node == "culprit"
    assert "in step 1 64 of its 64 values" in str(error)
