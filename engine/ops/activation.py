"""Activations: the bends between layers, and the two that turn logits into probabilities."""

from __future__ import annotations

import math
from typing import ClassVar

from engine.case import Case, Sample
from engine.families import Elementwise, number_like, require_rank
from engine.op import attribute
from engine.ops.comparison import LogicalAnd
from engine.ops.elementwise import Abs, Erf, Exp, Square
from engine.ops.reduction import ReduceSum
from engine.ops.selection import Clip, Where
from engine.spec import Spec, normalize_axis
from engine.value import Value

_BEND = (
    Case([(3, 4)]),
    Case([()]),
    Case([(0, 4)]),
    # Where exp() leaves float32, on both sides; a bend must come out neither infinite nor as no number.
    Case([(3,)], low=300.0, high=400.0),
    Case([(3,)], low=-400.0, high=-300.0),
    Case([Sample(values=[0.0])], gradient=False),
)
_SOFT = (
    Case([(3, 4)]),
    Case([(3, 4)], {"axis": 0}),
    Case([(2, 3, 4)], {"axis": -2}),
    Case([(3, 1)]),
    Case([(0, 4)]),
    Case([(2, 3)], low=300.0, high=400.0),
    Case([Sample(values=[[2.0, 2.0, 2.0], [-1e4, 0.0, 1e4]])]),
)

# Klambauer et al., Self-Normalizing Neural Networks, 2017: the fixed point of mean 0 and variance 1.
_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805


class Relu(Elementwise):
    """Keep what is positive, and let nothing else pass. At zero its gradient is zero."""

    category = "Activation"
    formula = "y = max(x, 0)"
    advice = "The usual choice behind hidden layers; start the weights with he_normal."
    cases = (*_BEND, Case([Sample(values=[float("nan"), float("inf")])], gradient=False))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        # Where y is positive x is; so that nothing but y need be kept.
        return Where()(y > 0, dy, number_like(dy, 0.0))


class LeakyRelu(Elementwise):
    """A ReLU that lets a little of the negative side pass, so that no unit falls silent for ever.

    Source: Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013.
    """

    category = "Activation"
    formula = "y = x if x > 0 else slope · x"
    slope: float = attribute(default=0.01, low=0.0, high=1.0, help="How much of the negative side passes.")
    cases = (*_BEND, Case([(5,)], {"slope": 0.3}))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return Where()(x > 0, dy, dy * self.slope)


class Elu(Elementwise):
    """A ReLU whose negative side bends smoothly towards -alpha.

    Source: Clevert et al., Fast and Accurate Deep Network Learning by Exponential Linear Units, 2015.
    """

    category = "Activation"
    formula = "y = x if x > 0 else alpha · (exp(x) - 1)"
    alpha: float = attribute(default=1.0, low=0.0, help="How far the negative side reaches down.")
    cases = (*_BEND, Case([(5,)], {"alpha": 0.5}))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return Where()(x > 0, dy, dy * (y + self.alpha))


class Selu(Elementwise):
    """An ELU scaled so that layers keep mean 0 and variance 1 by themselves.

    Source: Klambauer et al., Self-Normalizing Neural Networks, 2017.
    """

    category = "Activation"
    formula = "y = 1.0507 · (x if x > 0 else 1.6733 · (exp(x) - 1))"
    advice = "Start the weights with a normal distribution of variance 1 / inputs."
    cases = _BEND

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return Where()(x > 0, dy * _SELU_SCALE, dy * (y + _SELU_SCALE * _SELU_ALPHA))


class Sigmoid(Elementwise):
    """Squash every number into the range from 0 to 1."""

    category = "Activation"
    formula = "y = 1 / (1 + exp(-x))"
    advice = "In front of a cross entropy leave it out, and let the loss take the logits."
    cases = _BEND

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * y * (1 - y)


class HardSigmoid(Elementwise):
    """A sigmoid made of three straight lines; cheap, and exactly 0 or 1 far from zero."""

    category = "Activation"
    formula = "y = min(max(alpha · x + beta, 0), 1)"
    alpha: float = attribute(default=1 / 6, help="The slope of the line in the middle.")
    beta: float = attribute(default=0.5, help="The result at zero.")
    cases = (*_BEND, Case([(5,)], {"alpha": 0.2, "beta": 0.4}, low=-4.0, high=4.0))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        inside = LogicalAnd()(y > 0, y < 1)
        return Where()(inside, dy * self.alpha, number_like(dy, 0.0))


