"""Quantization: floats as small whole numbers of a scale, and back again."""

from __future__ import annotations

import numpy as np

from engine.case import Sample
from engine.errors import SpecError
from engine.families import require_dtype
from engine.op import Block, Case, Port, attribute
from engine.ops.arithmetic import Maximum, Minimum
from engine.ops.axes import MergeAxes, SplitAxis
from engine.ops.comparison import Greater
from engine.ops.conversion import Cast
from engine.ops.cutting import SliceLike
from engine.ops.elementwise import Round
from engine.ops.reduction import ReduceMax, ReduceMin
from engine.ops.selection import Clip, Where
from engine.ops.shaping import ExpandDims
from engine.ops.tiling import BroadcastTo
from engine.spec import FLOATS, INTEGERS, Spec, normalize_axis
from engine.value import BlockBuilder, Value

SMALL = ("uint8", "int8", "uint16", "int16")
"""The dtypes to which floats are quantized."""

_SCALE = Port("scale", help="How much one step is: one number, one for each slice along the axis, or blocks.")
_ZERO = Port("zero_point", optional=True, help="The whole number that stands for 0; of the shape of scale.")


class _Scaled(Block, abstract=True):
    """What Quantize and Dequantize share: where the scale holds."""

    category = "Math"
    inputs = ("x", _SCALE, _ZERO)
    axis: int = attribute(default=-1, help="The axis along which scales differ, where there are several.")
    block_size: int = attribute(
        default=0,
        low=0,
        help="How many neighbours along the axis share a scale; 0 where there are no blocks.",
    )

    def spread(self, scale: Value, x: Value, port: str) -> Value:
        """A scale, or a zero point, in a shape that broadcasts to that of x."""
        rank = x.spec.rank
        if scale.spec.rank == 0 or rank == 0:
            return scale
        if rank is None or scale.spec.rank is None:
            raise SpecError("the number of axes is not known.", hint="Give the placeholders a shape.")
        axis = normalize_axis(self.axis, rank)
        if self.block_size:
            return self._blocks(scale, x, port, (rank, axis))
        if scale.spec.rank != 1:
            raise SpecError(
                f"{port} is {scale.spec}; expected one number, or one for each slice along the axis.",
                hint="Set block_size where neighbours share a scale.",
            )
        behind = rank - 1 - axis
        single = scale.spec.shape == (1,) or not behind
        return scale if single else SplitAxis(sizes=(-1, *[1] * behind))(scale)

    def _blocks(self, scale: Value, x: Value, port: str, place: tuple[int, int]) -> Value:
        """Each scale repeated for its block; the last block may be cut off."""
        if scale.spec.rank != x.spec.rank:
            raise SpecError(
                f"{port} is {scale.spec}, and x is {x.spec}; expected as many axes.",
                hint="Set block_size to 0 where there is one scale for each slice.",
            )
        rank, axis = place
        self._check_blocks(scale.spec, x.spec, port, axis)
        sizes = [-1] * (rank + 1)
        sizes[axis + 1] = self.block_size
        repeated = BroadcastTo(shape=tuple(sizes))(ExpandDims(axis=axis + 1)(scale))
        return SliceLike()(MergeAxes(axis=axis)(repeated), x)

    def _check_blocks(self, scale: Spec, x: Spec, port: str, axis: int) -> None:
        """Raise SpecError where the blocks do not cover x exactly."""
        for place, (blocks, size) in enumerate(zip(scale.shape or (), x.shape or (), strict=True)):
            if not isinstance(blocks, int) or not isinstance(size, int):
                continue
            needed = -(-size // self.block_size) if place == axis else size
            if blocks != needed:
                raise SpecError(
                    f"{port} is {scale}, and x is {x}; expected {needed} along axis {place}.",
                    hint=f"Give {port} one number for each block of {self.block_size} along axis {axis}.",
                )


class Quantize(_Scaled):
    """Floats as whole numbers: how many steps of a scale they are away from zero, rounded.

    A half is rounded to the even number. What lies beyond the range of the dtype gets its end. Where a zero
    point is connected, its dtype is that of the result. Source: QuantizeLinear of ONNX.
    """

    formula = "y = clip(round(x / scale) + zero_point)"
    advice = "Dequantize, with the same scale and zero point, is the way back; what rounding took is gone."
    differentiable = False
    dtype: str = attribute(default="uint8", choices=SMALL, help="The type of the whole numbers.")
    cases = (
        Case([Sample((3, 4), low=-300.0, high=300.0), Sample(values=2.0)]),
        Case([Sample(values=[-3.0, -1.0, 1.0, 3.0, 5.0]), Sample(values=2.0)], {"dtype": "int8"}),
        Case([Sample((4, 3), low=-9.0, high=9.0), Sample((4,), low=0.1), Sample((4,), "int8")], {"axis": 0}),
        Case([Sample((3, 5), low=-9.0, high=9.0), Sample((3, 3), low=0.1)], {"block_size": 2}),
        Case([(0, 2), Sample(values=0.5)], {"dtype": "int16"}),
        Case([Sample(values=[float("nan"), float("inf"), -1e30]), Sample(values=0.5)], {"dtype": "uint16"}),
    )

    def expand(self, b: BlockBuilder, x: Value, scale: Value, zero_point: Value | None = None) -> Value:
        require_dtype(scale.spec, FLOATS, "scale")
        steps = Round()(x / self.spread(scale, x, "scale"))
        if zero_point is None:
            return saturate(steps, None, self.dtype)
        if zero_point.spec.dtype not in SMALL:
            raise SpecError(
                f"zero_point is {zero_point.spec}; expected one of {', '.join(SMALL)}.", hint="Insert Cast."
            )
        return saturate(steps, self.spread(zero_point, x, "zero_point"), zero_point.spec.dtype)


class Dequantize(_Scaled):
    """Whole numbers as floats again: so many steps of a scale away from the zero point.

    The result has the dtype of the scale. Source: DequantizeLinear of ONNX.
    """

    formula = "y = (x - zero_point) · scale"
    advice = "Between Quantize and Dequantize a tensor takes a quarter of the memory of float32."
    cases = (
        Case([Sample((3, 4), "uint8", 0, 255), Sample(values=0.25), Sample((), "uint8", 0, 255)]),
        Case([Sample((4, 3), "int8", -99, 99), Sample((4,), low=0.1), Sample((4,), "int8")], {"axis": 0}),
        Case([Sample((3, 5), "int16", -99, 99), Sample((3, 3), low=0.1)], {"block_size": 2}),
        Case([Sample((0, 2), "int32"), Sample(values=0.5)]),
    )

    def expand(self, b: BlockBuilder, x: Value, scale: Value, zero_point: Value | None = None) -> Value:
        require_dtype(x.spec, INTEGERS, "x")
        require_dtype(scale.spec, FLOATS, "scale")
        steps = Cast(dtype="float32")(x)
        if zero_point is not None:
            if zero_point.spec.dtype != x.spec.dtype:
                raise SpecError(
                    f"x is {x.spec}, and zero_point is {zero_point.spec}; expected one dtype.",
                    hint=f"Insert Cast to {x.spec.dtype}.",
                )
            steps = steps - Cast(dtype="float32")(self.spread(zero_point, x, "zero_point"))
        return Cast(dtype=scale.spec.dtype)(steps * self.spread(scale, x, "scale"))


class DynamicQuantize(Block):
    """Quantize to uint8 with the scale and zero point that the tensor itself calls for.

    The range from its least to its greatest element, zero included, is divided into 255 steps.
    Source: DynamicQuantizeLinear of ONNX.
    """

    category = "Math"
    outputs = (
        "y",
        Port("scale", help="How much one step is."),
        Port("zero_point", help="The whole number that stands for 0."),
    )
    formula = "scale = (max(x, 0) - min(x, 0)) / 255"
    advice = "For inputs whose range is not known beforehand; weights are quantized once, by Quantize."
    differentiable = False
    cases = (
        Case([Sample((3, 4), low=-2.0, high=7.0)]),
        Case([Sample((5,), low=1.0, high=4.0)]),
        Case([Sample((5,), low=-4.0, high=-1.0)]),
        Case([Sample(values=[0.0, 0.0])]),
        Case([(0, 2)]),
    )

    def expand(self, b: BlockBuilder, x: Value) -> tuple[Value, ...]:
        require_dtype(x.spec, FLOATS, "x")
        high, low = Maximum()(ReduceMax()(x), 0.0), Minimum()(ReduceMin()(x), 0.0)
        one = b.constant(1.0, x.spec.dtype)
        scale = Where()(Greater()(high, low), high - low, one) / 255.0
        zero = Round()(Clip(low=0.0, high=255.0)(-low / scale))
        zero_point = Cast(dtype="uint8")(zero)
        return saturate(Round()(x / scale), zero_point, "uint8"), scale, zero_point


def saturate(steps: Value, zero_point: Value | None, dtype: str) -> Value:
    """Whole steps around a zero point in a small dtype; what lies outside gets the nearest end."""
    # float16 does not hold all numbers of 16 bits.
    wide = steps if steps.spec.dtype in ("float32", "float64") else Cast(dtype="float32")(steps)
    moved = wide if zero_point is None else wide + Cast(dtype=wide.spec.dtype)(zero_point)
    limits = np.iinfo(dtype)
    return Cast(dtype=dtype)(Clip(low=float(limits.min), high=float(limits.max))(moved))


def require_small(spec: Spec, port: str) -> None:
    """Raise SpecError where the tensor at a port is none of quantized numbers."""
    if spec.dtype not in SMALL:
        raise SpecError(f"{port} is {spec}; expected one of {', '.join(SMALL)}.", hint="Insert Quantize.")
