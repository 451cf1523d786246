"""Metrics of numbers: how far off predictions are, how much they explain, and where they point."""

from __future__ import annotations

from engine.blocks.pairing import check_same_shape, pair
from engine.blocks.parts import cosines
from engine.case import Case, Sample
from engine.families import require_dtype
from engine.op import Block, attribute
from engine.ops.arithmetic import Maximum
from engine.ops.elementwise import Abs, Sqrt, Square
from engine.ops.reduction import ReduceMean, ReduceSum
from engine.spec import FLOATS
from engine.value import BlockBuilder, Value


class _OfNumbers(Block, abstract=True):
    """What metrics share that compare numbers with numbers."""

    category = "Metrics"
    inputs = ("prediction", "target")
    promotes = ("prediction", "target")
    outputs = ("value",)
    differentiable = False
    cases = (
        Case([(4, 1), (4, 1)], gradient=False),
        Case([(4, 1), (4,)], gradient=False),
        Case([(4, 1), Sample((4,), "int64", 0, 5)], gradient=False),
    )

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        return self.of_pairs(*pair(prediction, target, "prediction", "target"))

    def of_pairs(self, prediction: Value, target: Value) -> Value:
        """Draw the metric of numbers of one shape."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it is made of")


class MAE(_OfNumbers):
    """How far off the predictions are on average, in the unit of the target."""

    formula = "value = mean(|prediction - target|)"
    advice = "Easier to judge than the squared error, because it has the unit of what is predicted."

    def of_pairs(self, prediction: Value, target: Value) -> Value:
        return ReduceMean()(Abs()(prediction - target))


class RMSE(_OfNumbers):
    """The root of the mean squared error: how far off predictions are, in the unit of the target."""

    formula = "value = sqrt(mean((prediction - target)²))"
    advice = "Larger than MAE where a few errors are large."

    def of_pairs(self, prediction: Value, target: Value) -> Value:
        return Sqrt()(ReduceMean()(Square()(prediction - target)))


class R2Score(_OfNumbers):
    """Which part of the variance of the targets the predictions explain."""

    formula = "value = 1 - sum((prediction - target)²) / sum((target - mean(target))²)"
    advice = "1 is perfect, 0 is no better than the mean of the batch, and it can be negative."

    def of_pairs(self, prediction: Value, target: Value) -> Value:
        left = ReduceSum()(Square()(prediction - target), name="left")
        whole = ReduceSum()(Square()(target - ReduceMean()(target)), name="whole")
        return 1.0 - left / Maximum()(whole, 1e-7)


class CosineSimilarity(_OfNumbers):
    """Whether vectors point in the same direction: 1 in the same, 0 at right angles, -1 in opposite ones."""

    formula = "value = mean(sum(prediction · target) / (|prediction| · |target|)), along the axis"
    advice = "For embeddings. The loss that is its opposite is CosineSimilarityLoss."
    axis: int = attribute(default=-1, help="The axis along which a vector lies; -1 is the last.")
    cases = (
        Case([(4, 3), (4, 3)], gradient=False),
        Case([(2, 3, 4), (2, 3, 4)], {"axis": 1}, gradient=False),
        Case([(4, 3), Sample((4, 3), "int64", 0, 2)], gradient=False),
    )

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        require_dtype(prediction.spec, FLOATS, "prediction")
        check_same_shape(prediction.spec, target.spec, "prediction", "target")
        return ReduceMean()(cosines(prediction, target, self.axis))
