"""What a command says: sentences for people, or one JSON object for machines."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from engine.spec import Spec

SHOWN = 12
"""Rows and columns of a tensor that are printed for people; JSON has all of it."""


def error(sentence: str) -> None:
    """A sentence on the error stream."""
    print(f"flowscope: {sentence}", file=sys.stderr)


def as_json(value: dict[str, Any]) -> None:
    """One JSON object on the output. A number that JSON cannot hold is written as a text."""
    print(json.dumps(plain(value), allow_nan=False))


def plain(value: Any) -> Any:
    """An array as nested lists of Python numbers; NaN, infinities and complex numbers as texts."""
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, complex) or (isinstance(value, float) and not np.isfinite(value)):
        return str(value)
    return value


def spec(found: Spec | None) -> str:
    """The dtype and shape of a tensor, as far as they are known."""
    return "of unknown shape" if found is None else str(found)


def tensor(name: str, value: np.ndarray) -> str:
    """A tensor for people: its name, its spec, and its first values."""
    if value.ndim == 0:
        return f"{name} = {value.item()}"
    shape = " x ".join(map(str, value.shape))
    with np.printoptions(threshold=SHOWN * SHOWN, edgeitems=SHOWN // 4, precision=4, suppress=True):
        return f"{name}: {shape} {value.dtype.name}\n{value}"
