"""Durable writing: the file is whole at every moment, whatever fails or dies."""

import errno
import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.project.durable import ConflictError, FileError, FileStamp, durable_replace


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def test_a_new_file_has_the_content_and_the_ordinary_mode(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    path = tmp_path / "new"
    stamp = durable_replace(path, [b"one ", b"", b"two"])
    assert path.read_bytes() == b"one two"
    assert path.stat().st_mode == ordinary.stat().st_mode
    assert stamp == FileStamp.of(path)
    assert names(tmp_path) == {"ordinary", "new"}


def test_an_old_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o640)
    durable_replace(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_the_target_of_a_link_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "target"
    target.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(target)
    durable_replace(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert names(tmp_path / "real") == {"target"}


def test_what_a_crash_leaves_behind_is_not_taken_for_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.out.tfevents.1.flowscope"
    path.write_bytes(b"old")
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    monkeypatch.setattr(os, "fsync", fail_with(errno.EIO))
    with pytest.raises(FileError):
        durable_replace(path, b"new")
    (leftover,) = names(tmp_path) - {path.name}
    assert "tfevents" not in leftover
    assert leftover.startswith(".") and leftover.endswith(".tmp")


def test_a_very_long_name_leaves_room_for_the_temporary_one(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 240)
    durable_replace(path, b"new")
    assert path.read_bytes() == b"new"


def test_somebody_elses_change_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "file"
    stamp = durable_replace(path, b"mine")
    other = tmp_path / "other"
    other.write_bytes(b"hers")
    other.replace(path)
    with pytest.raises(ConflictError, match=r"'.*file' was changed by another program after it was opened"):
        durable_replace(path, b"mine again", expected=stamp)
    assert path.read_bytes() == b"hers"
    path.unlink()
    with pytest.raises(ConflictError, match="is gone"):
        durable_replace(path, b"mine again", expected=stamp)
    assert names(tmp_path) == set()


def test_a_change_of_the_same_length_with_the_time_set_back_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    stamp = durable_replace(path, b"mine")
    other = tmp_path / "other"
    other.write_bytes(b"hers")
    os.utime(other, ns=(stamp.modified_ns, stamp.modified_ns))
    other.replace(path)
    with pytest.raises(ConflictError):
        durable_replace(path, b"mine", expected=stamp)


def test_own_saves_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    stamp = durable_replace(path, b"1")
    for content in (b"2", b"3"):
        stamp = durable_replace(path, content, expected=stamp)
    assert path.read_bytes() == b"3"


def fail_with(code: int) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("step", ["open", "write", "fsync", "close", "rename"])
def test_a_failing_step_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    real_close = os.close
    with monkeypatch.context() as patch:
        if step == "rename":
            patch.setattr(Path, "replace", fail_with(code))
        elif step == "close":

            def close(descriptor: int) -> None:
                real_close(descriptor)
                fail_with(code)()

            patch.setattr(os, "close", close)
        else:
            patch.setattr(os, step, fail_with(code))
        with pytest.raises(FileError) as caught:
            durable_replace(path, b"new")
    assert str(path) in caught.value.what
    assert os.strerror(code).lower() in caught.value.what
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == {"file"}
    durable_replace(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_short_write_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: real_write(descriptor, data[:3]))
        durable_replace(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_an_error_while_the_content_is_made_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def chunks() -> Any:
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        durable_replace(path, chunks())
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == {"file"}


def test_the_file_and_its_folder_are_synced_in_this_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    real_fsync, real_replace, real_write = os.fsync, Path.replace, os.write

    def fsync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real_fsync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        done.append("rename")
        return real_replace(self, target)

    def write(descriptor: int, data: Any) -> int:
        done.append("write")
        return real_write(descriptor, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        patch.setattr(os, "write", write)
        patch.setattr(Path, "replace", replace)
        durable_replace(tmp_path / "file", b"new")
    assert done == ["write", "file", "rename", "folder"]


@pytest.mark.parametrize("kind", ["folder", "pipe", "missing folder"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thing"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path = tmp_path / "missing" / "thing"
    with pytest.raises(FileError, match="Cannot write"):
        durable_replace(path, b"new")
    assert names(tmp_path) <= {"thing"}


@pytest.fixture
def without_privileges() -> Iterator[Path]:
    """A folder in which everyone may write; root, who may write everywhere, gets the rights of nobody."""
    nobody, root = 65534, 0
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        privileged = os.geteuid() == root
        if privileged:
            os.setresuid(nobody, nobody, root)
        yield Path(name)
        if privileged:
            os.setresuid(root, root, root)


def test_a_write_protected_file_is_not_replaced(without_privileges: Path) -> None:
    path = without_privileges / "file"
    path.write_bytes(b"old")
    path.chmod(0o400)
    with pytest.raises(FileError, match="permission denied"):
        durable_replace(path, b"new")
    assert path.read_bytes() == b"old"


SAVES_WITHOUT_END = """
import os, sys
from pathlib import Path
from engine.project.durable import durable_replace

path = Path(sys.argv[1])
for trial in range(int(sys.argv[2])):
    sys.stdin.readline()
    child = os.fork()
    if child == 0:
        print("pid", os.getpid(), flush=True)
        for number in range(1_000_000):
            durable_replace(path, [b"%04d%04d" % (trial, number) * 512 for _ in range(16)])
            print("saved", number, flush=True)
    os.waitpid(child, 0)
    print("dead", 0, flush=True)
"""


def test_a_killed_writer_leaves_a_whole_file_no_older_than_what_it_acknowledged(tmp_path: Path) -> None:
    """A hundred times: a process saves without end, and is killed at a random moment."""
    chance = random.Random(5)
    path = tmp_path / "file"
    trials = 100
    command = [sys.executable, "-c", SAVES_WITHOUT_END, str(path), str(trials)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        said = (line.split() for line in server.stdout)
        for trial in range(trials):
            server.stdin.write("go\n")
            server.stdin.flush()
            word, number = next(said)
            assert word == "pid"
            child, acknowledged = int(number), -1
            for _ in range(chance.randrange(1, 6)):
                acknowledged = int(next(said)[1])
            for _ in range(chance.randrange(20_000)):
                pass
            os.kill(child, signal.SIGKILL)
            while (answer := next(said))[0] != "dead":
                acknowledged = int(answer[1])
            content = path.read_bytes()
            assert content == content[:8] * 512 * 16
            assert int(content[:4]) == trial
            assert int(content[4:8]) in (acknowledged, acknowledged + 1)
            for leftover in names(tmp_path) - {"file"}:
                assert leftover.endswith(".tmp")
                (tmp_path / leftover).unlink()


def test_the_writer_is_importable_without_qt() -> None:
    code = "import sys, engine.project.files; assert not [m for m in sys.modules if m.startswith('PySide6')]"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
