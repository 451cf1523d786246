"""PySide6 must not lose references to None, and the start-up check must know the version that does."""

import sys

import pytest
from pytestqt.qtbot import QtBot

from app.preflight import check_binding


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_calls_that_return_nothing_keep_none_alive(qtbot: QtBot) -> None:
    from PySide6.QtCore import QObject

    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(1000):
        thing.setObjectName("name")
    assert sys.getrefcount(None) > before - 500


@pytest.mark.parametrize(
    ("version", "python", "fits"),
    [
        ("6.12.0", (3, 11), False),
        ("6.12.0", (3, 12), True),
        ("6.12.0", (3, 13), True),
        ("6.11.3", (3, 11), True),
        ("6.11.3", (3, 13), True),
    ],
)
def test_only_the_version_that_loses_none_is_refused(
    version: str, python: tuple[int, int], fits: bool
) -> None:
    assert (check_binding(version, python) == "") == fits


def test_the_refusal_says_what_was_found_and_what_to_do() -> None:
    sentence = check_binding("6.12.0", (3, 11))
    for word in ("6.12.0", "Python 3.11", "6.11.3", "start.py"):
        assert word in sentence
