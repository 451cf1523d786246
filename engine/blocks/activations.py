"""Activations that are made of other ops: combinations of straight lines, and of smooth bends."""

from __future__ import annotations

import math
from typing import ClassVar

from engine.blocks.pairing import check_same_shape
from engine.case import Case
from engine.errors import SpecError
from engine.families import number_like, require_dtype
from engine.op import Block, Port, attribute
from engine.ops.activation import Elu, HardSigmoid, Relu, Sigmoid, Softplus, Tanh
from engine.ops.arithmetic import Minimum
from engine.ops.elementwise import Negate, Square
from engine.ops.selection import Clip, Where
from engine.ops.trigonometry import Hypot
from engine.spec import FLOATS, normalize_axis
from engine.value import BlockBuilder, Value

_WIDE = (
    Case([(3, 4)], low=-4.0, high=4.0),
    Case([(0, 4)]),
    # Where exp() leaves float32, on both sides.
    Case([(3,)], low=300.0, high=400.0),
    Case([(3,)], low=-400.0, high=-300.0),
)


class Activation(Block, abstract=True):
    """What they share: one tensor of floats, whose shape and dtype the result has."""

    category = "Activation"
    cases: ClassVar[tuple[Case, ...]] = _WIDE

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        return self.bent(x)

    def bent(self, x: Value) -> Value:
        """Draw the activation of x."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it is made of")


class Relu6(Activation):
    """A ReLU that stops at six, so that few bits are enough for its result.

    Source: Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10, 2010.
    """

    formula = "y = min(max(x, 0), 6)"
    advice = "Used in small networks for phones; six is no magic number."

    def bent(self, x: Value) -> Value:
        return Clip(low=0.0, high=6.0)(x)


class HardTanh(Activation):
    """A tanh made of three straight lines."""

    formula = "y = min(max(x, low), high)"
    advice = "Cheap; beyond the limits nothing is learned."
    low: float = attribute(default=-1.0, help="The lower limit.")
    high: float = attribute(default=1.0, help="The upper limit.")

    def bent(self, x: Value) -> Value:
        return Clip(low=self.low, high=self.high)(x)


class HardSwish(Activation):
    """Silu with a sigmoid of three straight lines.

    Source: Howard et al., Searching for MobileNetV3, 2019.
    """

    formula = "y = x · min(max(x / 6 + 1/2, 0), 1)"
    advice = "Nearly as good as silu, and cheaper."

    def bent(self, x: Value) -> Value:
        return x * HardSigmoid()(x)


class Threshold(Activation):
    """Keep what lies above a threshold, and put one value in the place of everything else."""

    formula = "y = x if x > threshold else value"
    advice = "With the value 0 it is ONNX's ThresholdedRelu."
    threshold: float = attribute(default=1.0, help="What is kept lies above it.")
    value: float = attribute(default=0.0, help="What stands in the place of the others.")
    cases = (*_WIDE, Case([(5,)], {"threshold": -0.2, "value": -9.0}))

    def bent(self, x: Value) -> Value:
        return Where()(x > self.threshold, x, number_like(x, self.value))


class Shrink(Activation):
    """Set what is small to zero, and move the rest towards zero by a bias."""

    formula = "y = x - bias if x > threshold, x + bias if x < -threshold, else 0"
    advice = "The bias 0 shrinks hard, a bias as large as the threshold softly, without a jump."
    threshold: float = attribute(default=0.5, low=0.0, help="What is not larger becomes zero.")
    bias: float = attribute(default=0.0, help="How far the others move towards zero.")
    cases = (*_WIDE, Case([(3, 4)], {"threshold": 0.3, "bias": 0.3}, low=-4.0, high=4.0))

    def bent(self, x: Value) -> Value:
        below = Where()(x < -self.threshold, x + self.bias, number_like(x, 0.0))
        return Where()(x > self.threshold, x - self.bias, below)


class HardShrink(Activation):
    """Set what is small to zero, and keep the rest as it is."""

    formula = "y = x if |x| > threshold else 0"
    advice = "The result jumps at the threshold; SoftShrink does not."
    threshold: float = attribute(default=0.5, low=0.0, help="What is not larger becomes zero.")

    def bent(self, x: Value) -> Value:
        return Shrink(threshold=self.threshold)(x)


class SoftShrink(Activation):
    """Set what is small to zero, and move the rest by as much: how sparse codes are found."""

    formula = "y = x - threshold if x > threshold, x + threshold if x < -threshold, else 0"
    advice = "It is the step that makes a sum of absolute values smaller."
    threshold: float = attribute(default=0.5, low=0.0, help="What is not larger becomes zero.")

    def bent(self, x: Value) -> Value:
        return Shrink(threshold=self.threshold, bias=self.threshold)(x)


class SparsePlus(Activation):
    """A softplus that is exactly zero below -1 and exactly x above 1; a parabola joins both."""

    formula = "y = 0 if x < -1, (x + 1)² / 4 if x < 1, else x"
    advice = "Its slope is SparseSigmoid."

    def bent(self, x: Value) -> Value:
        return Square()(Clip(low=-1.0, high=1.0)(x) + 1) * 0.25 + Relu()(x - 1)


class SparseSigmoid(Activation):
    """A sigmoid made of three straight lines that is exactly 0 below -1 and exactly 1 above 1."""

    formula = "y = min(max((x + 1) / 2, 0), 1)"
    advice = "Sparsemax of the two logits x / 2 and -x / 2."

    def bent(self, x: Value) -> Value:
        return HardSigmoid(alpha=0.5, beta=0.5)(x)


class Celu(Activation):
    """An ELU whose slope is one on both sides of zero, whatever alpha is.

    Source: Barron, Continuously Differentiable Exponential Linear Units, 2017.
    """

    formula = "y = x if x > 0 else alpha · (exp(x / alpha) - 1)"
    advice = "A larger alpha reaches further down, and bends later."
    alpha: float = attribute(default=1.0, low=1e-6, help="How far the negative side reaches down.")
    cases = (*_WIDE, Case([(5,)], {"alpha": 0.5}))

    def bent(self, x: Value) -> Value:
        return Elu()(x / self.alpha) * self.alpha


class Mish(Activation):
    """x, weighted by the tanh of its softplus; smoother than silu.

    Source: Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2019.
    """

    formula = "y = x · tanh(log(1 + exp(x)))"
    advice = "Known from detectors of objects; slower than silu."

    def bent(self, x: Value) -> Value:
        return x * Tanh()(Softplus()(x))


class Swish(Activation):
    """x, weighted by the sigmoid of alpha · x. With alpha 1 it is Silu; with 1.702 nearly Gelu.

    Source: Ramachandran et al., Searching for Activation Functions, 2017.
    """

    formula = "y = x · sigmoid(alpha · x)"
    advice = "A large alpha makes it a ReLU, a small one half of x."
    alpha: float = attribute(default=1.0, help="How sharp the bend at zero is.")
    cases = (*_WIDE, Case([(5,)], {"alpha": 1.702}))

    def bent(self, x: Value) -> Value:
        return x * Sigmoid()(x * self.alpha)


class LogSigmoid(Activation):
    """The logarithm of the sigmoid, computed without meeting the logarithm of zero."""

    formula = "y = -log(1 + exp(-x))"
    advice = "The logarithm of a probability whose logit is x."

    def bent(self, x: Value) -> Value:
        return Negate()(Softplus()(-x))


class TanhShrink(Activation):
    """What tanh takes off."""

    formula = "y = x - tanh(x)"
    advice = "Nearly zero for small x, and nearly x - 1 for large ones."

    def bent(self, x: Value) -> Value:
        return x - Tanh()(x)


class Squareplus(Activation):
    """A smooth ReLU without exponentials.

    Source: Barron, Squareplus: A Softplus-Like Algebraic Rectifier, 2021.
    """

    formula = "y = (x + sqrt(x² + b)) / 2"
    advice = "Cheaper than softplus; b = 4 log(2)² makes both equal at zero."
    b: float = attribute(default=4.0, low=1e-6, help="How wide the bend at zero is.")

    def bent(self, x: Value) -> Value:
        # Hypot, because the square of a large float16 is infinite; a quotient below zero, because there the
        # sum is the difference of two large numbers.
        root, below = math.sqrt(self.b), Minimum()(x, 0.0)
        left = 0.5 * self.b / (Hypot()(below, root) - below)
        return Where()(x < 0, left, (x + Hypot()(x, root)) * 0.5)


class PRelu(Block):
    """A ReLU that lets a part of the negative side pass; the slope there is learned.

    A tensor connected to slope is used instead, and is broadcast to the shape of x.

    Source: He et al., Delving Deep into Rectifiers, 2015.
    """

    category = "Activation"
    inputs = ("x", Port("slope", optional=True, help="The slope of the negative side. Open: it is learned."))
    formula = "y = x if x > 0 else slope · x"
    advice = "Share the slopes along the axes of an image: shared_axes 1, 2 learns one for each channel."
    shared_axes: tuple[int, ...] = attribute(
        default=(),
        help="Axes along which all elements share one slope. Axis 0 is the batch, and always does.",
    )
    trainable: bool = attribute(default=True, help="Whether optimizers change the slope.")
    cases = (
        Case([(3, 4), ()]),
        Case([(2, 4), (2, 1)]),
        Case([(3, 4)]),
        Case([(2, 3, 3, 4)], {"shared_axes": [1, 2]}),
        Case([(0, 4)]),
    )

    def expand(self, b: BlockBuilder, x: Value, slope: Value | None = None) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        if slope is None:
            slope = b.variable("slope", self._sizes(x), dtype=x.spec.dtype, trainable=self.trainable)
        y = Where()(x > 0, x, x * slope)
        check_same_shape(x.spec, y.spec, "x", "x · slope")
        return y

    def _sizes(self, x: Value) -> tuple[int, ...]:
        shape = x.spec.shape
        if not shape:
            raise SpecError(f"x is {x.spec}; expected a batch.", hint="Connect a tensor with a batch axis.")
        shared = {normalize_axis(axis, len(shape), "shared_axes") for axis in self.shared_axes}
        sizes = [1 if axis in shared else size for axis, size in enumerate(shape)][1:]
        if not all(isinstance(size, int) for size in sizes):
            raise SpecError(
                f"x is {x.spec}: how many slopes to learn is not known.",
                hint="Add the axes of unknown size to shared_axes.",
            )
        return tuple(int(size) for size in sizes)
