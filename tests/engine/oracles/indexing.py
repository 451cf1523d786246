"""Oracles of ops that pick, put, sort and gather elements by their places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.case import Case, Sample
from tests.engine.oracles.oracle import Oracle, Samples
from tests.engine.oracles.samples import a_shape, flip, number, one_axis, times, together, whole

Settings = dict[str, Any]
Rng = np.random.Generator
Shape = tuple[int, ...]
IN_TORCH = {"add": "sum", "multiply": "prod", "maximum": "amax", "minimum": "amin"}
IN_JAX = {"none": "set", "add": "add", "multiply": "multiply", "maximum": "max", "minimum": "min"}


# ---- picking ---------------------------------------------------------------------------------------------


def gathered(rng: Rng) -> Case:
    """Indices of any shape, negative ones and repeated ones among them."""
    shape = a_shape(rng, 1, 3, smallest=1)
    axis = one_axis(rng, len(shape))
    return Case([shape, whole(rng, -shape[axis], shape[axis], a_shape(rng, 0, 2))], {"axis": axis})


def picked(t: Any, a: Settings, x: Any, indices: Any) -> Any:
    axis = a["axis"] % x.ndim
    rows = t.index_select(x, axis, indices.reshape(-1).long() % x.shape[axis])
    return rows.reshape((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))


def places_along(rng: Rng, shape: Shape, axis: int) -> Sample:
    """Places along an axis, for a part of the other axes, repeated and negative ones among them."""
    sizes = [number(rng, 1, size + 1) for size in shape]
    sizes[axis] = number(rng, 0, 5)
    return whole(rng, -shape[axis], shape[axis], tuple(sizes))


def picked_along(rng: Rng) -> Case:
    shape = a_shape(rng, 1, 3, smallest=1)
    axis = one_axis(rng, len(shape))
    # JAX's own function asks for all of the other axes.
    sizes = tuple(number(rng, 0, 5) if i == axis % len(shape) else n for i, n in enumerate(shape))
    return Case([shape, whole(rng, -shape[axis], shape[axis], sizes)], {"axis": axis})


def cells(rng: Rng, *, distinct: bool = False) -> tuple[Shape, Settings, Sample, Shape]:
    """A shape, how many axes of it are a batch, rows of positions in the axes behind, and what these pick."""
    shape = a_shape(rng, 1, 4, smallest=1)
    batch = int(rng.integers(0, min(len(shape), 2)))
    named = number(rng, 1, len(shape) - batch + 1)
    inside = shape[batch : batch + named]
    count = number(rng, 1, 5)
    if distinct:
        count = min(count, int(np.prod(inside)))
        flat = [
            rng.choice(int(np.prod(inside)), count, replace=False) for _ in range(int(np.prod(shape[:batch])))
        ]
        rows = np.stack(np.unravel_index(np.array(flat), inside), -1).reshape(*shape[:batch], count, named)
    else:
        rows = np.stack([rng.integers(-n, n, (*shape[:batch], count)) for n in inside], -1)
    taken = (*shape[:batch], count, *shape[batch + named :])
    return shape, {"batch_axes": batch}, Sample(rows.shape, "int64", values=rows.tolist()), taken


def picked_cells(rng: Rng) -> Case:
    shape, settings, rows, _ = cells(rng)
    return Case([shape, rows], settings)


def place(a: Settings, indices: Any) -> tuple[Any, ...]:
    """The index that rows of positions stand for, in NumPy's way, which both libraries share."""
    batch = np.indices(tuple(indices.shape[:-1]), sparse=True)[: a["batch_axes"]]
    rows = np.asarray(indices)
    return (*batch, *(rows[..., i] for i in range(rows.shape[-1])))


# ---- putting ---------------------------------------------------------------------------------------------


