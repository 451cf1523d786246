"""Oracles of windows that slide over images: convolutions, pooling, and windows written out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.case import Case, Sample
from tests.engine.oracles.geometry import (
    Settings,
    channels_first,
    each,
    filters_first,
    full_image,
    full_sizes,
    images,
    margins,
    padded_for_torch,
    patches,
)
from tests.engine.oracles.moving import moving, picked
from tests.engine.oracles.oracle import Oracle
from tests.engine.oracles.samples import flip, number, one_of, times

Rng = np.random.Generator


# ---- convolution -----------------------------------------------------------------------------------------


def convolved(rng: Rng) -> Case:
    """One, two or three axes, groups, steps, holes, and all kinds of margins."""
    groups = one_of(rng, [1, 1, 2, 3])
    settings, window, sizes = images(rng)
    inner, filters = number(rng, 1, 3), groups * number(rng, 1, 3)
    x = (number(rng, 0, 3), *sizes, inner * groups)
    return Case([x, (*window, inner, filters)], {**settings, "groups": groups})


def convolution(t: Any, a: Settings, x: Any, kernel: Any) -> Any:
    rank = x.ndim - 2
    function = getattr(t.nn.functional, f"conv{rank}d")
    given = padded_for_torch(t, a, x, kernel.shape[:rank], 0.0)
    strides, dilations = each(a["strides"], rank), each(a["dilations"], rank)
    return function(given, filters_first(kernel), None, strides, 0, dilations, a["groups"]).movedim(1, -1)


def convolution_in_jax(j: Any, a: Settings, x: Any, kernel: Any) -> Any:
    """JAX knows all of our margins by name; those of one's own it takes as pairs."""
    rank = x.ndim - 2
    own = [*zip(each(a["pads"], 2 * rank)[:rank], each(a["pads"], 2 * rank)[rank:], strict=True)]
    axes = "DHW"[3 - rank :]
    return j.lax.conv_general_dilated(
        x,
        kernel,
        each(a["strides"], rank),
        own or a["padding"].upper(),
        rhs_dilation=each(a["dilations"], rank),
        dimension_numbers=(f"N{axes}C", f"{axes}IO", f"N{axes}C"),
        feature_group_count=a["groups"],
    )


def transposed_sample(rng: Rng) -> Case:
    groups = one_of(rng, [1, 1, 2])
    settings, window, sizes = images(rng)
    outer, inner = number(rng, 1, 3), groups * number(rng, 1, 3)
    steps = zip(each(settings["strides"], len(window)), each(settings["dilations"], len(window)), strict=True)
    settings["output_padding"] = [number(rng, 0, max(pair)) for pair in steps]
    x = (number(rng, 0, 3), *(number(rng, 1, 4) for _ in sizes), inner)
    if min(full_sizes({"output_padding": (0,), **settings}, x[1:-1], window)) < 1:
        settings = {**settings, "pads": [], "padding": "valid"}
    if rng.random() < 0.3:
        plain = {**settings, "pads": (), "padding": "valid", "output_padding": (0,)}
        reached = full_sizes(plain, x[1:-1], window)
        settings = {**settings, "pads": [], "sizes": [max(size - number(rng, 0, 2), 1) for size in reached]}
    return Case([x, (*window, outer, inner)], {**settings, "groups": groups})


def transposed(t: Any, a: Settings, x: Any, kernel: Any) -> Any:
    """All that PyTorch's own gives without margins, and of it what lies between them."""
    rank = x.ndim - 2
    function = getattr(t.nn.functional, f"conv_transpose{rank}d")
    strides, dilations = each(a["strides"], rank), each(a["dilations"], rank)
    filters = filters_first(kernel).contiguous()
    y = function(channels_first(x), filters, None, strides, 0, 0, a["groups"], dilations)
    sizes, pairs = full_image(a, x.shape[1:-1], kernel.shape[:rank])
    for axis, ((front, _), size) in enumerate(zip(pairs, sizes, strict=True), start=2):
        missing = max(front + size - y.shape[axis], 0)
        y = t.nn.functional.pad(y, [0, 0] * (rank + 1 - axis) + [0, missing]).narrow(axis, front, size)
    return y.movedim(1, -1)


def transposed_in_jax(j: Any, a: Settings, x: Any, kernel: Any) -> Any:
    """The way back of a convolution to its input."""
    sizes, pairs = full_image(a, x.shape[1:-1], kernel.shape[:-2])
    own = {**a, "pads": (*(front for front, _ in pairs), *(behind for _, behind in pairs))}
    image = j.numpy.zeros((x.shape[0], *sizes, kernel.shape[-2] * a["groups"]), x.dtype)
    places = tuple(slice(count) for count in x.shape[:-1])
    return j.vjp(lambda given: convolution_in_jax(j, own, given, kernel)[places], image)[1](x)[0]


