"""Metrics of classes, for people: which part of the answers is right. Nothing is trained with them."""

from __future__ import annotations

from engine.blocks.pairing import check_same_shape, like, pair
from engine.case import Case, Sample
from engine.errors import SpecError
from engine.op import Block, Port, attribute
from engine.ops.comparison import Equal
from engine.ops.conversion import Cast
from engine.ops.ordering import TopK
from engine.ops.reduction import ArgMax, ReduceAny, ReduceMean
from engine.ops.shaping import ExpandDims
from engine.spec import INTEGERS, Spec, same_shape, shape_text
from engine.value import BlockBuilder, Value


class Accuracy(Block):
    """Which part of the examples is put into the right class: the one with the greatest logit."""

    category = "Metrics"
    inputs = ("logits", "labels")
    outputs = ("value",)
    formula = "value = mean(argmax(logits) == labels)"
    advice = "Compare it with guessing: one in ten for ten classes, and more where one class is frequent."
    differentiable = False
    cases = (
        Case([(4, 3), Sample((4,), "int64", 0, 3)], gradient=False),
        Case([(2, 4, 3), Sample((2, 4), "int32", 0, 3)], gradient=False),
        Case([(1, 1), Sample((1,), "int64", values=[0])], gradient=False),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value) -> Value:
        check_class_numbers(logits.spec, labels.spec)
        answers = ArgMax(axis=-1)(logits)
        if labels.spec.dtype != answers.spec.dtype:
            labels = Cast(dtype=answers.spec.dtype)(labels)
        return _share(Equal()(answers, labels))


class BinaryAccuracy(Block):
    """Which part of the yes-or-no answers is right."""

    category = "Metrics"
    inputs = ("logits", "labels")
    outputs = ("value",)
    formula = "value = mean((logits > threshold) == labels)"
    advice = "The threshold 0 for logits is the probability one half. For probabilities set it to 0.5."
    differentiable = False
    threshold: float = attribute(default=0.0, help="Above which number the answer is yes.")
    cases = (
        Case([(4, 1), Sample((4,), "int64", 0, 2)], gradient=False),
        Case([(4,), Sample((4,), "bool")], gradient=False),
        Case([Sample((4, 1), low=0.0), Sample((4, 1), "int64", 0, 2)], {"threshold": 0.5}, gradient=False),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value) -> Value:
        answers, truth = pair(logits > self.threshold, is_yes(labels), "logits", "labels")
        return _share(Equal()(answers, truth))


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


class DecisionBoundary(Block):
    """Shows over the plane which class the network would give to each point, while it learns.

    It computes nothing itself: it marks which tensor is the points and which is the answer.
    """

    category = "Metrics"
    inputs = (Port("points", help="Two coordinates for each example."), Port("logits", help="The answer."))
    outputs = ()
    advice = "Watch how the boundary bends step by step; more units let it bend more."
    differentiable = False
    cases = (Case([(4, 2), (4, 3)], gradient=False), Case([(4, 2), (4, 1)], gradient=False))

    def expand(self, b: BlockBuilder, points: Value, logits: Value) -> tuple[Value, ...]:
        if points.spec.shape is not None and (len(points.spec.shape) != 2 or points.spec.shape[1] != 2):
            raise SpecError(
                f"points are {shape_text(points.spec.shape)}; expected batch x 2.",
                hint="Connect data with two features, such as Spirals.",
            )
        if not logits.spec.is_float or (logits.spec.rank or 2) != 2:
            raise SpecError(
                f"logits are {logits.spec}; expected batch x classes, or batch x 1, of floats.",
                hint="Connect the last Dense layer.",
            )
        return ()


def is_yes(labels: Value) -> Value:
    """Labels as true or false; a number is yes above one half."""
    if labels.spec.dtype == "bool":
        return labels
    return (labels if labels.spec.is_float else Cast(dtype="float32")(labels)) > 0.5


def check_class_numbers(logits: Spec, labels: Spec) -> None:
    """Raise SpecError where there is not one class number for each row of logits."""
    if labels.dtype not in INTEGERS:
        raise SpecError(
            f"labels are {labels}; expected whole numbers, one class number for each example.",
            hint="Behind rows of zeros and ones put ArgMax.",
        )
    if logits.shape is not None and not same_shape(logits.shape[:-1], labels.shape):
        raise SpecError(
            f"labels are {shape_text(labels.shape)}; expected {shape_text(logits.shape[:-1])}, "
            f"as the logits are {shape_text(logits.shape)}.",
            hint="Connect one class number for each example.",
        )


def _share(right: Value) -> Value:
    """Which part of the answers is right."""
    return ReduceMean()(Cast(dtype="float32")(right))
