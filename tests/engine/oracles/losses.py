"""Oracles of losses. Where a library has no such loss, its published formula stands here once for both."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from engine.case import Case, Sample
from tests.engine.oracles.oracle import Oracle, Samples, formula
from tests.engine.oracles.samples import Settings as Choices
from tests.engine.oracles.samples import a_shape, draw, number, times, whole

Settings = dict[str, Any]
Rng = np.random.Generator
SMALL = 1e-7
REDUCTIONS = ("mean", "weighted_mean", "sum", "none")


# ---- weights and reductions ------------------------------------------------------------------------------


def reduced(a: Settings, losses: Any, weights: Any = None) -> Any:
    """One loss for each example, weighted, then joined to one number unless each is wanted."""
    ones = losses * 0 + 1
    weights = (
        ones
        if weights is None
        else weights.reshape((*weights.shape, *[1] * (losses.ndim - weights.ndim))) * ones
    )
    total = (losses * weights).sum()
    count = max(math.prod(losses.shape), 1)
    return {
        "mean": total / count,
        "weighted_mean": total / weights.sum(),
        "sum": total,
        "none": losses * weights,
    }[a["reduction"]]


def of_numbers(errors: Callable[..., Any]) -> Callable[..., Any]:
    """A loss whose errors, element by element, are given: of each example it is their mean."""

    def loss(m: Any, nn: Any, a: Settings, x: Any, y: Any, *weights: Any) -> Any:
        losses = errors(m, nn, a, x, y)
        return reduced(a, losses.mean(-1) if losses.ndim > 1 else losses, *weights)

    return loss


def of_classes(losses: Callable[..., Any]) -> Callable[..., Any]:
    """A loss whose losses, example by example, are given."""
    return lambda m, nn, a, x, y, *weights: reduced(a, losses(m, nn, a, x, y), *weights)


def examples(
    low: float = -2.0,
    high: float = 2.0,
    target: tuple[float, float] | str = (-2.0, 2.0),
    settings: Choices | None = None,
) -> Samples:
    """Predictions and targets of two or three axes, with weights for the examples or without."""

    def sample(rng: Rng) -> Case:
        shape = (number(rng, 1, 5), *a_shape(rng, 0, 1, smallest=1), number(rng, 2, 5))
        chosen = draw(rng, {"reduction": REDUCTIONS, **(settings or {})})
        if target == "classes":
            right: Any = whole(rng, 0, shape[-1], shape[:-1])
        elif target == "chances":
            right = Sample(shape, values=rng.dirichlet(np.ones(shape[-1]), shape[:-1]).tolist())
        else:
            right = Sample(shape, low=float(target[0]), high=float(target[1]))
        weights = [Sample(shape[:-1], low=0.5, high=2.0)] if rng.random() < 0.5 else []
        return Case([Sample(shape, low=low, high=high), right, *weights], chosen)

    return times(8, sample)


# ---- formulas --------------------------------------------------------------------------------------------


def smoothed(a: Settings, y: Any, count: int) -> Any:
    return y * (1 - a["label_smoothing"]) + a["label_smoothing"] / count


def entropy(m: Any, nn: Any, a: Settings, x: Any, y: Any) -> Any:
    """The binary cross entropy, of logits or of probabilities."""
    y = smoothed(a, y, 2)
    if a["from_logits"]:
        return nn.softplus(x) - x * y
    p = m.clip(x, SMALL, 1 - SMALL)
    return -(y * m.log(p) + (1 - y) * m.log(1 - p))


def focal(m: Any, nn: Any, a: Settings, x: Any, y: Any) -> Any:
    p = nn.sigmoid(x) if a["from_logits"] else m.clip(x, SMALL, 1 - SMALL)
    right = smoothed(a, y, 2)
    truth = right * p + (1 - right) * (1 - p)
    balance = right * a["alpha"] + (1 - right) * (1 - a["alpha"]) if a["balance"] else 1.0
    return (1 - truth) ** a["gamma"] * entropy(m, nn, a, x, y) * balance


def log_chances(m: Any, nn: Any, a: Settings, x: Any) -> Any:
    return nn.log_softmax(x, -1) if a["from_logits"] else m.log(m.clip(x, SMALL, 1.0))


def categorical(m: Any, nn: Any, a: Settings, x: Any, y: Any) -> Any:
    return -(smoothed(a, y, x.shape[-1]) * log_chances(m, nn, a, x)).sum(-1)


def categorical_focal(m: Any, nn: Any, a: Settings, x: Any, y: Any) -> Any:
    log = log_chances(m, nn, a, x if a["from_logits"] else x / x.sum(-1)[..., None])
    return -(smoothed(a, y, x.shape[-1]) * log * a["alpha"] * (1 - m.exp(log)) ** a["gamma"]).sum(-1)


def of_right_class(x: Any, labels: Any) -> Any:
    """The element of each row that the label names."""
    rows = x.reshape(-1, x.shape[-1])
    return rows[np.arange(rows.shape[0]), np.asarray(labels, int).reshape(-1)].reshape(tuple(labels.shape))


def sparse(m: Any, nn: Any, a: Settings, x: Any, labels: Any) -> Any:
    return -of_right_class(log_chances(m, nn, {"from_logits": True, **a}, x), labels)


def overlap(m: Any, a: Settings, x: Any, y: Any, alpha: float, beta: float, least: float) -> Any:
    axes = a["axes"] or tuple(range(x.ndim))
    hits = (x * y).sum(axes)
    return 1 - hits / (hits + alpha * (x * (1 - y)).sum(axes) + beta * ((1 - x) * y).sum(axes) + least)


def alike(m: Any, nn: Any, a: Settings, x: Any, y: Any) -> Any:
    lengths = m.sqrt((x * x).sum(a["axis"])) * m.sqrt((y * y).sum(a["axis"]))
    return -(x * y).sum(a["axis"]) / lengths


def hinge(m: Any, nn: Any, a: Settings, x: Any, y: Any) -> Any:
    """In the dtype of the prediction."""
    sign = m.sign(y)
    return nn.relu(1 - sign * x)


# ---- sequences of labels ---------------------------------------------------------------------------------


def collapsed(path: Sequence[int], blank: int) -> tuple[int, ...]:
    """What a path reads: repeated labels once, and no blanks."""
    return tuple(label for label, _ in itertools.groupby(path) if label != blank)


def all_paths(m: Any, nn: Any, a: Settings, x: Any, labels: Any, steps: Any, lengths: Any) -> Any:
    """The definition of the loss: the probability of all paths that read as the labels."""
    losses = []
    for example in range(x.shape[0]):
        count, length = int(steps[example]), int(lengths[example])
        wanted = tuple(int(label) for label in labels[example][:length])
        paths = itertools.product(range(x.shape[-1]), repeat=count)
        right = np.array([path for path in paths if collapsed(path, a["blank"]) == wanted])
        scores = x[example][np.arange(count), right].sum(-1)
        largest = scores.max()
        losses.append(-largest - m.log(m.exp(scores - largest).sum()))
    return m.stack(losses)


def utterances(rng: Rng) -> Iterator[Case]:
    """Few steps, of which each example has as many as its labels need."""
    for blank in (0, 1, 2, 0):
        labels = (blank + rng.integers(1, 3, (2, 2))) % 3
        wholes = [labels, rng.integers(3, 5, 2), rng.integers(0, 3, 2)]
        given = [Sample(part.shape, "int64", values=part.tolist()) for part in wholes]
        yield Case([Sample((2, 4, 3), low=-3.0, high=0.0), *given], {"blank": blank})


def decoded(m: Any, nn: Any, a: Settings, x: Any, labels: Any, *_: Any) -> Any:
    """The loss of logits, each example as long as all."""
    count, length = [x.shape[1]] * x.shape[0], [labels.shape[1]] * x.shape[0]
    return reduced(a, all_paths(m, nn, a, nn.log_softmax(x, -1), labels, count, length))


def spoken(rng: Rng) -> Case:
    labels = rng.integers(1, 3, (2, 2))
    return Case(
        [Sample((2, 4, 3), low=-2.0, high=2.0), Sample((2, 2), "int64", values=labels.tolist())],
        draw(rng, {"reduction": ("mean", "sum", "none")}),
    )


def of_labels(rng: Rng) -> Case:
    shape = (*a_shape(rng, 0, 2), number(rng, 1, 5))
    return Case([Sample(shape, low=-5.0, high=5.0), whole(rng, 0, shape[-1], shape[:-1])])


FROM = {"from_logits": (True, False)}
SMOOTH = {"label_smoothing": (0.0, 0.1)}
CHANCES = {"low": 0.05, "high": 0.95}
ORACLES: dict[str, Oracle] = {
    "SparseSoftmaxCrossEntropy": formula(
        lambda m, nn, a, x, labels: -of_right_class(nn.log_softmax(x, -1), labels),
        times(8, of_labels),
        twice=True,
    ),
    "SigmoidCrossEntropy": formula(
        lambda m, nn, a, x, y: nn.softplus(x) - x * y,
        times(
            8, lambda rng: Case([Sample(s := a_shape(rng), low=-3.0, high=3.0), Sample(s, low=0.0, high=1.0)])
        ),
        twice=True,
    ),
    "MeanSquaredError": formula(of_numbers(lambda m, nn, a, x, y: (x - y) ** 2), examples()),
    "MeanAbsoluteError": formula(of_numbers(lambda m, nn, a, x, y: m.abs(x - y)), examples()),
    "Huber": formula(
        of_numbers(
            lambda m, nn, a, x, y: m.where(
                m.abs(x - y) <= a["delta"],
                (x - y) ** 2 / 2,
                a["delta"] * (m.abs(x - y) - a["delta"] / 2),
            )
        ),
        examples(settings={"delta": (1.0, 0.3)}),
    ),
    "MeanAbsolutePercentageError": formula(
        of_numbers(lambda m, nn, a, x, y: 100 * m.abs(x - y) / m.abs(y)), examples(target=(0.3, 2.0))
    ),
    "MeanSquaredLogarithmicError": formula(
        of_numbers(lambda m, nn, a, x, y: (m.log1p(x) - m.log1p(y)) ** 2), examples(0.1, 3.0, (0.1, 3.0))
    ),
    "LogCosh": formula(of_numbers(lambda m, nn, a, x, y: m.log(m.cosh(x - y))), examples()),
    "Poisson": formula(
        of_numbers(lambda m, nn, a, x, y: x - y * m.log(x + SMALL)), examples(0.2, 3.0, (0.0, 3.0))
    ),
    "Hinge": formula(of_numbers(hinge), examples()),
    "SquaredHinge": formula(of_numbers(lambda *given: hinge(*given) ** 2), examples()),
    "BinaryCrossentropy": formula(
        of_numbers(entropy), examples(**CHANCES, target=(0.0, 1.0), settings={**FROM, **SMOOTH})
    ),
    "BinaryFocalCrossentropy": formula(
        of_numbers(focal),
        examples(
            **CHANCES,
            target=(0.0, 1.0),
            settings={**FROM, **SMOOTH, "gamma": (2.0, 1.0), "balance": (True, False), "alpha": (0.25, 0.6)},
        ),
    ),
    "CosineSimilarityLoss": formula(of_classes(alike), examples(0.2, 2.0, (0.3, 2.0))),
    "CategoricalCrossentropy": formula(
        of_classes(categorical), examples(**CHANCES, target="chances", settings={**FROM, **SMOOTH})
    ),
    "CategoricalFocalCrossentropy": formula(
        of_classes(categorical_focal),
        examples(
            **CHANCES,
            target="chances",
            settings={**FROM, **SMOOTH, "gamma": (2.0, 1.0), "alpha": (0.25, 1.0)},
        ),
    ),
    "SparseCategoricalCrossentropy": formula(
        of_classes(sparse), examples(**CHANCES, target="classes", settings=FROM)
    ),
    "NegativeLogLikelihood": formula(
        lambda m, nn, a, x, labels, *weights: reduced(a, -of_right_class(x, labels), *weights),
        examples(-3.0, -0.1, "classes"),
    ),
    "CategoricalGeneralizedCrossEntropy": formula(
        of_classes(lambda m, nn, a, x, y: (1 - of_right_class(x, y) ** a["q"]) / a["q"]),
        examples(0.1, 0.9, "classes", {"q": (0.5, 0.9)}),
    ),
    "CategoricalHinge": formula(
        of_classes(lambda m, nn, a, x, y: nn.relu(1 + m.amax((1 - y) * x, -1) - (y * x).sum(-1))),
        examples(0.1, 2.0, "chances"),
    ),
    "KLDivergence": formula(
        of_classes(lambda m, nn, a, x, y: (y * m.log(y / x)).sum(-1)), examples(0.1, 0.9, (0.1, 0.9))
    ),
    "CtcLoss": formula(all_paths, utterances),
    "CTC": formula(decoded, times(4, spoken)),
}
