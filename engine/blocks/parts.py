"""Small pieces that blocks of sequences share: parts of the last axis, wider numbers, a known size."""

from __future__ import annotations

from engine.errors import SpecError
from engine.ops.conversion import Cast
from engine.ops.cutting import Slice
from engine.spec import Spec
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
