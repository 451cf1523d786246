"""Einstein's sum: products of tensors whose axes have letters, summed over the letters that vanish."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.generic.output import Array, copied
from kernels.registry import kernel


@kernel()
def einsum(xp: Any, *values: Array, equation: str, out: Array | None = None) -> Array:
    # float16 has no place for long sums.
    narrow = values[0].dtype == np.float16
    wide = [value.astype(np.float32) for value in values] if narrow else values
    result = xp.einsum(equation.replace(" ", ""), *wide, optimize=len(values) > 1)
    return copied(xp, result.astype(values[0].dtype, copy=False), out)
