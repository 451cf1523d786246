"""Linear algebra: the product of matrices."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array
from kernels.registry import kernel


@kernel()
def mat_mul(
    xp: Any, a: Array, b: Array, *, transpose_a: bool, transpose_b: bool, out: Array | None = None
) -> Array:
    # A transposed view costs nothing: BLAS reads the matrix the other way round.
    left = a.swapaxes(-1, -2) if transpose_a and a.ndim > 1 else a
    right = b.swapaxes(-1, -2) if transpose_b and b.ndim > 1 else b
    return xp.matmul(left, right, out=out)
