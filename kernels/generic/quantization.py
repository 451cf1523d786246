"""What training sees of quantization: floats that take only the values which small whole numbers can tell."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array
from kernels.registry import kernel


def steps_of(low: float, high: float, bits: int) -> tuple[float, int]:
    """How wide a step of a range is, and which whole number stands for zero."""
    steps = 2**bits - 1
    scale = (high - low) / steps
    return scale, min(max(round(-low / scale), 0), steps)


@kernel()
def fake_quantize(
    xp: Any, x: Array, *, low: float, high: float, bits: int, out: Array | None = None
) -> Array:
    scale, zero = steps_of(low, high, bits)
    steps = xp.rint(xp.true_divide(x, scale, out=out), out=out)
    return xp.multiply(xp.clip(steps, -zero, 2**bits - 1 - zero, out=out), scale, out=out)
