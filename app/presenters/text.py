"""How names, numbers, sizes and times are written on screen."""

from __future__ import annotations

import re
from typing import cast

from engine.attribute import Attribute
from engine.errors import FlowscopeError
from engine.op import Op
from engine.spec import Shape, shape_text


def label(name: str) -> str:
    """An attribute's name as a label in sentence case: learning_rate is `Learning rate`."""
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


_LABELS = {
    "validation_split": "Validation",
    "drop_remainder": "Drop the rest",
    "histograms_every": "Histograms",
    "checkpoint_every": "Checkpoints",
    "kernel_initializer": "Kernel init",
    "bias_initializer": "Bias init",
}
"""Labels that would not fit the 96 px of a form."""


def number(value: object) -> str:
    """A number in few digits, other values as they are."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def settings(op: Op) -> str:
    """What differs from the defaults, for the node's second line: `128, relu`."""
    shown = _shown(op)
    alone = shown == list(op.attributes()[:1])
    parts = [_setting(declared, getattr(op, declared.name), alone) for declared in shown]
    return ", ".join(part for part in parts if part)


def _shown(op: Op) -> list[Attribute]:
    visible = [a for a in op.attributes() if not a.hidden]
    changed = [a for a in visible if not _is_default(a, getattr(op, a.name))]
    return changed or [a for a in visible if a.kind != "bool"][:1]


def _is_default(declared: Attribute, value: object) -> bool:
    """Also where the default, one number for all axes, is written out for each."""
    default = declared.default
    if isinstance(value, tuple) and isinstance(default, tuple) and value and default:
        return len({*value, *default}) == 1
    return declared.is_default(value)


def _setting(declared: Attribute, value: object, alone: bool) -> str:
    if declared.kind == "bool":
        return declared.name.replace("_", " ") if value else f"no {declared.name.replace('_', ' ')}"
    if declared.kind == "shape" or (declared.kind == "ints" and declared.name in _SIZES):
        return shape_text(cast(Shape, value))
    if isinstance(value, tuple):
        text = (literal(value) if len(value) > 1 else literal(value)[1:-1]) if value else ""
        return text if alone or not text else f"{short(declared.name)} {text}"
    if declared.kind in ("float", "int") and declared.name not in ("units", "value"):
        return f"{short(declared.name)} {number(value)}"
    return number(value)


_SIZES = ("shape", "kernel_size", "window", "pool_size", "size")
"""Lists of sizes, written as a shape is."""


def short(name: str) -> str:
    """A long attribute's name as papers write it."""
    return {"learning_rate": "lr", "test_fraction": "test"}.get(name, name.replace("_", " "))


def literal(value: object, most: int = 24) -> str:
    """Nested tuples of numbers in one short line."""
    text = re.sub(r",?\)", "]", repr(value).replace("(", "["))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def seconds(value: float) -> str:
    """A duration: `8 µs`, `0.18 ms`, `4 s`, `3 min`, `2 h 5 min`."""
    if value < 1e-4:
        return f"{value * 1e6:.0f} µs"
    if value < 1.0:
        return f"{value * 1e3:.2f} ms" if value < 0.01 else f"{value * 1e3:.0f} ms"
    if value < 90:
        return f"{value:.0f} s"
    minutes = round(value / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def size(nbytes: float) -> str:
    """A number of bytes: `512 B`, `32.5 KiB`, `142 MiB`."""
    for unit in ("B", "KiB", "MiB"):
        if nbytes < 1024:
            return f"{nbytes:.0f} {unit}" if unit == "B" or nbytes >= 100 else f"{nbytes:.1f} {unit}"
        nbytes /= 1024
    return f"{nbytes:.1f} GiB"


def sentence(error: FlowscopeError) -> str:
    """An error that begins with a small letter as a sentence of its own."""
    return f"{error.what[:1].upper()}{error.what[1:]} {error.hint}".strip()


def plural(count: int, thing: str) -> str:
    """A count with its noun: `1 node`, `8 nodes`."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
