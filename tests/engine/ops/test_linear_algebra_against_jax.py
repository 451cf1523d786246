"""Second derivatives through linear algebra and Fourier transforms beside those of JAX."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.ops.complex_numbers import Imaginary, Real
from engine.ops.decompositions import QR, SVD, Cholesky, Eigh
from engine.ops.elementwise import Sin, Square
from engine.ops.fourier import FFT, RFFT, InverseRFFT
from engine.ops.linear import MatMul
from engine.ops.linear_algebra import (
    Determinant,
    Inverse,
    LogDeterminant,
    PseudoInverse,
    Solve,
    TriangularSolve,
)
from engine.ops.reduction import ReduceSum
from engine.value import Value

pytestmark = pytest.mark.oracle("jax")

Ours = Callable[[Value], Value]
Theirs = Callable[[Any, Any], Any]


def positive(x: Value) -> Value:
    """A positive definite matrix out of any."""
    return MatMul(transpose_b=True)(x, x) + 1.0


def parts(y: Value) -> Value:
    return Square()(Real()(y)) * Sin()(Imaginary()(y))


def their_parts(jnp: Any, y: Any) -> Any:
    return y.real**2 * jnp.sin(y.imag)


# What is computed from a matrix of 3 x 3, by us, and by JAX out of its module numpy.
FUNCTIONS: dict[str, tuple[Ours, Theirs]] = {
    "inverse": (lambda x: Sin()(Inverse()(x)), lambda jnp, x: jnp.sin(jnp.linalg.inv(x))),
    "solve": (lambda x: Solve()(x, Sin()(x)), lambda jnp, x: jnp.linalg.solve(x, jnp.sin(x))),
    "triangle": (
        lambda x: TriangularSolve()(x, Sin()(x)),
        lambda jnp, x: jnp.linalg.solve(jnp.tril(x), jnp.sin(x)),
    ),
    "determinant": (lambda x: Square()(Determinant()(x)), lambda jnp, x: jnp.linalg.det(x) ** 2),
    "logarithm": (lambda x: LogDeterminant().apply(x)[1], lambda jnp, x: jnp.linalg.slogdet(x)[1]),
    "pseudo": (lambda x: Sin()(PseudoInverse()(x)), lambda jnp, x: jnp.sin(jnp.linalg.inv(x))),
    "cholesky": (
        lambda x: Sin()(Cholesky()(positive(x))),
        lambda jnp, x: jnp.sin(jnp.linalg.cholesky(x @ x.T + 1.0)),
    ),
    "triangular factor": (
        lambda x: Square()(QR().apply(x)[1]),
        lambda jnp, x: jnp.linalg.qr(x)[1] ** 2,
    ),
    "eigenvalues": (
        lambda x: Sin()(Eigh().apply(positive(x))[0]),
        lambda jnp, x: jnp.sin(jnp.linalg.eigh(x @ x.T + 1.0)[0]),
    ),
    "eigenvectors": (
        lambda x: Square()(Eigh().apply(positive(x))[1]),
        lambda jnp, x: jnp.linalg.eigh(x @ x.T + 1.0)[1] ** 2,
    ),
    "singular values": (
        lambda x: Sin()(SVD().apply(x)[1]),
        lambda jnp, x: jnp.sin(jnp.linalg.svd(x, full_matrices=False)[1]),
    ),
    "singular vectors": (
        lambda x: Square()(SVD().apply(x)[0]) @ Square()(SVD().apply(x)[2]),
        lambda jnp, x: _squares(jnp.linalg.svd(x, full_matrices=False)),
    ),
    "waves": (lambda x: parts(FFT()(x)), lambda jnp, x: their_parts(jnp, jnp.fft.fft(x))),
    "half of the waves": (lambda x: parts(RFFT()(x)), lambda jnp, x: their_parts(jnp, jnp.fft.rfft(x))),
    "back": (
        lambda x: Sin()(InverseRFFT(length=5)(Square()(RFFT()(x)))),
        lambda jnp, x: jnp.sin(jnp.fft.irfft(jnp.fft.rfft(x) ** 2, 5)),
    ),
}


def _squares(factors: Any) -> Any:
    return factors[0] ** 2 @ factors[2] ** 2


@pytest.mark.parametrize("name", FUNCTIONS)
def test_second_derivatives(name: str) -> None:
    import jax

    ours, theirs = FUNCTIONS[name]
    at = np.random.default_rng(4).normal(size=(3, 3)) + np.diag([3.0, -2.0, 1.5])
    weights = np.random.default_rng(5).uniform(0.5, 1.5, (3, 3))
    graph = Graph()
    x, w = graph.placeholder("x", (3, 3), "float64"), graph.placeholder("w", (3, 3), "float64")
    (slope,) = graph.gradients(ReduceSum()(ours(x)), [x])
    (second,) = graph.gradients(ReduceSum()(slope * w), [x])
    found = Session(graph, device="cpu").run([slope, second], {x: at, w: weights})
    with jax.enable_x64(True):
        first = jax.grad(lambda a: theirs(jax.numpy, a).sum())
        expected = [first(at), jax.grad(lambda a: (first(a) * weights).sum())(at)]
    for our, their in zip(found, expected, strict=True):
        np.testing.assert_allclose(our, np.asarray(their), rtol=1e-7, atol=1e-9)
