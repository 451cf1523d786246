"""Painter calls, taken down once and played often: most nodes look the same from frame to frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from PySide6.QtGui import QPainter


class Recorder:
    """Stands in for a painter. It takes calls that paint or set something; it cannot answer questions."""

    def __init__(self) -> None:
        self._calls: list[tuple[Callable[..., object], tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        method = getattr(QPainter, name)
        calls = self._calls

        def take(*arguments: Any) -> None:
            calls.append((method, arguments))

        return take

    def as_painter(self) -> QPainter:
        """Itself, for functions that paint."""
        return cast(QPainter, self)

    def play(self, painter: QPainter) -> None:
        """Makes all the calls on a real painter."""
        for method, arguments in self._calls:
            method(painter, *arguments)
