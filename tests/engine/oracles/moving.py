"""An oracle for ops that only move elements: NumPy says which element goes where, the library picks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.engine.oracles.oracle import Oracle, Samples

Settings = dict[str, Any]


def picked(library: str, x: Any, numbers: np.ndarray, fill: float | None = None) -> Any:
    """The elements of x whose numbers are given; the number behind the last one stands for the fill."""
    if library == "torch":
        import torch

        flat: Any = x.reshape(-1)
        flat = flat if fill is None else torch.cat([flat, torch.full((1,), fill, dtype=x.dtype)])
        return flat[torch.from_numpy(np.array(numbers, order="C"))]
    import jax.numpy as jnp

    flat = jnp.reshape(x, -1)
    flat = flat if fill is None else jnp.concatenate([flat, jnp.full((1,), fill, x.dtype)])
    return flat[numbers]


def moving(move: Callable[..., np.ndarray], samples: Samples, fill: str = "") -> Oracle:
    """An oracle out of what NumPy does with the numbers of the elements.

    `fill` names the setting that says what stands where the number is that behind the last element.
    """

    def oracle(library: str) -> Callable[..., Any]:
        def function(_: Any, settings: Settings, x: Any, *others: Any) -> Any:
            numbers = np.arange(int(np.prod(x.shape))).reshape(tuple(x.shape))
            found = move(settings, numbers, *[np.asarray(other) for other in others])
            filled = settings.get(fill, 0.0) if fill else None
            return picked(library, x, found, filled)

        return function

    return Oracle(oracle("torch"), oracle("jax"), samples)
