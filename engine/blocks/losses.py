"""Losses: one number that says how wrong predictions are, and that training makes smaller."""

from __future__ import annotations

from engine.blocks.pairing import check_same_shape, like, pair
from engine.case import Case, Sample
from engine.op import Block, attribute
from engine.ops.activation import LogSoftmax
from engine.ops.arithmetic import Minimum
from engine.ops.elementwise import Abs, Log, Negate, Square
from engine.ops.indexing import OneHot
from engine.ops.loss import SigmoidCrossEntropy, SparseSoftmaxCrossEntropy
from engine.ops.reduction import ReduceMean, ReduceSum
from engine.ops.selection import Clip
from engine.value import BlockBuilder, Value

_LEAST_PROBABILITY = 1e-7
"""Keeps log() finite where a probability was rounded to 0 or 1; a float32 knows no number closer to 1."""


class MeanSquaredError(Block):
    """The mean of the squared differences. Large errors count far more than small ones."""

    category = "Loss"
    inputs = ("prediction", "target")
    outputs = ("loss",)
    formula = "loss = mean((prediction - target)²)"
    advice = "The usual loss where a number is predicted. Its unit is the square of the target's unit."
    cases = (Case([(4, 1), (4, 1)]), Case([(4, 1), (4,)]), Case([(2, 3), (2, 3)], low=1e3, high=2e3))

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        prediction, target = pair(prediction, target, "prediction", "target")
        return ReduceMean()(Square()(prediction - target))


class MeanAbsoluteError(Block):
    """The mean of the absolute differences. An outlier counts as much as it is far off, and no more."""

    category = "Loss"
    inputs = ("prediction", "target")
    outputs = ("loss",)
    formula = "loss = mean(|prediction - target|)"
    advice = "Choose it where some targets are wrong or extreme; it then aims at the median."
    cases = (Case([(4, 1), (4, 1)]), Case([(4, 1), (4,)]), Case([(1, 1), (1, 1)]))

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        prediction, target = pair(prediction, target, "prediction", "target")
        return ReduceMean()(Abs()(prediction - target))


class Huber(Block):
    """Squared for small differences, absolute for large ones: smooth at zero, and calm about outliers."""

    category = "Loss"
    inputs = ("prediction", "target")
    outputs = ("loss",)
    formula = "loss = mean(e² / 2 if |e| <= delta else delta · (|e| - delta / 2)),  e = prediction - target"
    advice = "Set delta to the size of an error that still counts as ordinary."
    delta: float = attribute(default=1.0, low=1e-6, help="From which difference on the loss grows evenly.")
    cases = (
        Case([(5, 1), (5, 1)]),
        Case([(5, 1), (5,)], {"delta": 0.25}),
        Case([(3,), Sample((3,), low=50.0, high=90.0)], {"delta": 2.0}),
    )

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        prediction, target = pair(prediction, target, "prediction", "target")
        size = Abs()(prediction - target)
        # With c = min(|e|, delta), c · (|e| - c / 2) is both branches at once.
        near = Minimum()(size, self.delta)
        return ReduceMean()(near * (size - near * 0.5))


