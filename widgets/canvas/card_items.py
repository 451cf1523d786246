"""Cards on the canvas that are no nodes: what they share, notes, and watch cards with their leader."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from widgets import theme
from widgets.canvas import ink
from widgets.canvas.looks import NoteLook, ThumbnailLook, WatchLook
from widgets.canvas.mood import Surroundings
from widgets.canvas.rich import RichText
from widgets.canvas.shadows import paint_shadow
from widgets.canvas.thumbnails import card_size, paint_thumbnail

Z_NOTE, Z_WATCH = -5.0, 20.0
GRIP = 14.0


class CardItem(QGraphicsItem):
    """What all kinds share: a place, a size, and whether it is selected."""

    def __init__(self, around: Surroundings, z: float) -> None:
        super().__init__()
        self.selected = False
        self.hovered = False
        self._around = around
        self._size = (0.0, 0.0)
        self.setZValue(z)

    def body(self) -> QRectF:
        """The card in scene coordinates."""
        return QRectF(self.pos(), self.pos() + QPointF(*self._size))

    def boundingRect(self) -> QRectF:
        """The card with its shadow and selection."""
        return QRectF(-16, -12, self._size[0] + 32, self._size[1] + 32)

    def choose(self, selected: bool) -> None:
        """Marks the card as selected."""
        if selected != self.selected:
            self.selected = selected
            self.update()

    def preview(self, rect: QRectF) -> None:
        """Takes a place and a size while it is dragged."""
        self.prepareGeometryChange()
        self._size = (rect.width(), rect.height())
        self.setPos(rect.topLeft())
        self.update()

    def settle(self) -> None:
        """Goes back to where the look says."""
        raise NotImplementedError

    def _outline(self, painter: QPainter, radius: float) -> None:
        rect = QRectF(0, 0, *self._size)
        skin = theme.current()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.selected:
            painter.setPen(ink.pen(skin.accent, 2))
            painter.drawRoundedRect(rect, radius, radius)
        else:
            painter.setPen(ink.pen(skin.border))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


class NoteItem(CardItem):
    """A calm card of text."""

    def __init__(self, look: NoteLook, around: Surroundings) -> None:
        super().__init__(around, Z_NOTE)
        self.look = look
        self.cut = False
        """Whether some text does not fit; the tool tip then holds all of it."""
        self._text: RichText | None = None
        self.set_look(look)

    def settle(self) -> None:
        """Goes back to where the look says."""
        self.set_look(self.look)

    def set_look(self, look: NoteLook) -> None:
        """Takes a new look."""
        self.look, self._text = look, None
        self.preview(QRectF(look.x, look.y, look.width, look.height))

    def preview(self, rect: QRectF) -> None:
        """Lays the text out again for the new width."""
        self._text = None
        super().preview(rect)

    def restyle(self) -> None:
        """Lays the text out in the colours of a new theme."""
        self._text = None
        self.update()

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paints the card, its title and as much text as fits."""
        skin = theme.current()
        width, height = self._size
        rect = QRectF(0, 0, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.brush(skin.panel))
        painter.drawRoundedRect(rect, 8, 8)
        self._outline(painter, 8)
        if not self._around.detailed:
            return
        room = rect.adjusted(12, 10, -12, -8)
        if self.look.title:
            painter.setFont(ink.font("section"))
            painter.setPen(ink.pen(skin.text))
            title = ink.elide("section", self.look.title, room.width())
            painter.drawText(QPointF(room.left(), room.top() + 12), title)
            room.setTop(room.top() + 22)
        if self._text is None:
            self._text = RichText(self.look.text, room.width())
        self.cut = not self._text.paint(painter, room)
        if self.cut:
            painter.setPen(ink.pen(skin.text3))
            painter.drawText(QPointF(room.left(), height - 6), "…")


class WatchItem(CardItem):
    """A card that shows what flows, tied by a dotted leader to a ring on the wire."""

    def __init__(self, look: WatchLook, around: Surroundings) -> None:
        super().__init__(around, Z_WATCH)
        self.look = look
        self.anchor = QPointF(look.x, look.y)
        self._live: ThumbnailLook | None = None
        self.set_look(look)

    @property
    def thumbnail(self) -> ThumbnailLook | None:
        """The newest picture."""
        return self._live if self._live is not None else self.look.thumbnail

    def settle(self) -> None:
        """Goes back to where the look says."""
        self.set_look(self.look)

    def set_look(self, look: WatchLook) -> None:
        """Takes a new look."""
        self.look = look
        self._fit(QPointF(look.x, look.y))

    def set_live(self, thumbnail: ThumbnailLook | None) -> None:
        """Shows a newer picture; None goes back to that of the look."""
        if thumbnail is not self._live:
            self._live = thumbnail
            self._fit(self.pos())

    def tie(self, anchor: QPointF) -> None:
        """Says where on the wire the leader ends."""
        if anchor != self.anchor:
            self.prepareGeometryChange()
            self.anchor = anchor
            self.update()

    def boundingRect(self) -> QRectF:
        """The card, and the leader down to its ring."""
        end = self.anchor - self.pos()
        return super().boundingRect().united(QRectF(end.x() - 6, end.y() - 6, 12, 12))

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Paints leader, ring, card, picture and text."""
        skin = theme.current()
        width, height = self._size
        end = self.anchor - self.pos()
        start = QPointF(min(max(end.x(), 8), width - 8), height if end.y() > height / 2 else 0)
        painter.setPen(ink.pen(skin.text3, 1, (1, 3)))
        painter.drawLine(start, end)
        painter.setPen(ink.pen(skin.text, 1.25))
        painter.setBrush(ink.brush(skin.canvas))
        painter.drawEllipse(end, 3.0, 3.0)
        if self._around.detailed and not self._around.flat:
            paint_shadow(painter, QRectF(0, 0, width, height))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.brush(skin.panel))
        painter.drawRoundedRect(QRectF(0, 0, width, height), 6, 6)
        self._outline(painter, 6)
        thumbnail = self.thumbnail
        top = 6.0
        if thumbnail is not None:
            w, h = card_size(thumbnail)
            paint_thumbnail(painter, thumbnail, QRectF((width - w) / 2, top, w, h), self._around.scale)
            top += h + 2
        if self._around.detailed:
            painter.setFont(ink.font("settings line"))
            painter.setPen(ink.pen(skin.text2))
            text = ink.elide("settings line", self.look.text, width - 12)
            painter.drawText(QPointF((width - ink.text_width("settings line", text)) / 2, top + 12), text)

    def _fit(self, at: QPointF) -> None:
        w, h = card_size(self.thumbnail)
        text = ink.text_width("settings line", self.look.text)
        width = min(max(w + 16, text + 20, 104.0), 240.0)
        height = (h + 2 if self.thumbnail is not None else 0.0) + 6 + 18
        self.preview(QRectF(at.x(), at.y(), width, height))
