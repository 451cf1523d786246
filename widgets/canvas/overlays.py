"""Floating widgets over the canvas: kept at their anchors, and stacked when the canvas is narrow."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtWidgets import QWidget

Anchor = Literal["top_left", "top_center", "top_right", "bottom_left", "bottom_right", "center"]
MARGIN, GAP = 16, 12


class Overlays:
    """Places widgets over a host; each keeps its own size, but is never wider than the host.

    When one of them changes size or visibility, Qt posts a LayoutRequest to the host; it then calls `place`.
    """

    def __init__(self, host: QWidget) -> None:
        self._host = host
        self._placed: list[tuple[QWidget, Anchor]] = []

    def add(self, widget: QWidget, anchor: Anchor) -> None:
        """Takes a widget in."""
        widget.setParent(self._host)
        # What a bar does not use is not for the canvas below it.
        widget.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        if not widget.testAttribute(Qt.WidgetAttribute.WA_SetCursor):
            widget.setCursor(Qt.CursorShape.ArrowCursor)
        self._placed.append((widget, anchor))
        widget.show()
        widget.raise_()
        self.place()

    def remove(self, widget: QWidget) -> None:
        """Lets a widget go; the caller keeps it."""
        self._placed = [(its, anchor) for its, anchor in self._placed if its is not widget]
        self.place()

    def place(self) -> None:
        """Puts every widget at its anchor."""
        self._place_top()
        self._place_bottom("bottom_left")
        self._place_bottom("bottom_right")
        for widget in self._at("center"):
            size = self._fitted(widget)
            middle = self._host.rect().center()
            widget.setGeometry(QRect(middle.x() - size[0] // 2, middle.y() - size[1] // 2, *size))

    def stay(self, dx: int, dy: int) -> None:
        """Moves all widgets back after the host has scrolled its children along."""
        for widget, _ in self._placed:
            widget.move(widget.x() - dx, widget.y() - dy)

    def free_room(self) -> QRectF:
        """The part of the host below the bars at the top, with a margin all round."""
        bars = [*self._at("top_left"), *self._at("top_center"), *self._at("top_right")]
        top = max([MARGIN * 2, *(widget.geometry().bottom() + MARGIN for widget in bars)])
        rect = QRectF(self._host.rect())
        return rect.adjusted(MARGIN * 2, min(top, rect.height() / 2), -MARGIN * 2, -MARGIN * 2)

    def _at(self, anchor: Anchor) -> list[QWidget]:
        return [widget for widget, its in self._placed if its == anchor and not widget.isHidden()]

    def _fitted(self, widget: QWidget) -> tuple[int, int]:
        """The size a widget wishes, as far as the host has room."""
        wish = widget.sizeHint().expandedTo(widget.minimumSizeHint()).expandedTo(widget.minimumSize())
        wish = wish.boundedTo(widget.maximumSize())
        return min(wish.width(), max(self._host.width() - 2 * MARGIN, 1)), wish.height()

    def _place_top(self) -> None:
        """Left, centre and right in one row; what does not fit beside the others takes the next row."""
        width = self._host.width()
        rows: list[list[QRect]] = [[]]
        anchors: tuple[Anchor, ...] = ("top_left", "top_right", "top_center")
        for anchor in anchors:
            for widget in self._at(anchor):
                w, h = self._fitted(widget)
                for index in range(len(rows) + 1):
                    if index == len(rows):
                        rows.append([])
                    x = _free_x(rows[index], w, width, anchor)
                    if x is not None:
                        break
                top = MARGIN + sum(max(rect.height() for rect in row) + GAP for row in rows[:index] if row)
                rows[index].append(QRect(x or 0, top, w, h))
                widget.setGeometry(rows[index][-1])

    def _place_bottom(self, anchor: Anchor) -> None:
        """From the corner inwards; a new row above when the width is used up."""
        x, bottom, height = MARGIN, self._host.height() - MARGIN, 0
        for widget in self._at(anchor):
            w, h = self._fitted(widget)
            if x > MARGIN and x + w > self._host.width() - MARGIN:
                x, bottom, height = MARGIN, bottom - height - GAP, 0
            left = x if anchor == "bottom_left" else self._host.width() - x - w
            widget.setGeometry(QRect(left, bottom - h, w, h))
            x, height = x + w + GAP, max(height, h)


def _free_x(row: list[QRect], width: int, host: int, anchor: Anchor) -> int | None:
    """Where a widget of this width finds room in a row, nearest to its anchor; None if nowhere."""
    lefts = [rect.right() + 1 + GAP for rect in row if rect.center().x() < host / 2]
    rights = [rect.left() - GAP for rect in row if rect.center().x() >= host / 2]
    low, high = max([MARGIN, *lefts]), min([host - MARGIN, *rights]) - width
    if high < low:
        return low if not row else None
    wish = {"top_left": low, "top_right": high}.get(anchor, (host - width) // 2)
    return min(max(wish, low), high)
