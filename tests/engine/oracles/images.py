"""Oracles of images that are resized, and read between their pixels."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.case import Case, Sample
from tests.engine.oracles.oracle import Oracle
from tests.engine.oracles.samples import flip, number, numbers, times

Settings = dict[str, Any]
Rng = np.random.Generator
LINES = ("linear", "bilinear", "trilinear")
SMALLER = {"antialias": True, "exclude_outside": True}


def resized(t: Any, a: Settings, x: Any) -> Any:
    """PyTorch's modes have names that tell how many axes there are."""
    names = {"nearest": "nearest-exact", "linear": LINES[x.ndim - 3], "cubic": "bicubic", "area": "area"}
    mode = names[a["interpolation"]]
    if a["interpolation"] == "nearest" and a["coordinates"] == "asymmetric":
        mode = "nearest"
    corners = a["coordinates"] == "align_corners" if a["interpolation"] in ("linear", "cubic") else None
    y = t.nn.functional.interpolate(
        x.movedim(-1, 1), tuple(a["sizes"]), mode=mode, align_corners=corners, antialias=a["antialias"]
    )
    return y.movedim(1, -1)


def resized_in_jax(j: Any, a: Settings, x: Any) -> Any:
    sizes = (x.shape[0], *a["sizes"], x.shape[-1])
    return j.image.resize(x, sizes, a["interpolation"], antialias=a["antialias"])


def image(rng: Rng, rank: int) -> tuple[tuple[int, ...], list[int]]:
    """An image, and the sizes that it is to have."""
    sizes = tuple(int(n) for n in rng.integers(2, 6, rank))
    return (number(rng, 1, 3), *sizes, number(rng, 1, 3)), [int(n) for n in rng.integers(1, 9, rank)]


def for_both(rng: Rng) -> Iterator[Case]:
    """What both libraries know: middles of pixels, lines, steps, and lines that are made smoother first."""
    for rank in (1, 2, 3):
        x, sizes = image(rng, rank)
        yield Case([x], {"interpolation": "linear", "sizes": sizes})
        x, sizes = image(rng, rank)
        yield Case([x], {"interpolation": "nearest", "rounding": "round_prefer_ceil", "sizes": sizes})
    for _ in range(2):
        x, sizes = image(rng, 2)
        yield Case([x], {"interpolation": "linear", "sizes": sizes, **SMALLER})
        x, sizes = image(rng, 2)
        yield Case([x], {"interpolation": "cubic", "coefficient": -0.5, "sizes": sizes, **SMALLER})


def for_torch(rng: Rng) -> Iterator[Case]:
    """Middles of the corners, cubic curves through all pixels, means of areas, and steps from the corner."""
    cubic = {"interpolation": "cubic", "coordinates": "pytorch_half_pixel"}
    for settings in (
        {"interpolation": "linear", "coordinates": "align_corners"},
        {"interpolation": "cubic", "coordinates": "align_corners"},
        cubic,
        {"interpolation": "area"},
        {"interpolation": "nearest", "coordinates": "asymmetric", "rounding": "floor"},
    ):
        x, sizes = image(rng, 2)
        # Of a single pixel PyTorch no longer keeps the first one, as ONNX's coordinates of its name do.
        yield Case([x], {**settings, "sizes": [size + 1 for size in sizes]})


def for_jax(rng: Rng) -> Iterator[Case]:
    """JAX's cubic curves leave out what lies outside also where nothing is made smaller."""
    x, sizes = image(rng, 2)
    yield Case([x], {"interpolation": "cubic", "coefficient": -0.5, "exclude_outside": True, "sizes": sizes})


# ---- grids -----------------------------------------------------------------------------------------------


def places(rng: Rng, settings: Settings, rank: int) -> Case:
    sizes = tuple(int(n) for n in rng.integers(2, 5, rank))
    batch, channels = number(rng, 1, 3), number(rng, 1, 3)
    grid = (batch, *(int(n) for n in rng.integers(1, 4, rank)), rank)
    return Case([(batch, *sizes, channels), Sample(grid, low=-1.7, high=1.7)], settings)


def on_lines(rng: Rng) -> Iterator[Case]:
    """Nearest pixels and lines, with all that may lie outside."""
    choices = itertools.product(("nearest", "linear"), ("zeros", "border", "reflection"), (False, True))
    for i, (kind, padding, corners) in enumerate(choices):
        settings = {"interpolation": kind, "padding": padding, "align_corners": corners}
        yield places(rng, settings, 2 + i % 2)


