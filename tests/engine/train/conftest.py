"""A small data set and small networks to train."""

from collections.abc import Callable

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.layers import Dense, Dropout, Normalization
from engine.blocks.losses import MeanSquaredError, SparseCategoricalCrossentropy
from engine.blocks.metrics import Accuracy
from engine.blocks.optimizers import SGD, Adam, Optimizer
from engine.data.dataset import Dataset
from engine.graph.builder import Graph
from engine.graph.graph import GraphDef
from engine.op import DataSource, attribute
from engine.project.project import TrainingSettings
from engine.spec import Spec


class BlobsForTests(DataSource):
    """Three clouds of points, made for tests. One example may be spoilt."""

    outputs = ("points", "labels")
    count: int = attribute(default=50, low=1, help="How many examples there are to train on.")
    spoilt: int = attribute(default=-1, help="Which example is not a number.")

    def infer(self) -> tuple[Spec, ...]:
        return Spec("float32", ("batch", 2)), Spec("int64", ("batch",))

    def load(self) -> Dataset:
        random = np.random.default_rng(0)
        labels = np.arange(self.count + 15) % 3
        points = np.stack([np.cos(labels), np.sin(labels)], axis=1) + 0.3 * random.normal(
            size=(len(labels), 2)
        )
        points = points.astype(np.float32)
        if self.spoilt >= 0:
            points[self.spoilt, 1] = np.nan
        n = self.count
        return Dataset(
            "blobs",
            {"points": points[:n], "labels": labels[:n]},
            {"points": points[n:], "labels": labels[n:]},
        )


SETTINGS = TrainingSettings(epochs=2, batch_size=8, validation_split=0.2, seed=5, device="cpu")


@pytest.fixture
def settings() -> TrainingSettings:
    """40 examples in 5 batches of 8, 10 to validate, 15 to test."""
    return SETTINGS


@pytest.fixture
def classifier() -> Callable[..., GraphDef]:
    """A network of every kind of state: random ops, running statistics, slots of an optimizer."""

    def make(optimizer: Optimizer | None = None, **data: int) -> GraphDef:
        graph = Graph()
        points, labels = graph.source(BlobsForTests(**data), name="blobs")
        hidden = Dense(units=8, activation="relu")(Normalization()(points, name="scaled"), name="hidden")
        logits = Dense(units=3)(Dropout(rate=0.2)(hidden, name="dropout"), name="logits")
        loss = SparseCategoricalCrossentropy()(logits, labels, name="loss")
        Accuracy()(logits, labels, name="accuracy")
        graph.minimize(loss, optimizer or Adam(learning_rate=0.01), name="adam")
        return graph.definition

    return make


@pytest.fixture
def without_data() -> GraphDef:
    """A variable that descends towards 3, with no examples at all."""
    graph = Graph()
    x = graph.variable("x", (1,))
    loss = MeanSquaredError()(x, graph.constant([3.0]), name="loss")
    graph.minimize(loss, SGD(learning_rate=0.1), name="sgd")
    return graph.definition
