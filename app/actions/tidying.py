"""The actions that tidy a drawing, as plain lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from app.actions.action import Action
from app.document.aligning import DIRECTIONS, EDGES, Direction, Edge

_KEYS = {"left": "Left", "right": "Right", "top": "Up", "bottom": "Down"}
_SHARED = {"centre": "centres", "middle": "middles"}


@dataclass(frozen=True)
class TidyDoings:
    """What the actions call; `count` is how many things are selected, `nodes` how many of them are nodes."""

    align: Callable[[Edge], object]
    distribute: Callable[[Direction], object]
    tidy_selection: Callable[[], object]
    tidy_rest: Callable[[], object]
    count: Callable[[], int]
    nodes: Callable[[], int]


def tidy_actions(do: TidyDoings) -> list[Action]:
    """Align, distribute, and arrange a part."""
    align = [
        Action(
            f"align-{edge}",
            f"Align {_SHARED.get(edge, edge)}",
            "Graph",
            partial(do.align, edge),
            f"Ctrl+Alt+{_KEYS[edge]}" if edge in _KEYS else "",
            "action-align",
            lambda: do.count() > 1,
            submenu="Align",
        )
        for edge in EDGES
    ]
    distribute = [
        Action(
            f"distribute-{direction}",
            f"Distribute {direction}",
            "Graph",
            partial(do.distribute, direction),
            enabled=lambda: do.count() > 2,
            submenu="Align",
        )
        for direction in DIRECTIONS
    ]
    return [
        Action(
            "arrange-selection",
            "Arrange the selection",
            "Graph",
            do.tidy_selection,
            "Ctrl+Shift+L",
            "action-arrange",
            lambda: do.nodes() > 1,
            begins_group=True,
        ),
        Action(
            "arrange-rest",
            "Arrange all but the selection",
            "Graph",
            do.tidy_rest,
            enabled=lambda: do.nodes() > 0,
        ),
        *align,
        *distribute,
    ]
