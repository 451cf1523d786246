"""The box that adds a node: ops in a list at the pointer, and beside it the help of the one in question."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QRectF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from widgets import icons, theme
from widgets.controls.lists import RowDelegate
from widgets.controls.marked import draw_marked
from widgets.controls.painting import RIGHT, draw_text, text_width
from widgets.controls.rows import LOOK
from widgets.help.looks import HelpLook
from widgets.help.panel import HelpPanel
from widgets.search.fuzzy import Match, rank
from widgets.search.list_box import SHOWN, ListBox
from widgets.search.looks import AddLook

LIST_WIDTH, HELP_WIDTH, ROW = 296, 300, 30
FIELD_AT = QPoint(20, 22)
"""Where the pointer lies in the box: in its field, so that the words appear where one looks."""
HINT = "Add a node"
HELP_AFTER_MS = 60
"""The help follows when one stops for a moment: the answer to a key need not wait for it."""
Hit = tuple[AddLook, Match]


class AddBox(ListBox):
    """`open_at(ops, at)` shows it; `chosen(op)` is what one takes. `help_of` tells about an op."""

    def __init__(self, window: QWidget, help_of: Callable[[str], HelpLook | None]) -> None:
        super().__init__(window, "add", HINT, AddDelegate, _words)
        self._help_of = help_of
        self._at = QPoint()
        self._fitting = False
        self.help = HelpPanel()
        self.help.setObjectName("add-help")
        self.help.link_requested.connect(self._follow)
        grid = QGridLayout(self)
        grid.setContentsMargins(6, 6, 1, 8)
        grid.setSpacing(6)
        grid.addWidget(self.field, 0, 0)
        grid.addWidget(self.view, 1, 0)
        grid.addWidget(self.help, 0, 1, 2, 1)
        self.field.setFixedWidth(LIST_WIDTH - 12)
        self.help.setFixedWidth(HELP_WIDTH)
        self._soon = QTimer(self, interval=HELP_AFTER_MS, singleShot=True)
        self._soon.timeout.connect(self._tell)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._soon.start())

    def open_at(self, ops: tuple[AddLook, ...], at: QPoint, hint: str = HINT, fitting: bool = False) -> None:
        """Shows the ops at a place in the window; `fitting` says that they are those that take a wire."""
        self._at, self._fitting = at, fitting
        self.field.setPlaceholderText(hint)
        self._show(ops, "")
        self._tell()

    def hits(self, text: str) -> list[Hit]:
        return rank(text, self._looks, _texts, most=len(self._looks), favour=lambda look: look.favour)

    def title_of(self, look: AddLook) -> str:
        return look.op

    def id_of(self, look: AddLook) -> str:
        return look.op

    def nothing(self, text: str) -> str:
        if not text:
            return "No node takes this wire."
        return f'No node {"that takes this wire is " if self._fitting else ""}called "{text}".'

    def place(self) -> None:
        """Lies with its field at the pointer, as far as the window lets it, always of one size."""
        room = self._window.rect()
        margins = self.contentsMargins()
        sides, ends = margins.left() + margins.right(), margins.top() + margins.bottom()
        self.help.setVisible(room.width() >= LIST_WIDTH + HELP_WIDTH + sides)
        width = LIST_WIDTH + sides + (HELP_WIDTH if not self.help.isHidden() else 0)
        height = min(self.field.height() + SHOWN * ROW + 20 + ends, room.height())
        self.setFixedSize(width, height)
        corner = self._at - FIELD_AT - QPoint(margins.left(), margins.top())
        # The shadow may lie outside the window, the box may not.
        free = room.adjusted(-margins.left(), -margins.top(), margins.right(), margins.bottom())
        self.move(_inside(QRect(corner, self.size()), free))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the box, and the line between list and help."""
        super().paintEvent(event)
        if not self.help.isHidden():
            box = self.box_rect()
            line = QRectF(box.left() + LIST_WIDTH - 1, box.top() + 1, 1, box.height() - 2)
            QPainter(self).fillRect(line, theme.colour(theme.current().border))

    def _tell(self) -> None:
        hit = self.view.currentIndex().data(LOOK)
        self.help.set_look(self._help_of(hit[0].op) if hit is not None else None)

    def _follow(self, target: str) -> None:
        """A link in the help leads to the help of another op; what is chosen stays."""
        self.help.set_look(self._help_of(target.partition(":")[2]))


class AddDelegate(RowDelegate):
    """Paints one op: the icon of its category in its colour, its name with the hit letters, its category."""

    def row_height(self, _look: Hit, _width: float) -> int:
        return ROW

    def paint_look(self, painter: QPainter, rect: QRectF, look: Hit) -> None:
        op, hit = look
        now = theme.current()
        hue = now.category_colour(op.category)
        icons.paint(
            painter, icons.category_icon(op.category), hue, rect.left() + 10, rect.center().y() - 7, 15
        )
        title, category = _places(rect, op)
        draw_marked(painter, title, op.op, hit.places, "body", now.text)
        draw_text(painter, category, op.category, "hint", now.text3, RIGHT)

    def tip(self, look: Hit, rect: QRectF) -> str:
        title, _ = _places(rect, look[0])
        return look[0].op if text_width(look[0].op, "body") > title.width() + 1 else ""


def _places(rect: QRectF, look: AddLook) -> tuple[QRectF, QRectF]:
    """Where the name and the category lie."""
    side = text_width(look.category, "hint") + 2
    category = QRectF(rect.right() - 10 - side, rect.top(), side, rect.height())
    left = rect.left() + 34
    return QRectF(left, rect.top(), category.left() - 10 - left, rect.height()), category


def _texts(look: AddLook) -> tuple[str, ...]:
    return (look.op, *look.words, look.category)


def _words(hit: Hit) -> str:
    return f"{hit[0].op}, {hit[0].category}"


def _inside(box: QRect, room: QRect) -> QPoint:
    """The corner at which a box lies inside the room, moved as little as can be."""
    x = max(room.left(), min(box.left(), room.right() + 1 - box.width()))
    y = max(room.top(), min(box.top(), room.bottom() + 1 - box.height()))
    return QPoint(x, y)
