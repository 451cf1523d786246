"""Oracles of layers without weights: normalisations, gates, pooling, and images that are rearranged."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.case import Case
from tests.engine.oracles.geometry import Settings, each, first
from tests.engine.oracles.images import resized, resized_in_jax
from tests.engine.oracles.moving import moving
from tests.engine.oracles.oracle import Oracle, formula
from tests.engine.oracles.pooling import image
from tests.engine.oracles.samples import a_shape, number, numbers, of_shape, one_axis, one_of, times

Rng = np.random.Generator
PLAIN = {"scale": False, "center": False}


# ---- normalisations --------------------------------------------------------------------------------------


def rows(rng: Rng) -> Case:
    shape = (*a_shape(rng, 1, 3), number(rng, 2, 5))
    return Case([shape], {"epsilon": one_of(rng, [1e-3, 1e-5]), **PLAIN})


def channels(rng: Rng) -> Case:
    shape = (*a_shape(rng, 2, 3, smallest=2), 6)
    return Case(
        [shape],
        {"epsilon": one_of(rng, [1e-3, 1e-5]), "groups": one_of(rng, [1, 2, 3, 6]), **PLAIN},
    )


def each_channel(rng: Rng) -> Case:
    return Case([(*a_shape(rng, 2, 4, smallest=2), 3)], {"epsilon": one_of(rng, [1e-3, 1e-5]), **PLAIN})


def groups_in_jax(j: Any, a: Settings, x: Any) -> Any:
    apart = x.reshape((*x.shape[:-1], a["groups"], -1))
    inner = (*range(1, x.ndim - 1), x.ndim)
    return j.nn.standardize(apart, inner, epsilon=a["epsilon"]).reshape(x.shape)


def response(j: Any, a: Settings, x: Any) -> Any:
    """The squares of the channels around each; of an even number the larger half lies behind."""
    before = (a["size"] - 1) // 2
    sides = [(0, 0)] * (x.ndim - 1) + [(before, a["size"] - 1 - before)]
    squares = j.numpy.pad(x * x, sides)
    sums = sum(squares[..., i : i + x.shape[-1]] for i in range(a["size"]))
    return x / (a["bias"] + a["alpha"] / a["size"] * sums) ** a["beta"]


def responding(rng: Rng, sizes: tuple[int, ...] = (1, 3, 5)) -> Case:
    settings = {
        "size": one_of(rng, sizes),
        "alpha": 0.5,
        "beta": one_of(rng, [0.75, 0.5]),
        "bias": 1.5,
    }
    return Case([(*a_shape(rng, 2, 3, smallest=1), number(rng, 1, 6))], settings)


# ---- gates -----------------------------------------------------------------------------------------------


def halved(rng: Rng) -> Case:
    shape = a_shape(rng, 1, 3)
    axis = one_axis(rng, len(shape))
    even = tuple(4 if i == axis % len(shape) else n for i, n in enumerate(shape))
    return Case(
        [even], {"axis": axis, "activation": one_of(rng, ["sigmoid", "silu", "gelu", "relu", "linear"])}
    )


def gated(m: Any, nn: Any, gelu: Any, a: Settings, x: Any) -> Any:
    one, other = m.split(x, 2, a["axis"])
    bends = {"linear": lambda y: y, "gelu": gelu}
    bend = bends.get(a["activation"]) or getattr(nn, a["activation"])
    return one * bend(other)


def sparsemax(m: Any, nn: Any, a: Settings, x: Any) -> Any:
    """The threshold follows from the largest elements that stay above it."""
    given = m.moveaxis(x, a["axis"], -1)
    places = m.argsort(-given, -1)
    ordered = m.gather(given, -1, places) if hasattr(m, "gather") else m.take_along_axis(given, places, -1)
    counts = m.arange(1, given.shape[-1] + 1)
    sums = m.cumsum(ordered, -1)
    kept = (1 + counts * ordered > sums).sum(-1)[..., None]
    last = m.gather(sums, -1, kept - 1) if hasattr(m, "gather") else m.take_along_axis(sums, kept - 1, -1)
    return m.moveaxis(nn.relu(given - (last - 1) / kept), -1, a["axis"])


# ---- images that are rearranged --------------------------------------------------------------------------


def tiles(rng: Rng) -> Case:
    block = number(rng, 1, 4)
    height, width = (int(n) for n in rng.integers(1, 3, 2))
    shape = (number(rng, 1, 3), height, width, block * block * number(rng, 1, 3))
    return Case([shape], {"block": block, "order": one_of(rng, ["places_first", "channels_first"])})


def spread(a: Settings, x: np.ndarray) -> np.ndarray:
    batch, height, width, depth = x.shape
    n = a["block"]
    if a["order"] == "places_first":
        apart = x.reshape(batch, height, width, n, n, depth // n**2).transpose(0, 1, 3, 2, 4, 5)
    else:
        apart = x.reshape(batch, height, width, depth // n**2, n, n).transpose(0, 1, 4, 2, 5, 3)
    return apart.reshape(batch, height * n, width * n, depth // n**2)


def blocks(rng: Rng) -> Case:
    block = number(rng, 1, 4)
    height, width = (block * int(n) for n in rng.integers(1, 3, 2))
    shape = (number(rng, 1, 3), height, width, number(rng, 1, 3))
    return Case([shape], {"block": block, "order": one_of(rng, ["places_first", "channels_first"])})


def gathered(a: Settings, x: np.ndarray) -> np.ndarray:
    batch, height, width, depth = x.shape
    n = a["block"]
    apart = x.reshape(batch, height // n, n, width // n, n, depth)
    order = (0, 1, 3, 2, 4, 5) if a["order"] == "places_first" else (0, 1, 3, 5, 2, 4)
    return apart.transpose(order).reshape(batch, height // n, width // n, depth * n * n)


SIDES = {
    1: ("before", "after"),
    2: ("top", "bottom", "left", "right"),
    3: ("front", "back", "top", "bottom", "left", "right"),
}


def sides(rank: int, least: int) -> Any:
    return times(
        4,
        lambda rng: Case([image(rng, rank, least)], {name: number(rng, 0, 2) for name in SIDES[rank]}),
    )


def surrounded(rank: int) -> Any:
    def move(a: Settings, x: np.ndarray) -> np.ndarray:
        numbers = [a[name] for name in SIDES[rank]]
        pairs = [(0, 0), *zip(numbers[::2], numbers[1::2], strict=True), (0, 0)]
        return np.pad(x, pairs, constant_values=x.size)

    return moving(move, sides(rank, 1), "nothing")


def cut(rank: int) -> Any:
    def move(a: Settings, x: np.ndarray) -> np.ndarray:
        numbers = [a[name] for name in SIDES[rank]]
        pairs = zip(numbers[::2], numbers[1::2], x.shape[1:-1], strict=True)
        return x[(slice(None), *(slice(begin, size - end) for begin, end, size in pairs))]

    return moving(move, sides(rank, 3))


def enlarged(rank: int) -> Oracle:
    """Pixels repeated, or lines between them."""

    def sample(rng: Rng) -> Case:
        kind = one_of(rng, ["nearest", "linear"])
        return Case([image(rng, rank)], {"size": numbers(rng, 1, 4, rank), "interpolation": kind})

    def named(a: Settings, x: Any) -> Settings:
        sizes = [n * size for n, size in zip(each(a["size"], rank), x.shape[1:-1], strict=True)]
        return {"sizes": sizes, "coordinates": "half_pixel", "antialias": False, **a}

    return Oracle(
        lambda t, a, x: resized(t, named(a, x), x),
        lambda j, a, x: resized_in_jax(j, named(a, x), x),
        times(5, sample),
    )


def flattened(_: Any, a: Settings, x: Any) -> Any:
    axis = a["axis"] % max(x.ndim, 1)
    return x.reshape((math.prod(x.shape[:axis]), math.prod(x.shape[axis:])))


ORACLES: dict[str, Oracle] = {
    "LayerNormalization": Oracle(
        lambda t, a, x: t.nn.functional.layer_norm(x, x.shape[-1:], eps=a["epsilon"]),
        lambda j, a, x: j.nn.standardize(x, -1, epsilon=a["epsilon"]),
        times(8, rows),
        twice=True,
    ),
    "GroupNormalization": Oracle(
        first(lambda t, a, x: t.nn.functional.group_norm(x, a["groups"], eps=a["epsilon"])),
        groups_in_jax,
        times(8, channels),
    ),
    "InstanceNormalization": Oracle(
        first(lambda t, a, x: t.nn.functional.instance_norm(x, eps=a["epsilon"])),
        lambda j, a, x: j.nn.standardize(x, tuple(range(1, x.ndim - 1)), epsilon=a["epsilon"]),
        times(8, each_channel),
    ),
    "RMSNormalization": Oracle(
        lambda t, a, x: t.nn.functional.rms_norm(x, x.shape[-1:], eps=a["epsilon"]),
        lambda j, a, x: x * j.lax.rsqrt((x * x).mean(-1, keepdims=True) + a["epsilon"]),
        times(
            8,
            lambda rng: Case(
                [(*a_shape(rng, 1, 3), 3)], {"epsilon": one_of(rng, [1e-6, 1e-2]), "scale": False}
            ),
        ),
        twice=True,
    ),
    "UnitNormalization": Oracle(
        lambda t, a, x: t.nn.functional.normalize(x, dim=a["axis"]),
        lambda j, a, x: x / j.numpy.linalg.norm(x, axis=a["axis"], keepdims=True),
        of_shape(lambda rng, shape: {"axis": one_axis(rng, len(shape))}, least=2, smallest=2),
    ),
    "LocalResponseNormalization": Oracle(
        first(
            lambda t, a, x: t.nn.functional.local_response_norm(
                x, a["size"], a["alpha"], a["beta"], a["bias"]
            )
        ),
        response,
        times(8, responding),
        # Of an even number of channels PyTorch has the larger half in front, and ONNX, as we, behind.
        jax_alone=times(3, lambda rng: responding(rng, (2, 4))),
    ),
    "Glu": Oracle(
        lambda t, a, x: gated(t, t.nn.functional, t.nn.functional.gelu, a, x),
        lambda j, a, x: gated(j.numpy, j.nn, lambda y: j.nn.gelu(y, approximate=False), a, x),
        times(8, halved),
    ),
    "Sparsemax": formula(
        sparsemax, of_shape(lambda rng, shape: {"axis": one_axis(rng, len(shape))}, least=1, smallest=1)
    ),
    "DepthToSpace": moving(spread, times(5, tiles)),
    "SpaceToDepth": moving(gathered, times(5, blocks)),
    "ZeroPadding1D": surrounded(1),
    "ZeroPadding2D": surrounded(2),
    "ZeroPadding3D": surrounded(3),
    "Cropping1D": cut(1),
    "Cropping2D": cut(2),
    "Cropping3D": cut(3),
    "UpSampling1D": enlarged(1),
    "UpSampling2D": enlarged(2),
    "UpSampling3D": enlarged(3),
    "Flatten": Oracle(
        flattened,
        flattened,
        of_shape(lambda rng, shape: {"axis": number(rng, 0, len(shape))}, least=2, smallest=1),
    ),
    "Rescaling": formula(
        lambda m, nn, a, x: x * a["scale"] + a["offset"],
        times(4, lambda rng: Case([a_shape(rng)], {"scale": 2.0, "offset": -1.0})),
    ),
}
