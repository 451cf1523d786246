"""Oracles of the layers that pool."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.case import Case
from tests.engine.oracles.geometry import Settings, each, first
from tests.engine.oracles.oracle import Oracle, formula
from tests.engine.oracles.samples import flip, number, numbers, one_of, times
from tests.engine.oracles.windows import largest, largest_in_jax, mean, mean_in_jax, reduced_in_jax, total

Rng = np.random.Generator


def image(rng: Rng, rank: int, least: int = 1) -> tuple[int, ...]:
    sizes = (int(n) for n in rng.integers(least, 6 if rank < 3 else 4, rank))
    return (number(rng, 1, 3), *sizes, number(rng, 1, 3))


def pooling(rank: int, in_torch: Any, in_jax: Any) -> Oracle:
    """A layer of pooling: its window has another name, and there are no holes and no margins of one's own."""

    def sample(rng: Rng) -> Case:
        window = numbers(rng, 1, 4, rank)
        settings = {"pool_size": window, "padding": one_of(rng, ["valid", "same", "same_lower"])}
        steps = {"strides": numbers(rng, 1, 4, rank)} if rng.random() < 0.6 else {}
        return Case([image(rng, rank, 3)], {**settings, **steps})

    def named(a: Settings) -> Settings:
        return {"window": a["pool_size"], "dilations": (1,), "pads": (), "count_margins": False, **a}

    return Oracle(
        lambda t, a, x: in_torch(t, named(a), x), lambda j, a, x: in_jax(j, named(a), x), times(5, sample)
    )


def global_pooling(rank: int, name: str) -> Oracle:
    def pooled(m: Any, nn: Any, a: Settings, x: Any) -> Any:
        kept = getattr(m, name)(x, tuple(range(1, rank + 1)))
        return kept.reshape((x.shape[0], *[1] * rank, x.shape[-1])) if a["keep_dims"] else kept

    return formula(pooled, times(4, lambda rng: Case([image(rng, rank)], {"keep_dims": flip(rng)})))


def adaptive(rank: int, name: str) -> Oracle:
    def sample(rng: Rng) -> Case:
        return Case([image(rng, rank)], {"output_size": numbers(rng, 1, 5, rank)})

    def in_jax(j: Any, a: Settings, x: Any) -> Any:
        """Axis by axis: each part reaches from a rounded down beginning to a rounded up end."""
        for axis, count in enumerate(each(a["output_size"], rank), start=1):
            size = x.shape[axis]
            ends = [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]
            parts = [j.lax.slice_in_dim(x, begin, end, axis=axis) for begin, end in ends]
            joined = "mean" if name == "avg" else "max"
            x = j.numpy.stack([getattr(part, joined)(axis=axis) for part in parts], axis)
        return x

    return Oracle(
        first(
            lambda t, a, x: getattr(t.nn.functional, f"adaptive_{name}_pool{rank}d")(
                x, each(a["output_size"], rank)
            )
        ),
        in_jax,
        times(5, sample),
    )


def powers(rng: Rng) -> Case:
    settings = {
        "power": one_of(rng, [1.0, 2.0, 3.0]),
        "window": [2, 3],
        "strides": [number(rng, 1, 3)],
    }
    return Case([image(rng, 2, 4)], {**settings, "padding": one_of(rng, ["valid", "same"])})


def lengths(rng: Rng) -> Case:
    return Case([image(rng, 2)], {"power": one_of(rng, [1.0, 2.0, 3.0]), "keep_dims": False})


ORACLES: dict[str, Oracle] = {
    "MaxPooling1D": pooling(1, largest, largest_in_jax),
    "MaxPooling2D": pooling(2, largest, largest_in_jax),
    "MaxPooling3D": pooling(3, largest, largest_in_jax),
    "AveragePooling1D": pooling(1, mean, mean_in_jax),
    "AveragePooling2D": pooling(2, mean, mean_in_jax),
    "AveragePooling3D": pooling(3, mean, mean_in_jax),
    "GlobalAveragePooling1D": global_pooling(1, "mean"),
    "GlobalAveragePooling2D": global_pooling(2, "mean"),
    "GlobalAveragePooling3D": global_pooling(3, "mean"),
    "GlobalMaxPooling1D": global_pooling(1, "amax"),
    "GlobalMaxPooling2D": global_pooling(2, "amax"),
    "GlobalMaxPooling3D": global_pooling(3, "amax"),
    "GlobalLpPooling": formula(
        lambda m, nn, a, x: (m.abs(x) ** a["power"]).sum((1, 2)) ** (1 / a["power"]), times(5, lengths)
    ),
    "LpPool": Oracle(
        lambda t, a, x: total(t, a, t.abs(x) ** a["power"]) ** (1 / a["power"]),
        lambda j, a, x: (
            reduced_in_jax(j, a, j.numpy.abs(x) ** a["power"], 0.0, j.lax.add) ** (1 / a["power"])
        ),
        times(6, powers),
    ),
    "AdaptiveAveragePooling1D": adaptive(1, "avg"),
    "AdaptiveAveragePooling2D": adaptive(2, "avg"),
    "AdaptiveAveragePooling3D": adaptive(3, "avg"),
    "AdaptiveMaxPooling1D": adaptive(1, "max"),
    "AdaptiveMaxPooling2D": adaptive(2, "max"),
    "AdaptiveMaxPooling3D": adaptive(3, "max"),
}
