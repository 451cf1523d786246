"""Copy and paste: what is copied is the JSON of a project file, to be mailed, read and edited as text."""

from __future__ import annotations

from collections.abc import Iterable

from app.document.edits import merge, part_of
from engine.project import strict_json
from engine.project.canonical_json import dump
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.project import Project

WHAT = "The clipboard"
SHIFT = 32.0
"""How far a paste without a place lands from where it was copied."""


def to_text(project: Project, nodes: Iterable[str], notes: Iterable[str] = ()) -> str:
    """The chosen nodes, notes and frames, with the wires among the nodes, as JSON text."""
    document = project_to_dict(part_of(project, nodes, notes))
    del document["training"]  # how one trains belongs to the project, not to a handful of nodes
    return dump(document).decode()


def paste(project: Project, text: str, at: tuple[float, float] | None) -> tuple[Project, tuple[str, ...]]:
    """Add what a text holds, its middle at a point, or beside where it was copied.

    Raises FileError, with a sentence, for a text that is no part of a project.
    """
    part = project_from_dict(strict_json.parse(text.encode("utf-8", "surrogatepass"), WHAT), WHAT)
    if at is None:
        return merge(project, part, SHIFT, SHIFT)
    places = [*part.positions.values(), *((card.x, card.y) for card in part.cards)] or [(0.0, 0.0)]
    left, top = min(x for x, _ in places), min(y for _, y in places)
    return merge(project, part, at[0] - left, at[1] - top)
