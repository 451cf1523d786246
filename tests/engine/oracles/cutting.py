"""Oracles of ops that cut, turn, repeat and surround."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.case import Case
from tests.engine.oracles.moving import moving
from tests.engine.oracles.oracle import Oracle
from tests.engine.oracles.samples import (
    a_shape,
    number,
    numbers,
    of_shape,
    one_axis,
    one_of,
    some_axes,
    times,
    whole,
)

Settings = dict[str, Any]
Shape = tuple[int, ...]
Rng = np.random.Generator


def places(a: Settings) -> tuple[slice, ...]:
    """The slices of Slice: a size of -1 takes all that follow."""
    pairs = zip(a["begin"], a["size"], strict=True)
    return tuple(slice(b, None if n < 0 or b + n == 0 else b + n) for b, n in pairs)


def a_part(rng: Rng, shape: Shape) -> Settings:
    begin, size = [], []
    for whole_size in shape[: int(rng.integers(len(shape) + 1))]:
        first = int(rng.integers(whole_size + 1))
        count = int(rng.integers(whole_size - first + 1))
        begin.append(first - whole_size if rng.random() < 0.4 and first < whole_size else first)
        size.append(-1 if rng.random() < 0.3 else count)
    return {"begin": begin, "size": size}


def steps(rng: Rng, shape: Shape) -> Settings:
    axes = some_axes(rng, len(shape))
    return {
        "axes": axes,
        "starts": numbers(rng, -5, 6, len(axes or shape)),
        "ends": numbers(rng, -6, 7, len(axes or shape)),
        "steps": [int(n) for n in rng.choice([-3, -2, -1, 1, 2], len(axes or shape))],
    }


def strided(a: Settings, x: np.ndarray) -> np.ndarray:
    cuts = [slice(None)] * x.ndim
    axes = a["axes"] or range(len(a["starts"]))
    for axis, *cut in zip(axes, a["starts"], a["ends"], a["steps"] or [1] * len(a["starts"]), strict=True):
        cuts[axis] = slice(*cut)
    return x[tuple(cuts)]


def margins(rng: Rng, shape: Shape) -> Settings:
    """Margins of all kinds; some are negative, and cut off."""
    mode = one_of(rng, ["constant", "reflect", "symmetric", "edge", "wrap"])
    least = 2 if mode == "reflect" else 1
    axes = [axis for axis, size in enumerate(shape) if rng.random() < 0.6 and size >= least]
    before = [number(rng, -1 if shape[axis] > least else 0, 4) for axis in axes]
    after = [number(rng, 0, 4) for _ in axes]
    named = [axis - len(shape) if rng.random() < 0.5 else axis for axis in axes]
    if not axes:
        return {"before": [], "after": []}
    more = {"value": float(rng.integers(-2, 3))} if mode == "constant" else {}
    return {"before": before, "after": after, "axes": named, "mode": mode, **more}


def with_margins(rng: Rng) -> Case:
    shape = a_shape(rng, 1)
    return Case([shape], margins(rng, shape))


def padded(a: Settings, x: np.ndarray) -> np.ndarray:
    outside = x.size
    for axis, before, after in zip(
        a["axes"] or range(len(a["before"])), a["before"], a["after"], strict=True
    ):
        along = [slice(None)] * x.ndim
        along[axis] = slice(max(-before, 0), x.shape[axis] + min(after, 0))
        sides = [(0, 0)] * x.ndim
        sides[axis] = (max(before, 0), max(after, 0))
        fill: Settings = {"constant_values": outside} if a["mode"] == "constant" else {}
        x = np.pad(x[tuple(along)], sides, a["mode"], **fill)
    return x


def centered(a: Settings, x: np.ndarray) -> np.ndarray:
    """What is too much goes half in front and half behind; of an odd number the larger half goes behind."""
    outside = x.size
    for axis, size in zip(a["axes"] or range(x.ndim), a["sizes"], strict=True):
        more = size - x.shape[axis]
        first = abs(more) // 2
        if more > 0:
            sides = [(0, 0)] * x.ndim
            sides[axis] = (first, more - first)
            x = np.pad(x, sides, constant_values=outside)
        else:
            x = np.take(x, range(first, first + size), axis)
    return x


def sizes(rng: Rng, shape: Shape) -> Settings:
    axes = sorted({axis % len(shape) for axis in some_axes(rng, len(shape))}) if shape else []
    return {"axes": axes, "sizes": numbers(rng, 0, 6, len(axes or shape))}


def parts(rng: Rng) -> Case:
    """Parts of drawn sizes, or equal shares of what is left."""
    shape = a_shape(rng, 1)
    axis = one_axis(rng, len(shape))
    given = [[2, -1, 1], [-1, -1], [0, 6], [-1, 2, -1], [6]][int(rng.integers(5))]
    six = tuple(6 if i == axis % len(shape) else size for i, size in enumerate(shape))
    return Case([six], {"sizes": given, "axis": axis})


def ends_of(a: Settings, size: int) -> list[int]:
    """Where the parts of Split end, but for the last."""
    left = size - sum(n for n in a["sizes"] if n >= 0)
    found = [left // a["sizes"].count(-1) if n < 0 else n for n in a["sizes"]]
    return [int(n) for n in np.cumsum(found)[:-1]]


def counts(rng: Rng, shape: Shape) -> Settings:
    axis = one_axis(rng, len(shape))
    each = [int(n) for n in rng.integers(0, 4, shape[axis] if rng.random() < 0.6 and shape[axis] else 1)]
    return {"axis": axis, "repeats": each}


def unstacked(rng: Rng) -> Case:
    shape = a_shape(rng, 1, smallest=1)
    axis = one_axis(rng, len(shape))
    return Case([shape], {"axis": axis, "count": shape[axis]})


def sequences(rng: Rng) -> Case:
    shape = a_shape(rng, 2)
    axis, batch = (int(n) for n in rng.permutation(len(shape))[:2])
    lengths = whole(rng, 0, shape[axis] + 1, (shape[batch],))
    return Case([shape, lengths], {"axis": axis, "batch_axis": batch})


def turned_round(a: Settings, x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    found = np.moveaxis(x, (a["batch_axis"], a["axis"]), (0, 1)).copy()
    for row, length in zip(found, lengths, strict=True):
        row[:length] = row[:length][::-1].copy()
    return np.moveaxis(found, (0, 1), (a["batch_axis"], a["axis"]))


ORACLES: dict[str, Oracle] = {
    "Slice": Oracle(lambda _, a, x: x[places(a)], lambda _, a, x: x[places(a)], of_shape(a_part)),
    # PyTorch's own slices take no step backwards.
    "StridedSlice": moving(strided, of_shape(steps)),
    # PyTorch pads one, two or three axes only, and neither library cuts off.
    "Pad": moving(padded, times(20, with_margins), "value"),
    "CenterCropPad": moving(centered, of_shape(sizes, least=1), "value"),
    "Split": Oracle(
        lambda t, a, x: t.tensor_split(x, ends_of(a, x.shape[a["axis"]]), a["axis"]),
        lambda j, a, x: j.numpy.split(x, ends_of(a, x.shape[a["axis"]]), a["axis"]),
        times(10, parts),
    ),
    "Unstack": Oracle(
        lambda t, a, x: t.unbind(x, a["axis"]),
        lambda j, a, x: j.numpy.unstack(x, axis=a["axis"]),
        times(8, unstacked),
    ),
    "Reverse": Oracle(
        lambda t, a, x: t.flip(x, a["axes"] or tuple(range(x.ndim))),
        lambda j, a, x: j.numpy.flip(x, a["axes"] or None),
        of_shape(lambda rng, shape: {"axes": some_axes(rng, len(shape))}),
    ),
    "Roll": Oracle(
        lambda t, a, x: t.roll(x, a["shift"], a["axis"]),
        lambda j, a, x: j.numpy.roll(x, a["shift"], a["axis"]),
        of_shape(
            lambda rng, shape: {"axis": one_axis(rng, len(shape)), "shift": number(rng, -7, 8)}, least=1
        ),
    ),
    "Repeat": Oracle(
        lambda t, a, x: t.repeat_interleave(
            x, a["repeats"][0] if len(a["repeats"]) == 1 else t.tensor(a["repeats"]), a["axis"]
        ),
        lambda j, a, x: j.numpy.repeat(x, np.array(a["repeats"]), a["axis"]),
        of_shape(counts, least=1),
    ),
    "ReverseSequence": moving(turned_round, times(10, sequences)),
}
