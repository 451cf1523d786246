"""bfloat16: kernels compute it in float32 and round the result, because NumPy's functions know it badly."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np

from kernels.registry import Entry, Kernel

Array = Any
BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


def fitting(entry: Entry, inputs: Sequence[str], outputs: Sequence[str]) -> Kernel:
    """The function of a kernel for inputs and outputs of these dtypes.

    Where none is bfloat16 that is the kernel itself, so that nothing else pays for it.
    """
    if entry.narrow or BFLOAT16.name not in (*inputs, *outputs):
        return entry.function
    return functools.partial(_through_float32, entry, tuple(outputs))


def _through_float32(
    entry: Entry, outputs: tuple[str, ...], xp: Any, *arrays: Array, out: Any = None, **settings: Any
) -> Any:
    wide = [_widened(array) for array in arrays]
    wide_settings = {name: "float32" if value == BFLOAT16.name else value for name, value in settings.items()}
    computed = entry.function(xp, *wide, **wide_settings)
    several = isinstance(computed, tuple)
    results = computed if several else (computed,)
    if out is None:
        made = tuple(xp.asarray(r).astype(d, copy=False) for r, d in zip(results, outputs, strict=True))
        return made if several else made[0]
    for target, result in zip(out if several else (out,), results, strict=True):
        xp.copyto(target, result, casting="unsafe")
    return out


def _widened(array: Array) -> Array:
    return array.astype(np.float32) if array is not None and array.dtype == BFLOAT16 else array
