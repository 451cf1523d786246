"""The usual losses: one number that says how wrong predictions are, and that training makes smaller."""

from __future__ import annotations

from engine.blocks.classes import (
    LEAST_PROBABILITY,
    NOTHING_IGNORED,
    checked_classes,
    log_probability,
    picked,
    smoothed,
    without_ignored,
)
from engine.blocks.pairing import check_same_shape, like, pair
from engine.blocks.reducing import WEIGHTS, Loss
from engine.case import Case, Sample
from engine.op import Port, attribute
from engine.ops.activation import LogSoftmax
from engine.ops.arithmetic import Minimum
from engine.ops.elementwise import Abs, Log, Negate, Square
from engine.ops.loss import SigmoidCrossEntropy, SparseSoftmaxCrossEntropy
from engine.ops.reduction import ReduceSum
from engine.ops.selection import Clip
from engine.value import BlockBuilder, Value

_SMOOTHING_HELP = "How much of the labels is spread evenly over all answers, so that none is quite certain."
_CLASS_WEIGHTS = Port("class_weights", optional=True, help="How much each class counts.")
_IGNORED_HELP = "A label that stands for no class: its examples count nothing. -100 where there is none."


class MeanSquaredError(Loss):
    """The mean of the squared differences. Large errors count far more than small ones."""

    inputs = ("prediction", "target", WEIGHTS)
    promotes = ("prediction", "target")
    formula = "loss = mean((prediction - target)²)"
    advice = "The usual loss where a number is predicted. Its unit is the square of the target's unit."
    cases = (
        Case([(4, 1), (4, 1)]),
        Case([(4, 1), (4,)]),
        Case([(2, 3), (2, 3)], low=1e3, high=2e3),
        Case([(4, 3), (4, 3), (4,)], {"reduction": "weighted_mean"}, low=0.1),
        Case([(4, 2), (4, 2), (4, 1)], {"reduction": "none"}),
        Case([(2, 3, 2), (2, 3, 2), (2,)], {"reduction": "sum"}),
    )

    def expand(
        self, b: BlockBuilder, prediction: Value, target: Value, weights: Value | None = None
    ) -> Value:
        prediction, target = pair(prediction, target, "prediction", "target")
        return self.of_elements(Square()(prediction - target), weights)


class MeanAbsoluteError(Loss):
    """The mean of the absolute differences. An outlier counts as much as it is far off, and no more."""

    inputs = ("prediction", "target", WEIGHTS)
    promotes = ("prediction", "target")
    formula = "loss = mean(|prediction - target|)"
    advice = "Choose it where some targets are wrong or extreme; it then aims at the median."
    cases = (
        Case([(4, 1), (4, 1)]),
        Case([(4, 1), (4,)]),
        Case([(1, 1), (1, 1)]),
        Case([(4,), (4,), (4,)]),
    )

    def expand(
        self, b: BlockBuilder, prediction: Value, target: Value, weights: Value | None = None
    ) -> Value:
        prediction, target = pair(prediction, target, "prediction", "target")
        return self.of_elements(Abs()(prediction - target), weights)


class Huber(Loss):
    """Squared for small differences, absolute for large ones: smooth at zero, and calm about outliers."""

    inputs = ("prediction", "target", WEIGHTS)
    promotes = ("prediction", "target")
    formula = "loss = mean(e² / 2 if |e| <= delta else delta · (|e| - delta / 2)),  e = prediction - target"
    advice = "Set delta to the size of an error that still counts as ordinary."
    delta: float = attribute(default=1.0, low=1e-6, help="From which difference on the loss grows evenly.")
    cases = (
        Case([(5, 1), (5, 1)]),
        Case([(5, 1), (5,)], {"delta": 0.25}),
        Case([(3,), Sample((3,), low=50.0, high=90.0)], {"delta": 2.0}),
        Case([(5, 2), (5, 2), (5,)]),
    )

    def expand(
        self, b: BlockBuilder, prediction: Value, target: Value, weights: Value | None = None
    ) -> Value:
        prediction, target = pair(prediction, target, "prediction", "target")
        size = Abs()(prediction - target)
        # With c = min(|e|, delta), c · (|e| - c / 2) is both branches at once.
        near = Minimum()(size, self.delta)
        return self.of_elements(near * (size - near * 0.5), weights)


class BinaryCrossentropy(Loss):
    """How surprised the prediction of a yes or no is by the label.

    It is -log of the probability given to the truth. A label is 0 or 1, or a probability between them.
    """

    inputs = ("logits", "labels", WEIGHTS)
    formula = "loss = mean(-labels · log(p) - (1 - labels) · log(1 - p)),  p = sigmoid(logits)"
    advice = "Give the last layer one unit and no activation, and keep from_logits on: that is more exact."
    from_logits: bool = attribute(
        default=True,
        help="Whether the input is logits. Switch it off if the last layer already applies a sigmoid.",
    )
    label_smoothing: float = attribute(default=0.0, low=0.0, high=1.0, help=_SMOOTHING_HELP)
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
        Case([(4, 2), Sample((4, 2), "int64", 0, 2), (4,)], {"label_smoothing": 0.1}),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value, weights: Value | None = None) -> Value:
        logits, labels = pair(logits, like(labels, logits), "logits", "labels")
        labels = smoothed(labels, self.label_smoothing, 2)
        if self.from_logits:
            return self.of_elements(SigmoidCrossEntropy()(logits, labels), weights)
        chance = Clip(low=LEAST_PROBABILITY, high=1.0 - LEAST_PROBABILITY)(logits)
        surprise = labels * Log()(chance) + (1.0 - labels) * Log()(1.0 - chance)
        return self.of_elements(Negate()(surprise), weights)


