"""The settings: kept from start to start, and a damaged file is a sentence, never the end of the program."""

import json
import os
from pathlib import Path

import pytest

from app.settings import MOST_RECENT, Settings, SettingsStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_without_a_file_there_are_defaults_and_no_complaint(path: Path) -> None:
    store = SettingsStore(path)
    assert (store.current, store.problem) == (Settings(), "")
    assert not path.exists()


def test_what_is_changed_is_there_at_the_next_start(path: Path) -> None:
    store = SettingsStore(path)
    store.update(theme="light", density="Expert", window=(10, 20, 1200, 800), panels={"top": [208, 900]})
    store.add_recent(Path("/somewhere/a.flowscope"))
    again = SettingsStore(path)
    assert again.current == store.current
    assert again.current.theme == "light"
    assert again.problem == ""


def test_a_change_to_the_same_is_not_written(path: Path) -> None:
    SettingsStore(path).update(theme="dark")
    assert not path.exists()


def test_recent_files_are_few_and_the_newest_comes_first(path: Path) -> None:
    store = SettingsStore(path)
    for number in range(MOST_RECENT + 5):
        store.add_recent(Path(f"/somewhere/{number}.flowscope"))
    store.add_recent(Path("/somewhere/10.flowscope"))
    names = [Path(text).stem for text in store.current.recent]
    assert names[:3] == ["10", "16", "15"]
    assert len(names) == len(set(names)) == MOST_RECENT


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"theme": 3}',
        b'{"theme": "pink"}',
        b'{"density": "Everything"}',
        b'{"window": [0, 0]}',
        b'{"window": [0, 0, 99999999999999, 1]}',
        b'{"panels": {"top": [1e300]}}',
        b'{"panels": {"top": [99999999999999]}}',
        b'{"recent": [null]}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_gives_defaults_and_a_sentence(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    store = SettingsStore(path)
    assert store.current == Settings()
    assert "settings.json" in store.problem
    assert "defaults" in store.problem
    store.update(theme="light")
    assert SettingsStore(path).current.theme == "light"


def test_settings_of_another_version_are_read(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"theme": "light", "something new": [1, 2]}))
    assert SettingsStore(path).current.theme == "light"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_disk_that_refuses_is_a_sentence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    store = SettingsStore(path)
    monkeypatch.setattr(os, "fsync", refuse)
    store.update(theme="light")
    assert store.current.theme == "light"
    assert "could not be saved" in store.problem
    assert "no space" in store.problem.lower()
