"""Tensors that pass unchanged while their gradients do not: another one, scaled, or cut off."""

from __future__ import annotations

from engine.case import Case
from engine.errors import SpecError
from engine.families import require_dtype
from engine.op import Call, Gradients, Op, attribute
from engine.ops.selection import Clip
from engine.spec import FLOATS, Spec, same_shape
from engine.value import Value


class _Passing(Op, abstract=True):
    """y is x itself; what is special is the way back."""

    category = "Training"
    is_view = True
    formula = "y = x"

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, FLOATS, "x")
        return x

    def back(self, dy: Value) -> Value:
        """The gradient of x from that of y."""
        raise NotImplementedError(f"{type(self).__name__} declares no gradient")

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return (self.back(dy),)


class SurrogateGradient(Op):
    """Give one tensor, and differentiate another in its place: a gradient of one's own for a part of a graph.

    What leaves is `value` to the last bit. On the way back all of the gradient goes to `surrogate`, and none
    to `value`: so a step can have the slope of a sigmoid, and rounding the slope of nothing at all.

    Source: Neftci, Mostafa and Zenke, Surrogate gradient learning in spiking neural networks, 2019.
    """

    category = "Training"
    inputs = ("value", "surrogate")
    is_view = True
    formula = "y = value;  dy/dx = dsurrogate/dx"
    advice = "Draw what is to be computed, and beside it what it should count as for the gradient."
    aliases = ("custom gradient", "straight-through")
    cases = (
        Case([(3, 2), (3, 2)], gradient=False),
        Case([(), ()], gradient=False),
        Case([(0,), (0,)], gradient=False),
    )

    def infer(self, value: Spec, surrogate: Spec) -> Spec:
        require_dtype(surrogate, FLOATS, "surrogate")
        if value.dtype != surrogate.dtype or not same_shape(value.shape, surrogate.shape):
            raise SpecError(
                f"value is {value}, and surrogate is {surrogate}.",
                hint="Both must have the same shape and dtype.",
            )
        return value

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return None, dy


class ScaleGradient(_Passing):
    """Pass a tensor on, and multiply its gradient on the way back: -1 lets what is before learn the opposite.

    Source: Ganin and Lempitsky, Unsupervised domain adaptation by backpropagation, 2015.
    """

    factor: float = attribute(default=-1.0, help="What the gradient is multiplied by.")
    aliases = ("gradient reversal",)
    cases = (Case([(3, 2)], gradient=False), Case([()], {"factor": 0.5}, gradient=False))

    def back(self, dy: Value) -> Value:
        return dy * self.factor


class ClipGradient(_Passing):
    """Pass a tensor on, and cut each element of its gradient off at a limit on its way back."""

    limit: float = attribute(default=1.0, low=0.0, help="No element of the gradient is larger than this.")
    cases = (Case([(3, 2)], gradient=False), Case([()], {"limit": 0.0}, gradient=False))

    def back(self, dy: Value) -> Value:
        return Clip(low=-self.limit, high=self.limit)(dy)
