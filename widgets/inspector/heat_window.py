"""Which part of a matrix a heat map shows, and in how coarse cells: zooming and panning in arithmetic."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """The visible rows and columns of a matrix, as fractions of cells."""

    top: float
    bottom: float
    left: float
    right: float

    def zoomed(self, row: float, column: float, factor: float, rows: int, columns: int) -> "Window":
        """Return the window shrunk or grown about a place, at least two cells wide and within the matrix."""
        height = min(max((self.bottom - self.top) * factor, min(2.0, rows)), float(rows))
        width = min(max((self.right - self.left) * factor, min(2.0, columns)), float(columns))
        top = row - (row - self.top) * height / (self.bottom - self.top)
        left = column - (column - self.left) * width / (self.right - self.left)
        return Window(top, top + height, left, left + width).within(rows, columns)

    def moved(self, down: float, right: float, rows: int, columns: int) -> "Window":
        """Return the window moved, within the matrix."""
        return Window(self.top + down, self.bottom + down, self.left + right, self.right + right).within(
            rows, columns
        )

    def within(self, rows: int, columns: int) -> "Window":
        """Return the window shifted into the matrix."""
        down = min(max(self.top, 0.0), rows - (self.bottom - self.top)) - self.top
        right = min(max(self.left, 0.0), columns - (self.right - self.left)) - self.left
        return Window(self.top + down, self.bottom + down, self.left + right, self.right + right)

    def box(
        self, pixels: tuple[int, int], rows: int, columns: int
    ) -> tuple[tuple[int, int, int, int], tuple[int, int]]:
        """Return the slice to read, a little more than is visible, and its steps: about one cell per pixel.

        The slice snaps to a coarse grid, so that panning a little needs nothing new.
        """
        row0, row1, row_step = _snapped(self.top, self.bottom, pixels[1], rows)
        column0, column1, column_step = _snapped(self.left, self.right, pixels[0], columns)
        return (row0, row1, column0, column1), (row_step, column_step)


def _snapped(start: float, stop: float, pixels: int, size: int) -> tuple[int, int, int]:
    visible = stop - start
    step = max(1, math.ceil(visible / max(pixels, 1)))
    quantum = step * max(1, int(visible / step) // 8)
    first = max(0, math.floor(start / quantum) * quantum)
    return first, min(size, math.ceil(stop / quantum) * quantum), step
