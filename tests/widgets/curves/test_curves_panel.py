"""The curves panel under real events: it reports wishes, draws what it is told, and follows the theme."""

from typing import Any, TypeVar, overload

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QLabel, QListWidget, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from widgets import theme
from widgets.controls.labels import ElidedLabel
from widgets.curves.controls import CurveControls
from widgets.curves.looks import CurveSettings, RunLook, Split
from widgets.curves.panel import EMPTY, CurvesPanel
from widgets.curves.plot import CurvePlot

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def panel(show: Any) -> CurvesPanel:
    panel = CurvesPanel()
    show(panel, 770, 288)
    return panel


def feed(panel: CurvesPanel, run: str, tag: str, count: int = 200, split: Split = "train") -> None:
    steps = np.arange(count, dtype=float)
    panel.add_points(run, tag, split, steps, steps / 20, steps / 10, np.exp(-steps / 60) + 0.01)


def two_plots(panel: CurvesPanel) -> tuple[CurvePlot, CurvePlot]:
    panel.set_runs((RunLook("a", "A"),))
    for tag in ("accuracy", "loss"):
        feed(panel, "a", tag)
        feed(panel, "a", tag, 10, "validation")
    panel.refresh()
    QApplication.processEvents()
    loss, accuracy = panel.plots()
    return loss, accuracy


@overload
def child(panel: QWidget, name: str) -> QWidget: ...
@overload
def child(panel: QWidget, name: str, kind: type[W]) -> W: ...
def child(panel: QWidget, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    found = panel.findChild(kind, name)
    assert found is not None, name
    return found


def pointer(plot: CurvePlot) -> QWidget:
    """What the pointer meets on a plot."""
    return child(plot, "curve-chart", QGraphicsView).viewport()


def move(plot: CurvePlot, at: QPoint) -> None:
    """Move the pointer there, without a button pressed."""
    surface = pointer(plot)
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        QPointF(surface.mapToGlobal(at)),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(surface, event)


def wheel(
    plot: CurvePlot, at: QPoint, clicks: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> bool:
    """Turn the wheel there; say whether the plot has taken it, or left it to the panel around."""
    event = QWheelEvent(
        QPointF(at),
        QPointF(pointer(plot).mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * clicks),
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pointer(plot), event)
    return event.isAccepted()


def has_colour(widget: QWidget, colour: str) -> bool:
    image = widget.grab().toImage()
    wanted = QColor(colour).rgb()
    return any(image.pixel(x, y) == wanted for y in range(image.height()) for x in range(image.width()))


def test_before_any_run_it_says_what_to_do(panel: CurvesPanel) -> None:
    label = child(panel, "curves-empty", QLabel)
    assert label.isVisible() and label.text() == EMPTY


def test_points_appear_by_themselves_loss_first(panel: CurvesPanel, qtbot: QtBot) -> None:
    panel.set_runs((RunLook("a", "A"),))
    feed(panel, "a", "accuracy")
    feed(panel, "a", "loss")
    qtbot.waitUntil(lambda: len(panel.plots()) == 2)
    assert [plot.tag for plot in panel.plots()] == ["loss", "accuracy"]
    assert not child(panel, "curves-empty").isVisible()


def test_points_that_come_while_hidden_are_there_when_shown(panel: CurvesPanel) -> None:
    panel.set_runs((RunLook("a", "A"),))
    panel.hide()
    feed(panel, "a", "loss")
    panel.refresh()
    assert panel.plots() == ()
    panel.show()
    assert [plot.tag for plot in panel.plots()] == ["loss"]


def test_hidden_and_cleared_runs_are_not_drawn(panel: CurvesPanel) -> None:
    feed(panel, "a", "loss")
    feed(panel, "b", "loss")
    panel.set_runs((RunLook("a", "A"), RunLook("b", "B", shown=False)))
    panel.refresh()
    (plot,) = panel.plots()
    assert [end.line.run for end in plot.drawing().ends] == ["a"]
    panel.clear_run("a")
    panel.refresh()
    assert panel.plots() == ()


def test_train_and_validation_are_painted_in_the_first_two_colours(panel: CurvesPanel) -> None:
    loss, _ = two_plots(panel)
    assert has_colour(loss, theme.current().curve(0))
    assert has_colour(loss, theme.current().curve(1))


def test_a_theme_switch_repaints(panel: CurvesPanel) -> None:
    loss, _ = two_plots(panel)
    theme.set_theme("light")
    light = theme.current()
    assert has_colour(loss, light.curve(0)) and has_colour(loss, light.panel)


def test_the_wheel_zooms_all_plots_and_a_double_click_shows_everything(panel: CurvesPanel) -> None:
    loss, accuracy = two_plots(panel)
    whole = loss.drawing().frame
    wheel(loss, QPoint(150, 120), 2)
    for plot in (loss, accuracy):
        frame = plot.drawing().frame
        assert frame.right - frame.left == pytest.approx(0.64 * (whole.right - whole.left))
    QTest.mouseDClick(pointer(accuracy), Qt.MouseButton.LeftButton, pos=QPoint(150, 120))
    assert loss.drawing().frame.right == whole.right


def test_the_wheel_keeps_the_place_under_the_pointer(panel: CurvesPanel) -> None:
    loss, _ = two_plots(panel)
    seen: list[float] = []
    loss.cursor_wished.connect(seen.append)
    wheel(loss, QPoint(160, 100), 1)
    for _ in range(3):
        move(loss, QPoint(160, 100))
        wheel(loss, QPoint(160, 100), 1)
    assert seen[1:] == pytest.approx(seen[:-1])
    for _ in range(50):
        wheel(loss, QPoint(160, 100), 10)
    frame = loss.drawing().frame
    assert 0 < frame.right - frame.left < 1e-3


def test_a_wish_changes_nothing_until_the_plot_is_told(show: Any, qtbot: QtBot) -> None:
    plot = CurvePlot("alone")
    show(plot, 400, 260)
    before = plot.grab().toImage()
    with qtbot.waitSignal(plot.range_wished) as wish:
        wheel(plot, QPoint(200, 120), 1)
    assert wish.args[0][1] - wish.args[0][0] == pytest.approx(0.8)
    assert plot.grab().toImage() == before


def test_with_more_plots_than_fit_the_wheel_scrolls_and_with_control_it_zooms(panel: CurvesPanel) -> None:
    panel.set_runs((RunLook("a", "A"),))
    for tag in "abcdef":
        feed(panel, "a", tag, 5)
    panel.refresh()
    QApplication.processEvents()
    plot = panel.plots()[0]
    whole = plot.drawing().frame
    assert not wheel(plot, QPoint(150, 100), 1)
    assert plot.drawing().frame == whole
    assert wheel(plot, QPoint(150, 100), 1, Qt.KeyboardModifier.ControlModifier)
    assert plot.drawing().frame.right < whole.right


def test_dragging_pans(panel: CurvesPanel) -> None:
    loss, _ = two_plots(panel)
    QTest.keyClick(loss, Qt.Key.Key_Plus)
    frame = loss.drawing().frame
    surface = pointer(loss)
    seen: list[float] = []
    loss.cursor_wished.connect(seen.append)
    for x in (200, 100):
        move(loss, QPoint(x, 120))
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, pos=QPoint(200, 120))
    for x in range(195, 99, -5):
        QTest.mouseMove(surface, QPoint(x, 120))
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=QPoint(100, 120))
    panned = loss.drawing().frame
    assert panned.left == pytest.approx(frame.left + seen[0] - seen[1])
    assert panned.right - panned.left == pytest.approx(frame.right - frame.left)


