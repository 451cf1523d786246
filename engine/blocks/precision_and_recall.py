"""Metrics of yes-or-no answers: what is found, what is rightly found, and both in one number."""

from __future__ import annotations

from typing import ClassVar

from engine.blocks.metrics import is_yes
from engine.blocks.pairing import pair
from engine.case import Case, Sample
from engine.op import Block, attribute
from engine.ops.arithmetic import Maximum
from engine.ops.comparison import LogicalAnd
from engine.ops.conversion import Cast
from engine.ops.reduction import ReduceSum
from engine.value import BlockBuilder, Value

_YES_OR_NO = (
    Case([(4, 1), Sample((4,), "int64", 0, 2)], gradient=False),
    Case([(4,), Sample((4,), "bool")], gradient=False),
    Case([Sample(values=[-1.0, -2.0]), Sample((2,), "int64", values=[0, 0])], gradient=False),
)


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


def _count(truths: Value, name: str) -> Value:
    return ReduceSum()(Cast(dtype="float32")(truths), name=name)
