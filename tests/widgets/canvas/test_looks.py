"""A new look touches only what changed; live values lie over it; painting follows scale and theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets import theme
from widgets.canvas import curves
from widgets.canvas.looks import (
    Bars,
    CanvasLook,
    CanvasTarget,
    Figure,
    HeatMap,
    NodeLive,
    NodeLook,
    NoteLook,
    Pictures,
    Sparkline,
    WatchLook,
    WireLook,
)
from widgets.canvas.tips import tip_for
from widgets.canvas.view import CanvasView
from widgets.canvas.wire_item import CAST_BEFORE_END

if TYPE_CHECKING:
    from tests.widgets.canvas.conftest import Hand

Touched = Callable[[], list[str]]
SetLook = Callable[[NodeLook], None]


@pytest.fixture
def touched(view: CanvasView, monkeypatch: pytest.MonkeyPatch) -> Touched:
    """The names of the nodes that were given a look since."""
    names: list[str] = []
    for name, item in view.graph.nodes.items():
        monkeypatch.setattr(item, "set_look", noting(name, item.set_look, names))
    return lambda: names


def noting(name: str, keep: SetLook, names: list[str]) -> SetLook:
    """Sets the look as before, and notes the name."""

    def set_look(look: NodeLook) -> None:
        names.append(name)
        keep(look)

    return set_look


def painted(view: CanvasView) -> QImage:
    """What is on the screen."""
    return view.grab().toImage()


def pixel(view: CanvasView, at: QPoint) -> str:
    """The colour at a point of the viewport."""
    return painted(view).pixelColor(at).name().upper()


def with_node(look: CanvasLook, name: str, **changes: Any) -> CanvasLook:
    """The look with one node changed."""
    return replace(look, nodes={**look.nodes, name: replace(look.nodes[name], **changes)})


def test_an_equal_look_touches_nothing(view: CanvasView, touched: Touched) -> None:
    look = view.graph.look
    view.set_look(replace(look, nodes={name: replace(node) for name, node in look.nodes.items()}))
    assert touched() == []


def test_only_the_changed_node_is_touched(view: CanvasView, touched: Touched) -> None:
    items = dict(view.graph.nodes)
    view.set_look(with_node(view.graph.look, "hidden", settings="64, relu"))
    assert touched() == ["hidden"]
    assert view.graph.nodes == items


def test_nodes_come_and_go(view: CanvasView) -> None:
    look = view.graph.look
    nodes = {name: node for name, node in look.nodes.items() if name != "hidden"}
    new = replace(look.nodes["hidden"], name="added", x=400.0, y=300.0)
    view.set_look(replace(look, nodes={**nodes, "added": new}, wires={}))
    assert sorted(view.graph.nodes) == ["added", "digits", "loss"]
    assert view.graph.wires == {}
    assert len(view.graph.items()) == 3


def test_selection_survives_a_look_as_far_as_names_do(view: CanvasView) -> None:
    view.select(["hidden", "loss"])
    look = view.graph.look
    view.set_look(replace(look, nodes={n: v for n, v in look.nodes.items() if n != "hidden"}, wires={}))
    assert view.selected_nodes() == ["loss"]


def test_live_values_lie_over_the_look_until_cleared(view: CanvasView) -> None:
    view.set_live({"hidden": NodeLive(time_text="0.08 ms", shapes={"y": "32 x 128"}), "gone": NodeLive()})
    shown = view.graph.nodes["hidden"].shown
    assert (shown.time_text, shown.outputs[0].shape_text) == ("0.08 ms", "32 x 128")
    view.set_look(with_node(view.graph.look, "hidden", settings="64, relu"))
    assert view.graph.nodes["hidden"].shown.time_text == "0.08 ms"
    view.clear_live()
    assert view.graph.nodes["hidden"].shown == view.graph.look.nodes["hidden"]


def test_wires_follow_a_node_that_a_longer_shape_makes_wider(view: CanvasView) -> None:
    look = view.graph.look
    wire = WireLook("hidden", "y", "loss", "logits")
    view.set_look(replace(look, wires={**look.wires, wire.key: wire}))
    node, item = view.graph.nodes["hidden"], view.graph.wires[wire.key]
    before = node.form.width
    view.set_live({"hidden": NodeLive(shapes={"y": "32 x 128 x 128 x 128"})})
    assert node.form.width > before
    assert item.line()[0] == node.port_place("y", "output")
    view.clear_live()
    assert node.form.width == before
    assert item.line()[0] == node.port_place("y", "output")


def test_live_times_never_change_the_width(view: CanvasView) -> None:
    before = view.node_rect("hidden")
    view.set_live({"hidden": NodeLive(time_text="12,345.67 ms")})
    assert view.node_rect("hidden") == before


def test_running_shows_its_bar_after_100_ms_only(view: CanvasView, qtbot: QtBot) -> None:
    look = view.graph.look
    accent = QColor(theme.current().accent).name().upper()
    bar = view.node_rect("hidden").topLeft() + QPoint(60, 41)
    view.set_look(with_node(look, "hidden", state="running"))
    assert pixel(view, bar) != accent
    qtbot.waitUntil(lambda: view.graph.nodes["hidden"].mood.late)
    assert pixel(view, bar) == accent
    view.set_look(look)
    assert not view.graph.nodes["hidden"].mood.late


def test_an_error_has_border_sign_and_sentence(view: CanvasView) -> None:
    look = view.graph.look
    sentence = "MatMul 'hidden': inner sizes differ: batch x 784 meets 800 x 10. Set units to 800."
    view.set_look(with_node(look, "hidden", state="error", message=sentence))
    form = view.graph.nodes["hidden"].form
    assert 1 <= len(form.message) <= 2
    assert form.message_rect().width() <= 240
    corner = view.node_rect("hidden").topLeft() + QPoint(60, 0)
    assert pixel(view, corner) == QColor(theme.current().error).name().upper()


def test_below_40_percent_batches_are_painted_and_no_items(
    view: CanvasView, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted_items: list[str] = []
    for name, item in view.graph.nodes.items():
        monkeypatch.setattr(item, "paint", lambda *_, n=name: painted_items.append(n))
    view.set_place(400, 150, 0.3)
    header = view.node_rect("hidden").topLeft() + QPoint(10, 5)
    here = pixel(view, header)
    assert here != QColor(theme.current().canvas).name().upper()
    assert painted_items == []


def test_the_overview_follows_a_drag(view: CanvasView, hand: Hand) -> None:
    view.set_place(400, 150, 0.3)
    canvas = QColor(theme.current().canvas).name().upper()
    start = hand.header("hidden") - QPoint(0, 8)
    goal = start + QPoint(0, 90)
    assert pixel(view, goal) == canvas
    hand.press(start)
    hand.move(goal)
    assert pixel(view, goal) != canvas
    hand.release(goal)
    assert pixel(view, goal) == canvas


def test_back_from_the_overview_items_are_painted_again(view: CanvasView, qapp: QApplication) -> None:
    before = painted(view)
    view.set_place(400, 200, 0.3)
    qapp.processEvents()
    view.set_place(400, 200, 1.0)
    qapp.processEvents()
    assert painted(view) == before


def test_a_theme_switch_repaints_everything(view: CanvasView, qapp: QApplication) -> None:
    empty = QPoint(30, 680)
    look = replace(view.graph.look, notes={"n": NoteLook("n", 0, 240, 200, 96, "Text")})
    view.set_look(look)
    for name in ("light", "dark"):
        theme.set_theme(name)
        qapp.processEvents()
        skin = theme.current()
        assert pixel(view, empty) in (QColor(skin.canvas).name().upper(), QColor(skin.grid).name().upper())
        header = view.node_rect("hidden").topLeft() + QPoint(8, 36)
        assert pixel(view, header) == QColor(skin.header("Layers")).name().upper()


@pytest.mark.parametrize(
    "thumbnail",
    [
        Pictures((np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8))),
        HeatMap(np.full((4, 16, 3), 200, np.uint8)),
        Bars((1.0, -2.0, float("nan"), 0.0), 1),
        Bars(()),
        Sparkline((1.0, float("nan"), 3.0, 2.0)),
        Sparkline((float("inf"),)),
        Figure("0.976"),
    ],
    ids=["pictures", "heat map", "bars", "no bars", "sparkline", "not finite", "figure"],
)
def test_every_kind_of_thumbnail_paints_in_node_and_card(
    view: CanvasView, thumbnail: Pictures | HeatMap | Bars | Sparkline | Figure
) -> None:
    look = with_node(view.graph.look, "hidden", thumbnail=thumbnail)
    view.set_look(
        replace(look, watches={"w": WatchLook("w", "digits", "images", 100, -120, "8 x 8", thumbnail)})
    )
    strip = view.graph.nodes["hidden"].form.strip
    assert strip is not None
    assert not painted(view).isNull()


def test_room_kept_for_a_thumbnail_does_not_jump_when_it_comes(view: CanvasView) -> None:
    view.set_look(with_node(view.graph.look, "hidden", has_thumbnail=True))
    before = view.node_rect("hidden")
    view.set_live({"hidden": NodeLive(thumbnail=Bars((1.0, 2.0)))})
    assert view.node_rect("hidden") == before


def test_a_live_watch_card_shows_the_newest_picture(view: CanvasView) -> None:
    first, second = Bars((1.0,)), Bars((2.0,))
    look = replace(view.graph.look, watches={"w": WatchLook("w", "digits", "images", 100, -120, "8", first)})
    view.set_look(look)
    view.set_live({}, {"w": second})
    assert view.graph.watches["w"].thumbnail is second
    view.clear_live()
    assert view.graph.watches["w"].thumbnail is first


def test_a_dot_travels_a_wire_and_is_gone(view: CanvasView, qtbot: QtBot) -> None:
    wire = view.graph.wires["hidden", "x"]
    view.send_dot(("hidden", "x"))
    assert wire.travel is None  # motion is reduced
    theme.set_reduced_motion(False)
    view.send_dot(("hidden", "x"))
    qtbot.waitUntil(lambda: wire.travel is not None)
    qtbot.waitUntil(lambda: wire.travel is None)
    theme.set_reduced_motion(True)


def test_a_long_wire_makes_way_for_a_node_that_comes_between(view: CanvasView) -> None:
    look = view.graph.look
    wire = WireLook("digits", "labels", "loss", "labels", "int64", "batch")
    far = {**look.nodes, "loss": replace(look.nodes["loss"], y=0.0)}
    away = {**far, "hidden": replace(look.nodes["hidden"], y=600.0)}
    view.set_look(replace(look, nodes=away, wires={wire.key: wire}))
    assert len(view.graph.wires[wire.key].route) == 1
    view.set_look(replace(view.graph.look, nodes=far))
    body = view.graph.nodes["hidden"].body()
    assert not any(body.contains(point) for point in view.graph.wires[wire.key].line())


def test_a_wire_shows_a_cast_near_its_end_and_explains_it(view: CanvasView) -> None:
    wire = view.graph.look.wires["hidden", "x"]
    line = view.graph.wires[wire.key].line()
    share = 1.0 - CAST_BEFORE_END / curves.length(line)
    rim = view.mapFromScene(curves.along(line, share)) + QPoint(0, -8)
    before = pixel(view, rim)
    view.set_look(replace(view.graph.look, wires={wire.key: replace(wire, cast="float64")}))
    assert pixel(view, rim) != before
    assert "Arrives as float64" in tip_for(view.graph, CanvasTarget("wire", wire.key))