# ---- pooling ---------------------------------------------------------------------------------------------


def pooled(*, margins_count: bool = False, holes: bool = True) -> Any:
    def sample(rng: Rng) -> Case:
        settings, window, sizes = images(rng, least=2)
        settings["window"] = list(window)
        settings["dilations"] = settings["dilations"] if holes else [1]
        settings["strides"] = settings["strides"] if rng.random() < 0.6 else []
        settings["ceil_mode"] = flip(rng)
        # No window may lie in the margins alone.
        settings["pads"] = [
            min(pad, size - 1) for pad, size in zip(settings["pads"], (*window, *window), strict=False)
        ]
        settings["padding"] = "valid" if settings["pads"] else settings["padding"]
        if margins_count:
            settings["count_margins"] = flip(rng)
        return Case([(number(rng, 0, 3), *sizes, number(rng, 1, 3))], settings)

    return times(12, sample)


def largest(t: Any, a: Settings, x: Any) -> Any:
    rank = x.ndim - 2
    window, dilations = each(a["window"], rank), each(a["dilations"], rank)
    given = padded_for_torch(t, a, x, window, float("-inf"))
    function = getattr(t.nn.functional, f"max_pool{rank}d")
    return function(given, window, each(a["strides"], rank) or window, 0, dilations).movedim(1, -1)


def total(t: Any, a: Settings, x: Any) -> Any:
    """A convolution of each channel with ones."""
    rank, channels = x.ndim - 2, x.shape[-1]
    window, dilations = each(a["window"], rank), each(a["dilations"], rank)
    ones = t.ones((channels, 1, *window), dtype=x.dtype)
    given = padded_for_torch(t, a, x, window, 0.0)
    function = getattr(t.nn.functional, f"conv{rank}d")
    return function(given, ones, None, each(a["strides"], rank) or window, 0, dilations, channels).movedim(
        1, -1
    )


def reduced_in_jax(j: Any, a: Settings, x: Any, start: float, function: Any) -> Any:
    rank = x.ndim - 2
    window = each(a["window"], rank)
    pairs = [(0, 0), *margins(a, x.shape[1:-1], window, overhang=True), (0, 0)]
    steps = each(a["strides"], rank) or window
    holes = (1, *each(a["dilations"], rank), 1)
    return j.lax.reduce_window(x, start, function, (1, *window, 1), (1, *steps, 1), pairs, None, holes)


def largest_in_jax(j: Any, a: Settings, x: Any) -> Any:
    """By the numbers of the elements: JAX has no gradient of the largest where a window has holes."""
    numbers = np.arange(x.size).reshape(x.shape)
    return picked("jax", x, patches(a, numbers), -np.inf).max(axis=2).reshape(shape_of_places(a, x))


