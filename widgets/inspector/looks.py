"""What the inspector is told to show: a tensor, its statistics, and tiles of its values."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ViewName = Literal["picture", "heat", "table", "histogram"]


@dataclass(frozen=True)
class StatsLook:
    """Figures of a whole tensor; None where it has none (an empty tensor, text). They cover finite values."""

    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    std: float | None = None
    nan: int = 0
    inf: int = 0
    zeros: int = 0
    size: int = 0


@dataclass(frozen=True, eq=False)
class HistogramLook:
    """Counts of the finite values between edges: `len(edges) == len(counts) + 1`, edges ascending."""

    counts: NDArray[np.int64]
    edges: NDArray[np.float64]


@dataclass(frozen=True)
class CaptionLook:
    """The words below one picture, for example `6`, or `1 -> 5` with `wrong` set."""

    text: str
    wrong: bool = False


@dataclass(frozen=True, eq=False)
class TensorLook:
    """One tensor as the inspector shows it.

    `sample` holds the first entries of the leading axis (all later axes complete), or the whole tensor when
    it is small; anything else is asked for in tiles. `revision` grows whenever the values have changed.
    `count_text` says how much of the data is shown, for example `32 of 360 val`. `captions` belong to the
    entries of `sample`.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    shape_text: str
    stats: StatsLook = field(default_factory=StatsLook)
    histogram: HistogramLook | None = None
    sample: NDArray[Any] | None = None
    captions: tuple[CaptionLook, ...] = ()
    count_text: str = ""
    pinned: bool = False
    revision: int = 0


@dataclass(frozen=True)
class TileRequest:
    """A slice of the last two axes of a tensor; the axes before them are held at `fixed`.

    A scalar counts as 1 x 1 and a vector of n values as one row of n columns. With steps above 1 only one
    value per `row_step x column_step` cell is wanted: the one farthest from zero, NaN before all others.
    """

    tensor: str
    revision: int
    fixed: tuple[int, ...]
    row0: int
    row1: int
    column0: int
    column1: int
    row_step: int = 1
    column_step: int = 1


@dataclass(frozen=True, eq=False)
class TileLook:
    """The answer to a request: the reduced cells, or every value of the slice (then the widget reduces)."""

    request: TileRequest
    values: NDArray[Any]
