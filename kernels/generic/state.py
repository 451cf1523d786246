"""Assignment: the new value of a variable. The executor writes it into the variable when the step ends."""

from __future__ import annotations

from typing import Any

from kernels.registry import kernel


@kernel()
def assign(xp: Any, variable: Any, value: Any, *, out: Any = None) -> Any:
    """The value, as an array of its own."""
    if out is None:
        return xp.array(value)
    out[...] = value
    return out
