"""Metrics: numbers that say how good predictions are, for people; nothing is trained with them."""

from __future__ import annotations

from engine.blocks.pairing import pair
from engine.case import Case, Sample
from engine.errors import SpecError
from engine.op import Block, Port, attribute
from engine.ops.comparison import Equal
from engine.ops.conversion import Cast
from engine.ops.elementwise import Abs
from engine.ops.reduction import ArgMax, ReduceMean
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
        return ReduceMean()(Cast(dtype="float32")(Equal()(answers, labels)))


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
        return ReduceMean()(Cast(dtype="float32")(Equal()(answers, truth)))


class MAE(Block):
    """How far off the predictions are on average, in the unit of the target."""

    category = "Metrics"
    inputs = ("prediction", "target")
    promotes = ("prediction", "target")
    outputs = ("value",)
    formula = "value = mean(|prediction - target|)"
    advice = "Easier to judge than the squared error, because it has the unit of what is predicted."
    differentiable = False
    cases = (Case([(4, 1), (4, 1)], gradient=False), Case([(4, 1), (4,)], gradient=False))

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        prediction, target = pair(prediction, target, "prediction", "target")
        return ReduceMean()(Abs()(prediction - target))


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
