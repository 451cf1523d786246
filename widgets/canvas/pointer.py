"""Mouse, wheel and pinch: finds the gesture that a press means, and lights what lies under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent

from widgets.canvas import hits
from widgets.canvas.camera import WHEEL_STEP
from widgets.canvas.gestures.base import Gesture, Pointer
from widgets.canvas.gestures.box import BoxSelect
from widgets.canvas.gestures.connect import Connect
from widgets.canvas.gestures.cut import CutWires
from widgets.canvas.gestures.dots import Bend
from widgets.canvas.gestures.move import Move, Resize
from widgets.canvas.gestures.pan import Pan
from widgets.canvas.looks import CanvasTarget

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView

_LEFT, _MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
_RIGHT = Qt.MouseButton.RightButton
_CURSORS = {
    "port": Qt.CursorShape.CrossCursor,
    "wire": Qt.CursorShape.PointingHandCursor,
    "fold": Qt.CursorShape.PointingHandCursor,
    "dot": Qt.CursorShape.SizeAllCursor,
}


class PointerInput:
    """Translates pointer events of one view."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self.space_held = False
        self.last = QPoint(-1, -1)
        self.hovered = CanvasTarget("canvas")

    def press(self, event: QMouseEvent) -> None:
        """Begins the gesture that this press means."""
        view = self._view
        at = self._pointer(event)
        view.edit.close(keep=True)
        view.selection.set_focus(None)
        if view.gesture is not None:
            if not view.gesture.press(at):
                view.cancel_gesture()
            return
        if event.button() == _RIGHT and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            view.begin_gesture(CutWires(view), at)
            return
        if event.button() == _RIGHT:
            view.open_menu(hits.target_at(view.graph, at.scene), event.globalPosition().toPoint())
            return
        gesture = self._gesture_for(event, at)
        if gesture is not None:
            view.begin_gesture(gesture, at)

    def move(self, event: QMouseEvent) -> None:
        """Leads the gesture, or lights what lies under the pointer."""
        self.last = event.position().toPoint()
        if self._view.gesture is not None:
            self._view.gesture.move(self._pointer(event))
            self._view.repaint_gesture()
        else:
            self.hover(self.last)

    def release(self, event: QMouseEvent) -> None:
        """Ends the gesture."""
        if self._view.gesture is not None and event.button() in (_LEFT, _MIDDLE, _RIGHT):
            self._view.end_gesture(self._pointer(event))
            self.hover(event.position().toPoint())

    def double_click(self, event: QMouseEvent) -> None:
        """Opens a node or its settings, edits a card, watches a wire, or asks for a new node."""
        view = self._view
        if event.button() != _LEFT:
            return
        target = hits.target_at(view.graph, view.mapToScene(event.position().toPoint()))
        if target.kind == "fold":
            view.graph.unfold(target.id, not view.graph.nodes[target.id].shown.unfolded)
        elif target.kind == "node":
            on_settings = hits.is_on_settings(view.graph, target.id, QPointF(target.x, target.y))
            (view.settings_requested if on_settings else view.open_requested).emit(target.id)
        elif target.kind in ("note", "frame"):
            view.edit_card(target.id)
        elif target.kind == "dot":
            view.dot_removed.emit(*target.id)
        elif target.kind == "wire" and view.graph.wires[target.id].look.portal:
            view.edit_portal(target.id)
        elif target.kind == "wire":
            look = view.graph.wires[target.id].look
            view.watch_requested.emit(look.source, look.source_port)
        elif target.kind == "port" and target.id[2] == "output":
            view.watch_requested.emit(target.id[0], target.id[1])
        elif target.kind == "canvas":
            view.add_requested.emit(target.x, target.y, None)

    def wheel(self, event: QWheelEvent) -> None:
        """Zooms around the pointer; a touchpad without Ctrl pans, Shift pans sideways."""
        camera = self._view.camera
        held, pixels, angle = event.modifiers(), event.pixelDelta(), event.angleDelta()
        ctrl = bool(held & Qt.KeyboardModifier.ControlModifier)
        smooth = event.phase() != Qt.ScrollPhase.NoScrollPhase and not pixels.isNull()
        if smooth and not ctrl:
            camera.pan(pixels.x(), pixels.y())
        elif held & Qt.KeyboardModifier.ShiftModifier:
            camera.pan((angle.y() or angle.x()) / 2, 0)
        elif angle.y():
            camera.zoom_at(WHEEL_STEP ** (angle.y() / 120), event.position())

    def pinch(self, event: QNativeGestureEvent) -> bool:
        """Zooms with two fingers."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._view.camera.zoom_at(1.0 + event.value(), event.position())
        return True

    def hover(self, position: QPoint) -> None:
        """Lights the node, port or wire under the pointer, and both ends of a wire."""
        view = self._view
        inside = view.viewport().rect().contains(position)
        target = hits.target_at(view.graph, view.mapToScene(position)) if inside else CanvasTarget("canvas")
        if (target.kind, target.id) == (self.hovered.kind, self.hovered.id):
            return
        self.hovered = target
        view.light(target)
        if self.space_held:
            view.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif target.kind in _CURSORS:
            view.viewport().setCursor(_CURSORS[target.kind])
        else:
            view.viewport().unsetCursor()

    def hold_space(self, held: bool) -> None:
        """Space down makes the left button pan."""
        if held != self.space_held:
            self.space_held = held
            if self._view.gesture is None:
                cursor = Qt.CursorShape.OpenHandCursor if held else Qt.CursorShape.ArrowCursor
                self._view.viewport().setCursor(cursor)

    def _gesture_for(self, event: QMouseEvent, at: Pointer) -> Gesture | None:
        view = self._view
        if event.button() == _MIDDLE or (event.button() == _LEFT and self.space_held):
            return Pan(view)
        if event.button() != _LEFT:
            return None
        target = hits.target_at(view.graph, at.scene)
        if target.kind == "port":
            return Connect(view, target.id)
        if target.kind in ("note", "frame"):
            card = view.graph.cards()[target.id]
            return Resize(view, target.id, card) if hits.grip_at(card, at.scene) else Move(view, target)
        if target.kind in ("node", "watch"):
            return Move(view, target)
        if target.kind == "wire":
            return Bend(view, target.id)
        if target.kind == "dot":
            return Bend(view, *target.id)
        if target.kind == "fold":
            view.graph.unfold(target.id, not view.graph.nodes[target.id].shown.unfolded)
            return None
        return CutWires(view) if at.free else BoxSelect(view)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        position = event.position().toPoint()
        return Pointer(self._view.mapToScene(position), position, event.modifiers())