def shape_of_places(a: Settings, x: Any) -> tuple[int, ...]:
    rank = x.ndim - 2
    window, strides = each(a["window"], rank), each(a["strides"], rank) or each(a["window"], rank)
    pairs = margins(a, x.shape[1:-1], window, overhang=True)
    triples = zip(x.shape[1:-1], pairs, window, strides, each(a["dilations"], rank), strict=True)
    counts = [(n + f + b - (w - 1) * d - 1) // s + 1 for n, (f, b), w, s, d in triples]
    return (x.shape[0], *counts, x.shape[-1])


def counts(a: Settings, x: Any) -> np.ndarray:
    """How many elements a mean divides by; margins count if they are to, what reaches beyond them never."""
    window = each(a["window"], x.ndim - 2)
    inner = margins(a, x.shape[1:-1], window)
    whole = margins(a, x.shape[1:-1], window, overhang=True)
    counted = np.pad(
        np.ones((1, *x.shape[1:-1], 1)), [(0, 0), *inner, (0, 0)], constant_values=a["count_margins"]
    )
    beyond = [(0, all_of_it[1] - some[1]) for all_of_it, some in zip(whole, inner, strict=True)]
    counted = np.pad(counted, [(0, 0), *beyond, (0, 0)])
    plain = {**a, "padding": "valid", "pads": (), "ceil_mode": False}
    found = patches(plain, counted).sum(axis=2)
    return np.asarray(found).reshape(1, *shape_of_places(a, x)[1:-1], 1)


def mean(t: Any, a: Settings, x: Any) -> Any:
    return total(t, a, x) / t.tensor(counts(a, x), dtype=x.dtype)


def mean_in_jax(j: Any, a: Settings, x: Any) -> Any:
    return reduced_in_jax(j, a, x, 0.0, j.lax.add) / counts(a, x).astype(x.dtype)


def to_places(rng: Rng) -> Case:
    """Elements that go to different places of a larger image."""
    shape = (
        number(rng, 0, 3),
        number(rng, 1, 4),
        number(rng, 1, 4),
        number(rng, 1, 3),
    )
    places = rng.permuted(np.broadcast_to(np.arange(20)[None, :, None], (shape[0], 20, shape[3])), axis=1)
    chosen = places[:, : shape[1] * shape[2]].reshape(shape)
    where = Sample(shape, "int64", values=chosen.tolist() if chosen.size else None)
    return Case([shape, where], {"sizes": [4, 5]})


def size_of_all(a: Settings, x: Any) -> tuple[int, ...]:
    """The sizes of the larger image: where none are given, those on which windows lie side by side."""
    rank = x.ndim - 2
    plain = {"output_padding": (0,), "dilations": (1,), **a, "strides": a["strides"] or a["window"]}
    return tuple(a["sizes"]) or full_sizes(plain, x.shape[1:-1], each(a["window"], rank))


def put_back(t: Any, a: Settings, x: Any, where: Any) -> Any:
    sizes = size_of_all(a, x)
    flat = t.zeros(x.shape[0], math.prod(sizes), x.shape[-1], dtype=x.dtype)
    found = flat.scatter(1, where.long().flatten(1, -2), x.flatten(1, -2))
    return found.reshape(x.shape[0], *sizes, x.shape[-1])


def put_back_in_jax(j: Any, a: Settings, x: Any, where: Any) -> Any:
    batch, *_, channel = np.indices(where.shape, sparse=True)
    sizes = size_of_all(a, x)
    flat = j.numpy.zeros((x.shape[0], math.prod(sizes), x.shape[-1]), x.dtype)
    return flat.at[batch, where, channel].set(x).reshape(x.shape[0], *sizes, x.shape[-1])


# ---- windows written out ---------------------------------------------------------------------------------


def written_out(rng: Rng) -> Case:
    settings, window, sizes = images(rng)
    x = (number(rng, 0, 3), *sizes, number(rng, 1, 3))
    return Case([x], {**settings, "window": list(window)})


def put_together(rng: Rng) -> Case:
    settings, window, sizes = images(rng)
    settings = {**settings, "window": list(window)}
    numbers = patches(settings, np.zeros((1, *sizes, 1), int))
    shape = (number(rng, 0, 3), *numbers.shape[1:3], number(rng, 1, 3))
    return Case([shape], {**settings, "sizes": list(sizes)})


def places_in(a: Settings, x: Any) -> np.ndarray:
    """The number of the element that each part of a window lies on; the last number is for the margins."""
    image = np.arange(int(np.prod(a["sizes"]))).reshape(1, *a["sizes"], 1)
    return patches(a, image)[0, :, :, 0]


def added(t: Any, a: Settings, x: Any) -> Any:
    size = int(np.prod(a["sizes"]))
    places = t.tensor(places_in(a, x)).reshape(-1)
    flat = t.zeros(x.shape[0], size + 1, x.shape[-1], dtype=x.dtype)
    whole = flat.index_add(1, places, x.flatten(1, 2))
    return whole[:, :size].reshape(x.shape[0], *a["sizes"], x.shape[-1])


def added_in_jax(j: Any, a: Settings, x: Any) -> Any:
    size = int(np.prod(a["sizes"]))
    whole = j.numpy.zeros((x.shape[0], size + 1, x.shape[-1]), x.dtype).at[:, places_in(a, x)].add(x)
    return whole[:, :size].reshape(x.shape[0], *a["sizes"], x.shape[-1])


ORACLES: dict[str, Oracle] = {
    "Convolution": Oracle(convolution, convolution_in_jax, times(14, convolved), twice=True),
    "ConvolutionTranspose": Oracle(transposed, transposed_in_jax, times(20, transposed_sample)),
    "MaxPool": Oracle(largest, largest_in_jax, pooled()),
    "SumPool": Oracle(total, lambda j, a, x: reduced_in_jax(j, a, x, 0.0, j.lax.add), pooled()),
    "AveragePool": Oracle(mean, mean_in_jax, pooled(margins_count=True)),
    "MaxUnpool": Oracle(put_back, put_back_in_jax, times(6, to_places)),
    "Im2Col": moving(patches, times(10, written_out), "value"),
    "Col2Im": Oracle(added, added_in_jax, times(10, put_together)),
}