def put(reduction: str) -> Samples:
    """Updates of cells; those that replace each other are at different places, as no library orders them."""

    def sample(rng: Rng) -> Case:
        shape, settings, rows, taken = cells(rng, distinct=reduction == "none")
        return Case([shape, rows, taken], {**settings, "reduction": reduction})

    return times(4, sample)


def put_along(reduction: str) -> Samples:
    def sample(rng: Rng) -> Case:
        shape = a_shape(rng, 1, 3, smallest=1)
        axis = one_axis(rng, len(shape))
        if reduction == "none":
            order = rng.permuted(np.indices(shape)[axis], axis=axis)
            kept = order[tuple(slice(number(rng, 1, size + 1)) for size in shape)]
            places = Sample(kept.shape, "int64", values=kept.tolist())
        else:
            places = places_along(rng, shape, axis)
        return Case([shape, places, places.shape], {"axis": axis, "reduction": reduction})

    return times(4, sample)


def of_all(make: Any) -> Samples:
    return together(*(make(reduction) for reduction in IN_JAX))


def with_zeros(make: Any) -> Samples:
    """Products of few factors, half of which are zero: often several at one place."""

    def samples(rng: Rng) -> Iterator[Case]:
        for case in make("multiply")(rng):
            x, places, updates = case.inputs
            factors = rng.integers(0, 2, updates) * rng.uniform(0.5, 2.0, updates)
            if factors.size:
                yield Case([x, places, Sample(values=factors.tolist())], case.attributes)

    return samples


def scattered(t: Any, a: Settings, x: Any, indices: Any, updates: Any) -> Any:
    """By the flat numbers of the elements, so that one function of PyTorch's serves for all reductions."""
    numbers = t.arange(x.numel()).reshape(x.shape)[place(a, indices)].reshape(-1)
    return joined(t, a, x.reshape(-1), 0, numbers, updates.reshape(-1)).reshape(x.shape)


def joined(t: Any, a: Settings, x: Any, axis: int, indices: Any, updates: Any) -> Any:
    if a["reduction"] == "none":
        return t.scatter(x, axis, indices, updates)
    return t.scatter_reduce(x, axis, indices, updates, IN_TORCH[a["reduction"]])


def scattered_in_jax(j: Any, a: Settings, x: Any, indices: Any, updates: Any) -> Any:
    return put_in_jax(j, a, x, place(a, indices), updates)


def put_along_in_jax(j: Any, a: Settings, x: Any, indices: Any, updates: Any) -> Any:
    where = list(np.indices(indices.shape, sparse=True))
    where[a["axis"]] = indices
    return put_in_jax(j, a, x, tuple(where), updates)


def put_in_jax(j: Any, a: Settings, x: Any, where: tuple[Any, ...], updates: Any) -> Any:
    """JAX has no gradient of a product of updates at one place: there it is multiplied element by element."""
    if a["reduction"] != "multiply":
        return getattr(x.at[where], IN_JAX[a["reduction"]])(updates)
    numbers = np.arange(x.size).reshape(x.shape)[where].reshape(-1)
    flat, each = x.reshape(-1), updates.reshape(-1)
    factors = [[flat[i], *(each[k] for k in np.flatnonzero(numbers == i))] for i in range(flat.size)]
    return j.numpy.stack([j.numpy.prod(j.numpy.stack(row)) for row in factors]).reshape(x.shape)


# ---- order -----------------------------------------------------------------------------------------------


def ordered(rng: Rng) -> Case:
    shape = a_shape(rng, 1)
    return Case([shape], {"axis": one_axis(rng, len(shape)), "descending": flip(rng)})


def extreme(rng: Rng) -> Case:
    shape = a_shape(rng, 1)
    axis = one_axis(rng, len(shape))
    k = number(rng, 0, shape[axis] + 1)
    return Case([shape], {"axis": axis, "k": k, "largest": flip(rng)})


