"""Which tensors are pictures, how they are cut into single ones, and how those are laid out."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Arrangement = Literal["entries", "channels", "columns", "rows"]
MOST_PICTURES = 32
_SMALLEST, _LARGEST = 2, 4096


def is_real(dtype: str) -> bool:
    """Whether values of this dtype can be drawn as shades."""
    return dtype == "bool" or dtype.startswith(("int", "uint", "float", "bfloat"))


def arrangements(shape: tuple[int, ...]) -> tuple[Arrangement, ...]:
    """Return the ways in which a tensor of this shape is pictures, the most natural first."""
    if 0 in shape:
        return ()
    if len(shape) == 2:
        ways: list[Arrangement] = []
        if _side(shape[0]):
            ways.append("columns")
        if _side(shape[1]):
            ways.append("rows")
        return tuple(ways)
    if len(shape) == 3 and (_plane(shape[1:]) or _coloured(shape)):
        return ("entries",)
    if len(shape) == 4:
        if shape[3] in (1, 3) and _plane(shape[1:3]):
            return ("entries",)
        if shape[1] in (1, 3) and _plane(shape[2:]):
            return ("entries",)
        if _plane(shape[1:3]):
            return ("channels",)
    return ()


def cut(sample: NDArray[Any], arrangement: Arrangement) -> NDArray[Any]:
    """Return at most 32 pictures as (count, height, width), or with 3 colours as a fourth axis."""
    if arrangement == "columns":
        side = math.isqrt(sample.shape[0])
        return sample[:, :MOST_PICTURES].T.reshape(-1, side, side)
    if arrangement == "rows":
        side = math.isqrt(sample.shape[1])
        return sample[:MOST_PICTURES].reshape(-1, side, side)
    if arrangement == "channels":
        return np.moveaxis(sample[0, :, :, :MOST_PICTURES], -1, 0)
    if sample.ndim == 3:
        return sample[None] if _coloured(sample.shape) else sample[:MOST_PICTURES]
    if sample.shape[3] in (1, 3):
        pictures = sample[:MOST_PICTURES]
    else:
        pictures = np.moveaxis(sample[:MOST_PICTURES], 1, -1)
    return pictures[..., 0] if pictures.shape[3] == 1 else pictures


def colour_limits(pictures: NDArray[Any]) -> tuple[float, float]:
    """Return what counts as black and as full colour: 0 to 1, 0 to 255, or the values' own limits."""
    numbers = np.asarray(pictures, np.float64)
    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if low >= 0 and high <= 255:
        return 0.0, 1.0 if high <= 1 else 255.0
    return low, high


@dataclass(frozen=True)
class Mosaic:
    """Places of equally large pictures in rows, each with a caption below."""

    columns: int
    width: float
    height: float
    pitch_x: float
    pitch_y: float

    def place(self, index: int) -> tuple[float, float]:
        """Return the left and top of a picture."""
        row, column = divmod(index, self.columns)
        return column * self.pitch_x, row * self.pitch_y


GAP = 10.0
CAPTION = 20.0


def mosaic(count: int, picture: tuple[int, int], area: tuple[float, float]) -> Mosaic:
    """Return the layout with the largest pictures that fit."""
    rows, columns = picture
    best = (0.0, 1)
    for across in range(1, count + 1):
        down = math.ceil(count / across)
        room_x = (area[0] + GAP) / across - GAP
        room_y = area[1] / down - CAPTION
        best = max(best, (min(room_x / columns, room_y / rows), across))
    scale, across = best
    # Whole magnifications are the crispest; they are left out where they would waste much room.
    if scale >= 1 and math.floor(scale) >= 0.8 * scale:
        scale = math.floor(scale)
    scale = max(math.floor(scale * columns) / columns, 8 / max(rows, columns))
    width, height = columns * scale, rows * scale
    return Mosaic(across, width, height, width + GAP, height + CAPTION)


def _side(size: int) -> int:
    """Return the side of the square picture of this many pixels, or 0."""
    side = math.isqrt(size)
    return side if side * side == size and 4 <= side <= _LARGEST else 0


def _plane(shape: tuple[int, ...]) -> bool:
    return all(_SMALLEST <= size <= _LARGEST for size in shape)


def _coloured(shape: tuple[int, ...]) -> bool:
    """Whether three axes are one picture with three colours rather than narrow pictures."""
    return shape[2] == 3 and min(shape[:2]) >= 8
