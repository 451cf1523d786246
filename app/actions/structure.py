"""The actions that give a graph its structure, as plain lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from app.actions.action import Action
from engine.policy import BYPASSED, MUTED
from engine.project.project import FRAME_COLOURS


@dataclass(frozen=True)
class FrameDoings:
    """What the actions of frames call."""

    add: Callable[[], object]
    fit: Callable[[], object]
    colour: Callable[[str], object]
    has_colour: Callable[[str], bool]
    is_inside: Callable[[], bool]
    has_frame: Callable[[], bool]


def frame_actions(do: FrameDoings) -> list[Action]:
    """Frames: made, fitted and coloured."""
    colours = [
        Action(
            f"frame-{colour}",
            colour.capitalize(),
            "Graph",
            partial(do.colour, colour),
            enabled=do.has_frame,
            is_on=partial(do.has_colour, colour),
            submenu="Frame colour",
        )
        for colour in FRAME_COLOURS
    ]
    return [
        Action(
            "add-frame",
            "Frame the selection",
            "Graph",
            do.add,
            "Ctrl+Shift+F",
            "action-frame",
            lambda: not do.is_inside(),
            begins_group=True,
        ),
        Action("fit-frame", "Fit the frame to its content", "Graph", do.fit, enabled=do.has_frame),
        *colours,
    ]


@dataclass(frozen=True)
class FindDoings:
    """What the actions of finding call."""

    find: Callable[[], object]
    outline: Callable[[], object]
    next: Callable[[], object]
    previous: Callable[[], object]


def find_actions(do: FindDoings) -> list[Action]:
    """Finding: in a list, and from one to the next."""
    return [
        Action("find", "Find in the graph", "Edit", do.find, "Ctrl+F", "action-search", begins_group=True),
        Action("find-next", "Find the next", "Edit", do.next, "F3"),
        Action("outline", "Outline of the graph", "View", do.outline, "Ctrl+Shift+O", begins_group=True),
        Action("find-previous", "Find the previous", "Edit", do.previous, "Shift+F3"),
    ]


@dataclass(frozen=True)
class FlowDoings:
    """What the actions call that let nodes take part or not."""

    toggle: Callable[[str], object]
    is_on: Callable[[str], bool]
    can: Callable[[], bool]


def flow_actions(do: FlowDoings) -> list[Action]:
    """Bypass and mute."""
    return [
        Action(
            name,
            title,
            "Graph",
            partial(do.toggle, flow),
            keys,
            icon,
            do.can,
            partial(do.is_on, flow),
            begins_group=name == "bypass",
        )
        for name, title, flow, keys, icon in (
            ("bypass", "Bypass", BYPASSED, "Ctrl+B", ""),
            ("mute", "Mute", MUTED, "Ctrl+M", "action-mute"),
        )
    ]


def export_actions(export: Callable[[], object]) -> list[Action]:
    """What takes the canvas out of the program."""
    return [Action("export", "Export the canvas…", "File", export, "Ctrl+E", "action-export")]
