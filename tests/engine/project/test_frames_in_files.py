"""Frames in project files: kept with what is not known, and refused with a sentence where they are wrong."""

from typing import Any

import pytest

from engine.project import limits
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.durable import FileError


def file(*frames: object, **more: object) -> dict[str, Any]:
    return {"format": "flowscope", "version": 1, "nodes": {}, "wires": {}, "frames": list(frames), **more}


def frame(**changes: object) -> dict[str, Any]:
    return {"id": "f", "x": 1, "y": 2.5, "width": 80, "height": 40, "title": "Head", **changes}


def test_frames_come_back_as_they_were_written() -> None:
    document = file(frame(colour="teal", future={"a": [1]}), frame(id="g", colour="mauve"))
    project = project_from_dict(document, "File")
    assert [each.colour for each in project.frames] == ["teal", "mauve"]
    written = project_to_dict(project)
    assert written["frames"] == document["frames"]
    assert project_from_dict(written, "File") == project


def test_a_file_without_frames_has_no_such_field() -> None:
    assert "frames" not in project_to_dict(project_from_dict(file(), "File"))


def test_the_plain_colour_is_not_written_down() -> None:
    (written,) = project_to_dict(project_from_dict(file(frame(colour="plain")), "File"))["frames"]
    assert "colour" not in written


@pytest.mark.parametrize(
    ("frames", "sentence"),
    [
        ([1], "frame 1 is a number; expected an object"),
        ([{"id": "f"}], "frame 1 has no field 'x'"),
        ([frame(), frame()], "frame 2: the id 'f' is that of another frame"),
        ([frame(id="n")], "frame 1: the id 'n' is that of a note"),
        ([frame(id="")], "frame 1: id '': the name is empty"),
        ([frame(width="wide")], "frame 1: field 'width' is a text; expected a number"),
        ([frame(x=1e12)], "field 'x' is 1e\\+12; expected a number up to"),
        ([frame(title=3)], "frame 1: field 'title' is a number; expected a text"),
        ([frame(colour=[])], "frame 1: field 'colour' is a list; expected a text"),
    ],
)
def test_wrong_frames_are_refused(frames: list[object], sentence: str) -> None:
    note = {"id": "n", "x": 0, "y": 0, "width": 1, "height": 1, "text": ""}
    with pytest.raises(FileError, match=sentence):
        project_from_dict(file(*frames, notes=[note]), "File")


def test_the_number_of_frames_is_limited() -> None:
    with pytest.raises(FileError, match="the limit is 10,000"):
        project_from_dict(file(*[frame()] * (limits.FRAMES + 1)), "File")
