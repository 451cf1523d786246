"""The edits of frames: titled areas behind the nodes. What lies in one is found by place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from app.document.grid import snap
from engine.project.project import FRAME_COLOURS, Frame, Position, Project

Box = tuple[float, float, float, float]
"""Left, top, width and height."""
AROUND, TITLE = 24.0, 16.0
"""The room around what is framed, and what its title takes above it."""
EMPTY = (320.0, 200.0)
"""The size of a frame around nothing."""


def box_around(boxes: Collection[Box]) -> Box:
    """The place of a frame around some boxes."""
    left, top = min(box[0] for box in boxes) - AROUND, min(box[1] for box in boxes) - AROUND - TITLE
    right = max(box[0] + box[2] for box in boxes) + AROUND
    bottom = max(box[1] + box[3] for box in boxes) + AROUND
    return left, top, right - left, bottom - top


def add_frame(project: Project, box: Box, title: str) -> tuple[Project, str]:
    """Put a frame on the canvas; returns the project and the frame's id."""
    x, y = snap(box[0], box[1])
    right, bottom = snap(box[0] + box[2], box[1] + box[3])
    frame = Frame(_free_id(project), x, y, right - x, bottom - y, title)
    return replace(project, frames=(*project.frames, frame)), frame.id


def title_frame(project: Project, frame_id: str, title: str) -> Project:
    """Give a frame another title."""
    return _changed(project, frame_id, lambda frame: replace(frame, title=title))


def fit_frame(project: Project, frame_id: str, box: Box) -> Project:
    """Give a frame another place and size, and let what lies in it lie."""
    x, y, width, height = box
    return _changed(project, frame_id, lambda frame: replace(frame, x=x, y=y, width=width, height=height))


def resize_frame(project: Project, frame_id: str, width: float, height: float) -> Project:
    """Give a frame another size; it then holds what lies in it now."""
    return _changed(project, frame_id, lambda frame: replace(frame, width=width, height=height))


def colour_frames(project: Project, frames: Collection[str], colour: str) -> Project:
    """Give frames one of the colours."""
    if colour not in FRAME_COLOURS:
        raise ValueError(f"a frame cannot be {colour}")
    coloured = (replace(frame, colour=colour) if frame.id in frames else frame for frame in project.frames)
    return replace(project, frames=tuple(coloured))


def moved(project: Project, places: Mapping[str, Position]) -> Project:
    """Put frames, by id, somewhere else."""
    frames = tuple(
        replace(frame, x=places[frame.id][0], y=places[frame.id][1]) if frame.id in places else frame
        for frame in project.frames
    )
    return replace(project, frames=frames)


def removed(project: Project, ids: Collection[str]) -> Project:
    """Take frames away; what lies in them stays."""
    return replace(project, frames=tuple(frame for frame in project.frames if frame.id not in ids))


def merged(project: Project, part: Project, dx: float, dy: float) -> Project:
    """Add the frames of another project, moved by (dx, dy)."""
    for frame in part.frames:
        x, y = snap(frame.x + dx, frame.y + dy)
        added = replace(frame, id=_free_id(project), x=x, y=y)
        project = replace(project, frames=(*project.frames, added))
    return project


def _changed(project: Project, frame_id: str, change: Callable[[Frame], Frame]) -> Project:
    frames = tuple(change(frame) if frame.id == frame_id else frame for frame in project.frames)
    return replace(project, frames=frames)


def _free_id(project: Project) -> str:
    taken = {card.id for card in project.cards}
    return next(f"frame_{n}" for n in range(1, len(taken) + 2) if f"frame_{n}" not in taken)
