"""The canvas widget: shows a CanvasLook and reports gestures as signals; it changes nothing by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, QVariantAnimation
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from widgets import theme, tokens
from widgets.canvas import drops, hits
from widgets.canvas.gestures.base import Gesture, Pointer
from widgets.canvas.gestures.cut import CutWires
from widgets.canvas.inline_edit import InlineEdit
from widgets.canvas.intents import Intents
from widgets.canvas.keys import Keyboard
from widgets.canvas.lights import Lights
from widgets.canvas.looks import CanvasLook, CanvasTarget, NodeLive, ThumbnailLook, WireKey
from widgets.canvas.mood import PortKey
from widgets.canvas.pointer import PointerInput
from widgets.canvas.questions import Ends, Questions
from widgets.canvas.tips import tip_for
from widgets.canvas.welcome import Welcome


class CanvasView(Intents):
    """See `looks` for what it shows, `intents` for what it asks for, `questions` for what it asks before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Graph canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAcceptDrops(True)
        self.viewport().setMouseTracking(True)
        self.questions = Questions()
        self.gesture: Gesture | None = None
        self.edit = InlineEdit(self)
        self._pointer = PointerInput(self)
        self._keyboard = Keyboard(self)
        self._drop = drops.Drop(self)
        self._lights = Lights(self.graph)
        self._gesture_area = QRect()
        self._welcome = Welcome(self.viewport())
        self._welcome.linkActivated.connect(self.welcome_chosen)
        self.add_overlay(self._welcome, "center")
        self.selection.changed.connect(self._say_selection)
        self._describe()

    def set_can_connect(self, ask: Ends) -> None:
        """Gives the question that is asked while a wire is dragged."""
        self.questions.can_connect = ask

    def set_welcome(self, text: str) -> None:
        """What is said while there is nothing on the canvas: text whose links `welcome_chosen` reports."""
        self._welcome.setText(text)

    def set_look(self, new: CanvasLook) -> None:
        """Shows a new look; a gesture whose node is gone ends without effect."""
        gone = self.graph.look.nodes.keys() - new.nodes.keys()
        if self.gesture is not None and gone:
            self.cancel_gesture()
        self.graph.set_look(new)
        self._lights.forget()
        self.selection.refresh()
        self._welcome.setVisible(not (new.nodes or new.notes or new.frames))
        self.legend.setVisible(new.overlay == "gradients")
        self._describe()

    def set_live(
        self, nodes: Mapping[str, NodeLive], watches: Mapping[str, ThumbnailLook | None] | None = None
    ) -> None:
        """Shows what changes while a graph runs, until `clear_live`."""
        self.graph.set_live(nodes, watches)

    def clear_live(self) -> None:
        """Takes all live values away."""
        self.graph.clear_live()

    def send_dot(self, key: WireKey) -> None:
        """Lets a dot travel along a wire: one tensor, one step."""
        wire, duration = self.graph.wires.get(key), theme.motion(tokens.TRAVEL_MS)
        if wire is None or not duration:
            return
        run = QVariantAnimation(self)
        run.setDuration(duration)
        run.setStartValue(0.0)
        run.setEndValue(1.0)
        run.valueChanged.connect(lambda share: self._travel(key, share))
        run.finished.connect(lambda: self._travel(key, None))
        run.start(QVariantAnimation.DeletionPolicy.DeleteWhenStopped)

    def select(self, nodes: Iterable[str] = (), wires: Iterable[WireKey] = ()) -> None:
        """Selects exactly these; reported like a selection by hand."""
        self.selection.replace(nodes, wires)

    def select_all(self) -> None:
        """Selects all nodes, notes and frames."""
        self.selection.replace(self.graph.nodes, (), self.graph.cards())

    def selected_nodes(self) -> list[str]:
        """The selected nodes, sorted."""
        return sorted(self.selection.nodes)

    def selected_wires(self) -> list[WireKey]:
        """The selected wires, sorted."""
        return sorted(self.selection.wires)

    def focus_node(self, name: str | None) -> None:
        """Puts the keyboard on a node, selects it and brings it into sight."""
        if name in self.graph.nodes and name is not None:
            self.selection.set_focus(name)
            self.selection.replace([name])
            self.camera.reveal(self.graph.nodes[name].body())
            self._describe()

    def edit_name(self, node: str) -> None:
        """Opens a field over a node's title."""
        rect = self.node_rect(node)
        rect.setSize(
            rect.size().expandedTo(QRect(0, 0, 140, 30).size()).boundedTo(QRect(0, 0, 280, 30).size())
        )
        self.edit.edit_line(node, rect, lambda text: self.rename_requested.emit(node, text.strip()))

    def edit_portal(self, key: WireKey) -> None:
        """Opens a field over the name of a wire that is not drawn, at its output."""
        wire = self.graph.wires[key]
        rect = self.mapFromScene(wire.tags()[0]).boundingRect()
        rect.setSize(rect.size().expandedTo(QRect(0, 0, 140, 30).size()))
        self.edit.edit_line(wire.look.portal, rect, lambda text: self.portal_renamed.emit(key, text))

    def edit_card(self, key: str) -> None:
        """Opens a field over a note's text or a frame's title."""
        card = self.graph.cards()[key]
        rect = self.mapFromScene(card.body()).boundingRect()
        if key in self.graph.notes:
            rect.setSize(rect.size().expandedTo(QRect(0, 0, 180, 80).size()))
            text = self.graph.notes[key].look.text
            self.edit.edit_text(text, rect, lambda text: self.note_edited.emit(key, text))
        else:
            rect.setSize(QRect(0, 0, max(min(rect.width(), 280), 140), 30).size())
            title = self.graph.frames[key].look.title
            self.edit.edit_line(title, rect, lambda text: self.note_edited.emit(key, text))

    def cut_wires(self) -> None:
        """Lets the next press draw a stroke that cuts wires."""
        tool = CutWires(self)
        self.begin_gesture(tool)
        tool.wait()

    def request_delete(self) -> None:
        """Asks to delete what is selected."""
        chosen = self.selection
        for key in sorted(chosen.watches):
            self.watch_removed.emit(key)
        if chosen.nodes or chosen.wires or chosen.cards:
            self.delete_requested.emit(sorted(chosen.nodes), sorted(chosen.wires), sorted(chosen.cards))

    def _request_node(self) -> None:
        """Asks for a new node: on the wire under the pointer, or in the empty."""
        place, under = self.pointer_place(), self._pointer.hovered
        if under.kind == "wire" and under.id in self.graph.wires:
            self.add_on_wire_requested.emit(under.id)
        else:
            self.add_requested.emit(place.x(), place.y(), None)

    def open_menu(self, target: CanvasTarget, at: QPoint) -> None:
        """Selects what the menu is for, and asks for the menu at a place on the screen."""
        if target.kind == "fold":
            target = replace(target, kind="node")
        if target.kind == "dot":
            target = replace(target, kind="wire", id=target.id[0])
        selectable = target.kind in ("node", "wire", "note", "frame", "watch")
        if selectable and not self.selection.holds(target):
            self.selection.press(target, adding=False)
        self.context_menu_requested.emit(target, at)

    def pointer_place(self) -> QPointF:
        """The scene point under the pointer; the middle of the view if the pointer is elsewhere."""
        inside = self.viewport().underMouse() and self.viewport().rect().contains(self._pointer.last)
        return self.mapToScene(self._pointer.last) if inside else self.camera.centre()

    # What gestures and input use.

    def begin_gesture(self, gesture: Gesture, at: Pointer | None = None) -> None:
        """Starts a gesture; one at a time."""
        self.cancel_gesture()
        self.gesture = gesture
        if gesture.cursor is not None:
            self.viewport().setCursor(gesture.cursor)
        if at is not None:
            gesture.start(at)

    def end_gesture(self, at: Pointer) -> None:
        """Lets the gesture say what it wants."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.end(at)
            self._after_gesture()

    def cancel_gesture(self) -> None:
        """Ends the gesture without effect."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.cancel()
            self._after_gesture()

    def repaint_gesture(self) -> None:
        """Repaints where the preview was and where it is."""
        area = QRect()
        if self.gesture is not None and not self.gesture.bounds().isNull():
            area = self.mapFromScene(self.gesture.bounds()).boundingRect().adjusted(-4, -4, 4, 4)
        self.viewport().update(area.united(self._gesture_area))
        self._gesture_area = area

    def light(self, target: CanvasTarget) -> None:
        """Lights what lies under the pointer."""
        self._lights.show(target)

    def light_port(self, port: PortKey | None) -> None:
        """Lights one port, or none."""
        self._lights.show(CanvasTarget("port", port) if port else CanvasTarget("canvas"))

    def paint_above(self, painter: QPainter) -> None:
        """Paints the gesture's preview."""
        if self.gesture is not None:
            self.gesture.paint(painter)

    def _after_gesture(self) -> None:
        self.viewport().unsetCursor()
        self.repaint_gesture()

    def _travel(self, key: WireKey, share: float | None) -> None:
        if wire := self.graph.wires.get(key):
            wire.set_travel(share)

    def _say_selection(self) -> None:
        self._describe()
        self.selection_changed.emit(self.selected_nodes(), self.selected_wires())

    def _describe(self) -> None:
        """Says in words what the canvas shows, for screen readers."""
        counts = ((len(self.graph.nodes), "node"), (len(self.graph.wires), "wire"))
        words = [", ".join(f"{n} {word}" if n == 1 else f"{n} {word}s" for n, word in counts) + "."]
        if self.selection.nodes:
            words.append(f"Selected: {', '.join(self.selected_nodes()[:8])}.")
        focus = self.selection.focus
        if focus is not None and focus in self.graph.nodes:
            look = self.graph.nodes[focus].shown
            state = "" if look.state == "normal" else f", {look.state}: {look.message}".rstrip(": ")
            words.append(f"On {look.name}, {look.op}{state}.")
        self.setAccessibleDescription(" ".join(words))

    # Qt's events, handed to those who know.

    def event(self, event: QEvent) -> bool:
        """Tab asks for a node instead of leaving; a gesture keeps its keys from the menus."""
        if event.type() == QEvent.Type.ShortcutOverride and self.gesture is not None:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            held = event.modifiers()
            if event.key() == Qt.Key.Key_Tab and held == Qt.KeyboardModifier.NoModifier:
                if self.gesture is not None:
                    return self.gesture.key(event)
                self._request_node()
                return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tips, pinching, and the pointer's leaving."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            target = hits.target_at(self.graph, self.mapToScene(event.pos()))
            QToolTip.showText(event.globalPos(), tip_for(self.graph, target), self.viewport())
            return True
        if isinstance(event, QNativeGestureEvent):
            return self._pointer.pinch(event)
        if event.type() == QEvent.Type.Leave and self.gesture is None:
            self._pointer.hover(QPoint(-1, -1))
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pointer.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._pointer.wheel(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._pointer.hold_space(True)
        elif not self._keyboard.press(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._pointer.hold_space(False)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            here = self._keyboard.here()
            if here is None:
                self._keyboard.step(1)
            else:
                self.selection.set_focus(here)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._pointer.hold_space(False)
        self.selection.set_focus(None)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason):
            self.cancel_gesture()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        drops.welcome(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        drops.welcome(event)
        self._drop.hover(event)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._drop.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.take(event)
