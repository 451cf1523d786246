"""Autosaves: unsaved work is found after a crash, and never offered while its program still runs."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engine.project.autosave import Autosave, discard, find_recoverable, recoverable_beside
from engine.project.files import read_project, write_project
from engine.project.owner import Owner, is_alive, is_token, state_folder
from engine.project.project import Project

DIES_WITH_UNSAVED_WORK = """
import os, signal, sys
from pathlib import Path
from engine.project.autosave import Autosave
from engine.project.files import read_project
from engine.project.owner import Owner

original = Path(sys.argv[1])
loaded = read_project(original)
owner = Owner(Path(sys.argv[2]))
autosave = Autosave(owner, original if sys.argv[3] == "named" else None)
autosave.save(loaded.project, loaded.stamp if sys.argv[3] == "named" else None)
print(owner.token, flush=True)
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


@pytest.mark.parametrize("kind", ["named", "untitled"])
def test_work_of_a_killed_program_is_found_and_that_of_a_running_one_is_not(
    tmp_path: Path, project: Project, kind: str
) -> None:
    original, state = tmp_path / "p.flowscope", tmp_path / "state"
    write_project(original, project)
    owner = Owner(state)
    command = [sys.executable, "-c", DIES_WITH_UNSAVED_WORK, str(original), str(state), kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None and child.stdout is not None
        token = child.stdout.readline().strip()
        assert is_alive(state, token)
        assert find_recoverable(owner) == []
        child.stdin.write("die\n")
        child.stdin.flush()
        assert child.wait() == -signal.SIGKILL
    (work,) = find_recoverable(owner)
    assert not is_alive(state, token)
    assert work.project == project
    assert work.original == (original if kind == "named" else None)
    assert not work.original_changed
    discard(work)
    assert find_recoverable(owner) == []
    owner.close()
    assert names(state) == set()
    assert names(tmp_path) == {"p.flowscope", "state"}


def left_behind(folder: Path, original: Path | None, project: Project) -> Path:
    """An autosave whose owner has ended without discarding it."""
    owner = Owner(folder)
    saved = Autosave(owner, original)
    saved.save(project, read_project(original).stamp if original and original.exists() else None)
    owner.close()
    return saved.path


def test_an_autosave_lies_beside_the_file_and_goes_with_discard(tmp_path: Path, project: Project) -> None:
    original = tmp_path / "p.flowscope"
    write_project(original, project)
    owner = Owner(tmp_path / "state")
    saved = Autosave(owner, original)
    assert names(tmp_path) == {"p.flowscope", "state"}
    saved.save(project, None)
    assert names(tmp_path) == {"p.flowscope", "state", ".p.flowscope.autosave"}
    saved.save(replace(project, notes=()), None)
    saved.discard()
    saved.discard()
    assert names(tmp_path) == {"p.flowscope", "state"}
    owner.close()
    assert names(tmp_path / "state") == set()


def test_the_newest_state_is_kept(tmp_path: Path, project: Project) -> None:
    first = Owner(tmp_path)
    saved = Autosave(first, None)
    saved.save(project, None)
    saved.save(replace(project, notes=()), None)
    first.close()
    owner = Owner(tmp_path)
    (work,) = find_recoverable(owner)
    assert work.project.notes == ()
    owner.close()


def test_a_change_of_the_original_is_told(tmp_path: Path, project: Project) -> None:
    original, state = tmp_path / "p.flowscope", tmp_path / "state"
    write_project(original, project)
    left_behind(state, original, project)
    write_project(original, replace(project, notes=()))
    owner = Owner(state)
    (work,) = find_recoverable(owner)
    assert work.original_changed
    original.unlink()
    (work,) = find_recoverable(owner)
    assert work.original_changed
    owner.close()


def test_two_windows_on_one_file_do_not_touch_each_others_autosave(tmp_path: Path, project: Project) -> None:
    original, state = tmp_path / "p.flowscope", tmp_path / "state"
    write_project(original, project)
    one, two = Owner(state), Owner(state)
    first = Autosave(one, original)
    first.save(project, None)
    second = Autosave(two, original)
    second.save(replace(project, notes=()), None)
    assert first.path != second.path
    assert second.path.parent == state
    assert find_recoverable(one) == find_recoverable(two) == []
    one.close()
    two.close()
    third = Owner(state)
    assert {len(work.project.notes) for work in find_recoverable(third)} == {0, 1}
    third.close()


def test_several_documents_are_found_newest_first(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([10.0, 30.0, 20.0])
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: next(clock))
        paths = [left_behind(tmp_path, None, project) for _ in range(3)]
    owner = Owner(tmp_path)
    found = find_recoverable(owner)
    assert [work.path for work in found] == [paths[1], paths[2], paths[0]]
    assert [work.saved_at for work in found] == [30.0, 20.0, 10.0]
    owner.close()


def test_a_folder_that_cannot_be_written_is_not_used(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = tmp_path / "medium" / "p.flowscope"
    original.parent.mkdir()
    write_project(original, project)
    owner = Owner(tmp_path / "state")
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        saved = Autosave(owner, original)
    saved.save(project, None)
    assert saved.path.parent == tmp_path / "state"
    assert names(original.parent) == {"p.flowscope"}
    owner.close()


def test_work_beside_a_file_from_another_computer_is_found(tmp_path: Path, project: Project) -> None:
    original = tmp_path / "p.flowscope"
    write_project(original, project)
    left_behind(tmp_path / "other computer", original, project)
    owner = Owner(tmp_path / "state")
    assert find_recoverable(owner) == []
    work = recoverable_beside(original, owner)
    assert work is not None and work.project == project
    assert recoverable_beside(tmp_path / "unknown.flowscope", owner) is None
    owner.close()


EMPTY_PROJECT = {"format": "flowscope", "version": 1}
SOUND = {
    "format": "flowscope-autosave",
    "version": 1,
    "owner": "1-a",
    "saved_at": 1,
    "original": None,
    "stamp": None,
    "project": EMPTY_PROJECT,
}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"junk",
        b"[]",
        b"{}",
        b'{"format": "flowscope-autosave", "version": 1}',
        *(
            json.dumps({**SOUND, field: value}).encode()
            for field, value in {
                "version": 9,
                "owner": "../../x",
                "saved_at": "x",
                "original": "a\0b",
                "stamp": [1, 2],
                "project": {**EMPTY_PROJECT, "version": 99},
            }.items()
        ),
        json.dumps({**SOUND, "original": 5}).encode(),
    ],
)
def test_what_is_damaged_or_strange_is_neither_offered_nor_removed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "1-a-1.autosave").write_bytes(content)
    owner = Owner(tmp_path)
    assert find_recoverable(owner) == []
    owner.close()
    assert names(tmp_path) == {"1-a-1.autosave"}


