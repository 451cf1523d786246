"""Layers that disturb what passes while training, so that nothing is learned by heart; and what shuffles."""

from __future__ import annotations

import math

from engine.case import Case
from engine.errors import SpecError
from engine.families import require_dtype, require_rank
from engine.op import Block, attribute
from engine.ops.conversion import Cast
from engine.ops.elementwise import Abs, Square
from engine.ops.indexing import Gather
from engine.ops.random import RandomNormal, RandomPermutation, RandomUniform
from engine.ops.reduction import ReduceSum
from engine.spec import FLOATS
from engine.value import BlockBuilder, Value

# The value that a SELU has far down: Klambauer et al., Self-Normalizing Neural Networks, 2017.
_SELU_FLOOR = -1.6732632423543772 * 1.0507009873554805


class _Disturbing(Block, abstract=True):
    """What they share: while predicting, they pass everything on."""

    category = "Layers"

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        return self.disturbed(x) if b.training else x

    def disturbed(self, x: Value) -> Value:
        """Draw what happens to x while training."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it is made of")


class GaussianNoise(_Disturbing):
    """While training, add random numbers to every element. While predicting, pass everything on."""

    formula = "training: y = x + deviation · normal;  predicting: y = x"
    advice = "Behind the data it makes more examples out of few; try a tenth of their own deviation."
    deviation: float = attribute(default=0.1, low=0.0, help="How far the numbers scatter.")
    cases = (Case([(4, 3)]), Case([(0, 3)]), Case([(5,)], {"deviation": 0.0}))

    def disturbed(self, x: Value) -> Value:
        return x + RandomNormal(deviation=self.deviation)(x)


class GaussianDropout(_Disturbing):
    """While training, multiply every element by a random number around one. Else pass everything on.

    Its mean and variance are those of Dropout, but nothing is lost wholly.

    Source: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014.
    """

    formula = "training: y = x · (1 + sqrt(rate / (1 - rate)) · normal);  predicting: y = x"
    advice = "Use it as Dropout, with the same rates."
    rate: float = attribute(default=0.5, low=0.0, high=0.99, help="As strong as dropping so large a part.")
    cases = (Case([(4, 3)], {"rate": 0.25}), Case([(0, 3)]), Case([(5,)], {"rate": 0.0}))

    def disturbed(self, x: Value) -> Value:
        return x * RandomNormal(mean=1.0, deviation=math.sqrt(self.rate / (1.0 - self.rate)))(x)


class AlphaDropout(_Disturbing):
    """Dropout that keeps mean 0 and variance 1: what is dropped becomes the lowest value of a SELU.

    Source: Klambauer et al., Self-Normalizing Neural Networks, 2017.
    """

    formula = (
        "training: y = a · (x or floor) + b, with a and b that keep mean and variance;  predicting: y = x"
    )
    advice = "Place it behind layers with the activation selu, at rates of 0.05 to 0.2."
    rate: float = attribute(default=0.1, low=0.0, high=0.99, help="The part of the elements that is dropped.")
    cases = (Case([(4, 3)], {"rate": 0.25}), Case([(0, 3)]), Case([(5,)], {"rate": 0.0}))

    def disturbed(self, x: Value) -> Value:
        scale = 1.0 / math.sqrt((1.0 - self.rate) * (1.0 + self.rate * _SELU_FLOOR**2))
        kept = Cast(dtype=x.spec.dtype)(RandomUniform()(x) >= self.rate, name="kept")
        mixed = x * kept + (1.0 - kept) * _SELU_FLOOR
        return mixed * scale - scale * self.rate * _SELU_FLOOR


class ActivityRegularization(Block):
    """How large a tensor is, as a number to be added to the loss: it keeps activities small, or sparse."""

    category = "Layers"
    outputs = ("penalty",)
    formula = "penalty = l1 · sum(|x|) + l2 · sum(x²)"
    advice = "Add it to the loss with Add. l1 makes many activities zero, l2 makes large ones smaller."
    l1: float = attribute(default=0.01, low=0.0, help="The weight of the sum of sizes.")
    l2: float = attribute(default=0.0, low=0.0, help="The weight of the sum of squares.")
    cases = (Case([(4, 3)]), Case([(4, 3)], {"l1": 0.0, "l2": 0.1}), Case([(0, 3)], {"l1": 1.0, "l2": 2.0}))

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        terms = [(self.l1, Abs), (self.l2, Square)]
        sums = [ReduceSum()(op()(x)) * weight for weight, op in terms if weight]
        if not sums:
            raise SpecError(
                "l1 and l2 are both zero, so that nothing is kept small.", hint="Set one of them."
            )
        return sums[0] if len(sums) == 1 else sums[0] + sums[1]


class Shuffle(Block):
    """The slices along the first axis in random order, another one at each step."""

    category = "Data"
    formula = "y = x[permutation]"
    advice = "To bring labels into the same order, use RandomPermutation and two Gathers."
    cases = tuple(Case([shape], gradient=False) for shape in ((5, 2), (1,), (0, 3)))

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_rank(x.spec, 1, "x", "A single number has no order.")
        return Gather()(x, RandomPermutation()(x))
