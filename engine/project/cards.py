"""What lies on the canvas beside the nodes, as plain dicts and back: notes and frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.project import limits
from engine.project.canonical_json import sorted_keys
from engine.project.durable import FileError
from engine.project.fields import check_characters, extra_of, list_of, number_of, object_of, text_of, tidy
from engine.project.names import shown
from engine.project.project import FRAME_COLOURS, Card, Frame, Note

_PLACE = ("x", "y", "width", "height")
_NOTE_FIELDS = ("id", *_PLACE, "text")
_FRAME_FIELDS = ("id", *_PLACE, "title", "colour")


def note_to_dict(note: Note) -> dict[str, Any]:
    return {"id": note.id, **_place_to_dict(note), "text": note.text, **sorted_keys(note.extra)}


def frame_to_dict(frame: Frame) -> dict[str, Any]:
    result = {"id": frame.id, **_place_to_dict(frame), "title": frame.title}
    if frame.colour != FRAME_COLOURS[0]:
        result["colour"] = frame.colour
    return {**result, **sorted_keys(frame.extra)}


def notes_of(document: Mapping[str, Any], what: str) -> tuple[Note, ...]:
    notes = []
    for note_id, fields, where in _cards(document, "note", limits.NOTES, _NOTE_FIELDS, what):
        text = text_of(fields["text"], f"{where}: field 'text'")
        notes.append(Note(note_id, *_place(fields, where), text, extra_of(fields, _NOTE_FIELDS)))
    return tuple(notes)


def frames_of(document: Mapping[str, Any], notes: tuple[Note, ...], what: str) -> tuple[Frame, ...]:
    """The frames of a file. A colour that this version does not know is drawn as the plain one, and kept."""
    frames = []
    taken = {note.id for note in notes}
    for frame_id, fields, where in _cards(document, "frame", limits.FRAMES, _FRAME_FIELDS[:-1], what):
        title = text_of(fields["title"], f"{where}: field 'title'")
        colour = text_of(fields.get("colour", FRAME_COLOURS[0]), f"{where}: field 'colour'")
        if frame_id in taken:
            raise FileError(f"{where}: the id '{frame_id}' is that of a note, too.")
        place = _place(fields, where)
        frames.append(Frame(frame_id, *place, title, colour, extra_of(fields, _FRAME_FIELDS)))
    return tuple(frames)


def _cards(
    document: Mapping[str, Any], kind: str, limit: int, needed: tuple[str, ...], what: str
) -> list[tuple[str, dict[str, Any], str]]:
    """The cards of one kind, each with its id, its fields, and the words that name it in errors."""
    cards = []
    seen: set[str] = set()
    for index, value in enumerate(list_of(document.get(f"{kind}s", []), f"{what}: field '{kind}s'", limit)):
        where = f"{what}: {kind} {index + 1}"
        fields = object_of(value, where)
        missing = [name for name in needed if name not in fields]
        if missing:
            raise FileError(f"{where} has no field '{missing[0]}'.")
        card_id = text_of(fields["id"], f"{where}: field 'id'")
        check_characters(card_id, f"{where}: id '{shown(card_id)}'")
        if card_id in seen:
            raise FileError(f"{where}: the id '{card_id}' is that of another {kind}, too.")
        seen.add(card_id)
        cards.append((card_id, fields, where))
    return cards


def _place(fields: Mapping[str, Any], where: str) -> tuple[float, float, float, float]:
    x, y, width, height = (number_of(fields[key], f"{where}: field '{key}'") for key in _PLACE)
    return x, y, width, height


def _place_to_dict(card: Card) -> dict[str, Any]:
    return {name: tidy(getattr(card, name)) for name in _PLACE}
