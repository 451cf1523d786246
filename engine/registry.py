"""Which ops exist, by name and by category."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.op import Op

CATEGORIES = (
    "Data",
    "Layers",
    "Math",
    "Shape",
    "Activation",
    "Loss",
    "Metrics",
    "Training",
    "State",
    "Control",
)

_ops: dict[str, type[Op]] = {}


def register(op: type[Op]) -> None:
    """Take an op in. A second op of the same name is refused, naming both places."""
    if op.__name__ in _ops and _where(_ops[op.__name__]) != _where(op):
        raise ValueError(f"op {op.__name__} is declared in {_where(_ops[op.__name__])} and in {_where(op)}")
    if op.category not in CATEGORIES:
        raise ValueError(f"op {op.__name__} has category {op.category!r}; expected one of {CATEGORIES}")
    _ops[op.__name__] = op


def find(name: str) -> type[Op] | None:
    """The op of that name, or None."""
    return _ops.get(name)


def get(name: str) -> type[Op]:
    """The op of that name; raises KeyError."""
    return _ops[name]


def all_ops() -> tuple[type[Op], ...]:
    """Every op, in the order of declaration."""
    return tuple(_ops.values())


def _where(op: type[Op]) -> str:
    return f"{inspect.getmodule(op)}:{op.__qualname__}"
