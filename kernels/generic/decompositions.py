"""Matrices as products of simpler ones: Cholesky, QR, eigenvalues and singular values, in stacks."""

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
    found = xp.linalg.qr(widened(x))
    return deliver_all(xp, [part.astype(x.dtype, copy=False) for part in found], out)


@kernel()
def svd(xp: Any, x: Array, *, out: tuple[Array, ...] | None = None) -> tuple[Array, ...]:
    with refusing(_NOT_NUMBERS, _SEARCH):
        found = xp.linalg.svd(widened(x), full_matrices=False)
    return deliver_all(xp, [part.astype(x.dtype, copy=False) for part in found], out)


@kernel()
def eigh(xp: Any, x: Array, *, out: tuple[Array, ...] | None = None) -> tuple[Array, ...]:
    with refusing(_NOT_NUMBERS, _SEARCH):
        found = xp.linalg.eigh(_symmetric(x))
    return deliver_all(xp, [part.astype(x.dtype, copy=False) for part in found], out)


def _symmetric(x: Array) -> Array:
    """The symmetric part of a matrix: itself, where it is symmetric."""
    wide = widened(x)
    return (wide + wide.swapaxes(-1, -2)) / wide.dtype.type(2)