def top_in_jax(j: Any, a: Settings, x: Any) -> Any:
    """JAX has the largest of the last axis only."""
    rows = j.numpy.moveaxis(x, a["axis"], -1)
    values, indices = j.lax.top_k(rows if a["largest"] else -rows, a["k"])
    values = values if a["largest"] else -values
    return [j.numpy.moveaxis(part, -1, a["axis"]) for part in (values, indices.astype("int64"))]


# ---- sliding ---------------------------------------------------------------------------------------------


def a_window(rng: Rng) -> tuple[Shape, Shape, Sample]:
    """A shape, the size of a part of it, and where it begins: perhaps so that it must be moved."""
    shape = a_shape(rng, 1)
    size = tuple(number(rng, 0, n + 1) for n in shape)
    return shape, size, whole(rng, -2, 6, (len(shape),))


def slid(rng: Rng) -> Case:
    shape, size, start = a_window(rng)
    return Case([shape, start], {"size": list(size)})


def replaced(rng: Rng) -> Case:
    shape, size, start = a_window(rng)
    return Case([shape, size, start])


def part(x: Any, size: Any, start: Any) -> tuple[slice, ...]:
    """The place of a part, moved so that it lies inside."""
    triples = zip(x.shape, size, start, strict=True)
    firsts = [(min(max(int(first), 0), whole_size - n), n) for whole_size, n, first in triples]
    return tuple(slice(first, first + n) for first, n in firsts)


def with_part(_: Any, a: Settings, x: Any, update: Any, start: Any) -> Any:
    found = x.clone()
    found[part(x, update.shape, start)] = update
    return found


def corner(x: Any, size: Any, start: Any) -> list[int]:
    """JAX counts a negative beginning from the end, where we move it to the edge."""
    return [where.start for where in part(x, size, start)]


def cached(rng: Rng) -> Case:
    shape = a_shape(rng, 2, 4, smallest=1)
    axis = number(rng, 1, len(shape))
    steps = number(rng, 0, shape[axis] + 1)
    update = tuple(steps if i == axis else size for i, size in enumerate(shape))
    circular = flip(rng)
    last = shape[axis] if circular else shape[axis] - steps + 1
    at = whole(rng, 0, last, (shape[0],)) if rng.random() < 0.7 else None
    named = axis - len(shape) if rng.random() < 0.5 else axis
    return Case([shape, update, at], {"axis": named, "circular": circular})


def written(cache: Any, a: Settings, update: Any, at: Any) -> tuple[Any, ...]:
    """Where the new steps go, as an index of NumPy's."""
    axis = a["axis"] % cache.ndim
    where = list(np.indices(tuple(update.shape), sparse=True))
    first = np.zeros(cache.shape[0], int) if at is None else np.asarray(at)
    where[axis] = (first.reshape(-1, *[1] * (cache.ndim - 1)) + where[axis]) % cache.shape[axis]
    return tuple(where)


def cached_in_torch(_: Any, a: Settings, cache: Any, update: Any, at: Any = None) -> Any:
    found = cache.clone()
    found[written(cache, a, update, at)] = update
    return found


# ---- segments --------------------------------------------------------------------------------------------


def segments(filled: bool = False) -> Samples:
    """Rows of five segments, some of which may be without any unless all are to be filled."""

    def samples(rng: Rng) -> Iterator[Case]:
        for rest in ((), (3,), (2, 2)):
            numbers = (
                rng.permutation([0, 1, 2, 3, 4, *rng.integers(0, 5, 4)]) if filled else rng.integers(0, 5, 6)
            )
            yield Case([(len(numbers), *rest), Sample(values=numbers.tolist(), dtype="int64")], {"count": 5})
        if not filled:
            yield Case([(0, 2), Sample((0,), "int64")], {"count": 2})

    return samples


def joined_rows(reduction: str, start: float) -> Any:
    def oracle(t: Any, a: Settings, x: Any, numbers: Any) -> Any:
        rows = numbers.reshape(-1, *[1] * (x.ndim - 1)).expand(x.shape)
        base = t.full((a["count"], *x.shape[1:]), start, dtype=x.dtype)
        return t.scatter_reduce(base, 0, rows, x, reduction, include_self=reduction != "mean")

    return oracle