class CategoricalCrossentropy(Loss):
    """How surprised the prediction of a class is by the label, a row with one number for each class."""

    inputs = ("logits", "labels", WEIGHTS)
    formula = "loss = mean(-sum(labels · log(softmax(logits))))"
    advice = "Labels may be soft: 0.9 for one class, 0.1 for another. For class numbers take the sparse form."
    from_logits: bool = attribute(
        default=True,
        help="Whether the input is logits. Switch it off if the last layer already applies a softmax.",
    )
    label_smoothing: float = attribute(default=0.0, low=0.0, high=1.0, help=_SMOOTHING_HELP)
    cases = (
        Case([(4, 3), Sample((4, 3), low=0.0)]),
        Case([(2, 3), Sample((2, 3), "int64", values=[[0, 1, 0], [1, 0, 0]])]),
        Case([Sample((4, 3), low=0.1, high=0.9), Sample((4, 3), low=0.0)], {"from_logits": False}),
        Case([(2, 3), Sample((2, 3), low=0.0)], low=300.0, high=400.0),
        Case([(4, 3), Sample((4, 3), low=0.0), (4,)], {"label_smoothing": 0.2}),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value, weights: Value | None = None) -> Value:
        labels = like(labels, logits)
        check_same_shape(logits.spec, labels.spec, "logits", "labels")
        labels = smoothed(labels, self.label_smoothing, checked_classes(logits.spec))
        log_chance = LogSoftmax()(logits) if self.from_logits else log_probability(logits)
        return self.of_examples(Negate()(ReduceSum(axes=(-1,))(labels * log_chance)), weights)


class SparseCategoricalCrossentropy(Loss):
    """How surprised the prediction of a class is by the label, the number of the right class."""

    inputs = ("logits", "labels", WEIGHTS, _CLASS_WEIGHTS)
    formula = "loss = mean(-log(softmax(logits)[label]))"
    advice = "The usual loss for classes. Guessing among ten classes gives ln(10) = 2.3; lower is better."
    from_logits: bool = attribute(
        default=True,
        help="Whether the input is logits. Switch it off if the last layer already applies a softmax.",
    )
    ignored: int = attribute(default=NOTHING_IGNORED, help=_IGNORED_HELP)
    cases = (
        Case([(4, 3), Sample((4,), "int64", 0, 3)]),
        Case([(2, 4, 3), Sample((2, 4), "int32", 0, 3)]),
        Case([Sample((4, 3), low=0.1, high=0.9), Sample((4,), "int64", 0, 3)], {"from_logits": False}),
        Case([(2, 3), Sample((2,), "int64", 0, 3)], low=300.0, high=400.0),
        Case([(1, 1), Sample((1,), "int64", values=[0])]),
        Case([(4, 3), Sample((4,), "int64", values=[0, 2, 7, 1]), (4,)], {"ignored": 7}),
        Case([(3, 3), Sample((3,), "int64", 0, 3), (3,), (3,)], {"reduction": "weighted_mean"}, low=0.1),
    )

    def expand(
        self,
        b: BlockBuilder,
        logits: Value,
        labels: Value,
        weights: Value | None = None,
        class_weights: Value | None = None,
    ) -> Value:
        # What the primitive asks of logits and labels holds for probabilities as well.
        SparseSoftmaxCrossEntropy().infer(logits.spec.as_value(), labels.spec.as_value())
        labels, weights = without_ignored(labels, self.ignored, weights, class_weights, logits)
        if self.from_logits:
            return self.of_examples(SparseSoftmaxCrossEntropy()(logits, labels), weights)
        return self.of_examples(Negate()(picked(log_probability(logits), labels)), weights)


class NegativeLogLikelihood(Loss):
    """Minus the log-probability of the right class, from log-probabilities that were computed before."""

    inputs = ("log_probabilities", "labels", WEIGHTS, _CLASS_WEIGHTS)
    formula = "loss = mean(-log_probabilities[label])"
    advice = "Place it behind LogSoftmax. With logits, SparseCategoricalCrossentropy does both at once."
    ignored: int = attribute(default=NOTHING_IGNORED, help=_IGNORED_HELP)
    cases = (
        Case([(4, 3), Sample((4,), "int64", 0, 3)], low=-4.0, high=0.0),
        Case([(2, 4, 3), Sample((2, 4), "int32", 0, 3)], {"reduction": "none"}),
        Case(
            [(3, 3), Sample((3,), "int64", values=[0, 5, 2]), (3,), (3,)],
            {"reduction": "weighted_mean", "ignored": 5},
            low=0.1,
        ),
    )

    def expand(
        self,
        b: BlockBuilder,
        log_probabilities: Value,
        labels: Value,
        weights: Value | None = None,
        class_weights: Value | None = None,
    ) -> Value:
        SparseSoftmaxCrossEntropy().infer(log_probabilities.spec.as_value(), labels.spec.as_value())
        labels, weights = without_ignored(labels, self.ignored, weights, class_weights, log_probabilities)
        return self.of_examples(Negate()(picked(log_probabilities, labels)), weights)