class BinaryCrossentropy(Block):
    """How surprised the prediction of a yes or no is by the label.

    It is -log of the probability given to the truth. A label is 0 or 1, or a probability between them.
    """

    category = "Loss"
    inputs = ("logits", "labels")
    outputs = ("loss",)
    formula = "loss = mean(-labels · log(p) - (1 - labels) · log(1 - p)),  p = sigmoid(logits)"
    advice = "Give the last layer one unit and no activation, and keep from_logits on: that is more exact."
    from_logits: bool = attribute(
        default=True,
        help="Whether the input is logits. Switch it off if the last layer already applies a sigmoid.",
    )
    cases = (
        Case([(4, 1), Sample((4, 1), low=0.0)]),
        Case([(4, 1), Sample((4,), "int64", 0, 2)]),
        Case([(3,), Sample((3,), "bool")]),
        Case([Sample((4, 1), low=0.1, high=0.9), Sample((4,), "int64", 0, 2)], {"from_logits": False}),
        Case(
            [Sample(values=[[0.0], [1.0]]), Sample((2,), "int64", values=[1, 1])],
            {"from_logits": False},
            gradient=False,
        ),
        Case([(3, 1), Sample((3,), "int64", 0, 2)], low=300.0, high=400.0),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value) -> Value:
        logits, labels = pair(logits, like(labels, logits), "logits", "labels")
        if self.from_logits:
            return ReduceMean()(SigmoidCrossEntropy()(logits, labels))
        chance = Clip(low=_LEAST_PROBABILITY, high=1.0 - _LEAST_PROBABILITY)(logits)
        surprise = labels * Log()(chance) + (1.0 - labels) * Log()(1.0 - chance)
        return Negate()(ReduceMean()(surprise))


class CategoricalCrossentropy(Block):
    """How surprised the prediction of a class is by the label, a row with one number for each class."""

    category = "Loss"
    inputs = ("logits", "labels")
    outputs = ("loss",)
    formula = "loss = mean(-sum(labels · log(softmax(logits))))"
    advice = "Labels may be soft: 0.9 for one class, 0.1 for another. For class numbers take the sparse form."
    from_logits: bool = attribute(
        default=True,
        help="Whether the input is logits. Switch it off if the last layer already applies a softmax.",
    )
    cases = (
        Case([(4, 3), Sample((4, 3), low=0.0)]),
        Case([(2, 3), Sample((2, 3), "int64", values=[[0, 1, 0], [1, 0, 0]])]),
        Case([Sample((4, 3), low=0.1, high=0.9), Sample((4, 3), low=0.0)], {"from_logits": False}),
        Case([(2, 3), Sample((2, 3), low=0.0)], low=300.0, high=400.0),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value) -> Value:
        labels = like(labels, logits)
        check_same_shape(logits.spec, labels.spec, "logits", "labels")
        log_chance = LogSoftmax()(logits) if self.from_logits else _log(logits)
        return Negate()(ReduceMean()(ReduceSum(axes=(-1,))(labels * log_chance)))


class SparseCategoricalCrossentropy(Block):
    """How surprised the prediction of a class is by the label, the number of the right class."""

    category = "Loss"
    inputs = ("logits", "labels")
    outputs = ("loss",)
    formula = "loss = mean(-log(softmax(logits)[label]))"
    advice = "The usual loss for classes. Guessing among ten classes gives ln(10) = 2.3; lower is better."
    from_logits: bool = attribute(
        default=True,
        help="Whether the input is logits. Switch it off if the last layer already applies a softmax.",
    )
    cases = (
        Case([(4, 3), Sample((4,), "int64", 0, 3)]),
        Case([(2, 4, 3), Sample((2, 4), "int32", 0, 3)]),
        Case([Sample((4, 3), low=0.1, high=0.9), Sample((4,), "int64", 0, 3)], {"from_logits": False}),
        Case([(2, 3), Sample((2,), "int64", 0, 3)], low=300.0, high=400.0),
        Case([(1, 1), Sample((1,), "int64", values=[0])]),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value) -> Value:
        losses = SparseSoftmaxCrossEntropy()
        if self.from_logits:
            return ReduceMean()(losses(logits, labels))
        losses.infer(logits.spec, labels.spec)  # the same rules hold for probabilities
        classes = (logits.spec.shape or (0,))[-1]
        right = OneHot(depth=int(classes), dtype=logits.spec.dtype)(labels)
        return Negate()(ReduceMean()(ReduceSum(axes=(-1,))(right * _log(logits))))


def _log(chance: Value) -> Value:
    """The logarithm of probabilities."""
    return Log()(Clip(low=_LEAST_PROBABILITY, high=1.0)(chance))
