"""How compiled code comes to be there: built once by one process, told of, and never missed when it fails."""

import os
import shutil
from pathlib import Path

import pytest

import kernels.cpu.tier
from kernels.cpu.build import BUSY, _took, is_being_built, main
from kernels.cpu.tier import Compiled, Tier, bring, object_path


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine on which nothing was built yet."""
    monkeypatch.setenv("FLOWSCOPE_KERNELS", str(tmp_path))
    return tmp_path


def test_what_was_built_is_told_once(
    compiled: Compiled, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built = object_path()
    monkeypatch.setenv("FLOWSCOPE_KERNELS", str(tmp_path))
    monkeypatch.setattr(kernels.cpu.tier, "_build", lambda path: shutil.copy(built, path))
    for expected in (["Kernels were compiled for this processor; from now on they are used."], []):
        told: list[str] = []
        tier = Tier()
        tier.start(told.append, wait=True)
        assert told == expected
        assert tier.current is not None
        assert tier.current.library.address("record_pointwise")


def test_a_build_that_fails_leaves_numpy_at_work(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        raise OSError("no space is left")

    monkeypatch.setattr(kernels.cpu.tier, "_build", fail)
    told: list[str] = []
    tier = Tier()
    tier.start(told.append, wait=True)
    assert tier.current is None
    (sentence,) = told
    assert "NumPy computes everything: no space is left." in sentence


def test_other_sources_have_another_object_file(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = object_path()
    assert first.parent == empty
    assert object_path() == first
    copied = shutil.copytree(kernels.cpu.tier._SOURCES, empty / "sources")
    monkeypatch.setattr(kernels.cpu.tier, "_SOURCES", Path(copied))
    assert object_path() == first
    with Path(copied, "compiled", "rows.py").open("a") as file:
        file.write("# changed")
    assert object_path() != first


def test_one_process_builds_for_all(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = empty / "kernels.o"
    assert _took(path)
    assert is_being_built(path)
    monkeypatch.setattr("sys.argv", ["build", str(path)])
    monkeypatch.setattr("os.nice", lambda _: 0, raising=False)
    assert main() == BUSY, "a second builder does not wait; its worker does"
    os.utime(path.with_suffix(".lock"), (0, 0))
    assert not is_being_built(path), "a lock that old was left by a process that is no more"
    assert _took(path)


def test_a_worker_waits_for_what_another_builds(
    compiled: Compiled, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built = object_path()
    monkeypatch.setenv("FLOWSCOPE_KERNELS", str(tmp_path))
    assert _took(object_path())

    def finished(_: float) -> None:
        shutil.copy(built, object_path())

    monkeypatch.setattr("time.sleep", finished)
    monkeypatch.setattr(kernels.cpu.tier, "_build", lambda path: pytest.fail("one builder is enough"))
    assert bring().library.address("record_pointwise")