class Tanh(Elementwise):
    """Squash every number into the range from -1 to 1."""

    category = "Activation"
    formula = "y = tanh(x)"
    cases = _BEND

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * (1 - y * y)


class Softplus(Elementwise):
    """A smooth ReLU."""

    category = "Activation"
    formula = "y = log(1 + exp(beta · x)) / beta"
    beta: float = attribute(default=1.0, low=1e-3, help="How sharp the bend at zero is.")
    cases = (*_BEND, Case([(5,)], {"beta": 4.0}))

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy * Sigmoid()(x * self.beta)


class Softsign(Elementwise):
    """Like tanh, but with slower tails, so that far units still learn."""

    category = "Activation"
    formula = "y = x / (1 + |x|)"
    cases = _BEND

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        return dy / Square()(Abs()(x) + 1)


class Gelu(Elementwise):
    """x, weighted by the probability that a normal number is smaller than x.

    Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
    """

    category = "Activation"
    formula = "y = x / 2 · (1 + erf(x / sqrt(2)))"
    advice = "The usual choice in transformers. The approximation is faster, and right to three digits."
    approximate: bool = attribute(default=False, help="Use tanh in place of the error function.")
    cases = (
        *_BEND,
        Case([(3, 4)], {"approximate": True}, low=-4.0, high=4.0),
        Case([(9,)], low=-6.0, high=6.0),
    )

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        if self.approximate:
            # (1 + tanh(u)) / 2 is sigmoid(2u), which takes fewer steps.
            rate = 2 * math.sqrt(2 / math.pi)
            weight = Sigmoid()((x * x * (0.044715 * rate) + rate) * x)
            # Beyond 10 it is flat, and 0 times the square of a large float16 would be no number.
            near = Clip(low=-10.0, high=10.0)(x)
            slope = (near * near * (3 * 0.044715 * rate) + rate) * near
            return dy * (((1 - weight) * slope + 1) * weight)
        below = (Erf()(x * math.sqrt(0.5)) + 1) * 0.5
        density = Exp()(x * x * -0.5) * (1 / math.sqrt(2 * math.pi))
        return dy * (below + x * density)


class Silu(Elementwise):
    """x, weighted by its own sigmoid; also called swish.

    Source: Elfwing et al., Sigmoid-Weighted Linear Units for Neural Network Function Approximation, 2018.
    """

    category = "Activation"
    formula = "y = x · sigmoid(x)"
    cases = _BEND

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        gate = Sigmoid()(x)
        return dy * (gate + y * (1 - gate))


class _AlongAxis(Elementwise, abstract=True):
    """What Softmax and LogSoftmax share."""

    category = "Activation"
    axis: int = attribute(default=-1, help="The axis along which the classes lie; -1 is the last.")
    cases: ClassVar[tuple[Case, ...]] = _SOFT

    def infer(self, x: Spec) -> Spec:
        require_rank(x, 1, "x", "Connect a tensor with an axis of classes.")
        if x.rank is not None:
            normalize_axis(self.axis, x.rank)
        return super().infer(x)


class Softmax(_AlongAxis):
    """Turn logits into probabilities: positive numbers that sum to 1 along the axis."""

    formula = "y = exp(x) / sum(exp(x))"
    advice = "In front of a cross entropy leave it out, and let the loss take the logits."

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        mean = ReduceSum(axes=(self.axis,), keep_dims=True)(dy * y)
        return y * (dy - mean)


class LogSoftmax(_AlongAxis):
    """The logarithm of Softmax, computed without meeting the logarithm of zero."""

    formula = "y = x - log(sum(exp(x)))"

    def pullback(self, dy: Value, x: Value, y: Value) -> Value:
        total = ReduceSum(axes=(self.axis,), keep_dims=True)(dy)
        return dy - Exp()(y) * total


class Hardmax(_AlongAxis):
    """One for the largest element along the axis, the first of equal ones, and zero for all others."""

    formula = "y = 1 where x = max(x), else 0"
    differentiable = False
    cases = tuple(Case(case.inputs, case.attributes, case.low, case.high, gradient=False) for case in _SOFT)
