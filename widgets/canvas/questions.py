"""What the canvas asks while a gesture lasts; whoever knows the graph puts its answers here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from widgets.canvas.looks import WireKey

Ends = Callable[[str, str, str, str], str]
"""Source node and port, target node and port: why they cannot be connected, or an empty string."""


def _free(*_ends: str) -> str:
    return ""


def _none(*_ends: str) -> tuple[str, ...]:
    return ()


def _never(_what: str, _wire: WireKey) -> bool:
    return False


@dataclass
class Questions:
    """Until it is told otherwise, everything may be connected and nothing helps."""

    can_connect: Ends = _free
    remedies: Callable[[str, str, str, str], tuple[str, ...]] = _none
    """What can be put between ends that cannot be connected, in words, the likeliest first."""
    takes_node: Callable[[str, WireKey], bool] = _never
    """Whether a node that is drawn fits on a wire."""
    takes_op: Callable[[str, WireKey], bool] = _never
    """Whether a new node of an op would fit on a wire."""
