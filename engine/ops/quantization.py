"""What training sees of quantization: floats that take only the values which small whole numbers can tell."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import Elementwise, number_like
from engine.op import attribute
from engine.ops.comparison import LogicalAnd
from engine.ops.selection import Where
from engine.spec import Spec
from engine.value import Value
from kernels.generic.quantization import steps_of


class FakeQuantize(Elementwise):
    """Floats rounded to the values that so many bits can tell: a network trained so survives quantization.

    The gradient passes as if nothing had been rounded, and is zero outside the range: straight through.
    Source: Jacob et al., Quantization and Training of Neural Networks, 2018.
    """

    category = "Training"
    formula = "y = (clip(round(x / scale) + zero, 0, 2^bits - 1) - zero) · scale"
    advice = "Put it on weights and on activations; the range is moved a little, so that 0 is told exactly."
    low: float = attribute(default=-1.0, high=0.0, help="The least value of the range.")
    high: float = attribute(default=1.0, low=0.0, help="The greatest value of the range.")
    bits: int = attribute(default=8, low=2, high=16, help="How many bits the whole number would have.")
    cases = (
        Case([(3, 4)], gradient=False),
        Case([Sample((3, 4), low=-9.0, high=9.0)], {"low": -2.0, "high": 6.0, "bits": 4}, gradient=False),
        Case([Sample(values=[float("nan"), float("inf"), -1e30, 0.0])], {"low": 0.0}, gradient=False),
        Case([()], gradient=False),
        Case([(0, 2)], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        if self.low == self.high:
            raise SpecError("the range is empty: low and high are 0.", hint="Make high larger.")
        return super().infer(x)

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        scale, zero = steps_of(self.low, self.high, self.bits)
        least, greatest = -zero * scale, (2**self.bits - 1 - zero) * scale
        return Where()(LogicalAnd()(x >= least, x <= greatest), dy, number_like(dy, 0.0))
