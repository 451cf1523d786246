"""Files: opening, saving, conflicts and refusals. Whatever goes wrong is a sentence, and nothing is lost."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import resources
from app.document import edits
from app.document.document import Document
from app.filing import Filing
from app.settings import SettingsStore
from engine.graph.graph import GraphDef
from engine.project.files import read_project, write_project
from engine.project.project import Project

VARIABLES = {"dense/kernel": np.arange(6, dtype=np.float32).reshape(2, 3)}


def net(op: str = "Dense") -> Project:
    return edits.add_node(Project(GraphDef()), op, 0, 0)[0]


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def filing(qapp: object, document: Document, settings: SettingsStore, script: Any) -> Iterator[Filing]:
    filing = Filing(document, settings, script)
    yield filing
    filing.close()


@pytest.fixture
def said(filing: Filing) -> list[tuple[str, str]]:
    sentences: list[tuple[str, str]] = []
    filing.said.connect(lambda sentence, level: sentences.append((level, sentence)))
    return sentences


@pytest.fixture
def opened(filing: Filing, document: Document, tmp_path: Path) -> Path:
    """A file that is open, with trained variables."""
    path = tmp_path / "net.flowscope"
    write_project(path, net(), VARIABLES)
    assert filing.open(path)
    return path


def edit(document: Document) -> None:
    document.apply("Add", edits.add_node(document.project, "Relu", 0, 0)[0])


Said = list[tuple[str, str]]


def test_open_shows_the_file_with_its_variables(
    opened: Path, document: Document, settings: SettingsStore
) -> None:
    assert document.project == net()
    assert (document.path, document.title, document.is_modified) == (opened, "net.flowscope", False)
    np.testing.assert_array_equal(document.variables["dense/kernel"], VARIABLES["dense/kernel"])
    assert settings.current.recent == (str(opened),)


def test_open_asks_for_a_file_if_none_is_given(filing: Filing, script: Any, tmp_path: Path) -> None:
    assert not filing.open()
    script.open_path = tmp_path / "a.flowscope"
    write_project(script.open_path, net())
    assert filing.open()
    assert script.asked == ["open", "open"]


def test_save_writes_what_is_there(filing: Filing, opened: Path, document: Document, said: Said) -> None:
    edit(document)
    assert filing.save()
    loaded = read_project(opened)
    assert loaded.project == document.project
    assert set(loaded.variables) == set(VARIABLES)
    assert not document.is_modified
    assert said == [("success", "Saved net.flowscope.")]
    edit(document)
    assert filing.save()


def test_save_of_what_has_no_file_asks_for_one(
    filing: Filing, document: Document, script: Any, tmp_path: Path
) -> None:
    edit(document)
    assert not filing.save()
    assert document.is_modified
    script.save_path = tmp_path / "mine"
    assert filing.save()
    assert document.path == tmp_path / "mine.flowscope"
    assert read_project(document.path).project == document.project
    assert script.asked == ["save untitled.flowscope"] * 2


def test_save_as_leaves_the_first_file(
    filing: Filing, opened: Path, document: Document, script: Any, tmp_path: Path
) -> None:
    before = opened.read_bytes()
    edit(document)
    script.save_path = tmp_path / "other.flowscope"
    assert filing.save_as()
    assert opened.read_bytes() == before
    assert document.title == "other.flowscope"
    edit(document)
    assert filing.save()
    assert read_project(script.save_path).project == document.project


def test_json_is_kept_as_json(filing: Filing, document: Document, tmp_path: Path) -> None:
    path = tmp_path / "net.flowscope"
    write_project(path, net(), as_json=True)
    assert filing.open(path)
    edit(document)
    assert filing.save()
    assert json.loads(path.read_text())["format"] == "flowscope"


def test_json_becomes_an_archive_when_there_is_more_to_keep(
    filing: Filing, document: Document, tmp_path: Path
) -> None:
    path = tmp_path / "net.flowscope"
    write_project(path, net(), as_json=True)
    assert filing.open(path)
    document.variables = dict(VARIABLES)
    assert filing.save()
    assert set(read_project(path).variables) == set(VARIABLES)


def test_saving_as_json_says_what_json_cannot_hold(
    filing: Filing, opened: Path, script: Any, said: Said, tmp_path: Path
) -> None:
    script.save_path = tmp_path / "net.json"
    assert filing.save_as()
    assert json.loads(script.save_path.read_text())
    assert said[-1][0] == "warning"
    assert "no trained variables" in said[-1][1]


def test_a_demo_is_never_saved_over(filing: Filing, document: Document, script: Any, tmp_path: Path) -> None:
    assert filing.open_demo("arithmetic")
    assert document.path is None
    edit(document)
    script.save_path = tmp_path / "mine.flowscope"
    assert filing.save()
    assert script.asked == ["save arithmetic.flowscope"]
    assert "no demo called 'none'" in refusal(filing, lambda: filing.open_demo("none"))


def refusal(filing: Filing, act: Callable[[], bool]) -> str:
    """Do what must fail, and return the sentence."""
    sentences: list[str] = []
    filing.said.connect(lambda sentence, _: sentences.append(sentence))
    assert not act()
    (sentence,) = sentences
    return sentence


# ---- files that cannot be opened --------------------------------------------------------------------------


def hostile(kind: str, path: Path) -> Path:
    write_project(path, net(), VARIABLES)
    content = path.read_bytes()
    match kind:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "truncated":
            path.write_bytes(content[: len(content) // 2])
        case "random":
            path.write_bytes(bytes(range(256)) * 40)
        case "folder":
            path.unlink()
            path.mkdir()
        case "newer":
            write_project(path, net(), as_json=True)
            path.write_text(path.read_text().replace('"version": ', '"version": 99'))
        case "deep":
            path.write_text("[" * 200_000)
        case "someone else's":
            path.write_text('{"nodes": []}')
    return path


@pytest.mark.parametrize(
    "kind",
    ["missing", "empty", "truncated", "random", "folder", "newer", "deep", "someone else's"],
)
def test_what_cannot_be_opened_leaves_the_document_alone(
    filing: Filing,
    opened: Path,
    document: Document,
    script: Any,
    settings: SettingsStore,
    tmp_path: Path,
    kind: str,
) -> None:
    edit(document)
    before, undo = document.project, document.undo_label
    bad = hostile(kind, tmp_path / "bad.flowscope")
    script.keep = "discard"
    sentence = refusal(filing, lambda: filing.open(bad))
    assert sentence.endswith(".")
    assert "bad.flowscope" in sentence
    assert (document.project, document.path, document.undo_label) == (before, opened, undo)
    assert document.is_modified
    assert str(bad) not in settings.current.recent


def test_a_newer_file_is_named_as_such(filing: Filing, tmp_path: Path) -> None:
    bad = hostile("newer", tmp_path / "bad.flowscope")
    assert "newer" in refusal(filing, lambda: filing.open(bad))


# ---- unsaved changes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", ["new", "open", "demo"])
def test_unsaved_changes_are_asked_for_before_they_go(
    filing: Filing, opened: Path, document: Document, script: Any, leave: str
) -> None:
    ways: dict[str, Callable[[], bool]] = {
        "new": filing.new,
        "open": lambda: filing.open(opened),
        "demo": lambda: filing.open_demo("arithmetic"),
    }
    act = ways[leave]
    edit(document)
    before = document.project
    assert not act()
    assert script.asked == ["keep net.flowscope"]
    assert document.project == before
    script.keep = "discard"
    assert act()
    assert document.project != before
    assert read_project(opened).project == net()


def test_unsaved_changes_can_be_saved_on_the_way(
    filing: Filing, opened: Path, document: Document, script: Any
) -> None:
    edit(document)
    before = document.project
    script.keep = "save"
    assert filing.new()
    assert read_project(opened).project == before
    assert document.project == Project(GraphDef())


def test_when_that_save_fails_nothing_is_left(
    filing: Filing, opened: Path, document: Document, script: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(document)
    before = document.project
    script.keep = "save"
    monkeypatch.setattr(os, "fsync", full_disk)
    assert not filing.new()
    assert document.project == before


def test_what_was_trained_is_asked_for_in_a_file_of_ones_own(
    filing: Filing, opened: Path, document: Document, script: Any
) -> None:
    document.keep({"dense/kernel": np.zeros((2, 3), np.float32)})
    assert not filing.new()
    assert script.asked == ["keep net.flowscope"]


def test_a_demo_that_was_only_trained_is_left_unasked(
    filing: Filing, document: Document, script: Any
) -> None:
    filing.open_demo("digits-mlp")
    document.keep(VARIABLES)
    assert document.is_modified
    assert filing.new()
    assert script.asked == []


def test_nothing_is_asked_when_nothing_was_changed(filing: Filing, opened: Path, script: Any) -> None:
    assert filing.new()
    assert script.asked == []


# ---- conflicts and disks ----------------------------------------------------------------------------------


def test_a_file_that_others_changed_is_not_overwritten_unasked(
    filing: Filing, opened: Path, document: Document, script: Any
) -> None:
    theirs = net("Sigmoid")
    write_project(opened, theirs)
    edit(document)
    assert not filing.save()
    assert script.asked == ["overwrite net.flowscope"]
    assert read_project(opened).project == theirs
    assert document.is_modified
    script.overwrite = "overwrite"
    assert filing.save()
    assert read_project(opened).project == document.project


def test_a_conflict_can_end_in_a_copy(
    filing: Filing, opened: Path, document: Document, script: Any, tmp_path: Path
) -> None:
    theirs = net("Sigmoid")
    write_project(opened, theirs)
    edit(document)
    script.overwrite, script.save_path = "copy", tmp_path / "copy.flowscope"
    assert filing.save()
    assert read_project(opened).project == theirs
    assert read_project(script.save_path).project == document.project


def test_a_file_that_is_gone_is_asked_for_too(
    filing: Filing, opened: Path, document: Document, script: Any
) -> None:
    opened.unlink()
    edit(document)
    assert not filing.save()
    assert script.asked == ["overwrite net.flowscope"]


def full_disk(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_loses_nothing(
    filing: Filing, opened: Path, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(document)
    before = opened.read_bytes()
    monkeypatch.setattr(os, "fsync", full_disk)
    sentence = refusal(filing, filing.save)
    assert "no space" in sentence
    assert "Free some space" in sentence
    monkeypatch.undo()
    assert opened.read_bytes() == before
    assert document.is_modified
    assert filing.save()
    assert [file.name for file in opened.parent.iterdir() if file.is_file()] == ["net.flowscope"]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no such modes")
def test_a_folder_that_is_not_ours_is_a_sentence(
    filing: Filing, opened: Path, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def read_only(path: Any, flags: int, *rest: int, **more: Any) -> int:
        if flags & os.O_CREAT and Path(path).parent == opened.parent:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *rest, **more)

    edit(document)
    before = opened.read_bytes()
    monkeypatch.setattr(os, "open", read_only)
    assert "Save in a folder" in refusal(filing, filing.save)
    assert opened.read_bytes() == before
    assert document.is_modified


def test_every_demo_opens(filing: Filing, document: Document) -> None:
    for demo in resources.demo_files():
        assert filing.open(demo)
        assert document.project.graph.nodes
        assert document.project.notes
