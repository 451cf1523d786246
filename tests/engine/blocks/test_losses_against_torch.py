"""All losses beside formulas in PyTorch, values and gradients, on every worked case of each block."""

import math
from collections.abc import Callable
from typing import Any

import pytest

import engine.blocks  # noqa: F401 - registers the blocks
from engine import registry
from engine.case import Case, Sample

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]
SMALL = 1e-7
Settings = dict[str, Any]


def reduced(torch: Any, a: Settings, losses: Any, weights: Any = None) -> Any:
    """Weights and reduction, from one loss for each example."""
    if weights is None:
        weights = torch.ones_like(losses)
    sizes = [*losses.shape[: weights.ndim], *[1] * (losses.ndim - weights.ndim)]
    weights = torch.reshape(weights, sizes) * torch.ones_like(losses)
    total = (losses * weights).sum()
    return {
        "mean": total / losses.numel() if losses.numel() else total,
        "weighted_mean": total / weights.sum(),
        "sum": total,
        "none": losses * weights,
    }[a["reduction"]]


def of_numbers(errors: Callable[..., Any]) -> Callable[..., Any]:
    """The oracle of a loss whose errors, element by element, are given."""

    def oracle(t: Any, a: Settings, x: Any, y: Any, *weights: Any) -> Any:
        y = y.to(x.dtype)
        y = y[..., None] if y.ndim < x.ndim else y
        losses = errors(t, a, x, y)
        return reduced(
            t, a, losses.mean(-1) if losses.ndim > 1 else losses, *[flat(w, losses) for w in weights]
        )

    return oracle


def flat(weights: Any, losses: Any) -> Any:
    return weights[..., 0] if weights.ndim == losses.ndim > 1 else weights


def of_classes(losses: Callable[..., Any]) -> Callable[..., Any]:
    """The oracle of a loss whose losses, example by example, are given."""
    return lambda t, a, x, y, *weights: reduced(t, a, losses(t, a, x, y), *weights)


def binary(t: Any, a: Settings, x: Any, y: Any) -> tuple[Any, Any]:
    """The probability of the truth, and the cross entropy."""
    y = y * (1 - a["label_smoothing"]) + 0.5 * a["label_smoothing"]
    p = t.sigmoid(x) if a["from_logits"] else t.clamp(x, SMALL, 1 - SMALL)
    if a["from_logits"]:
        entropy = t.nn.functional.binary_cross_entropy_with_logits(x, y, reduction="none")
    else:
        entropy = -(y * t.log(p) + (1 - y) * t.log(1 - p))
    return y * p + (1 - y) * (1 - p), entropy


def focal(t: Any, a: Settings, x: Any, y: Any) -> Any:
    truth, entropy = binary(t, a, x, y)
    y = y * (1 - a["label_smoothing"]) + 0.5 * a["label_smoothing"]
    balance = y * a["alpha"] + (1 - y) * (1 - a["alpha"]) if a["balance"] else 1.0
    return (1 - truth) ** a["gamma"] * entropy * balance


def categorical(t: Any, a: Settings, x: Any, y: Any) -> Any:
    y = y.to(x.dtype) * (1 - a["label_smoothing"]) + a["label_smoothing"] / x.shape[-1]
    if not a["from_logits"] and "gamma" in a:
        x = x / x.sum(-1, keepdim=True)
    log = t.log_softmax(x, -1) if a["from_logits"] else t.log(t.clamp(x, SMALL, 1))
    return -(y * log * (a["alpha"] * (1 - log.exp()) ** a["gamma"] if "gamma" in a else 1)).sum(-1)


def sparse(t: Any, a: Settings, x: Any, labels: Any, weights: Any = None, of_class: Any = None) -> Any:
    rows, flat_labels = x.reshape(-1, x.shape[-1]), labels.reshape(-1).long()
    if not a.get("from_logits", False):
        log = rows if "from_logits" not in a else t.log(t.clamp(rows, SMALL, 1))
    else:
        log = t.log_softmax(rows, -1)
    counts = (flat_labels != a["ignored"]).to(x.dtype)
    named = t.where(flat_labels == a["ignored"], 0, flat_labels)
    if of_class is not None:
        counts = counts * of_class[named]
    if weights is not None:
        counts = counts * weights
    losses = -log.gather(1, named[:, None])[:, 0]
    return reduced(t, a, losses.reshape(labels.shape), counts.reshape(labels.shape))


def overlap(t: Any, a: Settings, x: Any, y: Any, alpha: float, beta: float, least: float) -> Any:
    axes = a["axes"] or tuple(range(x.ndim))
    hits = (x * y).sum(axes)
    return 1 - hits / (hits + alpha * (x * (1 - y)).sum(axes) + beta * ((1 - x) * y).sum(axes) + least)


