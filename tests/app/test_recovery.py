"""Autosave and recovery: unsaved work outlives a full disk, a read-only folder and a killed program."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.document import edits
from app.document.document import Document
from app.filing import Filing
from app.settings import SettingsStore
from engine.graph.graph import GraphDef
from engine.project.autosave import autosave_path, find_recoverable
from engine.project.files import read_project, write_project
from engine.project.owner import Owner, state_folder
from engine.project.project import Project

ROOT = str(Path(__file__).parents[2])
VARIABLES = {"dense/kernel": np.ones((2, 3), np.float32)}
Start = Callable[..., tuple[Filing, Document]]

CHILD = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.document import edits
from app.document.document import Document
from app.filing import Filing
from app.settings import SettingsStore
qt = QCoreApplication(["child"])
document = Document()
filing = Filing(document, SettingsStore(Path(sys.argv[2])), None)
if sys.argv[1]:
    assert filing.open(Path(sys.argv[1]))
document.apply("Add", edits.add_node(document.project, "Sigmoid", 0, 0)[0])
assert filing.autosave_now()
print("edited", flush=True)
qt.exec()
"""


def net() -> Project:
    return edits.add_node(Project(GraphDef()), "Dense", 0, 0)[0]


def edit(document: Document) -> None:
    document.apply("Add", edits.add_node(document.project, "Relu", 0, 0)[0])


@pytest.fixture(autouse=True)
def empty_state() -> Iterator[None]:
    """Nothing to recover is left from another test, or for one."""
    yield
    for file in state_folder().glob("*"):
        file.unlink()


@pytest.fixture
def start(qapp: object, settings: SettingsStore, script: Any) -> Iterator[Start]:
    """Starts a session: its filing and its document."""
    begun: list[Filing] = []

    def begin(file: Path | None = None) -> tuple[Filing, Document]:
        document = Document()
        begun.append(Filing(document, settings, script))
        if file is not None:
            assert begun[-1].open(file)
        return begun[-1], document

    yield begin
    for filing in begun:
        filing.close()


@pytest.fixture
def killed(tmp_path: Path) -> Callable[[Path | None], None]:
    """A whole other session that adds a Sigmoid, and is killed without a chance to say anything."""

    def session(file: Path | None) -> None:
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(file or ""), str(tmp_path / "child.json")],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": ROOT},
            text=True,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "edited\n"
        child.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        child.wait()
        child.stdout.close()

    return session


def leftovers() -> list[Any]:
    owner = Owner()
    found = find_recoverable(owner)
    owner.close()
    return found


