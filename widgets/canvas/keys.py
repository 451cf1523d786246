"""The keyboard's way through the canvas: walk, move, open, wire, fit, delete."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from widgets.canvas.frame_item import content
from widgets.canvas.geometry import SNAP
from widgets.canvas.gestures.keyboard_wiring import KeyboardWiring
from widgets.canvas.looks import CanvasTarget

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView

_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Keyboard:
    """Translates keys of one view. `press` says whether a key was for the canvas."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    def press(self, event: QKeyEvent) -> bool:
        """Does what the key means."""
        view, key = self._view, Qt.Key(event.key())
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if view.gesture is not None:
            if key == Qt.Key.Key_Escape:
                view.cancel_gesture()
                return True
            return view.gesture.key(event)
        return self._edit(event) or self._walk_or_move(key, held) or self._plain(key, held)

    def walk(self, direction: QPointF) -> None:
        """Moves focus to the nearest node in a direction, and selects it."""
        view = self._view
        nodes = view.graph.nodes
        here = self.here()
        if here is None:
            view.focus_node(next(iter(sorted(nodes, key=self._reading_order)), None))
            return
        start = nodes[here].body().center()
        best: tuple[float, str] | None = None
        for name, item in nodes.items():
            way = item.body().center() - start
            along = way.x() * direction.x() + way.y() * direction.y()
            across = abs(way.x() * direction.y()) + abs(way.y() * direction.x())
            if name != here and along > 1 and across <= 2 * along + 40:
                cost = math.hypot(along, 2.5 * across)
                best = min(best, (cost, name)) if best else (cost, name)
        if best:
            view.focus_node(best[1])

    def step(self, by: int) -> None:
        """Moves focus to the next or previous node in reading order."""
        names = sorted(self._view.graph.nodes, key=self._reading_order)
        if names:
            here = self.here()
            index = names.index(here) + by if here else (0 if by > 0 else -1)
            self._view.focus_node(names[index % len(names)])

    def here(self) -> str | None:
        """The node that keys act on: the focused one, or the only one selected."""
        chosen = self._view.selection
        if chosen.focus is not None:
            return chosen.focus
        return next(iter(sorted(chosen.nodes, key=self._reading_order)), None)

    def _reading_order(self, name: str) -> tuple[float, float, str]:
        look = self._view.graph.nodes[name].look
        return look.x, look.y, name

    def _edit(self, event: QKeyEvent) -> bool:
        """Clipboard and selection keys, as the platform has them."""
        view = self._view
        standard = QKeySequence.StandardKey
        names = sorted(view.selection.nodes)
        if event.matches(standard.Copy):
            view.copy_requested.emit(names)
        elif event.matches(standard.Cut):
            view.cut_requested.emit(names)
        elif event.matches(standard.Paste):
            place = view.pointer_place()
            view.paste_requested.emit(place.x(), place.y())
        elif event.matches(standard.SelectAll):
            view.select_all()
        elif event.key() == Qt.Key.Key_D and event.modifiers() == _CTRL:
            view.duplicate_requested.emit(names)
        else:
            return False
        return True

    def _walk_or_move(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        if key not in _ARROWS:
            return False
        view = self._view
        if held & _CTRL or not (view.selection.nodes or view.selection.cards):
            self.walk(_ARROWS[key])
            return True
        step = _ARROWS[key] * SNAP * (8 if held & _SHIFT else 1)
        nodes, cards = {}, {}
        inside, inside_cards = content(view.graph, view.selection.cards & view.graph.frames.keys())
        for name in view.selection.nodes | inside:
            look = view.graph.nodes[name].look
            nodes[name] = (look.x + step.x(), look.y + step.y())
        for name in view.selection.cards | inside_cards:
            place = view.graph.cards()[name].pos()
            cards[name] = (place.x() + step.x(), place.y() + step.y())
        view.nodes_moved.emit(nodes, cards)
        return True

    def _leave(self) -> None:
        """First the selection goes; where nothing is selected, one leaves the block."""
        chosen = self._view.selection
        if chosen.nodes or chosen.wires or chosen.cards or chosen.watches:
            chosen.clear()
        else:
            self._view.leave_requested.emit()

    def _plain(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        """Single keys, some of them with Ctrl."""
        view, here, ctrl = self._view, self.here(), bool(held & _CTRL)
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            view.request_delete()
        elif key == Qt.Key.Key_Home:
            view.fit_all()
        elif key == Qt.Key.Key_F and not held:
            view.fit_selection()
        elif key == Qt.Key.Key_Escape:
            self._leave()
        elif key == Qt.Key.Key_F7:
            self.step(-1 if held & _SHIFT else 1)
        elif ctrl and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            view.zoom_in()
        elif ctrl and key == Qt.Key.Key_Minus:
            view.zoom_out()
        elif ctrl and key == Qt.Key.Key_0:
            view.zoom_to(1.0)
        elif here is None:
            return False
        elif key in _ENTER and ctrl:
            view.run_to_requested.emit(here)
        elif key in _ENTER:
            is_block = view.graph.nodes[here].look.is_block
            (view.open_requested if is_block else view.settings_requested).emit(here)
        elif key == Qt.Key.Key_E and not held:
            view.settings_requested.emit(here)
        elif key == Qt.Key.Key_F2:
            view.edit_name(here)
        elif key == Qt.Key.Key_C and not held:
            wiring = KeyboardWiring(view)
            view.focus_node(here)
            view.begin_gesture(wiring)
            if not wiring.begin(here):
                view.cancel_gesture()
        elif key == Qt.Key.Key_W and not held:
            if view.graph.nodes[here].shown.outputs:
                view.watch_requested.emit(here, view.graph.nodes[here].shown.outputs[0].name)
        elif key == Qt.Key.Key_Menu or (key == Qt.Key.Key_F10 and held & _SHIFT):
            corner = view.node_rect(here).bottomLeft()
            view.open_menu(CanvasTarget("node", here), view.viewport().mapToGlobal(corner))
        else:
            return False
        return True
