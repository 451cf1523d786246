"""Where boxes on the canvas come to lie when they are aligned or distributed: pure arithmetic on the grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from app.document.framing import Box
from app.document.grid import snap
from engine.project.project import Position

Edge = Literal["left", "centre", "right", "top", "middle", "bottom"]
EDGES: tuple[Edge, ...] = ("left", "centre", "right", "top", "middle", "bottom")
Direction = Literal["across", "down"]
DIRECTIONS: tuple[Direction, ...] = ("across", "down")


def aligned(boxes: Mapping[str, Box], edge: Edge) -> dict[str, Position]:
    """The places at which all boxes share an edge, or the middle, of the area that they take together."""
    left, top = min(box[0] for box in boxes.values()), min(box[1] for box in boxes.values())
    right = max(box[0] + box[2] for box in boxes.values())
    bottom = max(box[1] + box[3] for box in boxes.values())

    def place(box: Box) -> Position:
        x, y, width, height = box
        match edge:
            case "left":
                return left, y
            case "centre":
                return (left + right - width) / 2, y
            case "right":
                return right - width, y
            case "top":
                return x, top
            case "middle":
                return x, (top + bottom - height) / 2
            case "bottom":
                return x, bottom - height

    return {name: snap(*place(box)) for name, box in boxes.items()}


def distributed(boxes: Mapping[str, Box], direction: Direction) -> dict[str, Position]:
    """The places at which the gaps between boxes are equal; the first and the last stay where they are."""
    axis = 0 if direction == "across" else 1
    order = sorted(boxes, key=lambda name: (boxes[name][axis], name))
    first, last = boxes[order[0]], max(boxes.values(), key=lambda box: box[axis] + box[axis + 2])
    room = last[axis] + last[axis + 2] - first[axis]
    gap = (room - sum(box[axis + 2] for box in boxes.values())) / max(len(boxes) - 1, 1)
    places: dict[str, Position] = {}
    at = first[axis]
    for name in order:
        x, y = boxes[name][:2]
        places[name] = snap(at, y) if axis == 0 else snap(x, at)
        at += boxes[name][axis + 2] + gap
    return places