def joined_rows_in_jax(name: str) -> Any:
    return lambda j, a, x, numbers: getattr(j.ops, name)(x, numbers, a["count"])


def mean_in_jax(j: Any, a: Settings, x: Any, numbers: Any) -> Any:
    counts = np.bincount(numbers, minlength=a["count"]).reshape(-1, *[1] * (x.ndim - 1))
    return j.ops.segment_sum(x, numbers, a["count"]) / np.maximum(counts, 1).astype(x.dtype)


def product_in_jax(j: Any, a: Settings, x: Any, numbers: Any) -> Any:
    """Segment by segment: of its own product JAX has no gradient."""
    return j.numpy.stack([x[np.flatnonzero(numbers == i)].prod(axis=0) for i in range(a["count"])])


ORACLES: dict[str, Oracle] = {
    "Gather": Oracle(
        picked, lambda j, a, x, indices: j.numpy.take(x, indices, axis=a["axis"]), times(10, gathered)
    ),
    "GatherND": Oracle(
        lambda _, a, x, indices: x[place(a, indices)],
        lambda _, a, x, indices: x[place(a, indices)],
        times(10, picked_cells),
    ),
    "PickAlong": Oracle(
        lambda t, a, x, indices: t.gather(x, a["axis"], indices.long() % x.shape[a["axis"]]),
        lambda j, a, x, indices: j.numpy.take_along_axis(x, indices, a["axis"]),
        times(10, picked_along),
    ),
    # PyTorch has no second derivative of a product at two zeros.
    "ScatterND": Oracle(scattered, scattered_in_jax, of_all(put), jax_alone=with_zeros(put), twice=True),
    "PutAlong": Oracle(
        lambda t, a, x, indices, updates: joined(
            t, a, x, a["axis"], indices.long() % x.shape[a["axis"]], updates
        ),
        put_along_in_jax,
        of_all(put_along),
        jax_alone=with_zeros(put_along),
        twice=True,
    ),
    "Sort": Oracle(
        lambda t, a, x: t.sort(x, a["axis"], a["descending"]).values,
        lambda j, a, x: j.numpy.sort(x, a["axis"], descending=a["descending"]),
        times(10, ordered),
    ),
    "TopK": Oracle(
        lambda t, a, x: t.topk(x, a["k"], a["axis"], a["largest"]), top_in_jax, times(10, extreme)
    ),
    "DynamicSlice": Oracle(
        lambda _, a, x, start: x[part(x, a["size"], start)],
        lambda j, a, x, start: j.lax.dynamic_slice(x, corner(x, a["size"], start), a["size"]),
        times(10, slid),
    ),
    "DynamicUpdateSlice": Oracle(
        with_part,
        lambda j, _, x, update, start: j.lax.dynamic_update_slice(x, update, corner(x, update.shape, start)),
        times(10, replaced),
    ),
    "TensorScatter": Oracle(
        cached_in_torch,
        lambda _, a, cache, update, at=None: cache.at[written(cache, a, update, at)].set(update),
        times(10, cached),
    ),
    "SegmentSum": Oracle(joined_rows("sum", 0.0), joined_rows_in_jax("segment_sum"), segments(), twice=True),
    "SegmentMean": Oracle(joined_rows("mean", 0.0), mean_in_jax, segments(), twice=True),
    "SegmentProd": Oracle(joined_rows("prod", 1.0), product_in_jax, segments(), twice=True),
    "SegmentMax": Oracle(
        joined_rows("amax", -np.inf), joined_rows_in_jax("segment_max"), segments(filled=True), twice=True
    ),
    "SegmentMin": Oracle(
        joined_rows("amin", np.inf), joined_rows_in_jax("segment_min"), segments(filled=True), twice=True
    ),
}
