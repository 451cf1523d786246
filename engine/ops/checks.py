"""Looking at what passes: values that must be in order, conditions that must hold, values that are told."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import BOOL, Elementwise, alone, require_dtype
from engine.op import Call, Gradients, Op, Port, attribute
from engine.spec import Spec
from engine.value import Value

_NAN, _INF = float("nan"), float("inf")
_COUNTER = Sample((2,), "uint64", values=[7, 3])


class CheckNumerics(Elementwise):
    """Pass a tensor on, and end the run where an element is infinite or not a number."""

    category = "Training"
    formula = "y = x, if all elements are finite"
    advice = "Place it on the wire where trouble is suspected: the run ends there, and says which element."
    cases = (Case([(3, 4)]), Case([()]), Case([(0, 4)]), Case([(3,)], low=1e3, high=6e4))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy


class Assert(Op):
    """Pass a tensor on, and end the run where a condition does not hold for all elements."""

    category = "Training"
    inputs = ("x", Port("condition", help="True or false, of any shape."))
    formula = "y = x, if all of the condition is true"
    advice = "Draw what you rely on: that probabilities sum to one, that a size is positive."
    message: str = attribute(
        default="The condition does not hold.", help="The sentence that is shown where it does not."
    )
    cases = (
        Case([(3, 4), Sample((2,), "bool", values=[True, True])]),
        Case([(), Sample((0,), "bool")]),
        Case([Sample((2,), "int64"), Sample((), "bool", values=True)], gradient=False),
    )

    def infer(self, x: Spec, condition: Spec) -> Spec:
        require_dtype(condition, BOOL, "condition")
        return x

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return dy, None


class Print(Op):
    """Pass a tensor on, and write it into the log."""

    category = "Training"
    inputs = ("x", Port("counter", hidden=True))
    formula = "y = x"
    advice = "It is written only where something that is computed depends on y. A click on a wire shows more."
    stream: int = attribute(default=0, low=0, help="Belongs to the hidden counter.", hidden=True)
    message: str = attribute(default="", help="What is written before the values.")
    every: int = attribute(default=1, low=1, help="At which steps it is written: 10 means every tenth.")
    cases = (
        Case([(3, 4), _COUNTER], gradient=False),
        Case([(), _COUNTER], {"message": "loss", "every": 2}, gradient=False),
        Case([(0, 4), _COUNTER], gradient=False),
        Case([Sample((100, 100), "int8"), _COUNTER], gradient=False),
        Case([Sample(values=[_NAN, _INF]), _COUNTER], gradient=False),
    )

    def infer(self, x: Spec, counter: Spec | None = None) -> Spec:
        return x

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, dy)
