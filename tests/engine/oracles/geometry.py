"""Where a window lies as it slides over an image: written down once more, beside the engine's own."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.engine.oracles.samples import number, numbers, one_of

Settings = dict[str, Any]
Sizes = tuple[int, ...]
PADDINGS = ("valid", "same", "same_lower")


def each(numbers: Any, count: int) -> Any:
    """A setting for each axis: one number counts for all."""
    return tuple(numbers) * count if len(numbers) == 1 else tuple(numbers)


def images(rng: np.random.Generator, least: int = 1) -> tuple[Settings, Sizes, Sizes]:
    """Settings of a window, its sizes, and those of an image that has room for it."""
    rank = one_of(rng, [1, 2, 2, 3])
    window = tuple(int(n) for n in rng.integers(least, 4 if rank < 3 else 3, rank))
    strides = [int(n) for n in rng.integers(1, 4, 1 if rng.random() < 0.3 else rank)]
    dilations = [int(n) for n in rng.integers(1, 3, 1 if rng.random() < 0.5 else rank)]
    extents = [(n - 1) * d + 1 for n, d in zip(window, each(dilations, rank), strict=True)]
    sizes = tuple(extent + number(rng, 0, 4 if rank < 3 else 2) for extent in extents)
    pads = numbers(rng, 0, 3, 2 * rank) if rng.random() < 0.4 else []
    settings = {
        "strides": strides,
        "dilations": dilations,
        "pads": pads,
        "padding": one_of(rng, PADDINGS),
    }
    return settings, window, sizes


def margins(a: Settings, sizes: Any, window: Any, *, overhang: bool = False) -> list[tuple[int, int]]:
    """How many elements are added in front of each axis and behind it.

    Same lets ceil(size / stride) windows fit, with the larger part of an odd margin behind, or in front
    with same_lower. With `overhang` a last window that begins before the end may reach beyond the margin.
    """
    rank = len(sizes)
    strides = each(a["strides"], rank) or tuple(window)
    own, found = each(a["pads"], 2 * rank), []
    for i, (size, wide) in enumerate(zip(sizes, window, strict=True)):
        stride, extent = strides[i], (wide - 1) * each(a["dilations"], rank)[i] + 1
        front, behind = (own[i], own[rank + i]) if own else (0, 0)
        if not own and a["padding"] != "valid":
            missing = max((-(-size // stride) - 1) * stride + extent - size, 0)
            front, behind = missing // 2, missing - missing // 2
            front, behind = (behind, front) if a["padding"] == "same_lower" else (front, behind)
        if overhang and a.get("ceil_mode"):
            last = -(-(size + front + behind - extent) // stride)
            last -= last * stride >= size + front
            behind += max(last * stride + extent - (size + front + behind), 0)
        found.append((front, behind))
    return found


def full_sizes(a: Settings, counts: Any, window: Any) -> Sizes:
    """The sizes on which a window has so many places: what a transposed convolution gives."""
    rank = len(counts)
    strides, dilations, own = each(a["strides"], rank), each(a["dilations"], rank), each(a["pads"], 2 * rank)
    more, found = each(a["output_padding"], rank), []
    if a["padding"] != "valid" and not own:
        return tuple(count * stride + m for count, stride, m in zip(counts, strides, more, strict=True))
    for i, count in enumerate(counts):
        extent = (window[i] - 1) * dilations[i] + 1
        taken = own[i] + own[rank + i] if own else 0
        found.append((count - 1) * strides[i] + extent - taken + more[i])
    return tuple(found)


def full_image(a: Settings, counts: Any, window: Any) -> tuple[Sizes, list[tuple[int, int]]]:
    """The sizes that a transposed convolution gives, and how much of all that it reaches is cut off."""
    if not a["sizes"]:
        # What is longer behind moves nothing in front.
        shorter = full_sizes({**a, "output_padding": (0,)}, counts, window)
        return full_sizes(a, counts, window), margins(a, shorter, window)
    plain = {**a, "padding": "valid", "pads": (), "output_padding": (0,)}
    pairs = []
    for whole, size in zip(full_sizes(plain, counts, window), a["sizes"], strict=True):
        less, more = max(whole - size, 0) // 2, -(-max(whole - size, 0) // 2)
        pairs.append((more, less) if a["padding"] == "same_lower" else (less, more))
    return tuple(a["sizes"]), pairs


def patches(a: Settings, image: np.ndarray) -> np.ndarray:
    """What lies under each place: batch x places x elements of the window x channels.

    Behind the numbers of the elements comes the one that stands in the margins.
    """
    rank = image.ndim - 2
    window = each(a["window"], rank)
    strides, dilations = each(a["strides"], rank) or window, each(a["dilations"], rank)
    pairs = [(0, 0), *margins(a, image.shape[1:-1], window, overhang=True), (0, 0)]
    whole = np.pad(image, pairs, constant_values=image.size)
    extents = tuple((n - 1) * d + 1 for n, d in zip(window, dilations, strict=True))
    axes = tuple(range(1, rank + 1))
    views = np.lib.stride_tricks.sliding_window_view(whole, extents, axes)
    places = tuple(slice(None, None, stride) for stride in strides)
    holes = tuple(slice(None, None, dilation) for dilation in dilations)
    taken = views[(slice(None), *places, slice(None), *holes)]
    taken = np.moveaxis(taken, rank + 1, -1)
    batch, counts = image.shape[0], taken.shape[1 : rank + 1]
    return taken.reshape(batch, int(np.prod(counts)), int(np.prod(window)), image.shape[-1])


def channels_first(x: Any) -> Any:
    """PyTorch has the channels behind the batch."""
    return x.movedim(-1, 1)


def filters_first(kernel: Any) -> Any:
    """Ours is window x in x out, PyTorch's out x in x window."""
    return kernel.movedim(-1, 0).movedim(-1, 1)


def padded_for_torch(t: Any, a: Settings, x: Any, window: Any, fill: float) -> Any:
    """The image, channels first, with its margins drawn around it: PyTorch's are the same on both sides."""
    pairs = margins(a, x.shape[1:-1], window, overhang=True)
    flat = [number for pair in reversed(pairs) for number in pair]
    return t.nn.functional.pad(channels_first(x), flat, value=fill)


def first(function: Any) -> Any:
    """A function of PyTorch's that has the channels behind the batch."""
    return lambda t, a, x: function(t, a, x.movedim(-1, 1)).movedim(1, -1)
