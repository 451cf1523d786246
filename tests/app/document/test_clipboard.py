"""The clipboard: what is copied is readable JSON and comes back whole; other texts are refused."""

import json

import pytest

import resources
from app.document import clipboard, edits
from engine.graph.graph import GraphDef
from engine.project.durable import FileError
from engine.project.files import read_project
from engine.project.project import Project, TrainingSettings

DEMOS = {demo.stem: demo for demo in resources.demo_files()}


def demo(name: str) -> Project:
    return read_project(DEMOS[name]).project


@pytest.mark.parametrize("name", DEMOS)
def test_a_whole_demo_comes_back(name: str) -> None:
    project = demo(name)
    text = clipboard.to_text(project, project.graph.nodes, [note.id for note in project.notes])
    pasted, names = clipboard.paste(Project(GraphDef()), text, None)
    assert set(names) == set(project.graph.nodes)
    assert pasted.graph == project.graph
    assert [note.text for note in pasted.notes] == [note.text for note in project.notes]


def test_what_is_copied_is_a_part_of_a_file_without_the_training() -> None:
    project = demo("digits-mlp")
    copied = json.loads(clipboard.to_text(project, ["digits"]))
    assert "training" not in copied
    assert "digits" in json.dumps(copied)
    assert "adam" not in json.dumps(copied).lower()


def test_a_paste_lands_beside_where_it_was_copied() -> None:
    project, name = edits.add_node(Project(GraphDef()), "Relu", 80, 80)
    pasted, names = clipboard.paste(project, clipboard.to_text(project, [name]), None)
    assert names == ("relu_1",)
    assert pasted.positions["relu_1"] == (112, 112)


def test_a_paste_at_a_point_begins_there() -> None:
    project = Project(GraphDef())
    for x in (80, 160):
        project, _ = edits.add_node(project, "Relu", x, 40)
    pasted, names = clipboard.paste(project, clipboard.to_text(project, ["relu", "relu_1"]), (800.0, 400.0))
    assert [pasted.positions[name] for name in names] == [(800, 400), (880, 400)]


def test_a_paste_leaves_the_training_of_the_project() -> None:
    project = Project(GraphDef(), training=TrainingSettings(epochs=77))
    pasted, _ = clipboard.paste(project, clipboard.to_text(demo("digits-mlp"), ["digits"]), None)
    assert pasted.training.epochs == 77


VALID = clipboard.to_text(demo("digits-mlp"), ["digits", "flatten"])
HOSTILE = {
    "nothing": "",
    "words": "some text from a mail",
    "a number": "42",
    "a list": "[1, 2, 3]",
    "another object": '{"a": 1}',
    "cut off": VALID[: len(VALID) // 2],
    "deep": "[" * 100_000,
    "not a number": VALID.replace("{", '{"x": NaN, ', 1),
    "a key twice": VALID.replace("{", '{"format": "flowscope", ', 1),
    "lone surrogate": VALID.replace("digits", "dig\ud800its"),
    "null": "\0" * 100,
    "a newer version": VALID.replace('"version": ', '"version": 99'),
    "an impossible name": VALID.replace('"digits"', '"../../etc"'),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_in_a_sentence(text: str) -> None:
    project = demo("arithmetic")
    with pytest.raises(FileError) as caught:
        clipboard.paste(project, text, None)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "lipboard" in sentence
    assert project == demo("arithmetic")
