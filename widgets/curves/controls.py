"""The controls of the curves: runs, smoothing, x axis, logarithmic y."""

from dataclasses import replace
from typing import get_args

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QSlider, QWidget

from widgets import icons, theme
from widgets.controls.labels import ElidedLabel
from widgets.controls.painting import RIGHT, draw_box, draw_focus_ring, draw_text, text_width
from widgets.controls.themed import ThemedButton, name_widget
from widgets.curves.looks import CurveSettings, RunLook, XAxis
from widgets.curves.runs_popup import RunsPopup

AXIS_NAMES: dict[XAxis, str] = {"steps": "Steps", "epochs": "Epochs", "time": "Time"}
_SMOOTHING_TIP = "Averages training curves over recent points. Validation is drawn as measured."


class CurveControls(QWidget):
    """One row of controls, 36 px high, that fits beside the tabs as well as above the plots."""

    settings_wished = Signal(object)
    """The wanted CurveSettings."""
    runs_chosen = Signal(tuple)
    """The names of the runs that shall be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = CurveSettings()
        self.setObjectName("curve-controls")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.runs_button = FlatButton("Runs", "curve-runs", "Runs", "Choose the runs that are drawn")
        self.log_button = FlatButton("Log y", "curve-log-y", "Logarithmic y axis", "Logarithmic y axis")
        self.log_button.setCheckable(True)
        self.slider = SmoothingSlider()
        self._figure = ElidedLabel("0.00", "field value", "text2", align=RIGHT)
        self._figure.setFixedWidth(36)
        self.axis_button = FlatButton("Steps", "curve-x-axis", "X axis", "What the x axis counts", arrow=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_M, 0, theme.SPACE_M, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self.runs_button)
        row.addStretch(1)
        label = ElidedLabel("Smoothing")
        for widget in (self.log_button, label, self.slider, self._figure, self.axis_button):
            row.addWidget(widget)
        self._spare: tuple[QWidget, ...] = (label, self._figure, self.slider)
        self._popup = RunsPopup(self)
        self._popup.runs_chosen.connect(self.runs_chosen)
        self._axis_menu = self._make_axis_menu()
        self.runs_button.clicked.connect(lambda: self._popup.open_below(self.runs_button))
        self.axis_button.clicked.connect(
            lambda: self._axis_menu.popup(self.axis_button.mapToGlobal(self.axis_button.rect().bottomLeft()))
        )
        self.log_button.clicked.connect(self._wish_log)
        self.slider.valueChanged.connect(self._wish_smoothing)
        self.set_settings(CurveSettings())
        self.set_runs(())

    def set_settings(self, settings: CurveSettings) -> None:
        """Show these settings."""
        self._settings = settings
        self.slider.blockSignals(True)
        self.slider.setValue(round(settings.smoothing * 100))
        self.slider.blockSignals(False)
        self._figure.set_text(f"{settings.smoothing:.2f}")
        self.slider.setAccessibleName(f"Smoothing {settings.smoothing:.2f}")
        self.log_button.setChecked(settings.log_y)
        self.axis_button.set_text(AXIS_NAMES[settings.x_axis])
        for action in self._axis_menu.actions():
            action.setChecked(action.data() == settings.x_axis)

    def set_runs(self, runs: tuple[RunLook, ...]) -> None:
        """Offer these runs; with fewer than two there is nothing to choose."""
        self._popup.set_runs(runs)
        self.runs_button.set_text(f"Runs {sum(run.shown for run in runs)} of {len(runs)}")
        self.runs_button.setVisible(len(runs) > 1)

    def sizeHint(self) -> QSize:
        return QSize(self._wanted(self._spare), 36)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._wanted(()), 36)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where all do not fit, the word, the figure and the slider go, in this order; nothing is cut."""
        super().resizeEvent(event)
        for gone in range(len(self._spare) + 1):
            if self._wanted(self._spare[gone:]) <= self.width():
                break
        for place, widget in enumerate(self._spare):
            widget.setVisible(place >= gone)

    def _wanted(self, spare: tuple[QWidget, ...]) -> int:
        """The width for what always stands there and some of what does not."""
        shown = [self.log_button, self.axis_button, *spare]
        if not self.runs_button.isHidden():
            shown.append(self.runs_button)
        widths = sum(widget.minimumWidth() or widget.sizeHint().width() for widget in shown)
        return widths + (len(shown) + 1) * theme.SPACE_S + 2 * theme.SPACE_M

    def _make_axis_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("curve-x-axis-menu")
        group = QActionGroup(menu)
        for axis in get_args(XAxis):
            action = QAction(AXIS_NAMES[axis], menu, checkable=True)
            action.setData(axis)
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(self._wish_axis)
        return menu

    def _wish_axis(self, action: QAction) -> None:
        self.settings_wished.emit(replace(self._settings, x_axis=action.data()))

    def _wish_log(self) -> None:
        # The button shows what holds; only `set_settings` flips it.
        self.log_button.setChecked(self._settings.log_y)
        self.settings_wished.emit(replace(self._settings, log_y=not self._settings.log_y))

    def _wish_smoothing(self, hundredths: int) -> None:
        self.settings_wished.emit(replace(self._settings, smoothing=hundredths / 100))


class SmoothingSlider(QSlider):
    """A slider from 0 to 0.99 as in the pictures: a 4 px track and a round knob."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, 99)
        self.setPageStep(10)
        self.setFixedSize(76, 24)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name_widget(self, "curve-smoothing", "Smoothing", _SMOOTHING_TIP)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        middle = self.height() / 2
        draw_box(painter, QRectF(2, middle - 2, self.width() - 4, 4), 2, now.border)
        share = (self.value() - self.minimum()) / (self.maximum() - self.minimum())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(now.text))
        painter.drawEllipse(QPointF(8 + share * (self.width() - 16), middle), 6.0, 6.0)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), theme.RADIUS_CONTROL)

    def _follow(self, event: QMouseEvent) -> None:
        share = (event.position().x() - 8) / (self.width() - 16)
        self.setValue(self.minimum() + round(share * (self.maximum() - self.minimum())))


class FlatButton(ThemedButton):
    """A quiet button of text alone, with a chevron if it opens a list; held ones are filled."""

    def __init__(self, text: str, name: str, accessible: str, tip: str, *, arrow: bool = False) -> None:
        super().__init__()
        self._arrow = arrow
        self._label = accessible
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        name_widget(self, name, accessible, tip)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show another text."""
        self.setText(text)
        self.setAccessibleName(f"{self._label}: {text}" if text != self._label else text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(int(text_width(self.text(), "label")) + 17 + (16 if self._arrow else 0), 24)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.isChecked() or self.isDown() or self.hovered:
            draw_box(painter, rect, theme.RADIUS_CONTROL, now.sel if self.isChecked() else now.hover)
        ink = now.accent if self.isChecked() else now.text if self.hovered else now.text2
        draw_text(painter, rect.adjusted(8, 0, 0, 0), self.text(), "label", ink)
        if self._arrow:
            icons.paint(painter, "chevron-down", now.text3, rect.right() - 19, 6, 12)
        if self.hasFocus():
            draw_focus_ring(painter, rect)
