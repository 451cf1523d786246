"""Further metrics: right among the first few, found and rightly found, explained variance, directions."""

from __future__ import annotations

from typing import ClassVar

from engine.blocks.losses_of_numbers import unit_vector
from engine.blocks.metrics import check_class_numbers, is_yes
from engine.blocks.pairing import check_same_shape, like, pair
from engine.case import Case, Sample
from engine.families import require_dtype
from engine.op import Block, attribute
from engine.ops.arithmetic import Maximum
from engine.ops.comparison import Equal, LogicalAnd
from engine.ops.conversion import Cast
from engine.ops.elementwise import Sqrt, Square
from engine.ops.ordering import TopK
from engine.ops.reduction import ArgMax, ReduceAny, ReduceMean, ReduceSum
from engine.ops.shaping import ExpandDims
from engine.spec import FLOATS
from engine.value import BlockBuilder, Value

_NUMBERS = (Case([(4, 1), (4, 1)], gradient=False), Case([(4, 1), (4,)], gradient=False))
_YES_OR_NO = (
    Case([(4, 1), Sample((4,), "int64", 0, 2)], gradient=False),
    Case([(4,), Sample((4,), "bool")], gradient=False),
    Case([Sample(values=[-1.0, -2.0]), Sample((2,), "int64", values=[0, 0])], gradient=False),
)


class CategoricalAccuracy(Block):
    """Which part of the examples is put into the right class, where labels are rows with a one for it."""

    category = "Metrics"
    inputs = ("logits", "labels")
    outputs = ("value",)
    formula = "value = mean(argmax(logits) == argmax(labels))"
    advice = "For labels that are class numbers use Accuracy."
    differentiable = False
    cases = (
        Case([(4, 3), Sample((4, 3), "int64", 0, 2)], gradient=False),
        Case([(2, 4, 3), (2, 4, 3)], gradient=False),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value) -> Value:
        labels = like(labels, logits)
        check_same_shape(logits.spec, labels.spec, "logits", "labels")
        return _share(Equal()(ArgMax()(logits), ArgMax()(labels)))


class TopKCategoricalAccuracy(Block):
    """Which part of the examples has the right class among the k with the greatest logits."""

    category = "Metrics"
    inputs = ("logits", "labels")
    outputs = ("value",)
    formula = "value = mean(label is among the k greatest logits)"
    advice = "For many classes, of which several look alike. With k = 1 it is Accuracy."
    differentiable = False
    k: int = attribute(default=5, low=1, help="How many guesses there are.")
    cases = (
        Case([(4, 6), Sample((4,), "int64", 0, 6)], gradient=False),
        Case([(2, 4, 3), Sample((2, 4), "int32", 0, 3)], {"k": 2}, gradient=False),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value) -> Value:
        check_class_numbers(logits.spec, labels.spec)
        if labels.spec.dtype != "int64":
            labels = Cast(dtype="int64")(labels)
        _, guesses = TopK(k=self.k).apply(logits)
        return _share(ReduceAny(axes=(-1,))(Equal()(guesses, ExpandDims(axis=-1)(labels))))


