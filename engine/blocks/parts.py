"""Small pieces that blocks share: parts of the last axis, wider numbers, known sizes, directions."""

from __future__ import annotations

from engine.errors import SpecError
from engine.families import number_like
from engine.ops.conversion import Cast
from engine.ops.cutting import Slice
from engine.ops.reduction import ReduceSum
from engine.ops.selection import Where
from engine.ops.statistics import ReduceNorm
from engine.spec import Spec, shape_text
from engine.value import Value


def part(x: Value, begin: int, size: int, name: str | None = None) -> Value:
    """So many elements along the last axis."""
    before = (x.spec.rank or 1) - 1
    return Slice(begin=(*[0] * before, begin), size=(*[-1] * before, size))(x, name=name)


def wide(dtype: str) -> str:
    """float32 in the place of floats of 16 bits, for sums of many and large places; others as they are."""
    return "float32" if dtype in ("float16", "bfloat16") else dtype


def widened(x: Value) -> Value:
    """Numbers of 16 bits as float32; others as they are."""
    dtype = wide(x.spec.dtype)
    return x if x.spec.dtype == dtype else Cast(dtype=dtype)(x)


def narrowed(x: Value, like: Value) -> Value:
    """Numbers in the dtype of others."""
    return x if x.spec.dtype == like.spec.dtype else Cast(dtype=like.spec.dtype)(x)


def unit_vector(x: Value, axis: int) -> Value:
    """A vector of length one in the direction of x; of zeros, zeros."""
    length = ReduceNorm(axes=(axis,), keep_dims=True)(x, name="length")
    return x / Where()(length > 0, length, number_like(length, 1.0))


def cosines(a: Value, b: Value, axis: int) -> Value:
    """The cosines of the angles between vectors that lie along an axis."""
    return ReduceSum(axes=(axis,))(unit_vector(a, axis) * unit_vector(b, axis))


def last_size(x: Spec) -> int:
    """The size of the last axis of a batch of floats; raises SpecError where it is not known."""
    if not x.is_float:
        raise SpecError(f"x is {x}; expected a float dtype.", hint="Insert Cast to float32.")
    if x.shape is None or len(x.shape) < 2 or not isinstance(x.shape[-1], int):
        raise SpecError(
            f"x is {shape_text(x.shape)}; expected batch x features, with a known number of features.",
            hint="Insert Flatten, or a Reshape to rows such as -1, 64.",
        )
    return x.shape[-1]


def features(port: str, x: Spec, rank: int) -> int:
    """The size of the last axis of floats of a rank; raises SpecError where it is not known."""
    axes = {2: "batch x features", 3: "batch x steps x features"}[rank]
    if not x.is_float or x.shape is None or len(x.shape) != rank or not isinstance(x.shape[-1], int):
        raise SpecError(
            f"{port} is {x}; expected {axes} of floats, with a known number of features.",
            hint="Connect a sequence of vectors: an Embedding makes one out of words."
            if rank == 3
            else "Insert Flatten, or Cast to float32.",
        )
    return x.shape[-1]