def test_unsaved_work_lies_beside_the_file_until_it_is_saved(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "net.flowscope"
    write_project(path, net())
    filing, document = start(path)
    edit(document)
    assert filing.autosave_now()
    assert autosave_path(path).exists()
    assert read_project(path).project == net()
    assert filing.save()
    assert not autosave_path(path).exists()


def test_an_edit_sets_the_clock_of_the_autosave(start: Start, qtbot: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.flowscope"
    write_project(path, net())
    _, document = start(path)
    edit(document)
    qtbot.waitUntil(autosave_path(path).exists)


def test_what_was_undone_needs_no_autosave(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "net.flowscope"
    write_project(path, net())
    filing, document = start(path)
    edit(document)
    filing.autosave_now()
    document.undo()
    filing.autosave_now()
    assert not autosave_path(path).exists()


def test_an_orderly_end_leaves_nothing(start: Start, tmp_path: Path) -> None:
    filing, document = start()
    edit(document)
    filing.autosave_now()
    assert list(state_folder().glob("*.autosave"))
    filing._forget_autosave()
    assert not list(state_folder().glob("*.autosave"))


def test_where_nothing_was_left_nothing_is_asked(start: Start, script: Any) -> None:
    filing, _ = start()
    assert not filing.offer_recovery()
    assert script.asked == []


def test_work_of_a_killed_program_is_offered_and_taken_up(
    start: Start, killed: Callable[[Path | None], None], script: Any, tmp_path: Path
) -> None:
    path = tmp_path / "net.flowscope"
    write_project(path, net(), VARIABLES)
    killed(path)
    script.recovery = lambda found: found[0]
    filing, document = start()
    assert filing.offer_recovery()
    assert script.asked == ["recover 1"]
    assert set(document.project.graph.nodes) == {"dense", "sigmoid"}
    assert document.is_modified
    assert set(document.variables) == set(VARIABLES)
    assert read_project(path).project == net()
    assert filing.save()
    saved = read_project(path)
    assert set(saved.project.graph.nodes) == {"dense", "sigmoid"}
    assert set(saved.variables) == set(VARIABLES)
    assert leftovers() == []


def test_work_that_never_had_a_file_is_recovered(
    start: Start, killed: Callable[[Path | None], None], script: Any
) -> None:
    killed(None)
    script.recovery = lambda found: found[0]
    filing, document = start()
    assert filing.offer_recovery()
    assert set(document.project.graph.nodes) == {"sigmoid"}
    assert document.path is None


def test_json_that_is_recovered_stays_json(
    start: Start, killed: Callable[[Path | None], None], script: Any, tmp_path: Path
) -> None:
    path = tmp_path / "net.json"
    write_project(path, net(), as_json=True)
    killed(path)
    script.recovery = lambda found: found[0]
    filing, _ = start()
    assert filing.offer_recovery()
    assert filing.save()
    assert path.read_bytes()[:1] == b"{"


def test_later_keeps_it_and_discard_removes_it(
    start: Start, killed: Callable[[Path | None], None], script: Any, tmp_path: Path
) -> None:
    path = tmp_path / "net.flowscope"
    write_project(path, net())
    killed(path)
    filing, document = start()
    assert not filing.offer_recovery()
    assert len(leftovers()) == 1
    script.recovery = lambda found: "discard"
    assert not filing.offer_recovery()
    assert leftovers() == []
    assert not autosave_path(path).exists()
    assert document.project == Project(GraphDef())


def test_opening_the_file_offers_what_lies_beside_it(
    start: Start, killed: Callable[[Path | None], None], script: Any, tmp_path: Path
) -> None:
    path = tmp_path / "net.flowscope"
    write_project(path, net())
    killed(path)
    script.recovery = lambda found: found[0]
    _, document = start(path)
    assert script.asked == ["recover 1"]
    assert "sigmoid" in document.project.graph.nodes


def test_a_file_that_changed_since_is_not_saved_over(
    start: Start, killed: Callable[[Path | None], None], script: Any, tmp_path: Path
) -> None:
    path = tmp_path / "net.flowscope"
    write_project(path, net())
    killed(path)
    write_project(path, edits.add_node(net(), "Softmax", 0, 0)[0])
    script.recovery = lambda found: found[0]
    filing, document = start()
    assert filing.offer_recovery()
    assert document.path is None
    assert "sigmoid" in document.project.graph.nodes


def test_when_the_disk_is_full_the_only_copy_stays(
    start: Start,
    killed: Callable[[Path | None], None],
    script: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    killed(None)
    script.recovery = lambda found: found[0]
    filing, document = start()
    said: list[str] = []
    filing.said.connect(lambda sentence, _: said.append(sentence))
    monkeypatch.setattr(os, "fsync", full_disk)
    assert filing.offer_recovery()
    assert "sigmoid" in document.project.graph.nodes
    assert any("Autosave did not work" in sentence for sentence in said)
    monkeypatch.undo()
    assert len(leftovers()) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no such modes")
def test_in_a_read_only_folder_the_autosave_goes_elsewhere(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.flowscope"
    write_project(path, net())
    real = os.access
    monkeypatch.setattr(os, "access", lambda where, mode: Path(where) != tmp_path and real(where, mode))
    filing, document = start(path)
    edit(document)
    assert filing.autosave_now()
    assert not autosave_path(path).exists()
    assert len(list(state_folder().glob("*.autosave"))) == 1


def test_work_of_a_program_that_runs_is_not_offered(start: Start, script: Any) -> None:
    filing, document = start()
    edit(document)
    filing.autosave_now()
    other, _ = start()
    assert not other.offer_recovery()
    assert script.asked == []
