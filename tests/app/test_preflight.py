"""The program notices at start when another distribution has taken the place of one of its packages."""

import base64
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import preflight

HERE = {name: Path("/flow", name) for name in preflight.PACKAGES}


def test_this_installation_is_whole() -> None:
    assert preflight.problems() == []


def test_packages_side_by_side_are_fine() -> None:
    assert preflight.check_packages(HERE) == ""


def test_a_missing_package_is_named() -> None:
    sentence = preflight.check_packages(HERE | {"widgets": None})
    assert "'widgets'" in sentence
    assert "missing" in sentence
    assert "start.py" in sentence


def test_a_package_elsewhere_is_named_with_both_places() -> None:
    sentence = preflight.check_packages(HERE | {"kernels": Path("/site/kernels")})
    assert "'kernels'" in sentence
    assert str(Path("/site/kernels")) in sentence
    assert str(HERE["app"]) in sentence


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder where Flowscope is installed as a wheel would install it, first on the path."""
    record = []
    for name in preflight.PACKAGES:
        file = tmp_path / name / "__init__.py"
        file.parent.mkdir()
        file.write_text(f'"""Our {name}."""\n')
        digest = base64.urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest()).rstrip(b"=").decode()
        record.append(f"{name}/__init__.py,sha256={digest},{file.stat().st_size}")
    distribution(tmp_path, "flowscope", record)
    monkeypatch.syspath_prepend(tmp_path)
    for name in preflight.PACKAGES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield tmp_path


def distribution(site: Path, name: str, record: list[str]) -> None:
    """Write what an installer writes about a distribution."""
    folder = site / f"{name}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (folder / "RECORD").write_text("\n".join(record) + "\n")


def test_an_installed_program_is_whole(site: Path) -> None:
    assert preflight.problems() == []


def test_a_package_that_was_written_over_is_named_with_who_did_it(site: Path) -> None:
    (site / "kernels" / "__init__.py").write_text('"""Somebody else\'s."""\n')
    distribution(site, "other-kernels", ["kernels/__init__.py,,"])
    (sentence,) = preflight.problems()
    assert "'kernels'" in sentence
    assert "'other-kernels'" in sentence
    assert "start.py" in sentence


def test_a_package_that_was_removed_is_named(site: Path) -> None:
    """Removing the other distribution takes our file with it."""
    (site / "kernels" / "__init__.py").unlink()
    found = preflight.problems()
    assert found
    assert all("'kernels'" in sentence for sentence in found)
