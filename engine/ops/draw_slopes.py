"""How a draw moves with its parameter: what the gradient of a random number is."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.op import Call, Gradients, Op, attribute
from engine.spec import Spec
from engine.value import Value

_NAN = float("nan")


class GammaSlope(Op):
    """How a gamma number, or its logarithm, moves with its concentration when it keeps its rank."""

    category = "Data"
    internal = True
    inputs = ("y", "concentration")
    outputs = ("slope",)
    formula = "slope = -(dF / dconcentration) / (dF / dy), where F is the distribution of y"
    logarithm: bool = attribute(default=False, help="Whether y is the logarithm of the number.")
    cases = (
        Case([Sample((3, 4), low=0.1, high=9.0), Sample((3, 4), low=0.1, high=9.0)], gradient=False),
        Case(
            [Sample((3,), low=-90.0, high=1.0), Sample((3,), low=0.001)], {"logarithm": True}, gradient=False
        ),
        Case([Sample(values=[0.0, 2.0, _NAN]), Sample(values=[0.1, -1.0, 1.0])], gradient=False),
        Case([Sample(values=2.0), Sample(values=2.0)], gradient=False),
        Case([(0, 4), (0, 4)], gradient=False),
    )

    def infer(self, y: Spec, concentration: Spec) -> Spec:
        return y

    def gradient(self, call: Call, dy: Value) -> Gradients:
        raise SpecError(
            "the gradient of a gamma number is not differentiated again.",
            hint="Draw without a gradient: put StopGradient before the concentration.",
        )
