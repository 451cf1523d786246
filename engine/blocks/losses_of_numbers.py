"""Further losses where numbers are predicted: relative and logarithmic errors, counts, directions."""

from __future__ import annotations

import math

from engine.blocks.pairing import check_same_shape, like, pair
from engine.blocks.parts import cosines
from engine.blocks.reducing import WEIGHTS, Loss
from engine.case import Case, Sample
from engine.families import number_like, require_dtype
from engine.op import attribute
from engine.ops.activation import Relu, Softplus
from engine.ops.arithmetic import Maximum
from engine.ops.elementwise import Abs, Log, Log1p, Negate, Square
from engine.ops.selection import Where
from engine.spec import FLOATS
from engine.value import BlockBuilder, Value

_SMALL = 1e-7
"""What a size must at least be to be divided by, or asked for its logarithm; as in Keras."""


class _OfNumbers(Loss, abstract=True):
    """What they share: a number predicted for each target."""

    inputs = ("prediction", "target", WEIGHTS)
    promotes = ("prediction", "target")

    def expand(
        self, b: BlockBuilder, prediction: Value, target: Value, weights: Value | None = None
    ) -> Value:
        require_dtype(prediction.spec, FLOATS, "prediction")
        prediction, target = pair(prediction, target, "prediction", "target")
        return self.of_elements(self.errors(prediction, target), weights)

    def errors(self, prediction: Value, target: Value) -> Value:
        """Draw the loss of each element."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it is made of")


class MeanAbsolutePercentageError(_OfNumbers):
    """The mean of the absolute differences, in percent of the target."""

    formula = "loss = 100 · mean(|prediction - target| / |target|)"
    advice = "Errors of large and of small targets count alike. Targets near zero make it huge."
    cases = (
        Case([Sample((4, 1), low=1.0, high=3.0), Sample((4, 1), low=1.0, high=3.0)]),
        Case([(4, 1), Sample((4,), low=1.0, high=3.0)]),
        Case([(4, 2), Sample((4, 2), low=1.0, high=3.0), (4,)]),
        Case([Sample(values=[0.5]), Sample(values=[0.0])], gradient=False),
    )

    def errors(self, prediction: Value, target: Value) -> Value:
        size = Maximum()(Abs()(target), _SMALL)
        return Abs()(prediction - target) / size * 100.0


class MeanSquaredLogarithmicError(_OfNumbers):
    """The mean of the squared differences between logarithms of one plus the numbers.

    It asks by what factor a prediction is wrong. What is negative counts as zero.
    """

    formula = "loss = mean((log(1 + prediction) - log(1 + target))²)"
    advice = "For targets that grow over several powers of ten, such as prices or populations."
    cases = (
        Case([Sample((4, 1), low=0.1, high=3.0), Sample((4, 1), low=0.1, high=30.0)]),
        Case([Sample((4, 2), low=0.1, high=3.0), Sample((4, 2), low=0.1, high=3.0), (4,)]),
        Case([Sample(values=[-0.5, 2.0]), Sample(values=[0.0, -1.0])], gradient=False),
    )

    def errors(self, prediction: Value, target: Value) -> Value:
        return Square()(Log1p()(Maximum()(prediction, _SMALL)) - Log1p()(Maximum()(target, _SMALL)))


class LogCosh(_OfNumbers):
    """The logarithm of the hyperbolic cosine of the difference: squared near zero, absolute far from it."""

    formula = "loss = mean(log(cosh(prediction - target)))"
    advice = "Like Huber with delta 1, but smooth everywhere."
    cases = (
        Case([(4, 1), (4, 1)]),
        Case([(4, 2), (4, 2), (4,)]),
        Case([(3,), Sample((3,), low=300.0, high=400.0)]),
    )

    def errors(self, prediction: Value, target: Value) -> Value:
        error = prediction - target
        return error + Softplus()(error * -2.0) - math.log(2)


class Poisson(_OfNumbers):
    """How surprised a predicted rate is by a count."""

    formula = "loss = mean(prediction - target · log(prediction))"
    advice = "Where things are counted; the last layer needs the activation softplus or exponential."
    cases = (
        Case([Sample((4, 1), low=0.1, high=3.0), Sample((4, 1), low=0.0, high=3.0)]),
        Case([Sample((4, 2), low=0.1, high=3.0), Sample((4, 2), low=0.0, high=3.0), (4,)]),
        Case([Sample(values=[0.0]), Sample(values=[0.0])], gradient=False),
    )

    def errors(self, prediction: Value, target: Value) -> Value:
        return prediction - target * Log()(prediction + _SMALL)


class Hinge(_OfNumbers):
    """How far a yes-or-no answer falls short of being right by a margin of one.

    A target above zero is a yes, every other one a no.
    """

    formula = "loss = mean(max(1 - sign · prediction, 0)), sign = 1 for yes and -1 for no"
    advice = "The loss of support vector machines: what is right with room to spare counts nothing."
    cases = (
        Case([(4, 1), (4, 1)]),
        Case([(4, 1), Sample((4,), "int64", values=[0, 1, -1, 1])]),
        Case([(3, 2), Sample((3, 2), "bool"), (3,)]),
    )

    def expand(
        self, b: BlockBuilder, prediction: Value, target: Value, weights: Value | None = None
    ) -> Value:
        return super().expand(b, prediction, like(target, prediction), weights)

    def errors(self, prediction: Value, target: Value) -> Value:
        one = number_like(prediction, 1.0)
        return Relu()(1.0 - Where()(target > 0, one, Negate()(one)) * prediction)


class SquaredHinge(Hinge):
    """The square of Hinge: smooth where the margin begins, and harder on what is far wrong."""

    formula = "loss = mean(max(1 - sign · prediction, 0)²), sign = 1 for yes and -1 for no"

    def errors(self, prediction: Value, target: Value) -> Value:
        return Square()(super().errors(prediction, target))


class CosineSimilarityLoss(Loss):
    """How far two vectors point apart: -1 in one direction, 0 at right angles, 1 in opposite ones."""

    inputs = ("prediction", "target", WEIGHTS)
    promotes = ("prediction", "target")
    formula = "loss = mean(-sum(prediction · target) / (|prediction| · |target|)), along the axis"
    advice = "For embeddings, of which only the direction means something."
    axis: int = attribute(default=-1, help="The axis along which a vector lies; -1 is the last.")
    cases = (
        Case([(4, 3), (4, 3)]),
        Case([(4, 3), (4, 3), (4,)]),
        Case([(2, 3, 4), (2, 3, 4)], {"axis": 1, "reduction": "none"}),
        Case([Sample(values=[[0.0, 0.0]]), Sample(values=[[1.0, 0.0]])], gradient=False),
    )

    def expand(
        self, b: BlockBuilder, prediction: Value, target: Value, weights: Value | None = None
    ) -> Value:
        require_dtype(prediction.spec, FLOATS, "prediction")
        check_same_shape(prediction.spec, target.spec, "prediction", "target")
        return self.of_examples(Negate()(cosines(prediction, target, self.axis)), weights)