ORACLES: dict[str, Callable[..., Any]] = {
    "MeanSquaredError": of_numbers(lambda t, _, x, y: (x - y) ** 2),
    "MeanAbsoluteError": of_numbers(lambda t, _, x, y: (x - y).abs()),
    "Huber": of_numbers(lambda t, a, x, y: t.nn.functional.huber_loss(x, y, "none", a["delta"])),
    "MeanAbsolutePercentageError": of_numbers(
        lambda t, _, x, y: 100 * (x - y).abs() / t.clamp(y.abs(), min=SMALL)
    ),
    "MeanSquaredLogarithmicError": of_numbers(
        lambda t, _, x, y: (t.log1p(t.clamp(x, min=SMALL)) - t.log1p(t.clamp(y, min=SMALL))) ** 2
    ),
    "LogCosh": of_numbers(lambda t, _, x, y: t.logaddexp(x - y, y - x) - math.log(2)),
    "Poisson": of_numbers(lambda t, _, x, y: x - y * t.log(x + SMALL)),
    "Hinge": of_numbers(lambda t, _, x, y: t.relu(1 - t.where(y > 0, 1.0, -1.0).to(x.dtype) * x)),
    "SquaredHinge": of_numbers(lambda t, _, x, y: t.relu(1 - t.where(y > 0, 1.0, -1.0).to(x.dtype) * x) ** 2),
    "BinaryCrossentropy": of_numbers(lambda t, a, x, y: binary(t, a, x, y)[1]),
    "BinaryFocalCrossentropy": of_numbers(focal),
    "CosineSimilarityLoss": of_classes(
        lambda t, a, x, y: -t.nn.functional.cosine_similarity(x, y, dim=a["axis"], eps=1e-12)
    ),
    "CategoricalCrossentropy": of_classes(categorical),
    "CategoricalFocalCrossentropy": of_classes(categorical),
    "SparseCategoricalCrossentropy": sparse,
    "NegativeLogLikelihood": sparse,
    "CategoricalGeneralizedCrossEntropy": of_classes(
        lambda t, a, x, y: (1 - x.gather(-1, y[:, None])[:, 0] ** a["q"]) / a["q"]
    ),
    "CategoricalHinge": of_classes(lambda t, _, x, y: t.relu(1 + ((1 - y) * x).amax(-1) - (y * x).sum(-1))),
    "KLDivergence": of_classes(
        lambda t, _, x, y: (t.clamp(y, SMALL, 1) * t.log(t.clamp(y, SMALL, 1) / t.clamp(x, SMALL, 1))).sum(-1)
    ),
    "Tversky": of_classes(lambda t, a, x, y: overlap(t, a, x, y, a["alpha"], a["beta"], SMALL)),
    "Dice": of_classes(lambda t, a, x, y: overlap(t, a, x, y, 0.5, 0.5, SMALL / 2)),
}
CASES = [
    pytest.param(name, case, id=f"{name}-{number}")
    for name in ORACLES
    for number, case in enumerate(registry.get(name).cases)
]


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_those_of_torch(
    name: str, case: Case, floating: str, agrees_with_torch: Any
) -> None:
    agrees_with_torch(registry.get(name), case, floating, ORACLES[name])


@pytest.mark.parametrize("ignored", [-100, -1, 1])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("reduction", ["weighted_mean", "sum", "none"])
def test_class_weights_and_ignored_labels_are_those_of_torch(
    reduction: str, weighted: bool, ignored: int, agrees_with_torch: Any
) -> None:
    """What ONNX's SoftmaxCrossEntropyLoss and NegativeLogLikelihoodLoss ask for."""
    labels = Sample((2, 5), "int64", values=[[0, 2, 1, 1, 2], [2, ignored if ignored > -100 else 0, 1, 0, 1]])
    weights = [Sample((3,), low=0.5, high=2.0)] if weighted else []

    def oracle(torch: Any, a: Settings, x: Any, y: Any, *of_class: Any) -> Any:
        kind = "mean" if reduction == "weighted_mean" else reduction
        return torch.nn.functional.cross_entropy(
            x.movedim(-1, 1), y, *of_class, ignore_index=ignored, reduction=kind
        )

    settings = {"reduction": reduction, "ignored": ignored}
    # PyTorch has no gradient for the weights of classes.
    case = Case([(2, 5, 3), labels, None, *weights], settings, gradient=not weighted)
    agrees_with_torch(registry.get("SparseCategoricalCrossentropy"), case, "float64", oracle)
