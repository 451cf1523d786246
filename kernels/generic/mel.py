"""The mel scale: frequencies as far apart as they sound."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def mel_weight_matrix(
    xp: Any,
    *,
    bands: int,
    dft_length: int,
    sample_rate: int,
    lower: float,
    upper: float,
    dtype: str,
    out: Array | None = None,
) -> Array:
    lowest, highest = _mel(lower), _mel(upper)
    # As ONNX has it: steps that are one band too short, and edges rounded down to whole frequencies.
    mels = lowest + np.arange(bands + 2) * ((highest - lowest) / (bands + 2))
    edges = (dft_length + 1) * _hertz(mels) // sample_rate
    left, peak, right = edges[:-2], edges[1:-1], edges[2:]
    row = np.arange(dft_length // 2 + 1)[:, None]
    rising = (row - left) / np.maximum(peak - left, 1)
    falling = (right - row) / np.maximum(right - peak, 1)
    slopes = np.where(row < peak, rising, np.where(row == peak, 1.0, falling))
    return deliver(xp, xp.asarray(np.maximum(slopes, 0).astype(dtype)), out)


def _mel(hertz: float) -> float:
    return 2595 * math.log10(1 + hertz / 700)


def _hertz(mel: Array) -> Array:
    return 700 * np.expm1(mel * (math.log(10) / 2595))
