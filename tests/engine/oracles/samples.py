"""How samples are drawn: shapes, ranges, settings and edge values for each family of ops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from engine.case import Case, Sample
from tests.engine.oracles.oracle import Samples

T = TypeVar("T")
Settings = Mapping[str, Sequence[object]]
"""For each setting, the values from which a sample takes one."""

SHAPES = ((), (1,), (5,), (2, 3), (2, 1, 4), (0,), (3, 0, 2))
# How shapes meet: equal, a scalar, size one, a missing axis, both ways at once, nothing.
PAIRS = (
    ((2, 3), (2, 3)),
    ((), (4,)),
    ((2, 3), ()),
    ((3,), (2, 3)),
    ((2, 3), (1, 1)),
    ((4, 1), (1, 3)),
    ((2, 1, 3), (4, 1)),
    ((0, 3), (1, 3)),
    ((1,), (0,)),
)


def number(rng: np.random.Generator, low: int, high: int) -> int:
    """A whole number from low to high, the latter left out."""
    return int(rng.integers(low, high))


def numbers(rng: np.random.Generator, low: int, high: int, count: int) -> list[int]:
    """So many whole numbers from low to high, the latter left out."""
    return [int(n) for n in rng.integers(low, high, count)]


def flip(rng: np.random.Generator) -> bool:
    """True or false."""
    return bool(rng.integers(2))


def one_of(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """One of the choices."""
    return choices[int(rng.integers(len(choices)))]


def draw(rng: np.random.Generator, settings: Settings) -> dict[str, object]:
    """One value for each setting."""
    return {name: one_of(rng, values) for name, values in settings.items()}


def unary(
    low: float = -2.0, high: float = 2.0, edges: Sequence[float] = (), settings: Settings | None = None
) -> Samples:
    """Tensors of all shapes with elements of a range, and one that holds the edge values."""

    def samples(rng: np.random.Generator) -> Iterator[Case]:
        for shape in SHAPES:
            yield Case([shape], draw(rng, settings or {}), low, high)
        if edges:
            yield Case([Sample(values=list(edges))], draw(rng, settings or {}))

    return samples


def at(*inputs: Sequence[float], settings: Settings | None = None) -> Samples:
    """Exact values for each input."""

    def samples(rng: np.random.Generator) -> Iterator[Case]:
        yield Case([Sample(values=list(values)) for values in inputs], draw(rng, settings or {}))

    return samples


def complex_numbers(count: int = 1) -> Samples:
    """Complex tensors, as many as the op takes."""

    def samples(rng: np.random.Generator) -> Iterator[Case]:
        pairs = PAIRS[:6] if count == 2 else [(shape,) for shape in SHAPES]
        for shapes in pairs:
            yield Case([Sample(shape, "complex", -2.0, 2.0) for shape in shapes])

    return samples


def binary(
    a: tuple[float, float] = (-2.0, 2.0),
    b: tuple[float, float] = (-2.0, 2.0),
    edges: tuple[Sequence[float], Sequence[float]] | None = None,
    *,
    fits: bool = False,
) -> Samples:
    """Two tensors that are broadcast, each with elements of a range, and edge values that meet pairwise.

    Where the second `fits`, it is broadcast to the first, which keeps its shape.
    """

    def samples(rng: np.random.Generator) -> Iterator[Case]:
        for first, second in PAIRS:
            if fits and np.broadcast_shapes(first, second) != first:
                continue
            yield Case([Sample(first, low=a[0], high=a[1]), Sample(second, low=b[0], high=b[1])])
        if edges:
            yield Case([Sample(values=list(values)) for values in edges])

    return samples


def together(*parts: Samples) -> Samples:
    """The samples of all parts."""
    return lambda rng: (case for part in parts for case in part(rng))


def ternary(first: str) -> Samples:
    """Three tensors that are broadcast: one of the dtype, and two of floats."""

    def samples(_: np.random.Generator) -> Iterator[Case]:
        for a, b in PAIRS:
            c = np.broadcast_shapes(a, b)
            for shapes in ((a, b, c), (b, c, a)):
                yield Case([Sample(shapes[0], first), *shapes[1:]])

    return samples


def many() -> Samples:
    """One, two, three and four tensors that are broadcast."""

    def samples(rng: np.random.Generator) -> Iterator[Case]:
        for count in (1, 2, 3, 4):
            for whole in ((2, 3), (), (2, 1, 4), (0, 3)):
                yield Case([whole, *(part_of(rng, whole) for _ in range(count - 1))])

    return samples


def part_of(rng: np.random.Generator, whole: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that can be broadcast to the whole: with sizes of one, or without the first axes."""
    sizes = tuple(1 if rng.random() < 0.3 else size for size in whole)
    return sizes[int(rng.integers(len(whole) + 1)) :]


