"""Rows gathered to segments: the sum, mean, product or extreme of all rows that bear one number."""

from __future__ import annotations

from typing import ClassVar

from engine.blocks.parts import narrowed, widened
from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import ARITHMETIC, NUMBERS, number_like, require_dtype, require_rank
from engine.op import Block, Port, attribute
from engine.ops.arithmetic import Maximum
from engine.ops.checks import Assert
from engine.ops.conversion import OnesLike, ZerosLike
from engine.ops.reduction import ReduceSum
from engine.ops.scattering import ScatterND
from engine.ops.shaping import ExpandDims
from engine.ops.tiling import BroadcastTo
from engine.spec import FLOATS, INTEGERS, shape_text
from engine.value import BlockBuilder, Value

_BELOW = "segments has numbers below 0; expected numbers that count from 0."
_IDS = Sample((4,), "int64", values=[0, 2, 0, 2])
_FILLED = (
    Case([(4, 3), Sample((4,), "int64", values=[0, 1, 0, 1])], {"count": 2}),
    Case([(4, 3), _IDS], {"count": 3}, gradient=False),
    Case([(0, 2), Sample((0,), "int64")], {"count": 2}, gradient=False),
)
_CASES = (
    Case([(4, 3), _IDS], {"count": 3}),
    Case([(4,), _IDS], {"count": 3}),
    Case([(0, 2), Sample((0,), "int64")], {"count": 2}),
)


class _Segments(Block, abstract=True):
    """What the blocks share that join all rows of one segment."""

    category = "Math"
    inputs = ("x", Port("segments", help="The number of the segment of each row, counted from 0."))
    takes: ClassVar[tuple[str, ...]] = NUMBERS
    reduction: ClassVar[str] = "add"
    nothing: ClassVar[float] = 0.0
    """What a segment without rows is, as the start of all others."""
    count: int = attribute(default=1, low=1, help="How many segments there are.")
    cases: ClassVar[tuple[Case, ...]] = _CASES

    def expand(self, b: BlockBuilder, x: Value, segments: Value) -> Value:
        return self.joined(x, segments)

    def joined(self, x: Value, segments: Value) -> Value:
        """All rows of each segment as one."""
        require_dtype(x.spec, self.takes, "x")
        require_dtype(segments.spec, INTEGERS, "segments")
        require_rank(x.spec, 1, "x", "A single number has no rows.")
        if x.spec.rank is None or segments.spec.rank not in (1, None):
            raise SpecError(
                f"x is {shape_text(x.spec.shape)}, and segments are {shape_text(segments.spec.shape)}; "
                "expected rows, and one number for each.",
                hint="Insert Reshape.",
            )
        counted = Assert(message=_BELOW)(segments, segments >= 0)
        # One row of zeros, whatever x holds and however many rows it has.
        row = ZerosLike()(ReduceSum(axes=(0,), keep_dims=True)(x))
        start = row if self.nothing == 0 else row + number_like(row, self.nothing)
        start = BroadcastTo(shape=(self.count, *[-1] * (x.spec.rank - 1)))(start)
        return ScatterND(reduction=self.reduction)(start, ExpandDims(axis=-1)(counted), x)


class SegmentSum(_Segments):
    """The sum of all rows of each segment. Of no rows it is zero."""

    formula = "y[s] = sum of the x[i] with segments[i] = s"
    advice = "In a graph of points it adds up the messages that arrive at each of them."
    takes = ARITHMETIC

    def expand(self, b: BlockBuilder, x: Value, segments: Value) -> Value:
        return narrowed(self.joined(widened(x), segments), x)


class SegmentMean(_Segments):
    """The mean of all rows of each segment. Of no rows it is zero."""

    formula = "y[s] = mean of the x[i] with segments[i] = s"
    advice = "It weighs each segment alike, however many rows it has."
    takes = FLOATS

    def expand(self, b: BlockBuilder, x: Value, segments: Value) -> Value:
        wide = widened(x)
        counts = self.joined(OnesLike()(wide), segments)
        return narrowed(self.joined(wide, segments) / Maximum()(counts, 1.0), x)


class SegmentProd(_Segments):
    """The product of all rows of each segment. Of no rows it is one."""

    formula = "y[s] = product of the x[i] with segments[i] = s"
    advice = "Of many factors the sum of logarithms is safer."
    takes = ARITHMETIC
    reduction = "multiply"
    nothing = 1.0
    cases = (*_CASES, Case([Sample((4, 2), "int8", -3, 4), _IDS], {"count": 3}, gradient=False))


class SegmentMax(_Segments):
    """The largest element of all rows of each segment. Of no rows it is minus infinity."""

    formula = "y[s] = max of the x[i] with segments[i] = s"
    advice = "Equal ones share the gradient."
    takes = FLOATS
    reduction = "maximum"
    nothing = float("-inf")
    cases = _FILLED


class SegmentMin(_Segments):
    """The smallest element of all rows of each segment. Of no rows it is infinity."""

    formula = "y[s] = min of the x[i] with segments[i] = s"
    advice = "Equal ones share the gradient."
    takes = FLOATS
    reduction = "minimum"
    nothing = float("inf")
    cases = _FILLED