class _Found(Block, abstract=True):
    """What the metrics of yes-or-no answers share: how many were right alarms, alarms, and truths."""

    category = "Metrics"
    inputs = ("logits", "labels")
    outputs = ("value",)
    differentiable = False
    threshold: float = attribute(default=0.0, help="Above which number the answer is yes.")
    cases: ClassVar[tuple[Case, ...]] = _YES_OR_NO

    def expand(self, b: BlockBuilder, logits: Value, labels: Value) -> Value:
        answers, truth = pair(logits > self.threshold, is_yes(labels), "logits", "labels")
        hits = _count(LogicalAnd()(answers, truth), "hits")
        return self.rate(hits, _count(answers, "alarms"), _count(truth, "truths"))

    def rate(self, hits: Value, alarms: Value, truths: Value) -> Value:
        """Draw the metric; it is zero where there is nothing to count."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it is made of")


class Precision(_Found):
    """Which part of the answers yes is right."""

    formula = "value = right answers yes / all answers yes"
    advice = "High where false alarms are rare. It is of one batch; raise the threshold to raise it."

    def rate(self, hits: Value, alarms: Value, truths: Value) -> Value:
        return hits / Maximum()(alarms, 1.0)


class Recall(_Found):
    """Which part of what is true is found."""

    formula = "value = right answers yes / all that is true"
    advice = "High where little is missed. It is of one batch; lower the threshold to raise it."

    def rate(self, hits: Value, alarms: Value, truths: Value) -> Value:
        return hits / Maximum()(truths, 1.0)


class FBetaScore(_Found):
    """Precision and recall in one number, of which recall counts beta times as much."""

    formula = "value = (1 + beta²) · precision · recall / (beta² · precision + recall)"
    advice = "Where one answer is rare, it says more than accuracy. beta 2 asks for little to be missed."
    beta: float = attribute(default=1.0, low=1e-3, help="How much more recall counts than precision.")
    cases = (*_YES_OR_NO, Case([(4,), Sample((4,), "int64", 0, 2)], {"beta": 2.0}, gradient=False))

    def rate(self, hits: Value, alarms: Value, truths: Value) -> Value:
        square = self.beta**2
        return hits * (1.0 + square) / Maximum()(alarms + truths * square, 1e-7)


class F1Score(_Found):
    """The harmonic mean of precision and recall: high only where both are."""

    formula = "value = 2 · precision · recall / (precision + recall)"
    advice = "Where one answer is rare, it says more than accuracy."

    def rate(self, hits: Value, alarms: Value, truths: Value) -> Value:
        return hits * 2.0 / Maximum()(alarms + truths, 1.0)


class RMSE(Block):
    """The root of the mean squared error: how far off predictions are, in the unit of the target."""

    category = "Metrics"
    inputs = ("prediction", "target")
    outputs = ("value",)
    formula = "value = sqrt(mean((prediction - target)²))"
    advice = "Larger than MAE where a few errors are large."
    differentiable = False
    cases = _NUMBERS

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        prediction, target = pair(prediction, target, "prediction", "target")
        return Sqrt()(ReduceMean()(Square()(prediction - target)))


class R2Score(Block):
    """Which part of the variance of the targets the predictions explain."""

    category = "Metrics"
    inputs = ("prediction", "target")
    outputs = ("value",)
    formula = "value = 1 - sum((prediction - target)²) / sum((target - mean(target))²)"
    advice = "1 is perfect, 0 is no better than the mean of the batch, and it can be negative."
    differentiable = False
    cases = _NUMBERS

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        require_dtype(prediction.spec, FLOATS, "prediction")
        prediction, target = pair(prediction, target, "prediction", "target")
        left = ReduceSum()(Square()(prediction - target), name="left")
        whole = ReduceSum()(Square()(target - ReduceMean()(target)), name="whole")
        return 1.0 - left / Maximum()(whole, 1e-7)


class CosineSimilarity(Block):
    """Whether vectors point in the same direction: 1 in the same, 0 at right angles, -1 in opposite ones."""

    category = "Metrics"
    inputs = ("prediction", "target")
    outputs = ("value",)
    formula = "value = mean(sum(prediction · target) / (|prediction| · |target|)), along the axis"
    advice = "For embeddings. The loss that is its opposite is CosineSimilarityLoss."
    differentiable = False
    axis: int = attribute(default=-1, help="The axis along which a vector lies; -1 is the last.")
    cases = (
        Case([(4, 3), (4, 3)], gradient=False),
        Case([(2, 3, 4), (2, 3, 4)], {"axis": 1}, gradient=False),
    )

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        require_dtype(prediction.spec, FLOATS, "prediction")
        check_same_shape(prediction.spec, target.spec, "prediction", "target")
        product = unit_vector(prediction, self.axis) * unit_vector(target, self.axis)
        return ReduceMean()(ReduceSum(axes=(self.axis,))(product))


def _share(right: Value) -> Value:
    """Which part of the answers is right."""
    return ReduceMean()(Cast(dtype="float32")(right))


def _count(truths: Value, name: str) -> Value:
    return ReduceSum()(Cast(dtype="float32")(truths), name=name)
