"""Oracles of ops that give elements other shapes, join tensors, and pass them on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.case import Case, Sample
from tests.engine.oracles.oracle import Oracle
from tests.engine.oracles.samples import (
    a_shape,
    flip,
    number,
    numbers,
    of_shape,
    one_axis,
    one_of,
    times,
    together,
    unary,
)

Settings = dict[str, Any]
Shape = tuple[int, ...]
Rng = np.random.Generator


def sizes_of(a: Settings, x: Any) -> Shape:
    """The sizes that Reshape asks for: a zero may stand for the one that is there."""
    return tuple(x.shape[i] if size == 0 and a["keep"] else size for i, size in enumerate(a["shape"]))


def another_shape(rng: Rng, shape: Shape) -> Settings:
    """As many elements in another shape; one size may be left open, and one kept."""
    keep = flip(rng)
    if keep and shape:
        return {"shape": [0, -1] if 0 not in shape else [0, *shape[1:]], "keep": True}
    sizes = [int(size) for size in rng.permutation(shape)] + [1] * int(rng.integers(3))
    if math.prod(sizes) and rng.random() < 0.5:
        sizes[number(rng, 0, len(sizes))] = -1
    return {"shape": sizes}


def broadcasts(rng: Rng) -> Case:
    whole = a_shape(rng)
    small = tuple(1 if rng.random() < 0.4 else size for size in whole)[int(rng.integers(len(whole) + 1)) :]
    return Case([small], {"shape": list(whole)})


def joined(rng: Rng) -> Case:
    """Tensors that differ along one axis only."""
    shape = a_shape(rng, 1)
    axis = one_axis(rng, len(shape))
    sizes = [int(size) for size in rng.integers(0, 4, number(rng, 1, 5))]
    shapes = [tuple(size if i == axis % len(shape) else n for i, n in enumerate(shape)) for size in sizes]
    return Case(shapes, {"axis": axis})


def stacked(rng: Rng) -> Case:
    shape = a_shape(rng, 0, 3)
    return Case([shape] * number(rng, 1, 4), {"axis": one_axis(rng, len(shape) + 1)})


def regrouped(rng: Rng, shape: Shape) -> Settings:
    """An axis of size 12 in parts, one of which is left open."""
    parts: list[list[int]] = [[3, -1], [12], [-1, 2, 3], [1, -1, 1], [4, 3]]
    return {"sizes": one_of(rng, parts)}


def with_twelve(rng: Rng) -> Case:
    shape = a_shape(rng, 1)
    axis = one_axis(rng, len(shape))
    sizes = tuple(12 if i == axis % len(shape) else size for i, size in enumerate(shape))
    return Case([sizes], {"axis": axis, **regrouped(rng, sizes)})


def merged(rng: Rng, shape: Shape) -> Settings:
    first = int(rng.integers(len(shape)))
    count = number(rng, 1, len(shape) - first + 1)
    return {"axis": first - len(shape) if rng.random() < 0.5 else first, "count": count}


def flattened(m: Any, a: Settings, x: Any) -> Any:
    first = a["axis"] % x.ndim
    behind = first + a["count"]
    return x.reshape((*x.shape[:first], math.prod(x.shape[first:behind]), *x.shape[behind:]))


def apart(m: Any, a: Settings, x: Any) -> Any:
    axis = a["axis"] % x.ndim
    known = math.prod(size for size in a["sizes"] if size >= 0)
    sizes = [x.shape[axis] // known if size < 0 else size for size in a["sizes"]]
    return x.reshape((*x.shape[:axis], *sizes, *x.shape[axis + 1 :]))


def ones_dropped(rng: Rng) -> Case:
    shape = a_shape(rng)
    ones = [axis for axis, size in enumerate(shape) if size == 1 and rng.random() < 0.7]
    return Case([shape], {"axes": [axis - len(shape) if rng.random() < 0.5 else axis for axis in ones]})


def ones_added(rng: Rng, shape: Shape) -> Settings:
    rank = len(shape) + 2
    axes = rng.choice(rank, 2, replace=False)
    return {"axes": [int(axis) - rank if rng.random() < 0.5 else int(axis) for axis in axes]}


def unsqueezed(_: Any, a: Settings, x: Any) -> Any:
    rank = x.ndim + len(a["axes"])
    for axis in sorted(axis % rank for axis in a["axes"]):
        x = x.unsqueeze(axis)
    return x


def permuted(rng: Rng, shape: Shape) -> Settings:
    order = [int(axis) for axis in rng.permutation(len(shape))]
    return {"permutation": order if rng.random() < 0.8 else []}


def order(a: Settings, x: Any) -> Shape:
    return a["permutation"] or tuple(reversed(range(x.ndim)))


def clipped_back(_: Any, a: Settings, x: Any) -> Any:
    y = x.clone()
    if y.requires_grad:
        y.register_hook(lambda slope: slope.clamp(-a["limit"], a["limit"]))
    return y


def clipped_back_in_jax(j: Any, a: Settings, x: Any) -> Any:
    passed = j.custom_vjp(lambda given: given)
    passed.defvjp(
        lambda given: (given, None), lambda _, slope: (j.numpy.clip(slope, -a["limit"], a["limit"]),)
    )
    return passed(x)


def cut_off(rng: Rng) -> Iterator[Case]:
    """Casts that no gradient passes."""
    for dtype in ("int8", "int32", "int64", "bool"):
        yield Case([a_shape(rng)], {"dtype": dtype}, -9.0, 9.0, gradient=False)


ORACLES: dict[str, Oracle] = {
    "Cast": Oracle(
        lambda t, a, x: x.to(getattr(t, a["dtype"])),
        lambda j, a, x: x.astype(a["dtype"]),
        together(unary(settings={"dtype": ("float32", "float64", "float16", "complex128")}), cut_off),
    ),
    "Reshape": Oracle(
        lambda _, a, x: x.reshape(sizes_of(a, x)),
        lambda j, a, x: j.numpy.reshape(x, sizes_of(a, x)),
        of_shape(another_shape),
    ),
    "ExpandDims": Oracle(
        lambda t, a, x: t.unsqueeze(x, a["axis"]),
        lambda j, a, x: j.numpy.expand_dims(x, a["axis"]),
        of_shape(lambda rng, shape: {"axis": one_axis(rng, len(shape) + 1)}),
    ),
    "Unsqueeze": Oracle(unsqueezed, lambda j, a, x: j.numpy.expand_dims(x, a["axes"]), of_shape(ones_added)),
    "Squeeze": Oracle(
        lambda t, a, x: t.squeeze(x, a["axes"]) if a["axes"] else t.squeeze(x),
        lambda j, a, x: j.numpy.squeeze(x, a["axes"] or None),
        times(12, ones_dropped),
    ),
    "Transpose": Oracle(
        lambda t, a, x: t.permute(x, order(a, x)),
        lambda j, a, x: j.numpy.transpose(x, order(a, x)),
        of_shape(permuted),
    ),
    "BroadcastTo": Oracle(
        lambda t, a, x: t.broadcast_to(x, a["shape"]),
        lambda j, a, x: j.numpy.broadcast_to(x, a["shape"]),
        times(12, broadcasts),
    ),
    "Tile": Oracle(
        lambda t, a, x: t.tile(x, a["multiples"]),
        lambda j, a, x: j.numpy.tile(x, a["multiples"]),
        of_shape(lambda rng, shape: {"multiples": numbers(rng, 0, 4, len(shape))}, most=3),
    ),
    "SplitAxis": Oracle(apart, apart, times(10, with_twelve)),
    "MergeAxes": Oracle(
        lambda t, a, x: t.flatten(x, a["axis"] % x.ndim, a["axis"] % x.ndim + a["count"] - 1),
        flattened,
        of_shape(merged, least=1),
    ),
    "Concat": Oracle(
        lambda t, a, *xs: t.cat(xs, a["axis"]),
        lambda j, a, *xs: j.numpy.concatenate(xs, a["axis"]),
        times(12, joined),
    ),
    "Stack": Oracle(
        lambda t, a, *xs: t.stack(xs, a["axis"]),
        lambda j, a, *xs: j.numpy.stack(xs, a["axis"]),
        times(12, stacked),
    ),
    "Meshgrid": Oracle(
        lambda t, _, *rows: t.meshgrid(*rows, indexing="ij"),
        lambda j, _, *rows: j.numpy.meshgrid(*rows, indexing="ij"),
        times(6, lambda rng: Case([(int(n),) for n in rng.integers(0, 4, number(rng, 1, 4))])),
    ),
    "CheckNumerics": Oracle(lambda _, a, x: x.clone(), lambda _, a, x: x, unary()),
    "Assert": Oracle(
        lambda _, a, x, condition: x.clone(),
        lambda _, a, x, condition: x,
        times(4, lambda rng: Case([a_shape(rng), Sample(dtype="bool", values=True)])),
    ),
    "StopGradient": Oracle(lambda _, a, x: x.detach(), lambda j, _, x: j.lax.stop_gradient(x), unary()),
    "ScaleGradient": Oracle(
        lambda _, a, x: x.detach() + a["factor"] * (x - x.detach()),
        lambda j, a, x: j.lax.stop_gradient(x) + a["factor"] * (x - j.lax.stop_gradient(x)),
        unary(settings={"factor": (-1.0, 0.0, 0.5)}),
    ),
    "ClipGradient": Oracle(clipped_back, clipped_back_in_jax, unary(settings={"limit": (0.0, 0.7, 1.0)})),
    "SurrogateGradient": Oracle(
        lambda _, a, value, other: value.detach() + (other - other.detach()),
        lambda j, _, value, other: j.lax.stop_gradient(value - other) + other,
        times(6, lambda rng: Case([a_shape(rng)] * 2)),
    ),
}
