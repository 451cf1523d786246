"""What losses and metrics of classes share: class numbers, probabilities and their logarithms."""

from __future__ import annotations

import numpy as np

from engine.blocks.reducing import as_weights
from engine.errors import SpecError
from engine.ops.comparison import Equal, NotEqual
from engine.ops.conversion import Cast
from engine.ops.elementwise import Log
from engine.ops.indexing import Gather
from engine.ops.ordering import PickAlong
from engine.ops.selection import Clip, Where
from engine.ops.shaping import ExpandDims, Squeeze
from engine.spec import Spec
from engine.value import Value

LEAST_PROBABILITY = 1e-7
"""Keeps log() finite where a probability was rounded to 0 or 1; a float32 knows no number closer to 1."""

NOTHING_IGNORED = -100
"""The label to be ignored where there is none, as in PyTorch."""


def log_probability(chance: Value) -> Value:
    """The logarithm of probabilities."""
    return Log()(Clip(low=LEAST_PROBABILITY, high=1.0)(chance))


def smoothed(labels: Value, smoothing: float, classes: int) -> Value:
    """Labels of which a part is spread evenly over the classes."""
    return labels * (1.0 - smoothing) + smoothing / classes if smoothing else labels


def checked_classes(logits: Spec) -> int:
    """How many classes there are; raises SpecError where that is not known."""
    classes = (logits.shape or ("",))[-1]
    if not isinstance(classes, int):
        raise SpecError(
            f"logits are {logits}: the number of classes is not known.",
            hint="Reshape them so that the last size is a number.",
        )
    return classes


def picked(rows: Value, labels: Value) -> Value:
    """From each row the number at the label's place."""
    return Squeeze(axes=(-1,))(PickAlong()(rows, ExpandDims(axis=-1)(labels)))


def without_ignored(
    labels: Value, ignored: int, weights: Value | None, class_weights: Value | None, logits: Value
) -> tuple[Value, Value | None]:
    """Labels that all name a class, and the weights of examples, of their classes, and of what is ignored."""
    dtype = logits.spec.dtype
    if weights is not None and weights.spec.dtype != dtype:
        weights = Cast(dtype=dtype)(weights)
    limits = np.iinfo(labels.spec.dtype)
    if ignored != NOTHING_IGNORED and limits.min <= ignored <= limits.max:
        none = labels.builder.constant(ignored, labels.spec.dtype)
        counts = Cast(dtype=dtype)(NotEqual()(labels, none), name="counts")
        zero = labels.builder.constant(0, labels.spec.dtype)
        weights = counts if weights is None else counts * as_weights(weights, counts)
        labels = Where()(Equal()(labels, none), zero, labels)
    if class_weights is not None:
        of_class = Gather()(class_weights, labels)
        weights = of_class if weights is None else of_class * as_weights(weights, of_class)
    return labels, weights