def on_curves(rng: Rng) -> Iterator[Case]:
    for padding, corners in itertools.product(("zeros", "border", "reflection"), (False, True)):
        yield places(rng, {"interpolation": "cubic", "padding": padding, "align_corners": corners}, 2)


def read(t: Any, a: Settings, x: Any, grid: Any) -> Any:
    kind = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}[a["interpolation"]]
    y = t.nn.functional.grid_sample(x.movedim(-1, 1), grid, kind, a["padding"], a["align_corners"])
    return y.movedim(1, -1)


def read_in_jax(j: Any, a: Settings, x: Any, grid: Any) -> Any:
    """Example by example and channel by channel, at places counted in pixels."""
    sizes = np.array(x.shape[1:-1], x.dtype)
    turned = grid[..., ::-1]
    where = (turned + 1) / 2 * (sizes - 1) if a["align_corners"] else (turned * sizes + sizes - 1) / 2
    outside = {
        "zeros": "constant",
        "border": "nearest",
        "reflection": "mirror" if a["align_corners"] else "reflect",
    }
    order = {"nearest": 0, "linear": 1}[a["interpolation"]]
    mode = outside[a["padding"]]

    def one(channel: Any, place: Any) -> Any:
        return j.scipy.ndimage.map_coordinates(channel, list(place), order, mode)

    return j.vmap(j.vmap(one, (-1, None), -1))(x, j.numpy.moveaxis(where, -1, 1))


def moved(rng: Rng) -> Case:
    rank = number(rng, 2, 4)
    sizes = numbers(rng, 1, 5, rank)
    return Case([(number(rng, 1, 3), rank, rank + 1)], {"sizes": sizes, "align_corners": flip(rng)})


def grid_in_jax(j: Any, a: Settings, theta: Any) -> Any:
    lines = [line(size, a["align_corners"]) for size in reversed(a["sizes"])]
    points = np.stack([*np.meshgrid(*reversed(lines), indexing="ij")[::-1], np.ones(a["sizes"])], -1)
    return j.numpy.einsum("brk,...k->b...r", theta, points.astype(theta.dtype))


def line(size: int, corners: bool) -> np.ndarray:
    """Where the pixels of an axis lie between -1 and 1; a single one lies in the middle."""
    if corners:
        return np.linspace(-1, 1, size) if size > 1 else np.zeros(1)
    return (2 * np.arange(size) + 1) / size - 1


# ---- rounding --------------------------------------------------------------------------------------------


def rounded(m: Any, constant: Any, a: Settings, x: Any) -> Any:
    """What is rounded counts as what was there, between the limits; PyTorch's own has float32 steps only."""
    scale = (a["high"] - a["low"]) / (2 ** a["bits"] - 1)
    zero, last = round(-a["low"] / scale), 2 ** a["bits"] - 1
    inside = m.clip(x, (0 - zero) * scale, (last - zero) * scale)
    found = (m.clip(m.round(x / scale) + zero, 0, last) - zero) * scale
    return inside + constant(found - inside)


def to_be_rounded(rng: Rng) -> Case:
    low, high = ((-1.0, 1.0), (-2.0, 6.0), (0.0, 1.0))[int(rng.integers(3))]
    return Case([Sample((3, 5), low=-3.0, high=3.0)], {"low": low, "high": high, "bits": number(rng, 2, 9)})


ORACLES: dict[str, Oracle] = {
    "Resize": Oracle(resized, resized_in_jax, for_both, torch_alone=for_torch, jax_alone=for_jax),
    # JAX knows no curves.
    "GridSample": Oracle(read, read_in_jax, on_lines, torch_alone=on_curves),
    "AffineGrid": Oracle(
        lambda t, a, theta: t.nn.functional.affine_grid(
            theta, [theta.shape[0], 1, *a["sizes"]], a["align_corners"]
        ),
        grid_in_jax,
        times(8, moved),
    ),
    "FakeQuantize": Oracle(
        lambda t, a, x: rounded(t, lambda y: y.detach(), a, x),
        lambda j, a, x: rounded(j.numpy, j.lax.stop_gradient, a, x),
        times(6, to_be_rounded),
    ),
}
