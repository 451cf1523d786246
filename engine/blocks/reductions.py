"""Reductions made of simpler ones: the sum of squares, and the logarithm of a sum."""

from __future__ import annotations

from engine.case import Case
from engine.families import NUMBERS, require_dtype
from engine.op import Block, attribute
from engine.ops.elementwise import Log, Square
from engine.ops.reduction import ReduceSum
from engine.spec import FLOATS
from engine.value import BlockBuilder, Value


class _Reducing(Block, abstract=True):
    """What these reductions share."""

    category = "Math"
    axes: tuple[int, ...] = attribute(
        default=(), help="The axes that disappear; -1 is the last. Empty means all of them."
    )
    keep_dims: bool = attribute(default=False, help="Keep the reduced axes, with size 1.")

    def sum(self, x: Value) -> Value:
        """The sum along the axes."""
        return ReduceSum(axes=self.axes, keep_dims=self.keep_dims)(x)


class ReduceSumSquare(_Reducing):
    """The sum of the squares of the elements along axes."""

    formula = "y = sum of x²"
    advice = "Of weights, times a small number and added to the loss, it keeps them small."
    cases = (
        Case([(3, 4)]),
        Case([(2, 3, 4)], {"axes": [0, -1], "keep_dims": True}),
        Case([(0, 4)], {"axes": [0]}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, NUMBERS, "x")
        return self.sum(Square()(x))


class ReduceLogSum(_Reducing):
    """The logarithm of the sum of the elements along axes. Of no elements it is minus infinity."""

    formula = "y = log(sum of x)"
    advice = "For the sum of exponentials use ReduceLogSumExp, which does not overflow."
    cases = (
        Case([(3, 4)], low=0.5, high=2.0),
        Case([(2, 3, 4)], {"axes": [-1], "keep_dims": True}, low=0.5, high=2.0),
        Case([(2, 3)], {"axes": [0]}, low=-2.0, high=-1.0, gradient=False),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        return Log()(self.sum(x))
