"""Zoom, pan, fit, drops, menus, tool tips and what floats above."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from widgets.canvas.hits import target_at
from widgets.canvas.looks import OP_MIME, CanvasTarget, NoteLook
from widgets.canvas.overlays import Anchor
from widgets.canvas.tips import tip_for
from widgets.canvas.view import CanvasView

if TYPE_CHECKING:
    from tests.widgets.canvas.conftest import Hand

Listen = Callable[[object], list[tuple[object, ...]]]


def turn_wheel(view: CanvasView, at: QPoint, steps: int) -> None:
    """Turns the wheel over a point."""
    event = QWheelEvent(
        QPointF(at), QPointF(view.viewport().mapToGlobal(at)), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.viewport(), event)


def on_screen(view: CanvasView) -> QImage:
    """The pixels that were put on the screen, without painting them again."""
    return view.screen().grabWindow(view.winId()).toImage()


def drop(view: CanvasView, data: QMimeData, at: QPoint) -> QDropEvent:
    """Drops data on the canvas."""
    event = QDropEvent(
        QPointF(at), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    view.dropEvent(event)
    return event


def test_zoom_keeps_the_point_under_the_pointer(view: CanvasView) -> None:
    at = QPoint(333, 222)
    for steps in (3, -5, 1):
        before = view.mapToScene(at)
        turn_wheel(view, at, steps)
        after = view.mapToScene(at)
        assert (after - before).manhattanLength() * view.camera.scale <= 2


def test_zoom_stays_within_its_limits(view: CanvasView) -> None:
    turn_wheel(view, QPoint(10, 10), 60)
    assert view.camera.scale == 3.0
    turn_wheel(view, QPoint(10, 10), -90)
    assert view.camera.scale == 0.05


def test_the_middle_button_pans(view: CanvasView, hand: Hand) -> None:
    before = view.port_position("hidden", "x")
    hand.drag(QPoint(500, 500), QPoint(540, 470), button=Qt.MouseButton.MiddleButton)
    assert view.port_position("hidden", "x") - before == QPoint(40, -30)


def test_space_and_drag_pan(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.nodes_moved)
    before, start = view.port_position("hidden", "x"), hand.header("hidden")
    QTest.keyPress(view, Qt.Key.Key_Space)
    hand.drag(start, start + QPoint(40, 0))
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert view.port_position("hidden", "x") - before == QPoint(40, 0)
    assert said == []


def test_a_pan_shows_the_same_picture_as_a_full_repaint(view: CanvasView, qapp: QApplication) -> None:
    qapp.processEvents()
    for step in ((17, 9), (-40, 3), (0, -25)):
        view.camera.pan(*step)
        qapp.processEvents()
    shifted = on_screen(view)
    view.viewport().update()
    qapp.processEvents()
    assert shifted.width() == view.width()
    assert on_screen(view) == shifted


def test_place_is_kept(view: CanvasView) -> None:
    view.set_place(120, -40, 0.8)
    x, y, scale = view.place()
    view.fit_all()
    view.set_place(x, y, scale)
    assert view.place() == pytest.approx((120, -40, 0.8), abs=2)


def test_fit_leaves_the_bars_at_the_top_free(view: CanvasView, qtbot: QtBot) -> None:
    bar = QLabel("Run")
    bar.setFixedSize(464, 44)
    view.add_overlay(bar, "top_center")
    view.fit_all()
    assert min(view.node_rect(name).top() for name in view.graph.nodes) > bar.geometry().bottom()


@pytest.mark.parametrize("name", ["Dense", "Größe"])
def test_an_op_dropped_from_the_palette(view: CanvasView, hand: Hand, heard: Listen, name: str) -> None:
    said = heard(view.node_dropped)
    data = QMimeData()
    data.setData(OP_MIME, QByteArray(name.encode()))
    event = drop(view, data, hand.at(401, 299))
    assert said == [(name, 400.0, 296.0)]
    assert event.isAccepted()


def test_dropped_files_are_reported_and_other_things_refused(view: CanvasView, heard: Listen) -> None:
    said = heard(view.files_dropped)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/data/iris.csv"), QUrl("https://example.org/x")])
    drop(view, data, QPoint(50, 50))
    other = QMimeData()
    other.setText("text")
    assert not drop(view, other, QPoint(50, 50)).isAccepted()
    assert said == [(["/data/iris.csv"],)]


def test_double_click_opens_watches_and_adds(view: CanvasView, hand: Hand, heard: Listen) -> None:
    opened, watched, added = (
        heard(view.open_requested),
        heard(view.watch_requested),
        heard(view.add_requested),
    )
    hand.double_click(hand.header("hidden"))
    hand.double_click(view.mapFromScene(view.graph.wires["hidden", "x"].line()[12]))
    hand.double_click(hand.at(400, 400))
    assert opened == [("hidden",)]
    assert watched == [("digits", "images")]
    assert added == [(400.0, 400.0, None)]


def test_the_right_button_selects_and_asks_for_a_menu(view: CanvasView, hand: Hand, heard: Listen) -> None:
    said = heard(view.context_menu_requested)
    hand.click(hand.header("loss"), button=Qt.MouseButton.RightButton)
    hand.click(hand.at(400, 400), button=Qt.MouseButton.RightButton)
    targets = [target for target, _ in said if isinstance(target, CanvasTarget)]
    assert len(targets) == len(said)
    assert [(target.kind, target.id) for target in targets] == [("node", "loss"), ("canvas", None)]
    assert view.selected_nodes() == ["loss"]


def test_tool_tips_say_rank_and_are_never_markup(view: CanvasView) -> None:
    place = view.graph.nodes["digits"].port_place("images", "output")
    assert "rank 3" in tip_for(view.graph, target_at(view.graph, place))
    look = view.graph.look
    evil = replace(look.nodes["loss"], settings="<img src='x'>")
    view.set_look(replace(look, nodes={**look.nodes, "loss": evil}))
    centre = view.graph.nodes["loss"].body().center()
    tip = tip_for(view.graph, target_at(view.graph, centre))
    assert "<img" not in tip
    assert "&lt;img" in tip


def test_hovering_a_wire_lights_both_its_ends(view: CanvasView, hand: Hand) -> None:
    wire = view.graph.wires["hidden", "x"]
    hand.move(view.mapFromScene(wire.line()[12]), button=Qt.MouseButton.NoButton)
    assert wire.hovered
    assert view.graph.nodes["digits"].mood.lit == {("output", "images")}
    assert view.graph.nodes["hidden"].mood.lit == {("input", "x")}
    hand.move(hand.at(400, 400), button=Qt.MouseButton.NoButton)
    assert not wire.hovered
    assert not view.graph.nodes["hidden"].mood.lit


def test_the_mini_map_hides_while_everything_is_in_sight(view: CanvasView) -> None:
    view.fit_all()
    assert not view.mini_map.isVisible()
    view.set_place(5000, 0, 1.0)
    assert view.mini_map.isVisible()
    view.fit_all()
    view.set_mini_map_pinned(True)
    assert view.mini_map.isVisible()


def test_the_mini_map_leaves_a_small_view_to_the_graph(view: CanvasView) -> None:
    view.set_place(5000, 0, 1.0)
    view.resize(500, 340)
    assert not view.mini_map.isVisible()
    view.set_mini_map_pinned(True)
    assert view.mini_map.isVisible()
    view.set_mini_map_pinned(False)
    view.resize(1000, 700)
    assert view.mini_map.isVisible()


def test_a_press_in_the_mini_map_goes_there(view: CanvasView) -> None:
    view.set_place(5000, 5000, 1.0)
    QTest.mouseClick(view.mini_map, Qt.MouseButton.LeftButton, pos=view.mini_map.rect().center())
    assert abs(view.place()[0]) < 5000


def test_the_chip_says_the_zoom_and_goes_to_100_percent(view: CanvasView) -> None:
    view.set_place(400, 200, 0.85)
    percent = view.zoom_chip.findChild(QAbstractButton, "zoomPercent")
    assert percent is not None
    assert percent.text() == "85 %"
    QTest.mouseClick(percent, Qt.MouseButton.LeftButton)
    assert view.camera.scale == 1.0


def test_overlays_keep_their_anchors_and_never_overlap(view: CanvasView, qapp: QApplication) -> None:
    bars = []
    widths: dict[Anchor, int] = {"top_left": 140, "top_center": 464, "top_right": 190}
    for anchor, width in widths.items():
        bar = QLabel(anchor)
        bar.setFixedSize(width, 40)
        view.add_overlay(bar, anchor)
        bars.append(bar)
    for width in (1200, 700, 480):
        view.resize(width, 400)
        qapp.processEvents()
        rects = [bar.geometry() for bar in bars]
        assert all(view.viewport().rect().contains(rect) for rect in rects)
        assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])


def test_overlays_stay_while_the_canvas_pans(view: CanvasView, qapp: QApplication) -> None:
    view.set_mini_map_pinned(True)
    qapp.processEvents()
    before = view.zoom_chip.geometry()
    view.camera.pan(120, 45)
    qapp.processEvents()
    assert view.zoom_chip.geometry() == before


def test_a_press_on_an_overlay_is_not_for_the_canvas(view: CanvasView) -> None:
    view.select(["hidden"])
    QTest.mouseClick(view.zoom_chip, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert view.selected_nodes() == ["hidden"]


def test_learners_read_the_op_first_and_no_times(view: CanvasView) -> None:
    wide = view.node_rect("digits").width()
    view.set_look(replace(view.graph.look, density="expert"))
    assert view.node_rect("digits").width() >= wide
    view.set_look(replace(view.graph.look, density="learn"))
    assert view.around.density == "learn"
    assert not view.grab().isNull()


def test_gradients_show_their_legend(view: CanvasView) -> None:
    look = view.graph.look
    wires = {key: replace(wire, gradient=1e-3) for key, wire in look.wires.items()}
    view.set_look(replace(look, wires=wires, overlay="gradients"))
    assert view.legend.isVisible()
    view.set_look(look)
    assert not view.legend.isVisible()


def test_a_note_that_is_cut_has_all_its_text_in_the_tip(view: CanvasView) -> None:
    text = "\n".join(f"Line {i}" for i in range(30))
    view.set_look(replace(view.graph.look, notes={"n": NoteLook("n", 0, 240, 200, 96, text)}))
    view.grab()
    tip = tip_for(view.graph, target_at(view.graph, QPointF(40, 280)))
    assert "Line 29" in tip


def test_an_overlay_that_hides_or_grows_is_placed_again(view: CanvasView, qapp: QApplication) -> None:
    bar = QLabel("Run")
    bar.setFixedSize(200, 40)
    view.add_overlay(bar, "top_right")
    bar.setFixedSize(300, 40)
    qapp.processEvents()
    assert bar.geometry().right() == view.viewport().width() - 17
    view.set_mini_map_pinned(True)
    qapp.processEvents()
    assert view.zoom_chip.geometry().right() < view.mini_map.geometry().left()
    view.set_mini_map_pinned(False)
    qapp.processEvents()
    assert view.zoom_chip.geometry().right() == view.viewport().width() - 17


def test_the_process_ends_cleanly_with_a_canvas_still_open() -> None:
    program = (
        "from PySide6.QtWidgets import QApplication\n"
        "from widgets.canvas.view import CanvasView\n"
        "app = QApplication([])\n"
        "view = CanvasView()\n"
        "view.show()\n"
        "app.processEvents()\n"
    )
    words = [sys.executable, "-c", program]
    root = Path(__file__).parents[3]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
