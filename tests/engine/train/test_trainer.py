"""Training from a script and step by step: what is run, counted, told and recorded."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine.blocks.layers import Dense
from engine.blocks.losses import MeanSquaredError
from engine.blocks.optimizers import SGD
from engine.errors import FlowscopeError, Interrupted
from engine.graph.builder import Graph
from engine.graph.graph import GraphDef
from engine.ops.data import Diabetes
from engine.ops.elementwise import Square
from engine.ops.reduction import ReduceMean, ReduceSum
from engine.ops.state import AssignSub, Gradients
from engine.project.project import TrainingSettings
from engine.run.session import Session
from engine.telemetry.events import Event, Histogram, Scalar
from engine.train.progress import Progress
from engine.train.trainer import Trainer

Classifier = Callable[..., GraphDef]


class Log:
    """A recorder that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.flushed = 0

    def record(self, event: Event) -> None:
        self.events.append(event)

    def flush(self) -> None:
        self.flushed = len(self.events)

    def scalars(self, tag: str, split: str) -> list[tuple[int, int]]:
        """Step and epoch of all points of a curve."""
        found = [e for e in self.events if isinstance(e, Scalar) and (e.tag, e.split) == (tag, split)]
        return [(event.step, event.epoch) for event in found]


def test_fit_gives_the_means_of_every_epoch_and_the_test(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    history = Trainer(classifier(), settings).fit(epochs=30)
    assert [result.epoch for result in history.epochs] == list(range(1, 31))
    assert history.train("loss")[-1] < 0.7 * history.train("loss")[0]
    assert set(history.test) == {"loss", "accuracy"} == set(history.epochs[0].validation)
    assert history.test["accuracy"] > 0.7
    assert history.stopped == ""


def test_fit_goes_on_where_it_ended(classifier: Classifier, settings: TrainingSettings) -> None:
    once, twice = Trainer(classifier(), settings), Trainer(classifier(), settings)
    once.fit(epochs=4)
    twice.fit(epochs=1)
    twice.fit(epochs=3)
    assert once.state().digest() == twice.state().digest()


def test_steps_come_one_by_one_and_say_where_training_stands(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    seen = list(Trainer(classifier(), settings).steps())
    trained = [p for p in seen if p.split == "train"]
    assert [p.split for p in seen] == (["train"] * 5 + ["validation"] * 2) * 2 + ["test"] * 2
    assert [(p.epoch, p.step) for p in trained] == [(1 + i // 5, i + 1) for i in range(10)]
    assert {(p.epochs, p.steps_total) for p in seen} == {(2, 10)}
    assert all(set(p.scalars) == {"loss", "accuracy"} for p in seen)


def test_time_left_follows_from_the_time_of_the_steps_so_far(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    ticks = iter(range(1000))
    trainer = Trainer(classifier(), settings, clock=lambda: float(next(ticks)))
    first = next(trainer.steps())
    assert (first.seconds, first.seconds_left) == (1.0, 9.0)


def test_the_last_smaller_batch_counts_by_its_examples(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    trainer = Trainer(classifier(), replace(settings, batch_size=32))
    steps = [p for p in trainer.steps() if p.split == "train" and p.epoch == 1]
    losses = [p.scalars["loss"] for p in steps]
    assert len(losses) == 2
    assert trainer.history.train("loss")[0] == pytest.approx((32 * losses[0] + 8 * losses[1]) / 40)


def test_a_remainder_can_be_dropped(classifier: Classifier, settings: TrainingSettings) -> None:
    trainer = Trainer(classifier(), replace(settings, batch_size=32, drop_remainder=True))
    assert trainer.fit().epochs[-1].epoch == 2
    assert trainer.state().step == 2


def test_without_a_validation_split_the_test_part_validates(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    trainer = Trainer(classifier(), replace(settings, validation_split=0.0))
    history = trainer.fit()
    assert history.epochs[-1].validation == history.test == trainer.evaluate("test")


def test_validation_is_made_with_the_graph_that_predicts(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    trainer = Trainer(classifier(), settings)
    trainer.fit()
    feeds = dict(trainer.examples.validation)
    found = trainer.session.run({"loss": "loss", "accuracy": "accuracy"}, feeds)
    assert trainer.history.epochs[-1].validation == pytest.approx(
        {name: float(value) for name, value in found.items()}
    )


def test_evaluating_changes_nothing(classifier: Classifier, settings: TrainingSettings) -> None:
    trainer = Trainer(classifier(), settings)
    before = trainer.state().digest()
    trainer.evaluate("validation")
    assert trainer.state().digest() == before


def test_every_class_has_its_share_of_the_validation_part(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    labels = Trainer(classifier(count=60), settings).examples.validation["blobs.labels"]
    assert np.bincount(labels).tolist() == [4, 4, 4]


def test_watched_tensors_are_left_in_values(classifier: Classifier, settings: TrainingSettings) -> None:
    trainer = Trainer(classifier(), settings)
    steps = trainer.steps()
    next(steps)
    assert set(trainer.values) == {"loss.loss", "accuracy.value"}
    trainer.watched = ("hidden", "blobs.points", "adam/gradients.grads:0")
    next(steps)
    assert trainer.values["hidden"].shape == (8, 8)
    assert trainer.values["blobs.points"].shape == (8, 2)
    assert trainer.values["adam/gradients.grads:0"].shape == (2, 8)
    trainer.watched = ()
    next(steps)
    assert "hidden" not in trainer.values


def test_tensors_inside_a_loop_are_left_in_values_too(settings: TrainingSettings) -> None:
    g = Graph()
    points, _ = g.source(Diabetes(), name="patients")
    w = g.variable("w", (10,), initializer="ones")
    each = g.map(lambda row: ReduceSum()(row * w), points, name="each")
    g.minimize(ReduceSum()(each * each), name="adam")
    trainer = Trainer(g, settings)
    trainer.watched = ("each/multiply", "each/w", "each/reduce_sum")
    for _, _ in zip(range(2), trainer.steps(), strict=False):
        np.testing.assert_allclose(trainer.values["each/reduce_sum"], trainer.values["each/multiply"].sum())
        assert trainer.values["each/w"].shape == (10,)


def test_watching_does_not_change_what_is_learned(classifier: Classifier, settings: TrainingSettings) -> None:
    watching, blind = Trainer(classifier(), settings), Trainer(classifier(), settings)
    for _ in watching.steps():
        watching.watched = ("hidden",) if not watching.watched else ()
        watching.session.run("logits", dict(watching.examples.test))
    blind.fit()
    assert watching.state().digest() == blind.state().digest()


def test_an_interrupted_step_changes_nothing_and_can_be_taken_again(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    trainer = Trainer(classifier(), settings)
    next(trainer.steps())
    before, asked = trainer.state().digest(), iter([False] * 20)
    trainer.interrupt = lambda: next(asked, True)
    with pytest.raises(Interrupted):
        next(trainer.steps())
    assert trainer.state().digest() == before
    trainer.interrupt = None
    assert next(trainer.steps()).step == 2


def test_the_time_of_each_node_can_be_taken(classifier: Classifier, settings: TrainingSettings) -> None:
    trainer = Trainer(classifier(), settings)
    trainer.timings = {}
    next(trainer.steps())
    assert {path.partition("/")[0] for path in trainer.timings} >= {"hidden", "logits", "loss", "adam"}


def test_everything_told_is_recorded(classifier: Classifier, settings: TrainingSettings) -> None:
    log = Log()
    Trainer(classifier(), settings, recorder=log).fit()
    assert log.scalars("loss", "train") == [(i + 1, 1 + i // 5) for i in range(10)]
    assert log.scalars("accuracy", "validation") == [(5, 1), (10, 2)]
    assert log.scalars("accuracy", "test") == [(10, 2)]
    spread = [event.tag for event in log.events if isinstance(event, Histogram)]
    assert spread == ["hidden/kernel", "hidden/bias", "logits/kernel", "logits/bias"] * 2
    assert log.flushed == len(log.events)


def test_points_and_histograms_are_recorded_as_often_as_wanted(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    log = Log()
    Trainer(classifier(), replace(settings, record_every=4, histograms_every=0), recorder=log).fit()
    assert log.scalars("loss", "train") == [(4, 1), (8, 2)]
    assert not any(isinstance(event, Histogram) for event in log.events)


def test_a_graph_without_data_trains_one_step_an_epoch(without_data: GraphDef) -> None:
    trainer = Trainer(without_data, TrainingSettings(epochs=50, drop_remainder=True))
    history = trainer.fit()
    assert len(history.epochs) == 50
    assert history.test == {}
    assert trainer.session.values()["x"] == pytest.approx([3.0], abs=1e-3)


@pytest.fixture
def by_hand() -> Graph:
    """Gradient descent that is drawn by hand, with its loss as a chain of primitives."""
    graph = Graph()
    features, target = graph.source(Diabetes(), name="diabetes")
    weights = graph.variable("weights", (10, 1))
    cost = ReduceMean()(Square()(features @ weights - target), name="cost")
    (gradient,) = Gradients().apply(cost, weights, name="gradients")
    AssignSub()(weights, gradient * 0.1, name="update")
    return graph


def test_gradient_descent_by_hand_is_training_and_tells_what_it_descends(by_hand: Graph) -> None:
    history = Trainer(by_hand, TrainingSettings(epochs=3, validation_split=0.0)).fit()
    assert history.train("cost")[-1] < history.train("cost")[0]


def test_dense_and_sgd_learn_what_the_same_steps_by_hand_learn(by_hand: Graph) -> None:
    graph = Graph()
    features, target = graph.source(Diabetes(), name="diabetes")
    model = Dense(units=1, use_bias=False, kernel_initializer="zeros")
    loss = MeanSquaredError()(model(features, name="model"), target, name="cost")
    graph.minimize(loss, SGD(learning_rate=0.1))
    settings = TrainingSettings(epochs=3, seed=2)
    losses = [Trainer(g, settings).fit().train("cost") for g in (graph, by_hand)]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-6)


def refusal(graph: Graph | GraphDef, settings: TrainingSettings) -> str:
    with pytest.raises(FlowscopeError) as caught:
        Trainer(graph, settings)
    return str(caught.value)


def test_a_graph_without_an_optimizer_has_nothing_to_train(settings: TrainingSettings) -> None:
    graph = Graph()
    graph.constant(1.0, name="one")
    assert "There is nothing to train" in refusal(graph, settings)


def test_a_placeholder_cannot_be_trained_on(settings: TrainingSettings) -> None:
    graph = Graph()
    x = graph.placeholder("x", ("batch", 2))
    loss = MeanSquaredError()(Dense(units=2)(x), x, name="loss")
    graph.minimize(loss)
    assert refusal(graph, settings).startswith("Placeholder 'x' is fed from outside")


def test_data_of_different_lengths_is_refused(settings: TrainingSettings) -> None:
    graph = Graph()
    one, _ = graph.source(Diabetes(), name="one")
    other, _ = graph.source(Diabetes(test_fraction=0.5), name="other")
    graph.minimize(MeanSquaredError()(Dense(units=10)(one), other, name="loss"))
    text = refusal(graph, settings)
    assert "do not have equally many examples: one.features has 354" in text
    assert "other.features has 221" in text


def test_two_data_nodes_of_one_length_are_fed_row_by_row(settings: TrainingSettings) -> None:
    graph = Graph()
    one, _ = graph.source(Diabetes(), name="one")
    other, _ = graph.source(Diabetes(), name="other")
    graph.minimize(MeanSquaredError()(Dense(units=10)(one), other, name="loss"), name="adam")
    trainer = Trainer(graph, settings)
    trainer.watched = ("one.features", "other.features")
    next(trainer.steps())
    np.testing.assert_array_equal(trainer.values["one.features"], trainer.values["other.features"])


def test_an_unfinished_metric_does_not_stop_training(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    graph = classifier()
    graph = graph.add(replace(graph.nodes["accuracy"], name="unfinished"))
    assert set(Trainer(graph, settings).fit(epochs=1).test) == {"loss", "accuracy"}


def test_a_session_of_ones_own_keeps_the_variables(
    classifier: Classifier, settings: TrainingSettings
) -> None:
    session = Session(classifier(), seed=5, device="cpu")
    Trainer(classifier(), settings, session=session).fit(epochs=1)
    assert session.values()["adam/step"] == 5


def test_progress_is_plain_data(classifier: Classifier, settings: TrainingSettings) -> None:
    progress = next(Trainer(classifier(), settings).steps())
    assert isinstance(progress, Progress)
    assert all(type(value) is float for value in progress.scalars.values())
