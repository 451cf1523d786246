"""Where runs lie, what they are called, and what is known of them."""

import json
from pathlib import Path

import pytest

from engine.project.durable import FileError
from engine.telemetry.runs import (
    RunInfo,
    RunLogError,
    list_runs,
    new_run_folder,
    read_info,
    runs_folder,
    write_info,
)


def test_runs_are_numbered_within_their_project(tmp_path: Path) -> None:
    found = [new_run_folder("digits", tmp_path) for _ in range(11)]
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [f"digits/{n}" for n in range(1, 12)]
    assert new_run_folder("other", tmp_path).name == "1"


@pytest.mark.parametrize(
    ("project", "folder"),
    [
        ("My project!", "My_project"),
        ("../../etc", "etc"),
        ("/", "untitled"),
        ("", "untitled"),
        ("CON", "CON_"),
        ("größe", "größe"),
        ("a" * 200, "a" * 80),
        ("a\0b\\c", "a_b_c"),
    ],
)
def test_any_project_name_gives_a_folder_name(tmp_path: Path, project: str, folder: str) -> None:
    path = new_run_folder(project, tmp_path)
    assert path == tmp_path / folder / "1"
    assert path.is_dir()


def test_a_number_that_is_taken_meanwhile_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_mkdir = Path.mkdir
    taken = [True]

    def mkdir(self: Path, *args: object, **options: bool) -> None:
        if self.name == "1" and taken:
            taken.pop()
            raise FileExistsError
        real_mkdir(self, **options)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    assert new_run_folder("p", tmp_path).name == "2"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(b"")
    with pytest.raises(RunLogError, match=r"Cannot make a folder for the run in '.*p': "):
        new_run_folder("p", tmp_path)


def test_the_runs_lie_in_the_users_own_folder() -> None:
    assert runs_folder().parts[-2:] == ("flowscope", "runs")


def test_what_is_known_of_a_run_survives(tmp_path: Path) -> None:
    info = RunInfo(
        "n", {"a": [1]}, 5, "gpu", 10.0, 20.0, "interrupted", "why", {"loss": 0.5}, {"future": {"x": 1}}
    )
    write_info(tmp_path, info)
    assert read_info(tmp_path) == info


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ("{", "not valid JSON"),
        ("[]", "does not describe a run"),
        ('{"name": 5}', "does not describe a run"),
        ('{"name": "n", "state": "asleep"}', "a field of the wrong type"),
        ('{"name": "n", "ended": "now"}', "a field of the wrong type"),
        ('{"name": "n", "seed": true}', "a field of the wrong type"),
        ('{"name": "n", "test_results": {"loss": "low"}}', "a field of the wrong type"),
        ('{"name": "n", "state": []}', "a field of the wrong type"),
    ],
)
def test_a_damaged_description_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunLogError) as caught:
        read_info(tmp_path)
    assert sentence in caught.value.what
    assert [run.info for run in list_runs(tmp_path)] == [None]


def test_a_missing_description_is_told(tmp_path: Path) -> None:
    with pytest.raises((RunLogError, FileError), match="no such file"):
        read_info(tmp_path)


def test_runs_are_listed_in_order_ours_and_those_of_others(tmp_path: Path) -> None:
    for number in (10, 9, 1):
        folder = tmp_path / "digits" / str(number)
        folder.mkdir(parents=True)
        write_info(folder, RunInfo(f"run {number}", {}))
        (folder / "train").mkdir()
        (folder / "train" / "events.out.tfevents.1.x").touch()
    foreign = tmp_path / "foreign" / "deep"
    foreign.mkdir(parents=True)
    (foreign / "events.out.tfevents.1.x").touch()
    (tmp_path / "empty").mkdir()
    found = list_runs(tmp_path)
    assert [run.path.relative_to(tmp_path).as_posix() for run in found] == [
        "digits/1",
        "digits/9",
        "digits/10",
        "foreign/deep",
    ]
    assert [run.name for run in found] == ["run 1", "run 9", "run 10", "deep"]


def test_links_that_lead_round_in_a_circle_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to(tmp_path)
    assert list_runs(tmp_path) == []


def test_run_json_is_readable(tmp_path: Path) -> None:
    write_info(tmp_path, RunInfo("n", {}))
    assert json.loads((tmp_path / "run.json").read_text())["state"] == "running"
