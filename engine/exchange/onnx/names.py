"""Readable names for nodes, out of those in the model: `/layer1/conv1/Conv` becomes `layer1_conv1`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

LONGEST = 100
"""Leaves room for what is appended to tell equal names apart."""


class Names:
    """Gives each node a name of its own."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """The wanted name, or the first free one of wanted_1, wanted_2..."""
        base = identifier(wanted) or "node"
        name, number = base, self._next.get(base, 1)
        while name in self._taken:
            name = f"{base}_{number}"
            number += 1
        self._next[base] = number
        self._taken.add(name)
        return name


def node_label(name: str, op_type: str, output: str) -> str:
    """What to call a node of the model: its name without the op's type, or else that of its output."""
    if name:
        parts = [part for part in name.split("/") if part]
        # PyTorch names a part after its whole: /block/block.0/Conv.
        parts = [part for part, inner in pairwise([*parts, ""]) if not inner.startswith(f"{part}.")]
        if re.fullmatch(rf"{re.escape(op_type)}(_\d+)?", parts[-1]):
            parts = parts[:-1] or [parts[-1].lower()]
        return identifier("_".join(parts))
    # Numbers, which exporters count their values with, say nothing to a reader.
    return identifier(output) if re.search("[A-Za-z]", output) else identifier(op_type.lower())


def value_label(value: str, op_type: str) -> str:
    """What to call a node that stands for a known value of the model, made by a node of that type."""
    return node_label(re.sub(r"_output_\d+$", "", value), op_type, value)


def identifier(text: str) -> str:
    """Letters, digits and underscores only, and not too many."""
    return re.sub(r"_+", "_", re.sub(r"\W", "_", text)).strip("_")[:LONGEST]