def test_a_sound_autosave_of_a_dead_owner_is_offered(tmp_path: Path) -> None:
    (tmp_path / "1-a-1.autosave").write_text(json.dumps(SOUND))
    owner = Owner(tmp_path)
    assert [work.saved_at for work in find_recoverable(owner)] == [1.0]
    owner.close()


def test_a_project_as_deep_as_a_file_allows_is_recovered(tmp_path: Path, project: Project) -> None:
    deep: object = 1
    for _ in range(63):
        deep = [deep]
    project = replace(project, extra={"deep": deep})
    write_project(tmp_path / "p.flowscope", project)
    left_behind(tmp_path, None, project)
    owner = Owner(tmp_path)
    assert [work.project for work in find_recoverable(owner)] == [project]
    owner.close()


def test_a_pointer_to_nothing_is_removed(tmp_path: Path, project: Project) -> None:
    original, state = tmp_path / "p.flowscope", tmp_path / "state"
    write_project(original, project)
    left_behind(state, original, project).unlink()
    (state / "1-a-7.pointer").write_bytes(b"junk")
    owner = Owner(state)
    assert find_recoverable(owner) == []
    owner.close()
    assert names(state) == set()


def test_an_owner_is_alive_until_it_ends(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    assert is_alive(tmp_path, owner.token)
    assert str(os.getpid()) in owner.token
    owner.close()
    assert not is_alive(tmp_path, owner.token)
    assert not is_alive(tmp_path, "123-abc")


@pytest.mark.parametrize("text", ["", "1", "a-b", "1-", "../1-a", "1-a/b", "1-" + "a" * 80, "-a", "²-a"])
def test_a_strange_token_is_none(text: str) -> None:
    assert not is_token(text)


def test_the_state_folder_is_the_users_own() -> None:
    assert "flowscope" in state_folder().parts