def test_there_is_no_menu_on_the_right_button(panel: CurvesPanel) -> None:
    loss, _ = two_plots(panel)
    QTest.mouseClick(pointer(loss), Qt.MouseButton.RightButton, pos=QPoint(150, 100))
    assert QApplication.activePopupWidget() is None


def test_the_keyboard_zooms_pans_and_resets(panel: CurvesPanel) -> None:
    loss, _ = two_plots(panel)
    whole = loss.drawing().frame
    loss.setFocus()
    QTest.keyClick(loss, Qt.Key.Key_Plus)
    zoomed = loss.drawing().frame
    assert zoomed.right - zoomed.left < whole.right - whole.left
    QTest.keyClick(loss, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert loss.drawing().frame.left > zoomed.left
    QTest.keyClick(loss, Qt.Key.Key_0)
    assert loss.drawing().frame.left == whole.left


def test_a_click_gives_a_plot_the_keyboard(panel: CurvesPanel) -> None:
    _, accuracy = two_plots(panel)
    QTest.mouseClick(pointer(accuracy), Qt.MouseButton.LeftButton, pos=QPoint(150, 100))
    assert accuracy.hasFocus()


def test_pointer_and_arrow_keys_move_one_cursor_in_all_plots(panel: CurvesPanel) -> None:
    loss, accuracy = two_plots(panel)
    seen: list[float | None] = []
    loss.cursor_wished.connect(seen.append)
    before = accuracy.grab().toImage()
    move(loss, QPoint(160, 100))
    frame = loss.drawing().frame
    pointed = seen[-1]
    assert pointed is not None and frame.left < pointed < (frame.left + frame.right) / 2
    assert accuracy.grab().toImage() != before
    QTest.keyClick(loss, Qt.Key.Key_Home)
    QTest.keyClick(loss, Qt.Key.Key_Right)
    stepped = seen[-1]
    assert stepped is not None and 0 < stepped <= 2
    QTest.keyClick(loss, Qt.Key.Key_Escape)
    assert seen[-1] is None and accuracy.grab().toImage() == before


def test_choosing_a_run_is_a_wish_until_the_panel_is_told(panel: CurvesPanel, qtbot: QtBot) -> None:
    runs = (RunLook("a", "A"), RunLook("b", "B", shown=False))
    panel.set_runs(runs)
    QTest.mouseClick(child(panel, "curve-runs"), Qt.MouseButton.LeftButton)
    listed = child(panel, "curve-runs-list", QListWidget)
    listed.setCurrentRow(1)
    with qtbot.waitSignal(panel.runs_chosen) as wish:
        QTest.keyClick(listed, Qt.Key.Key_Space)
    assert wish.args == [("a", "b")]
    assert listed.item(1).checkState() == Qt.CheckState.Unchecked
    panel.set_runs((runs[0], RunLook("b", "B")))
    assert listed.item(1).checkState() == Qt.CheckState.Checked
    child(panel, "curve-runs-popup").hide()


def test_runs_can_be_searched(panel: CurvesPanel) -> None:
    panel.set_runs((RunLook("a", "wide net"), RunLook("b", "deep net")))
    QTest.mouseClick(child(panel, "curve-runs"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(child(panel, "curve-runs-search"), "dee")
    listed = child(panel, "curve-runs-list", QListWidget)
    assert [listed.item(row).isHidden() for row in range(2)] == [True, False]
    child(panel, "curve-runs-popup").hide()


def test_with_one_run_there_is_nothing_to_choose(panel: CurvesPanel) -> None:
    panel.set_runs((RunLook("a", "A"),))
    assert not child(panel, "curve-runs").isVisible()


def test_smoothing_by_keyboard_is_reported_and_drawn(panel: CurvesPanel, qtbot: QtBot) -> None:
    loss, _ = two_plots(panel)
    slider = child(panel, "curve-smoothing")
    with qtbot.waitSignal(panel.settings_changed) as changed:
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert changed.args[0].smoothing == pytest.approx(CurveSettings().smoothing + 0.01)
    panel.set_settings(CurveSettings(smoothing=0.0))
    panel.refresh()
    assert not any(stroke.faint for stroke in loss.drawing().strokes)


def test_validation_is_drawn_as_measured(panel: CurvesPanel) -> None:
    loss, _ = two_plots(panel)
    panel.set_settings(CurveSettings(smoothing=0.99))
    panel.refresh()
    validation = next(end for end in loss.drawing().ends if end.line.split == "validation")
    assert validation.value == f"{np.exp(-9 / 60) + 0.01:.3f}"


def test_the_logarithmic_axis_is_toggled_with_the_space_bar(panel: CurvesPanel) -> None:
    loss, _ = two_plots(panel)
    QTest.keyClick(child(panel, "curve-log-y"), Qt.Key.Key_Space)
    panel.refresh()
    assert panel.settings().log_y and loss.drawing().frame.log_y


def test_the_x_axis_is_chosen_from_a_menu(panel: CurvesPanel) -> None:
    loss, _ = two_plots(panel)
    QTest.keyClick(child(panel, "curve-x-axis"), Qt.Key.Key_Return)
    menu = child(panel, "curve-x-axis-menu")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(menu, key)
    panel.refresh()
    assert panel.settings().x_axis == "epochs"
    assert loss.drawing().newest == pytest.approx(199 / 20)


def test_many_tags_scroll(panel: CurvesPanel) -> None:
    panel.set_runs((RunLook("a", "A"),))
    for tag in "abcdef":
        feed(panel, "a", tag, 5)
    panel.refresh()
    host = child(panel, "curves-scroll", QScrollArea).widget()
    assert host is not None
    assert host.minimumHeight() > panel.height()
    assert len({plot.tag for plot in panel.plots()}) == 6


def test_the_controls_can_stand_elsewhere(panel: CurvesPanel, qtbot: QtBot) -> None:
    row = panel.take_controls()
    qtbot.addWidget(row)
    row.setParent(None)
    row.show()
    QTest.keyClick(child(row, "curve-log-y"), Qt.Key.Key_Space)
    assert panel.settings().log_y


def test_plots_that_are_gone_leave_nothing_behind(panel: CurvesPanel) -> None:
    two_plots(panel)
    charts = [child(plot, "curve-chart", QGraphicsView) for plot in panel.plots()]
    panel.clear_run("a")
    panel.refresh()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert panel.plots() == () and not any(isValid(chart) for chart in charts)
    theme.set_theme("light")


def test_every_control_has_a_name_for_screen_readers(panel: CurvesPanel) -> None:
    two_plots(panel)
    for name in ("curve-smoothing", "curve-x-axis", "curve-log-y", "curve-plot-loss", "curve-runs"):
        assert child(panel, name).accessibleName()


def test_controls_that_find_no_room_beside_the_tabs_go_one_by_one(show: Any) -> None:
    controls = CurveControls()
    controls.set_runs((RunLook("a", "A"), RunLook("b", "B")))
    widgets = (controls.findChild(ElidedLabel), controls._figure, controls.slider)
    left: list[int] = []
    for width in range(controls.sizeHint().width(), controls.minimumSizeHint().width() - 1, -4):
        show(controls, width, 36)
        shown = [widget for widget in controls.findChildren(QWidget) if widget.isVisible()]
        assert all(widget.geometry().right() < width for widget in shown if widget.parent() is controls)
        left.append(sum(widget is not None and widget.isVisible() for widget in widgets))
    assert left[0] == 3
    assert sorted(left, reverse=True) == left
    assert left[-1] == 0
