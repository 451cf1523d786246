"""Assignment: what a variable will hold when the step ends."""

from __future__ import annotations

from typing import Any

from kernels.generic.output import Array, copied
from kernels.registry import kernel


@kernel()
def assign(xp: Any, variable: Array, value: Array, *, out: Array | None = None) -> Array:
    return copied(xp, value, out)
