"""A shown canvas with a small graph, and a hand that works on it through real events."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from widgets import theme
from widgets.canvas.looks import CanvasLook, NodeLook, PortLook, WireLook, canvas_look
from widgets.canvas.view import CanvasView

Left = Qt.MouseButton.LeftButton
Plain = Qt.KeyboardModifier.NoModifier


def three_nodes() -> CanvasLook:
    """`digits` feeds `hidden`; `loss` waits for both."""
    digits = NodeLook(
        "digits", "Digits", "Data", 0, 0, "1,437 / 360", "0.1 ms", (),
        (PortLook("images", "float32", 3, "batch x 8 x 8"), PortLook("labels", "int64", 1, "batch")),
    )  # fmt: skip
    hidden = NodeLook(
        "hidden", "Dense", "Layers", 320, 0, "128, relu", "",
        (PortLook("x", "float32", 2, connected=True),), (PortLook("y", "float32", 2, "batch x 128"),),
        is_block=True,
    )  # fmt: skip
    loss = NodeLook(
        "loss", "SparseCategoricalCrossentropy", "Loss", 640, 160, "from logits", "",
        (PortLook("logits", "float32", 2), PortLook("labels", "int64", 1)),
        (PortLook("loss", "float32", 0, "scalar"),),
    )  # fmt: skip
    wire = WireLook("digits", "images", "hidden", "x", "float32", "batch x 8 x 8")
    return canvas_look((digits, hidden, loss), (wire,))


class Hand:
    """Presses, drags and types as a person does."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view

    def at(self, x: float, y: float) -> QPoint:
        """A scene point in the viewport."""
        return self.view.mapFromScene(QPointF(x, y))

    def header(self, node: str) -> QPoint:
        """The middle of a node's header."""
        rect = self.view.node_rect(node)
        return QPoint(rect.center().x(), rect.top() + 12)

    def click(self, at: QPoint, held: Qt.KeyboardModifier = Plain, button: Qt.MouseButton = Left) -> None:
        """A click in the viewport."""
        QTest.mouseClick(self.view.viewport(), button, held, at)

    def double_click(self, at: QPoint) -> None:
        """A double-click in the viewport."""
        QTest.mouseDClick(self.view.viewport(), Left, Plain, at)

    def press(self, at: QPoint, held: Qt.KeyboardModifier = Plain, button: Qt.MouseButton = Left) -> None:
        """The button goes down."""
        QTest.mousePress(self.view.viewport(), button, held, at)

    def move(self, to: QPoint, held: Qt.KeyboardModifier = Plain, button: Qt.MouseButton = Left) -> None:
        """The pointer moves with the button down."""
        place = QPointF(to)
        away = QPointF(self.view.viewport().mapToGlobal(to))
        event = QMouseEvent(QEvent.Type.MouseMove, place, away, Qt.MouseButton.NoButton, button, held)
        QApplication.sendEvent(self.view.viewport(), event)

    def release(self, at: QPoint, held: Qt.KeyboardModifier = Plain, button: Qt.MouseButton = Left) -> None:
        """The button goes up."""
        QTest.mouseRelease(self.view.viewport(), button, held, at)

    def drag(
        self,
        start: QPoint,
        end: QPoint,
        held: Qt.KeyboardModifier = Plain,
        button: Qt.MouseButton = Left,
    ) -> None:
        """Press, eight moves, release."""
        self.press(start, held, button)
        for i in range(1, 9):
            self.move(start + (end - start) * (i / 8), held, button)
        self.release(end, held, button)

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Plain) -> None:
        """A key on the canvas."""
        QTest.keyClick(self.view, key, held)


@pytest.fixture
def view(qtbot: object, qapp: QApplication) -> Iterator[CanvasView]:
    """A canvas of 1000 x 700 at 100 %, looking at the three nodes; motion is off."""
    theme.apply(qapp)
    theme.set_theme("dark")
    theme.set_reduced_motion(True)
    canvas = CanvasView()
    canvas.resize(1000, 700)
    canvas.show()
    canvas.set_look(three_nodes())
    canvas.set_place(400, 200, 1.0)
    canvas.setFocus()
    qapp.processEvents()
    yield canvas
    canvas.close()
    canvas.deleteLater()
    theme.set_theme("dark")


@pytest.fixture
def hand(view: CanvasView) -> Hand:
    """The hand on that canvas."""
    return Hand(view)


@pytest.fixture
def heard() -> Callable[[object], list[tuple[object, ...]]]:
    """Collects what a signal says."""

    def listen(signal: object) -> list[tuple[object, ...]]:
        said: list[tuple[object, ...]] = []
        signal.connect(lambda *words: said.append(words))  # type: ignore[attr-defined]
        return said

    return listen