def some_axes(rng: np.random.Generator, rank: int) -> list[int]:
    """Some of the axes, each counted from the front or from the back; none means all."""
    chosen = [axis for axis in range(rank) if rng.random() < 0.5]
    return [axis - rank if rng.random() < 0.5 else axis for axis in chosen]


def one_axis(rng: np.random.Generator, rank: int) -> int:
    """An axis, counted from the front or from the back."""
    return int(rng.integers(-rank, rank))


def reduction(
    low: float = -2.0,
    high: float = 2.0,
    settings: Settings | None = None,
    *,
    least: int = 0,
    ties: bool = False,
) -> Samples:
    """Tensors of all shapes, reduced along some axes, that are kept or not.

    Each result is one of at least so many elements. `ties` adds equal elements.
    """

    def samples(rng: np.random.Generator) -> Iterator[Case]:
        for shape in (*SHAPES, (3, 4), (4, 1, 3, 2)):
            axes = some_axes(rng, len(shape))
            count = np.prod([shape[axis] for axis in axes or range(len(shape))])
            if count >= least:
                kept = flip(rng)
                yield Case([shape], {"axes": axes, "keep_dims": kept, **draw(rng, settings or {})}, low, high)
        if ties:
            equal = [[1.0, 2.0, 2.0], [3.0, 3.0, 3.0], [0.0, -0.0, -1.0]]
            for axes in ([0], [-1], []):
                yield Case([Sample(values=equal)], {"axes": axes, **draw(rng, settings or {})})

    return samples


def along(low: float = -5.0, high: float = 5.0, settings: Settings | None = None) -> Samples:
    """Tensors of all shapes with an axis, and large and equal elements."""

    def samples(rng: np.random.Generator) -> Iterator[Case]:
        for shape in SHAPES[1:]:
            axis = one_axis(rng, len(shape))
            yield Case([shape], {"axis": axis, **draw(rng, settings or {})}, low, high)
        far = [[0.0, -0.0, 300.0], [5.0, 5.0, -300.0]]
        yield Case([Sample(values=far)], {"axis": 1, **draw(rng, settings or {})})

    return samples


def running(low: float = -2.0, high: float = 2.0, *, exclusive: bool = False) -> Samples:
    """Tensors of all shapes with an axis, from the front or from the end, with zeros among them."""

    def samples(rng: np.random.Generator) -> Iterator[Case]:
        choices: Settings = {"reverse": (False, True), **({"exclusive": (False, True)} if exclusive else {})}
        for shape in (*SHAPES[1:], *SHAPES[2:]):
            yield Case([shape], {"axis": one_axis(rng, len(shape)), **draw(rng, choices)}, low, high)
        for values in ([0.5, 0.0, 2.0, 3.0], [0.0, -2.0, 0.0, 3.0]):
            yield Case([Sample(values=values)], {"axis": 0, **draw(rng, choices)})

    return samples


def zeros() -> Samples:
    """Rows with one zero, with several, with none, reduced in all ways."""

    def samples(rng: np.random.Generator) -> Iterator[Case]:
        rows = [[0.0, 2.0, 3.0, -1.0], [0.0, -2.0, 0.0, 3.0], [0.0, 0.5, 0.0, 0.0], [1.0, 2.0, 3.0, 4.0]]
        for axes in ([0], [-1], [0, 1], []):
            yield Case([Sample(values=rows)], {"axes": axes, "keep_dims": flip(rng)})
        yield Case([Sample(values=rows[1])], {"axes": []})

    return samples


# ---- drawn shapes ----------------------------------------------------------------------------------------


def a_shape(rng: np.random.Generator, least: int = 0, most: int = 4, smallest: int = 0) -> tuple[int, ...]:
    """A shape of so many axes, of few elements; sizes of one are frequent, and of zero not rare."""
    rank = int(rng.integers(least, most + 1))
    sizes = rng.choice([0, 1, 2, 3, 4], size=rank, p=[0.08, 0.2, 0.26, 0.26, 0.2])
    return tuple(max(int(size), smallest) for size in sizes)


def times(count: int, make: Callable[[np.random.Generator], Case]) -> Samples:
    """So many samples, each drawn by itself."""
    return lambda rng: (make(rng) for _ in range(count))


def of_shape(
    make: Callable[[np.random.Generator, tuple[int, ...]], dict[str, object]], **limits: int
) -> Samples:
    """One tensor of a drawn shape, and settings that suit it."""

    def sample(rng: np.random.Generator) -> Case:
        shape = a_shape(rng, **limits)
        return Case([shape], make(rng, shape))

    return times(10, sample)


def whole(
    rng: np.random.Generator, low: int, high: int, shape: tuple[int, ...], dtype: str = "int64"
) -> Sample:
    """Whole numbers from low to high, the latter left out."""
    return Sample(
        shape, dtype, values=rng.integers(low, max(high, low + 1), shape).tolist() if 0 not in shape else None
    )
