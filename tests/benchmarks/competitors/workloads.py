"""What is timed: the networks, their sizes and their data, defined once for our engine and for its peers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
What = Literal["train", "fit", "infer", "total", "map"]

LEARNING_RATE = 1e-3
EPSILON = 1e-5
"""Of the layer normalizations."""


@dataclass(frozen=True)
class Mlp:
    """Dense layers with ReLU and dropout between them, softmax cross-entropy at the end, Adam."""

    units: tuple[int, ...]
    batch: int
    dropout: float = 0.2


@dataclass(frozen=True)
class Cnn:
    """Convolutions of 3 x 3 without margins and with ReLU, pools of 2 x 2, two dense layers, Adam.

    A layer is a number of channels, or 0 for a pool.
    """

    image: tuple[int, int, int]
    layers: tuple[int, ...]
    dense: tuple[int, int]
    batch: int


@dataclass(frozen=True)
class Lstm:
    """One LSTM whose last state a dense layer reads, Adam."""

    steps: int
    features: int
    units: int
    classes: int
    batch: int


@dataclass(frozen=True)
class Gpt:
    """Blocks of causal attention and of two dense layers, normalized before, AdamW."""

    blocks: int
    width: int
    heads: int
    context: int
    words: int
    batch: int
    weight_decay: float = 0.01


@dataclass(frozen=True)
class Regression:
    """So many steps of gradient descent on all examples at once, from zero, written by hand."""

    examples: int
    features: int
    steps: int
    rate: float = 0.1


@dataclass(frozen=True)
class Pointwise:
    """tanh(a x + b) sigmoid(x) for every number of a long vector."""

    size: int
    a: float = 1.5
    b: float = 0.25


Workload = Mlp | Cnn | Lstm | Gpt | Regression | Pointwise
WORKLOADS: dict[str, Workload] = {
    "W1": Mlp((784, 128, 10), batch=32),
    "W2": Mlp((784, 512, 512, 10), batch=256),
    "W3": Cnn((28, 28, 1), (32, 0, 64, 0), (128, 10), batch=64),
    "W4": Cnn((32, 32, 3), (32, 0, 64, 0, 64), (64, 10), batch=64),
    "W5": Lstm(steps=64, features=64, units=128, classes=10, batch=32),
    "W6": Gpt(blocks=4, width=128, heads=4, context=128, words=96, batch=16),
    "W7": Regression(examples=442, features=10, steps=1000),
    "W9": Pointwise(16 * 1024 * 1024),
}
FIT_EXAMPLES = {"W1": 60_000, "W4": 6_400}
"""Examples of an epoch, where training is timed as a user calls it."""


@dataclass(frozen=True)
class Case:
    """One thing to time: milliseconds a step, a forward pass, or in total. `goal` is the ratio to reach."""

    workload: str
    what: What
    goal: float
    batch: int = 0
    """Another one than the workload's."""

    @property
    def size(self) -> Workload:
        return WORKLOADS[self.workload]


CASES = {
    "W1.train": Case("W1", "train", 2.0),
    "W2.train": Case("W2", "train", 1.2),
    "W3.train": Case("W3", "train", 1.5),
    "W4.train": Case("W4", "train", 1.5),
    "W5.train": Case("W5", "train", 1.0),
    "W6.train": Case("W6", "train", 1.0),
    "W1.fit": Case("W1", "fit", 1.0),
    "W4.fit": Case("W4", "fit", 1.0),
    "W1.infer": Case("W1", "infer", 1.0),
    "W2.infer": Case("W2", "infer", 1.0),
    "W3.infer": Case("W3", "infer", 1.0),
    "W4.infer": Case("W4", "infer", 1.0),
    "W5.infer": Case("W5", "infer", 1.0),
    "W6.infer": Case("W6", "infer", 1.0),
    "W7.total": Case("W7", "total", 4.0),
    "W8.mlp of one": Case("W1", "infer", 3.0, batch=1),
    "W8.cnn of one": Case("W4", "infer", 3.0, batch=1),
    "W9.map": Case("W9", "map", 1.1),
}
FIT_GOALS = {"W1.fit": 10.0, "W4.fit": 1.5}
"""How many times as fast as the default `fit` of Keras training as a user calls it must be."""
MOST_OVER_STEP = 1.15
"""How many times the bare step a step of `fit` may take."""


def batch_of(case: Case) -> int:
    """How many examples a step takes."""
    size = case.size
    return case.batch or getattr(size, "batch", 0)


def batches(case: Case, count: int = 0) -> list[tuple[Array, Array]]:
    """Ready batches of inputs (images with channels last) and of whole-numbered targets."""
    rows = batch_of(case)
    count = count or (64 if isinstance(case.size, Mlp) else 8)
    x, y = examples(case.size, rows * count)
    return [(x[i * rows : (i + 1) * rows], y[i * rows : (i + 1) * rows]) for i in range(count)]


def examples(size: Workload, count: int, seed: int = 0) -> tuple[Array, Array]:
    """Random inputs and targets. There is nothing to learn from them: only the time counts."""
    rng = np.random.default_rng(seed)
    match size:
        case Mlp():
            return rng.random((count, size.units[0]), np.float32), rng.integers(0, size.units[-1], count)
        case Cnn():
            return rng.random((count, *size.image), np.float32), rng.integers(0, size.dense[-1], count)
        case Lstm():
            x = rng.standard_normal((count, size.steps, size.features), np.float32)
            return x, rng.integers(0, size.classes, count)
        case Gpt():
            text = rng.integers(0, size.words, (count, size.context + 1))
            return np.ascontiguousarray(text[:, :-1]), np.ascontiguousarray(text[:, 1:])
        case Regression():
            x = rng.standard_normal((size.examples, size.features), np.float32)
            slopes = rng.standard_normal(size.features, np.float32)
            return x, x @ slopes + np.float32(0.1) * rng.standard_normal(size.examples, np.float32)
        case Pointwise():
            return rng.standard_normal(size.size, np.float32), np.empty(0)


def flat_size(size: Cnn) -> int:
    """How many features leave the last convolution."""
    height, width, channels = size.image
    for layer in size.layers:
        height, width = (height - 2, width - 2) if layer else (height // 2, width // 2)
        channels = layer or channels
    return height * width * channels
