"""Oracles of decompositions, whose vectors both libraries may turn round: their signs are chosen as ours."""

from __future__ import annotations

from typing import Any

from tests.engine.oracles.matrices import matrices, positive, square, symmetric
from tests.engine.oracles.oracle import ROUGH, Oracle
from tests.engine.oracles.samples import together


def signs(m: Any, vectors: Any) -> Any:
    """One for each column: with it the first element that is not small is positive."""
    sizes = abs(vectors)
    first = m.argmax(1 * (sizes > m.amax(sizes, -2)[..., None, :] / 2), -2)
    along = m.take_along_dim if hasattr(m, "take_along_dim") else m.take_along_axis
    return m.sign(along(vectors, first[..., None, :], -2))[..., 0, :]


def triangle(m: Any, x: Any) -> Any:
    """Our triangle has a positive diagonal."""
    q, r = m.linalg.qr(x)
    turned = m.sign(m.diagonal(r, 0, -2, -1))
    return q * turned[..., None, :], r * turned[..., None]


def eigenvectors(m: Any, x: Any) -> Any:
    values, vectors = m.linalg.eigh(symmetric(x))
    return values, vectors * signs(m, vectors)[..., None, :]


def singular_vectors(m: Any, x: Any) -> Any:
    u, s, v = m.linalg.svd(x, full_matrices=False)
    turned = signs(m, u)
    return u * turned[..., None, :], s, v * turned[..., None]


ORACLES: dict[str, Oracle] = {
    "QR": Oracle(
        lambda t, _, x: triangle(t, x),
        lambda j, _, x: triangle(j.numpy, x),
        together(matrices(), square(smallest=1)),
        twice=True,
        tolerance=ROUGH,
    ),
    "Eigh": Oracle(
        lambda t, _, x: eigenvectors(t, x),
        lambda j, _, x: eigenvectors(j.numpy, x),
        square(positive, smallest=1),
        twice=True,
        tolerance=ROUGH,
    ),
    "SVD": Oracle(
        lambda t, _, x: singular_vectors(t, x),
        lambda j, _, x: singular_vectors(j.numpy, x),
        matrices(),
        twice=True,
        tolerance=ROUGH,
    ),
}
