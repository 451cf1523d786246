"""The workloads that speed is measured with, as graphs of ours; their names are those of the peers' scripts.

W1 and W2 are networks of dense layers with dropout and Adam, W7 is gradient descent drawn by hand, W9 a chain
of elementwise operations on 16 Mi numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from engine import Graph
from engine.blocks.layers import Dense, Dropout
from engine.blocks.losses import SparseCategoricalCrossentropy
from engine.blocks.optimizers import Adam
from engine.data.dataset import FEATURES, LABELS, Dataset
from engine.op import DataSource, attribute
from engine.ops.activation import Sigmoid, Tanh
from engine.ops.elementwise import Square
from engine.ops.linear import MatMul
from engine.ops.reduction import ReduceMean
from engine.ops.state import AssignSub, Gradients
from engine.spec import Spec
from engine.value import Value


@dataclass(frozen=True)
class Network:
    """A network of dense layers: their sizes from the inputs to the classes, and how it is trained."""

    sizes: tuple[int, ...]
    batch: int
    dropout: float = 0.2
    rate: float = 1e-3


NETWORKS = {"W1": Network((784, 128, 10), 32), "W2": Network((784, 512, 512, 10), 256)}
REGRESSION_SIZE = (442, 10)
CHAIN_LENGTH = 16 * 1024 * 1024


class RandomExamples(DataSource):
    """Random numbers in classes that have nothing to do with them: data that costs nothing to bring."""

    outputs = (FEATURES, LABELS)
    internal = True
    count: int = attribute(default=60_000, low=1, help="How many examples there are to train on.")
    size: int = attribute(default=784, low=1, help="How many numbers each of them has.")
    classes: int = attribute(default=10, low=1, help="How many classes there are.")

    def infer(self) -> tuple[Spec, Spec]:
        return Spec("float32", ("batch", self.size)), Spec("int64", ("batch",))

    def load(self) -> Dataset:
        return _random_examples(self.count, self.size, self.classes)


@cache
def _random_examples(count: int, size: int, classes: int) -> Dataset:
    random = np.random.default_rng(0)

    def part(rows: int) -> dict[str, np.ndarray]:
        return {FEATURES: random.random((rows, size), np.float32), LABELS: random.integers(0, classes, rows)}

    return Dataset("random examples", part(count), part(1))


def network(work: Network, count: int = 60_000) -> Graph:
    """The network with its data, its loss and Adam."""
    g = Graph()
    examples = RandomExamples(count=count, size=work.sizes[0], classes=work.sizes[-1])
    x, labels = g.source(examples, name="data")
    for index, units in enumerate(work.sizes[1:-1]):
        x = Dense(units=units, activation="relu")(x, name=f"hidden_{index}")
        x = Dropout(rate=work.dropout)(x, name=f"dropout_{index}")
    logits = Dense(units=work.sizes[-1])(x, name="logits")
    loss = SparseCategoricalCrossentropy()(logits, labels, name="loss")
    g.minimize(loss, Adam(learning_rate=work.rate))
    return g


def regression() -> tuple[Graph, dict[str, np.ndarray]]:
    """Least squares by gradient descent, drawn by hand; and what is fed to it."""
    random = np.random.default_rng(0)
    x = random.standard_normal(REGRESSION_SIZE).astype(np.float32)
    slopes = random.standard_normal((REGRESSION_SIZE[1], 1)).astype(np.float32)
    g = Graph()
    given, wanted = g.placeholder("x", REGRESSION_SIZE), g.placeholder("y", (REGRESSION_SIZE[0], 1))
    w, b = g.variable("w", (REGRESSION_SIZE[1], 1)), g.variable("b", (1,))
    loss = ReduceMean()(Square()(MatMul()(given, w) + b - wanted), name="loss")
    for variable, slope in zip((w, b), Gradients().apply(loss, w, b), strict=True):
        AssignSub()(variable, slope * 0.1)
    return g, {"x": x, "y": x @ slopes}


def chain() -> tuple[Graph, Value]:
    """Elementwise operations on one long vector."""
    g = Graph()
    x = g.placeholder("x", ("n",))
    return g, Tanh()(x * 1.5 + 0.25) * Sigmoid()(x)
