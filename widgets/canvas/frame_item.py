"""Frames on the canvas: titled areas behind the nodes, and what lies in one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from widgets import theme
from widgets.canvas import ink
from widgets.canvas.card_items import CardItem
from widgets.canvas.looks import FrameLook
from widgets.canvas.mood import OVERVIEW_BELOW, Surroundings

if TYPE_CHECKING:
    from widgets.canvas.scene import CanvasScene
    from widgets.canvas.selection import Selection

Z_FRAME, FRAME_TITLE = -20.0, 32.0
_HUES = {
    "blue": "Layers",
    "teal": "Data",
    "green": "Metrics",
    "lime": "Shape",
    "amber": "Activation",
    "orange": "Training",
    "red": "Loss",
    "purple": "State",
}
"""Each colour is that of a category, which is known to be seen in both themes."""


class FrameItem(CardItem):
    """A titled area behind the nodes."""

    def __init__(self, look: FrameLook, around: Surroundings) -> None:
        super().__init__(around, Z_FRAME)
        self.look = look
        self.set_look(look)

    def settle(self) -> None:
        """Goes back to where the look says."""
        self.set_look(self.look)

    def set_look(self, look: FrameLook) -> None:
        """Takes a new look."""
        self.look = look
        self.preview(QRectF(look.x, look.y, look.width, look.height))

    def grips(self, scene_point: QPointF) -> bool:
        """Whether a point is where a frame is taken: its title bar or its border, not its inside."""
        rect = self.body()
        local = scene_point - rect.topLeft()
        inside = rect.adjusted(5, 5, -5, -5).contains(scene_point)
        return rect.adjusted(-3, -3, 3, 3).contains(scene_point) and (local.y() <= FRAME_TITLE or not inside)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paints fill, border, title and figure."""
        skin = theme.current()
        hue = _HUES.get(self.look.colour)
        fill = ink.soft(skin.category_colour(hue), 0.09) if hue else ink.soft(skin.text, 0.03)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.brush(fill))
        painter.drawRoundedRect(QRectF(0, 0, *self._size), 12, 12)
        self._outline(painter, 12)
        if hue and not self.selected:
            painter.setPen(ink.pen(ink.soft(skin.category_colour(hue), 0.55)))
            painter.drawRoundedRect(QRectF(0.5, 0.5, self._size[0] - 1, self._size[1] - 1), 12, 12)
        if self._around.scale < OVERVIEW_BELOW:
            self._paint_far_title(painter)
        elif self._around.detailed:
            self._paint_title(painter)

    def _paint_title(self, painter: QPainter) -> None:
        skin = theme.current()
        width = self._size[0]
        figure = ink.text_width("hint", self.look.figure)
        painter.setFont(ink.font("section"))
        painter.setPen(ink.pen(skin.text2))
        title = ink.elide("section", self.look.title, width - 36 - figure)
        painter.drawText(QPointF(12, 20), title)
        painter.setFont(ink.font("hint"))
        painter.setPen(ink.pen(skin.text3))
        painter.drawText(QPointF(width - 12 - figure, 20), self.look.figure)

    def _paint_far_title(self, painter: QPainter) -> None:
        """From afar the title stands above the frame, as large on screen as from near."""
        scale = self._around.scale
        painter.save()
        painter.scale(1 / scale, 1 / scale)
        painter.setFont(ink.font("section"))
        painter.setPen(ink.pen(theme.current().text2))
        title = ink.elide("section", self.look.title, self._size[0] * scale)
        painter.drawText(QPointF(2, -5), title)
        painter.restore()


def content(scene: CanvasScene, frames: Iterable[str]) -> tuple[set[str], set[str]]:
    """What lies in frames: nodes by their middle; notes and frames that are in there as a whole."""
    nodes: set[str] = set()
    cards: set[str] = set()
    for key in frames:
        area = scene.frames[key].body()
        nodes |= {name for name, node in scene.nodes.items() if area.contains(node.body().center())}
        cards |= {
            other for other, card in scene.cards().items() if other != key and area.contains(card.body())
        }
    return nodes, cards


def with_content(selection: Selection, scene: CanvasScene) -> tuple[set[str], set[str]]:
    """The selected nodes, notes and frames, and what lies in the frames."""
    nodes, cards = content(scene, selection.cards & scene.frames.keys())
    return selection.nodes | nodes, selection.cards | cards
