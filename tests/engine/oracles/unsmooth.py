"""Oracles of ops that no gradient passes: roundings, tests, bits, places and counts. Their values count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.case import Case, Sample
from tests.engine.oracles.oracle import Oracle, Samples
from tests.engine.oracles.samples import (
    PAIRS,
    a_shape,
    at,
    binary,
    flip,
    of_shape,
    one_axis,
    one_of,
    times,
    together,
    unary,
    whole,
)

Settings = dict[str, Any]
Rng = np.random.Generator
HALVES = (-2.5, -1.5, -0.5, -0.0, 0.5, 1.5, 2.5, 1e9)
RANGES = ({"low": -0.5, "high": 0.7}, {"low": 0.0, "high": 2.0})
NAN, INF = float("nan"), float("inf")


def wholes(low: int, high: int, shift: tuple[int, int] | None = None) -> Samples:
    """Two tensors of whole numbers that are broadcast; the second may have limits of its own."""

    def sample(rng: Rng) -> Case:
        a, b = one_of(rng, PAIRS)
        return Case([whole(rng, low, high, a), whole(rng, *(shift or (low, high)), b)])

    return times(6, sample)


def truths(rng: Rng) -> Case:
    a, b = one_of(rng, PAIRS)
    return Case([Sample(a, "bool"), Sample(b, "bool")])


def extreme(rng: Rng, shape: tuple[int, ...]) -> Settings:
    return {"axis": one_axis(rng, len(shape)), "keep_dims": flip(rng), "last": flip(rng)}


def place(find: str, flip_over: str) -> Callable[..., Any]:
    """Where an extreme lies: the first of equal ones, or the last."""

    def oracle(m: Any, a: Settings, x: Any) -> Any:
        axis, search = a["axis"], getattr(m, find)
        kept = {"keepdim" if hasattr(m, "nn") else "keepdims": a["keep_dims"]}
        if not a["last"]:
            return search(x, axis, **kept)
        return x.shape[axis] - 1 - search(getattr(m, flip_over)(x, (axis,)), axis, **kept)

    return oracle


def in_both(oracle: Callable[..., Any], samples: Samples) -> Oracle:
    return Oracle(oracle, lambda j, a, *xs: oracle(j.numpy, a, *xs), samples)


def infinite(m: Any, a: Settings, x: Any) -> Any:
    return (m.isposinf(x) & a["positive"]) | (m.isneginf(x) & a["negative"])


def counted(t: Any, a: Settings, x: Any) -> Any:
    flat = x.reshape(-1).long()
    return t.bincount(flat[(flat >= 0) & (flat < a["count"])], minlength=a["count"])


def counted_in_jax(j: Any, a: Settings, x: Any) -> Any:
    flat = x.reshape(-1).astype("int64")
    return j.numpy.bincount(flat[(flat >= 0) & (flat < a["count"])], length=a["count"])


def in_bins(t: Any, a: Settings, x: Any) -> Any:
    return t.histc(x.double(), a["bins"], a["low"], a["high"]).long()


def in_bins_in_jax(j: Any, a: Settings, x: Any) -> Any:
    return j.numpy.histogram(x.astype("float64"), a["bins"], (a["low"], a["high"]))[0].astype("int64")


def searched(t: Any, a: Settings, row: Any, values: Any) -> Any:
    return t.searchsorted(row.contiguous(), values.contiguous(), right=a["right"])


def in_order(rng: Rng) -> Case:
    row = np.sort(rng.integers(0, 6, int(rng.integers(0, 6)))).astype(float)
    return Case(
        [Sample(row.shape, values=row.tolist()), Sample(a_shape(rng), low=-1.0, high=7.0)],
        {"right": flip(rng)},
    )


ORACLES: dict[str, Oracle] = {
    "Sign": Oracle("sign", "numpy.sign", unary(edges=(0.0, -0.0, INF, -INF))),
    "Floor": Oracle("floor", "numpy.floor", unary(edges=HALVES)),
    "Ceil": Oracle("ceil", "numpy.ceil", unary(edges=HALVES)),
    "Round": Oracle("round", "numpy.round", unary(edges=HALVES)),
    "Trunc": Oracle("trunc", "numpy.trunc", unary(edges=HALVES)),
    "FloorDivide": Oracle(
        "floor_divide", "numpy.floor_divide", binary((-9.0, 9.0), (0.3, 3.0), ([-7.0, 7.0], [2.0, -2.0]))
    ),
    "IsFinite": Oracle("isfinite", "numpy.isfinite", unary(edges=(NAN, INF, -INF, 1e30))),
    "IsNan": Oracle("isnan", "numpy.isnan", unary(edges=(NAN, INF, -INF, 1e30))),
    "IsInf": in_both(
        infinite,
        unary(edges=(NAN, INF, -INF, 1e30), settings={"positive": (True, False), "negative": (True, False)}),
    ),
    "IsClose": Oracle(
        lambda t, a, x, y: t.isclose(x, y, a["relative"], a["absolute"], a["equal_nan"]),
        lambda j, a, x, y: j.numpy.isclose(x, y, a["relative"], a["absolute"], a["equal_nan"]),
        together(
            binary(edges=([1.0, INF, INF, NAN], [1.000001, INF, -INF, NAN])),
            at(
                [1.0, NAN],
                [1.001, NAN],
                settings={"equal_nan": (True,), "relative": (0.01,), "absolute": (1e-3,)},
            ),
        ),
    ),
    "BitwiseAnd": Oracle("bitwise_and", "numpy.bitwise_and", wholes(-99, 99)),
    "BitwiseOr": Oracle("bitwise_or", "numpy.bitwise_or", wholes(-99, 99)),
    "BitwiseXor": Oracle("bitwise_xor", "numpy.bitwise_xor", wholes(-99, 99)),
    "BitwiseNot": Oracle(
        "bitwise_not", "numpy.bitwise_not", times(4, lambda rng: Case([whole(rng, -99, 99, a_shape(rng))]))
    ),
    "ShiftLeft": Oracle("bitwise_left_shift", "numpy.left_shift", wholes(-99, 99, (0, 8))),
    "ShiftRight": Oracle("bitwise_right_shift", "numpy.right_shift", wholes(-99, 99, (0, 8))),
    "LogicalXor": Oracle("logical_xor", "numpy.logical_xor", times(4, truths)),
    "ArgMax": in_both(place("argmax", "flip"), of_shape(extreme, least=1, smallest=1)),
    "ArgMin": in_both(place("argmin", "flip"), of_shape(extreme, least=1, smallest=1)),
    "ArgSort": Oracle(
        lambda t, a, x: t.sort(x, dim=a["axis"], descending=a["descending"], stable=True).indices,
        lambda j, a, x: j.numpy.argsort(x, a["axis"], descending=a["descending"]),
        of_shape(lambda rng, shape: {"axis": one_axis(rng, len(shape)), "descending": flip(rng)}, least=1),
    ),
    "Positions": in_both(
        lambda m, a, x: m.arange(x.shape[a["axis"]]),
        of_shape(lambda rng, shape: {"axis": one_axis(rng, len(shape))}, least=1),
    ),
    "NonZero": Oracle(
        "nonzero",
        lambda j, _, x: np.argwhere(x),
        times(4, lambda rng: Case([whole(rng, 0, 2, a_shape(rng, 1))])),
    ),
    "Bincount": Oracle(
        counted,
        counted_in_jax,
        times(4, lambda rng: Case([whole(rng, -2, 8, a_shape(rng))], {"count": one_of(rng, (4, 6))})),
    ),
    "Histogram": Oracle(
        in_bins,
        in_bins_in_jax,
        of_shape(lambda rng, shape: {"bins": one_of(rng, (1, 4)), **one_of(rng, RANGES)}),
    ),
    "SearchSorted": Oracle(
        searched,
        lambda j, a, row, values: j.numpy.searchsorted(
            row, values, side="right" if a["right"] else "left"
        ).astype("int64"),
        times(6, in_order),
    ),
}
