"""The small Markdown of notes: bold, code, lists and paragraphs; anything else is plain text, never HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QTextCharFormat, QTextLayout, QTextOption

from widgets import theme
from widgets.canvas import ink

_MARKS = re.compile(r"\*\*(?P<bold>[^*\n]+)\*\*|`(?P<code>[^`\n]+)`")
LINE, PARAGRAPH, INDENT = 18.0, 6.0, 14.0


@dataclass(frozen=True)
class Paragraph:
    """Text without marks, and the ranges that carry one: (start, length, `bold` or `code`)."""

    text: str
    spans: tuple[tuple[int, int, str], ...] = ()
    bullet: bool = False
    heading: bool = False


def parse(source: str) -> tuple[Paragraph, ...]:
    """Splits a note into paragraphs; a line of its own stays one."""
    result = []
    for line in source.splitlines():
        bullet = line.startswith(("- ", "* "))
        heading = line.startswith("# ")
        text, spans = _unmark(line[2:] if bullet or heading else line)
        result.append(Paragraph(text, spans, bullet, heading))
    return tuple(result)


def _unmark(line: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    text, spans, end = "", [], 0
    for found in _MARKS.finditer(line):
        text += line[end : found.start()]
        kind = "bold" if found["bold"] else "code"
        inner = found[kind]
        spans.append((len(text), len(inner), kind))
        text += inner
        end = found.end()
    return text + line[end:], tuple(spans)


class RichText:
    """A parsed note, laid out for one width; painting it costs no more layout."""

    def __init__(self, source: str, width: float) -> None:
        self.height = 0.0
        self._rows: list[tuple[QTextLayout, float, bool]] = []
        for paragraph in parse(source):
            if not paragraph.text:
                self.height += PARAGRAPH
                continue
            indent = INDENT if paragraph.bullet else 0.0
            layout = _layout(paragraph, width - indent)
            self._rows.append((layout, self.height, paragraph.bullet))
            self.height += LINE * layout.lineCount() + 2

    def paint(self, painter: QPainter, room: QRectF) -> bool:
        """Paints the rows that fit; False if some did not."""
        painter.setPen(ink.pen(theme.current().text2))
        for layout, top, bullet in self._rows:
            if top + LINE * layout.lineCount() > room.height() + 1:
                return False
            at = room.topLeft() + QPointF(INDENT if bullet else 0.0, top)
            layout.draw(painter, at)
            if bullet:
                painter.save()
                painter.setBrush(ink.brush(theme.current().text3))
                painter.drawEllipse(room.topLeft() + QPointF(4, top + LINE / 2 + 1), 1.5, 1.5)
                painter.restore()
        return True


def _layout(paragraph: Paragraph, width: float) -> QTextLayout:
    layout = QTextLayout(paragraph.text, ink.font("strong" if paragraph.heading else "body"))
    layout.setCacheEnabled(True)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setFormats([_span(start, length, kind) for start, length, kind in paragraph.spans])
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 20.0))
        line.setPosition(QPointF(0, y))
        y += LINE
    layout.endLayout()
    return layout


def _span(start: int, length: int, kind: str) -> QTextLayout.FormatRange:
    span = QTextLayout.FormatRange()
    span.start, span.length = start, length
    style = QTextCharFormat()
    style.setFont(ink.font("strong" if kind == "bold" else "field value"))
    style.setForeground(ink.brush(theme.current().text))
    span.format = style
    return span
