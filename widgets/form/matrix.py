"""Nested lists of one or two axes as rows of cells: grown, cut, and filled from a spreadsheet's text."""

from __future__ import annotations

from widgets.form import values
from widgets.form.looks import FieldLook, FieldValue

Cells = tuple[tuple[FieldValue, ...], ...]
LARGEST = 64
"""Rows and columns that are shown as cells, at most; what is larger is text."""


def is_matrix(value: FieldValue) -> bool:
    """Whether a value has one axis or two, is not empty, and is small enough for cells."""
    if not isinstance(value, tuple) or not 0 < len(value) <= LARGEST:
        return False
    rows = [row for row in value if isinstance(row, tuple)]
    if not rows:
        return True
    flat = not any(isinstance(cell, tuple) for row in rows for cell in row)
    return flat and 0 < len(rows[0]) <= LARGEST


def cells_of(value: FieldValue) -> Cells:
    """The rows of a value; one with a single axis is one row."""
    assert isinstance(value, tuple)
    if isinstance(value[0], tuple):
        return tuple(row for row in value if isinstance(row, tuple))
    return (value,)


def value_of(cells: Cells, like: FieldValue) -> FieldValue:
    """The value that cells stand for: one axis as long as there was one and a single row is enough."""
    was_flat = isinstance(like, tuple) and not isinstance(like[0], tuple)
    return cells[0] if was_flat and len(cells) == 1 else cells


def with_cell(cells: Cells, row: int, column: int, value: FieldValue) -> Cells:
    """The cells with another value in one of them."""
    changed = (*cells[row][:column], value, *cells[row][column + 1 :])
    return (*cells[:row], changed, *cells[row + 1 :])


def with_row(cells: Cells, at: int) -> Cells:
    """The cells with a row of zeros before the one at this place."""
    return (*cells[:at], _zeros(cells, len(cells[0])), *cells[at:])


def without_row(cells: Cells, at: int) -> Cells:
    """The cells without a row; the last one stays."""
    if len(cells) == 1:
        return cells
    return (*cells[:at], *cells[at + 1 :])


def with_column(cells: Cells, at: int) -> Cells:
    """The cells with a column of zeros before the one at this place."""
    (zero,) = _zeros(cells, 1)
    return tuple((*row[:at], zero, *row[at:]) for row in cells)


def without_column(cells: Cells, at: int) -> Cells:
    """The cells without a column; the last one stays."""
    if len(cells[0]) == 1:
        return cells
    return tuple((*row[:at], *row[at + 1 :]) for row in cells)


def pasted(look: FieldLook, cells: Cells, row: int, column: int, text: str) -> Cells:
    """The cells with the table of a text from this place on, grown where it reaches further.

    Cells of the text lie between tabs, or else between commas or blanks. Raises TextError for what is no
    number, naming its place, and where there would be too many cells.
    """
    table = [_split(line) for line in text.strip("\r\n").splitlines()]
    height, width = row + len(table), column + max((len(line) for line in table), default=0)
    if max(height, width) > LARGEST:
        raise values.TextError(f"{look.label} would have more than {LARGEST} rows or columns; use Text.")
    while len(cells) < height:
        cells = with_row(cells, len(cells))
    while len(cells[0]) < width:
        cells = with_column(cells, len(cells[0]))
    for down, line in enumerate(table):
        for across, word in enumerate(line):
            try:
                cells = with_cell(cells, row + down, column + across, read_cell(look, word))
            except values.TextError as wrong:
                place = f"row {down + 1}, column {across + 1} of what was pasted"
                raise values.TextError(f"{wrong} It is in {place}.") from None
    return cells


def read_cell(look: FieldLook, text: str) -> FieldValue:
    """The value of one cell; an empty one is zero."""
    word = text.strip()
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    if not word:
        return 0
    number = values.read_number(look, word)
    return int(word) if word.lstrip("+-").isdigit() else number


def _split(line: str) -> list[str]:
    if "\t" in line:
        return line.split("\t")
    return line.split(",") if "," in line else line.split() or [""]


def _zeros(cells: Cells, count: int) -> tuple[FieldValue, ...]:
    """Zeros of the kind that the cells hold, so that whole numbers stay whole."""
    first = cells[0][0]
    zero: FieldValue = False if isinstance(first, bool) else 0 if isinstance(first, int) else 0.0
    return (zero,) * count
