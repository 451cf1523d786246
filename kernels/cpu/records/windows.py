"""How windows slide over images, as convolutions and pools in compiled code take it."""

from __future__ import annotations

from dataclasses import dataclass

from kernels.generic.windows import Axis

_PIECE = 1 << 18
"""Bytes of an image that are copied between margins at a time: they stay in the second cache of a core."""
_ONE = Axis(1, 1, 1)


@dataclass(frozen=True)
class Slide:
    """How windows slide over images: an image of one axis has one row."""

    images: int
    rows: int
    columns: int
    channels: int
    down: Axis
    across: Axis

    @property
    def padded(self) -> tuple[int, int]:
        """The sizes of an image with its margins."""
        down, across = self.down, self.across
        return self.rows + down.front + down.behind, self.columns + across.front + across.behind

    @property
    def counts(self) -> tuple[int, int]:
        return self.down.count(self.rows), self.across.count(self.columns)

    def words(self) -> list[int]:
        """From layout.IMAGES on, up to the steps."""
        down, across = self.down, self.across
        sizes = [self.images, self.rows, self.columns, self.channels, *self.padded, down.front, across.front]
        return [*sizes, *self.counts, down.stride, across.stride]

    def window(self) -> list[int]:
        """From layout.WINDOW_ROWS on."""
        down, across = self.down, self.across
        return [down.window, across.window, down.dilation, across.dilation, self.band]

    @property
    def band(self) -> int:
        """How many rows of the result are computed from one piece of an image."""
        rows, down = self.counts[0], self.down
        if not self.has_margins:
            return rows
        lines = _PIECE // (4 * self.padded[1] * self.channels)
        return min(max((lines - down.extent) // down.stride + 1, 1), rows)

    @property
    def has_margins(self) -> bool:
        return self.padded != (self.rows, self.columns)

    @property
    def scratch(self) -> int:
        """The bytes of a piece of an image with its margins."""
        lines = (self.band - 1) * self.down.stride + self.down.extent
        return 4 * lines * self.padded[1] * self.channels if self.has_margins else 0


def slide_of(shape: tuple[int, ...], axes: tuple[Axis, ...]) -> Slide | None:
    """The windows over a tensor; None where they move along more axes than compiled code knows."""
    if not 1 <= len(axes) <= 2:
        return None
    down, across = axes if len(axes) == 2 else (_ONE, axes[0])
    rows, columns = shape[1:-1] if len(axes) == 2 else (1, shape[1])
    return Slide(shape[0], rows, columns, shape[-1], down, across)
