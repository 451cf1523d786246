"""Linear algebra: inverses, systems of equations and determinants, in stacks along leading axes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from kernels.generic.output import Array, deliver, deliver_all
from kernels.generic.precision import widened
from kernels.refusal import Refusal
from kernels.registry import kernel

_NO_INVERSE = "Add a small multiple of the identity matrix to it, or use PseudoInverse."


@contextmanager
def refusing(what: str, hint: str) -> Iterator[None]:
    """Turn the failure of a decomposition into a refusal."""
    try:
        yield
    except np.linalg.LinAlgError:
        raise Refusal(what, hint) from None


@kernel()
def inverse(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    with refusing("x is a singular matrix, which has no inverse.", _NO_INVERSE):
        return deliver(xp, xp.linalg.inv(widened(x)).astype(x.dtype, copy=False), out)


@kernel()
def solve(xp: Any, a: Array, b: Array, *, transpose: bool, out: Array | None = None) -> Array:
    matrix = widened(a).swapaxes(-1, -2) if transpose else widened(a)
    matrix, columns = _stacks(xp, matrix, _columns(widened(b)))
    with refusing("a is a singular matrix: its equations have no single solution.", _NO_INVERSE):
        found = xp.linalg.solve(matrix, columns).astype(a.dtype, copy=False)
    return deliver(xp, found[..., 0] if b.ndim == 1 else found, out)


@kernel()
def triangular_solve(
    xp: Any, a: Array, b: Array, *, transpose: bool, upper: bool, out: Array | None = None
) -> Array:
    matrix = widened(a).swapaxes(-1, -2) if transpose else widened(a)
    matrix, columns = _stacks(xp, matrix, _columns(widened(b)))
    if xp is np and not np.diagonal(matrix, axis1=-2, axis2=-1).all():
        raise Refusal("a has a zero on its diagonal: its equations have no single solution.", _NO_INVERSE)
    found = xp.array(columns)
    _substitute(matrix, found, upper != transpose)
    found = found.astype(a.dtype, copy=False)
    return deliver(xp, found[..., 0] if b.ndim == 1 else found, out)


@kernel()
def determinant(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    return deliver(xp, xp.linalg.det(widened(x)).astype(x.dtype, copy=False), out)


@kernel()
def log_determinant(xp: Any, x: Array, *, out: tuple[Array, ...] | None = None) -> tuple[Array, ...]:
    found = xp.linalg.slogdet(widened(x))
    return deliver_all(xp, [part.astype(x.dtype, copy=False) for part in found], out)


@kernel()
def cofactors(xp: Any, x: Array, *, out: Array | None = None) -> Array:
    with refusing("x has elements that are infinite or not a number.", "Look for where they come from."):
        u, s, vt = xp.linalg.svd(widened(x))
    turns = xp.linalg.det(u) * xp.linalg.det(vt)
    others = _products_before(xp, s) * _products_before(xp, s[..., ::-1])[..., ::-1]
    found = xp.matmul(u * (turns[..., None] * others)[..., None, :], vt)
    return deliver(xp, found.astype(x.dtype, copy=False), out)


@kernel()
def pseudo_inverse(xp: Any, x: Array, *, tolerance: float, out: Array | None = None) -> Array:
    with refusing("x has elements that are infinite or not a number.", "Look for where they come from."):
        u, s, vt = xp.linalg.svd(widened(x), full_matrices=False)
    least = s[..., :1] * s.dtype.type(tolerance or max(x.shape[-2:]) * float(xp.finfo(s.dtype).eps))
    kept = s > least
    factors = kept / xp.where(kept, s, s.dtype.type(1))
    found = xp.matmul(vt.swapaxes(-1, -2) * factors[..., None, :], u.swapaxes(-1, -2))
    return deliver(xp, found.astype(x.dtype, copy=False), out)


def _columns(b: Array) -> Array:
    """A vector as a matrix of one column."""
    return b[:, None] if b.ndim == 1 else b


def _stacks(xp: Any, *matrices: Array) -> list[Array]:
    """Views of the matrices whose leading axes have one common shape."""
    stack = np.broadcast_shapes(*(matrix.shape[:-2] for matrix in matrices))
    return [xp.broadcast_to(matrix, stack + matrix.shape[-2:]) for matrix in matrices]


def _substitute(matrix: Array, x: Array, upper: bool) -> None:
    """Solve a triangular system in place, by halves: what one half found is taken from the other.

    Most of the work is then products of large matrices.
    """
    size = matrix.shape[-1]
    if size == 1:
        x /= matrix
    if size < 2:
        return
    halves = [slice(0, size // 2), slice(size // 2, size)]
    first, second = reversed(halves) if upper else halves
    _substitute(matrix[..., first, first], x[..., first, :], upper)
    x[..., second, :] -= matrix[..., second, first] @ x[..., first, :]
    _substitute(matrix[..., second, second], x[..., second, :], upper)


def _products_before(xp: Any, x: Array) -> Array:
    """For each element along the last axis the product of those before it."""
    ones = xp.ones((*x.shape[:-1], 1), x.dtype)
    return xp.cumprod(xp.concatenate([ones, x], axis=-1), axis=-1)[..., :-1]
