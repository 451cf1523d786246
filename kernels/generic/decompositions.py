"""Matrices as products of simpler ones: Cholesky, QR, eigenvalues and singular values, in stacks.

LAPACK and its kin on other devices leave the signs of vectors open; here they are chosen.
"""

from __future__ import annotations

from typing import Any

from kernels.generic.linear_algebra import refusing
from kernels.generic.output import Array, deliver, deliver_all
from kernels.generic.precision import widened
from kernels.registry import kernel

_NOT_NUMBERS = "x has elements that are infinite or not a number."
_SEARCH = "Look for where they come from."


@kernel()
def cholesky(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    with refusing(
        "x is not positive definite, so it has no Cholesky factor.",
        "Add a small multiple of the identity matrix to it.",
    ):
        return deliver(xp, xp.linalg.cholesky(_symmetric(x)).astype(x.dtype, copy=False), out)


@kernel()
def qr(xp: Any, x: Array, *, out: tuple[Array, ...] | None = None) -> tuple[Array, ...]:
    q, r = xp.linalg.qr(widened(x))
    signs = _signs(xp, xp.diagonal(r, axis1=-2, axis2=-1))
    # Minus zero plus zero is zero.
    found = (q * signs[..., None, :], r * signs[..., None] + 0)
    return deliver_all(xp, [part.astype(x.dtype, copy=False) for part in found], out)


@kernel()
def svd(xp: Any, x: Array, *, out: tuple[Array, ...] | None = None) -> tuple[Array, ...]:
    with refusing(_NOT_NUMBERS, _SEARCH):
        u, s, v = xp.linalg.svd(widened(x), full_matrices=False)
    signs = _signs(xp, _leading(xp, u))
    found = (u * signs[..., None, :], s, v * signs[..., None])
    return deliver_all(xp, [part.astype(x.dtype, copy=False) for part in found], out)


@kernel()
def eigh(xp: Any, x: Array, *, out: tuple[Array, ...] | None = None) -> tuple[Array, ...]:
    with refusing(_NOT_NUMBERS, _SEARCH):
        values, vectors = xp.linalg.eigh(_symmetric(x))
    found = (values, vectors * _signs(xp, _leading(xp, vectors))[..., None, :])
    return deliver_all(xp, [part.astype(x.dtype, copy=False) for part in found], out)


def _symmetric(x: Array) -> Array:
    """The symmetric part of a matrix: itself, where it is symmetric."""
    wide = widened(x)
    return (wide + wide.swapaxes(-1, -2)) / wide.dtype.type(2)


def _signs(xp: Any, x: Array) -> Array:
    """Minus one for what is negative, and else one."""
    return xp.where(x < 0, x.dtype.type(-1), x.dtype.type(1))


def _leading(xp: Any, vectors: Array) -> Array:
    """The first element of each column that is not small beside the others.

    The largest would be no choice where two are equal but for rounding.
    """
    if not vectors.size:
        return xp.ones((*vectors.shape[:-2], vectors.shape[-1]), vectors.dtype)
    sizes = xp.absolute(vectors)
    first = (sizes > sizes.max(axis=-2, keepdims=True) / 2).argmax(axis=-2)
    return xp.take_along_axis(vectors, first[..., None, :], axis=-2)[..., 0, :]
