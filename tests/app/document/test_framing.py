"""Edits of frames: pure, on the grid, and never of what lies in them."""

from dataclasses import replace

import pytest

from app.document import clipboard, edits, framing
from engine.graph.graph import GraphDef
from engine.project.project import Project


def framed() -> tuple[Project, str]:
    project, _ = edits.add_node(Project(GraphDef()), "Relu", 40, 40)
    return framing.add_frame(project, (3.0, 5.0, 301.0, 199.0), "Head")


def test_a_frame_is_put_on_the_grid() -> None:
    project, _ = framed()
    (frame,) = project.frames
    assert all(part % 8 == 0 for part in (frame.x, frame.y, frame.width, frame.height))


def test_a_box_leaves_room_around_and_for_the_title() -> None:
    x, y, width, height = framing.box_around([(100, 100, 50, 40), (200, 180, 50, 40)])
    assert x < 100 - 8 and y < 100 - 32
    assert x + width > 250 + 8 and y + height > 220 + 8


def test_ids_of_notes_and_frames_differ() -> None:
    project, _ = framed()
    project = replace(project, frames=(replace(project.frames[0], id="note_1"),))
    project, note = edits.add_note(project, 0, 0, "text")
    project, other = framing.add_frame(project, (0, 0, 80, 80), "")
    assert len({note, other, *(card.id for card in project.cards)}) == 3


def test_a_frame_that_is_deleted_leaves_its_nodes() -> None:
    project, frame = framed()
    after = edits.delete(project, (), (), (frame,))
    assert after.frames == () and after.graph == project.graph and after.positions == project.positions


def test_frames_are_moved_titled_resized_and_coloured() -> None:
    project, frame = framed()
    project = edits.move(project, {}, {frame: (16.0, 24.0)})
    project = framing.title_frame(project, frame, "Tail")
    project = framing.resize_frame(project, frame, 160.0, 96.0)
    project = framing.colour_frames(project, (frame,), "teal")
    (made,) = project.frames
    assert (made.x, made.y, made.width, made.height) == (16, 24, 160, 96)
    assert (made.title, made.colour) == ("Tail", "teal")
    with pytest.raises(ValueError):
        framing.colour_frames(project, (frame,), "beige")


def test_a_frame_goes_over_the_clipboard() -> None:
    project, frame = framed()
    text = clipboard.to_text(project, ("relu",), (frame,))
    pasted, names = clipboard.paste(project, text, None)
    first, second = pasted.frames
    assert names == ("relu_1",)
    assert second.id != first.id and second.title == "Head"
    assert (second.x - first.x, second.y - first.y) == (32, 32)
