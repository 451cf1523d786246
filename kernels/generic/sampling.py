"""Grids of places in images, and the elements that lie there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from kernels.generic.indexing import check_indices
from kernels.generic.output import Array, deliver
from kernels.registry import kernel


@kernel()
def gather_rows(xp: Any, x: Array, indices: Array, *, out: Array | None = None) -> Array:
    check_indices(xp, indices, x.shape[1])
    flat = x.reshape(x.shape[0] * x.shape[1], x.shape[2])
    return xp.take(flat, _numbers(xp, indices, x.shape[1]), axis=0, out=out)


@kernel()
def scatter_rows(xp: Any, x: Array, indices: Array, like: Array, *, out: Array | None = None) -> Array:
    count, features = like.shape[0] * like.shape[1], like.shape[2]
    # Counting with weights is many times as fast as adding at places.
    numbers = _numbers(xp, indices, like.shape[1]).reshape(-1, 1) * features + xp.arange(features)
    sums = xp.bincount(numbers.ravel(), x.ravel(), count * features)
    return deliver(xp, sums.reshape(like.shape).astype(x.dtype), out)


@kernel()
def affine_grid(
    xp: Any, theta: Array, *, align_corners: bool, sizes: tuple[int, ...], out: Array | None = None
) -> Array:
    places = _places(xp, sizes, align_corners, theta.dtype)
    grid = xp.matmul(places, theta.swapaxes(1, 2))
    return deliver(xp, grid.reshape(theta.shape[0], *sizes, len(sizes)), out)


@kernel()
def affine_grid_gradient(xp: Any, dy: Array, *, align_corners: bool, out: Array | None = None) -> Array:
    sizes = dy.shape[1:-1]
    places = _places(xp, sizes, align_corners, dy.dtype)
    flat = dy.reshape(dy.shape[0], math.prod(sizes), dy.shape[-1])
    return deliver(xp, xp.matmul(flat.swapaxes(1, 2), places), out)


def _numbers(xp: Any, indices: Array, rows: int) -> Array:
    """The numbers of rows when all examples lie in one list."""
    first = xp.arange(indices.shape[0]) * rows
    return indices.astype(np.int64) + first.reshape(-1, *[1] * (indices.ndim - 1))


def _places(xp: Any, sizes: Sequence[int], align_corners: bool, dtype: Any) -> Array:
    """For each element of an image x, y and 1, where the image reaches from -1 to 1."""
    lines = [_line(size, align_corners) for size in sizes]
    meshes = np.meshgrid(*lines, indexing="ij")
    columns = [*(mesh.ravel() for mesh in reversed(meshes)), np.ones(math.prod(sizes))]
    return xp.asarray(np.stack(columns, axis=1).astype(dtype))


def _line(size: int, align_corners: bool) -> np.ndarray:
    """The places along one axis. A single element lies in the middle."""
    if align_corners and size > 1:
        return np.linspace(-1.0, 1.0, size)
    return (2.0 * np.arange(size) + 1.0) / max(size, 1) - 1.0
