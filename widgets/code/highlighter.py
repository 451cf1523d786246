"""Colours for Python: words of the language, texts, numbers, remarks and what is defined."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from widgets import theme

_TOKENS = re.compile(
    r"(?P<text3>#.*)"
    r"|(?P<success>[rbfRBF]{0,2}(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'))"
    rf"|(?P<accent>\b(?:{'|'.join(keyword.kwlist)})\b)"
    r"|(?P<warn>\b(?:\d[\w.]*)\b)"
)
_QUOTES = '"""', "'''"
_PLAIN, _INSIDE = -1, 1


class PythonHighlighter(QSyntaxHighlighter):
    """Each kind of token has a token of the theme; the regular expression names it."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        """Colour one line; a text in three quotes may go on in the next."""
        start = 0
        if self.previousBlockState() >= _INSIDE:
            start = self._until_closed(text, 0, _QUOTES[self.previousBlockState() - _INSIDE])
            if start < 0:
                return
        self.setCurrentBlockState(_PLAIN)
        while start < len(text):
            at, quote = _next_quotes(text, start)
            self._colour(text, start, at)
            if not quote:
                return
            start = self._until_closed(text, at, quote, skip=3)
            if start < 0:
                return

    def _until_closed(self, text: str, start: int, quote: str, skip: int = 0) -> int:
        """Colour to the closing quotes; -1 where they are not in this line."""
        end = text.find(quote, start + skip)
        length = (len(text) if end < 0 else end + 3) - start
        self.setFormat(start, length, _format("success"))
        self.setCurrentBlockState(_INSIDE + _QUOTES.index(quote) if end < 0 else _PLAIN)
        return -1 if end < 0 else end + 3

    def _colour(self, text: str, start: int, end: int) -> None:
        for found in _TOKENS.finditer(text, start, end):
            assert found.lastgroup is not None
            self.setFormat(found.start(), found.end() - found.start(), _format(found.lastgroup))


def _next_quotes(text: str, start: int) -> tuple[int, str]:
    """Where a text in three quotes begins, and in which; the end of the line and nothing where none does."""
    found = [(text.find(quote, start), quote) for quote in _QUOTES if text.find(quote, start) >= 0]
    return min(found, default=(len(text), ""))


def _format(token: str) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setForeground(theme.colour(getattr(theme.current(), token)))
    return form
