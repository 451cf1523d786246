"""The floating run bar: run or pause, step, stop, and how far the training is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from widgets import theme
from widgets.controls.buttons import IconButton, TextButton
from widgets.controls.floating import FloatingBox
from widgets.controls.labels import ElidedLabel
from widgets.controls.painting import RIGHT, draw_box

RunState = Literal["idle", "starting", "running", "paused", "stopping"]

SHORTCUTS = {"run": "F5", "pause": "F5", "step": "F10", "stop": "Shift+F5", "run to here": "Ctrl+F10"}


@dataclass(frozen=True, slots=True)
class RunBarLook:
    """`text` says where the run is, `remaining` how long it takes, `fraction` fills the bar (None: unknown).

    `reason` says why the graph cannot run where `can_run` is false.
    """

    state: RunState = "idle"
    text: str = "Ready to run"
    remaining: str = ""
    fraction: float | None = 0.0
    can_run: bool = True
    reason: str = ""
    can_run_to_here: bool = False


_PRIMARY: dict[str, tuple[str, str]] = {
    "idle": ("Run", "action-run"),
    "starting": ("Starting", ""),
    "running": ("Pause", "action-pause"),
    "paused": ("Resume", "action-run"),
    "stopping": ("Stopping", ""),
}
_WIDTH, _HEIGHT = 464, 44


class RunBar(FloatingBox):
    """Shows a run by `set_look(look)`; its intents are `run`, `pause`, `step`, `stop` and `run_to_here`."""

    run = Signal()
    pause = Signal()
    step = Signal()
    stop = Signal()
    run_to_here = Signal()

    def __init__(self, parent: QWidget | None = None, shortcuts: Mapping[str, str] = SHORTCUTS) -> None:
        super().__init__(parent)
        self._look = RunBarLook()
        self._keys = dict(shortcuts)
        self.setObjectName("run-bar")
        self.setAccessibleName("Run")
        margins = self.MARGINS
        self.setFixedSize(
            _WIDTH + margins.left() + margins.right(), _HEIGHT + margins.top() + margins.bottom()
        )
        self.primary = TextButton("Run", name="run-primary", primary=True, height=30, parent=self)
        self.step_button = IconButton("action-step", self._tip("Step", "step"), name="run-step", parent=self)
        self.stop_button = IconButton("action-stop", self._tip("Stop", "stop"), name="run-stop", parent=self)
        self.more = IconButton(
            "chevron-down", "More ways to run", name="run-more", side=20, icon_size=13, parent=self
        )
        self._text = ElidedLabel("", "body", "text", parent=self)
        self._text.setObjectName("run-text")
        self._remaining = ElidedLabel("", "label", "text2", align=RIGHT, parent=self)
        self._remaining.setObjectName("run-remaining")
        self._menu = QMenu(self)
        self._menu.setObjectName("run-menu")
        self._to_here = self._menu.addAction("Run to here")
        self._to_here.setObjectName("run-to-here")
        self._to_here.setToolTip("Runs until the selected node has its value, then pauses")
        self._to_here.triggered.connect(self.run_to_here)
        self.primary.clicked.connect(self._primary_clicked)
        self.step_button.clicked.connect(self.step)
        self.stop_button.clicked.connect(self.stop)
        self.more.clicked.connect(self._open_menu)
        self._place()
        self._show_look()

    def look(self) -> RunBarLook:
        """What the bar shows."""
        return self._look

    def set_look(self, look: RunBarLook) -> None:
        """Shows another state or progress of the run."""
        if look != self._look:
            self._look = look
            self._show_look()
            self.update(self._track().toAlignedRect())

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        now = theme.current()
        painter = QPainter(self)
        track = self._track()
        fraction = self._look.fraction
        draw_box(painter, track, 2, now.hover if now.dark else now.border)
        if fraction is None:
            # Unknown progress stands still as short dashes: nothing in the window pulses.
            for left in range(0, int(track.width()), 24):
                width = min(12.0, track.width() - left)
                draw_box(painter, QRectF(track.left() + left, track.top(), width, 4), 2, now.accent)
        elif fraction > 0:
            filled = max(4.0, track.width() * min(fraction, 1.0))
            done = now.warn if self._look.state == "paused" else now.accent
            draw_box(painter, QRectF(track.left(), track.top(), filled, 4), 2, done)

    def _show_look(self) -> None:
        look = self._look
        busy = look.state in ("starting", "stopping")
        words, icon = _PRIMARY[look.state]
        self.primary.set_face(words, icon)
        can_start = look.can_run or look.state == "running"
        self.primary.setEnabled(can_start and not busy)
        self.step_button.setEnabled(look.can_run and not busy)
        self.stop_button.setEnabled(look.state not in ("idle", "stopping"))
        self._to_here.setEnabled(look.can_run and look.can_run_to_here and not busy)
        keys = self._keys.get("run to here", "")
        self._to_here.setText(f"Run to here\t{keys}" if keys else "Run to here")
        which = "pause" if look.state == "running" else "run"
        tip = self._tip(words, which) if not busy else words
        self.primary.setToolTip(look.reason if look.reason and not can_start else tip)
        self._text.set_text(look.text, tip=look.reason)
        self._remaining.set_text(look.remaining)
        percent = "" if look.fraction is None else f", {look.fraction:.0%}"
        self.setAccessibleDescription(f"{look.text}{percent}. {look.remaining}".strip())
        self._place_texts()

    def _place(self) -> None:
        left, top = self.MARGINS.left(), self.MARGINS.top()
        self.primary.setGeometry(left + 8, top + 7, 90, 30)
        self.step_button.move(left + 106, top + 8)
        self.stop_button.move(left + 138, top + 8)
        self.more.move(left + 168, top + 12)

    def _place_texts(self) -> None:
        left, right = self._track().left(), self._track().right()
        top = self.MARGINS.top() + 8
        width = min(self._remaining.sizeHint().width(), 110) if self._look.remaining else 0
        self._remaining.setGeometry(int(right) - width, top, width, 18)
        self._text.setGeometry(int(left), top, int(right - left) - width - 8, 18)

    def _track(self) -> QRectF:
        left, top = self.MARGINS.left(), self.MARGINS.top()
        return QRectF(left + 200, top + 30, _WIDTH - 200 - 16, 4)

    def _tip(self, verb: str, name: str) -> str:
        keys = self._keys.get(name, "")
        return f"{verb} ({keys})" if keys else verb

    def _primary_clicked(self) -> None:
        (self.pause if self._look.state == "running" else self.run).emit()

    def _open_menu(self) -> None:
        self._menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))
