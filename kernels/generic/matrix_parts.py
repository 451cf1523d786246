"""Parts of matrices: diagonals, triangles and the transpose, in stacks along leading axes."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, copied, deliver
from kernels.registry import kernel


@kernel()
def eye(xp: Any, *, rows: int, columns: int, offset: int, dtype: str, out: Array | None = None) -> Array:
    row, column = xp.ogrid[:rows, : rows if columns == -1 else columns]
    return deliver(xp, (column == row + offset).astype(dtype), out)


@kernel()
def matrix_transpose(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return copied(xp, x.swapaxes(-1, -2), out)


@kernel()
def triangular_part(xp: Any, x: Array, *, upper: bool, offset: int, out: Array | None = None) -> Array:
    result = xp.empty_like(x) if out is None else out
    row, column = xp.ogrid[: x.shape[-2], : x.shape[-1]]
    kept = column >= row + offset if upper else column <= row + offset
    result[...] = xp.where(kept, x, x.dtype.type(0))
    return result


@kernel()
def diagonal(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return copied(xp, xp.diagonal(x, axis1=-2, axis2=-1), out)


@kernel()
def diagonal_like(xp: Any, x: Array, like: Array, *, out: Array | None = None) -> Array:
    return _with_diagonal(xp, x, like.shape, out)


@kernel()
def diagonal_matrix(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return _with_diagonal(xp, x, (*x.shape, x.shape[-1]), out)


def _with_diagonal(xp: Any, x: Array, shape: tuple[int, ...], out: Array | None) -> Array:
    result = xp.empty(shape, x.dtype) if out is None else out
    result[...] = 0
    places = xp.arange(x.shape[-1])
    result[..., places, places] = x
    return result
