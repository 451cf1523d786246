"""Power cuts: whatever part of what was not synced reaches the disk, the file is the old or the new one."""

import itertools
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from engine.project.durable import durable_replace

OLD, NEW = b"old" * 700, [b"new one " * 64, b"new two " * 64]
WHOLE = b"".join(NEW)


@dataclass
class Disk:
    """What the disk surely has, and what it may or may not have yet, of one folder.

    Stricter than common file systems: without a sync, names and contents reach it in any combination.
    """

    contents: dict[int, bytes] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    unsynced_contents: dict[int, list[bytes]] = field(default_factory=dict)
    unsynced_names: list[tuple[str, str, int]] = field(default_factory=list)

    def states(self) -> Iterator[dict[str, bytes]]:
        """Every folder that could be found after the power comes back."""
        for kept in itertools.product((False, True), repeat=len(self.unsynced_names)):
            names = dict(self.names)
            for (old, new, inode), reached in zip(self.unsynced_names, kept, strict=True):
                if reached:
                    names.pop(old, None)
                    names[new] = inode
            choices = [list(self._contents(inode)) for inode in names.values()]
            for contents in itertools.product(*choices):
                yield dict(zip(names, contents, strict=True))

    def _contents(self, inode: int) -> Iterator[bytes]:
        """What a file may hold: any number of its pieces, the last one torn or still zeros."""
        sure = self.contents.get(inode, b"")
        pieces = self.unsynced_contents.get(inode, [])
        for count in range(len(pieces) + 1):
            before = sure + b"".join(pieces[:count])
            yield before
            if count < len(pieces):
                yield before + pieces[count][: len(pieces[count]) // 2]
                yield before + bytes(len(pieces[count]))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> tuple[Disk, list[Disk]]:
    """Watch what is asked of the operating system; the list gets a copy of the disk before each call."""
    model, history = Disk(), []
    real = {name: getattr(os, name) for name in ("open", "write", "fsync")}
    real_replace = Path.replace

    def note() -> None:
        history.append(
            Disk(
                dict(model.contents),
                dict(model.names),
                {inode: list(pieces) for inode, pieces in model.unsynced_contents.items()},
                list(model.unsynced_names),
            )
        )

    def open_(path: Any, flags: int, mode: int = 0o777) -> int:
        note()
        descriptor: int = real["open"](path, flags, mode)
        if flags & os.O_CREAT:
            inode = os.fstat(descriptor).st_ino
            model.unsynced_names.append(("", Path(path).name, inode))
        return descriptor

    def write(descriptor: int, data: Any) -> int:
        note()
        count: int = real["write"](descriptor, data)
        pieces = model.unsynced_contents.setdefault(os.fstat(descriptor).st_ino, [])
        pieces.append(bytes(data[:count]))
        return count

    def fsync(descriptor: int) -> None:
        note()
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            for old, new, inode in model.unsynced_names:
                model.names.pop(old, None)
                model.names[new] = inode
            model.unsynced_names.clear()
        else:
            pieces = model.unsynced_contents.pop(found.st_ino, [])
            model.contents[found.st_ino] = model.contents.get(found.st_ino, b"") + b"".join(pieces)

    def replace(self: Path, target: Path) -> Path:
        note()
        model.unsynced_names.append((self.name, Path(target).name, self.stat().st_ino))
        return real_replace(self, target)

    for name, function in {"open": open_, "write": write, "fsync": fsync}.items():
        monkeypatch.setattr(os, name, function)
    monkeypatch.setattr(Path, "replace", replace)
    return model, history


def begin_with_old(disk: Disk, path: Path) -> None:
    path.write_bytes(OLD)
    disk.contents[path.stat().st_ino] = OLD
    disk.names[path.name] = path.stat().st_ino


def damaged_states(disk: Disk, history: list[Disk]) -> int:
    """How many states have neither the old nor the new file; or, after the end, not the new one."""
    during = [state for moment in history for state in moment.states()]
    after = list(disk.states())
    lost = [state for state in after if state.get("file") != WHOLE]
    torn = [state for state in during if state.get("file") not in (OLD, WHOLE)]
    assert len(during) > 20
    return len(lost) + len(torn)


def test_every_state_after_a_power_cut_has_a_whole_file(
    tmp_path: Path, disk: tuple[Disk, list[Disk]]
) -> None:
    begin_with_old(disk[0], tmp_path / "file")
    durable_replace(tmp_path / "file", NEW)
    assert damaged_states(*disk) == 0


@pytest.mark.parametrize("forgotten", [stat.S_ISREG, stat.S_ISDIR])
def test_the_check_sees_a_forgotten_sync(
    tmp_path: Path,
    disk: tuple[Disk, list[Disk]],
    monkeypatch: pytest.MonkeyPatch,
    forgotten: Callable[[int], bool],
) -> None:
    begin_with_old(disk[0], tmp_path / "file")
    fsync = os.fsync

    def forgetful(descriptor: int) -> None:
        if not forgotten(os.fstat(descriptor).st_mode):
            fsync(descriptor)

    monkeypatch.setattr(os, "fsync", forgetful)
    durable_replace(tmp_path / "file", NEW)
    assert damaged_states(*disk) > 0
