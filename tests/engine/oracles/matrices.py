"""Oracles of products of matrices and of linear algebra."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.case import Case, Sample
from tests.engine.oracles.oracle import ROUGH, Oracle, Samples
from tests.engine.oracles.samples import (
    a_shape,
    flip,
    number,
    of_shape,
    one_axis,
    one_of,
    part_of,
    times,
    together,
)

Settings = dict[str, Any]
Rng = np.random.Generator
Shape = tuple[int, ...]
STACKS: tuple[Shape, ...] = ((), (), (2,), (2, 1), (0,))


def stacks(rng: Rng) -> tuple[Shape, Shape]:
    """Two stacks that are broadcast, perhaps of no axes."""
    both = a_shape(rng, 0, 2)
    return part_of(rng, both), part_of(rng, both)


# ---- products --------------------------------------------------------------------------------------------


def factors(dtype: str) -> Samples:
    """Matrices, turned or not, in stacks, and vectors on either side."""

    def sample(rng: Rng) -> Case:
        first, second = stacks(rng)
        rows, inner, columns = (
            int(n) for n in rng.choice([0, 1, 2, 3, 4], 3, p=[0.05, 0.2, 0.25, 0.25, 0.25])
        )
        turned = [bool(flag) for flag in rng.integers(0, 2, 2)]
        a = (*first, inner, rows) if turned[0] else (*first, rows, inner)
        b = (*second, columns, inner) if turned[1] else (*second, inner, columns)
        a = (inner,) if rng.random() < 0.2 else a
        b = (inner,) if rng.random() < 0.2 else b
        settings = {"transpose_a": turned[0], "transpose_b": turned[1]}
        return Case([Sample(a, dtype), Sample(b, dtype)], settings)

    return times(14, sample)


def turned(m: Any, matrix: Any, is_turned: bool) -> Any:
    """The matrix as the product takes it; a vector has no other side."""
    return matrix.swapaxes(-1, -2) if is_turned and matrix.ndim > 1 else matrix


def product(m: Any, a: Settings, x: Any, y: Any) -> Any:
    return m.matmul(turned(m, x, a["transpose_a"]), turned(m, y, a["transpose_b"]))


EQUATIONS = {
    "ij,jk->ik": ((2, 3), (3, 4)),
    "bij,bkj->bik": ((2, 2, 3), (2, 4, 3)),
    "i,j->ij": ((3,), (4,)),
    "ijk->kji": ((2, 3, 4),),
    "ij->": ((3, 4),),
    "ij->j": ((3, 4),),
    "i,i->": ((4,), (4,)),
    "ij,jk,kl->il": ((2, 3), (3, 4), (4, 2)),
    "ij,kl->k": ((2, 3), (4, 5)),
    "ij,->ij": ((2, 3), ()),
    "ij,jk->ki": ((2, 0), (0, 3)),
    "bhqd,bhkd->bhqk": ((1, 2, 3, 4), (1, 2, 2, 4)),
}


def sums(_: Rng) -> Iterator[Case]:
    for equation, shapes in EQUATIONS.items():
        for dtype in ("float", "complex"):
            yield Case([Sample(shape, dtype) for shape in shapes], {"equation": equation})


def vectors(rng: Rng, *sizes: int) -> Case:
    first, second = stacks(rng)
    return Case([(*first, sizes[0]), (*second, sizes[-1])])


def crossed(rng: Rng) -> Case:
    shape = a_shape(rng, 1, 3)
    axis = one_axis(rng, len(shape))
    three = tuple(3 if i == axis % len(shape) else n for i, n in enumerate(shape))
    return Case([three, three], {"axis": axis})


# ---- matrices --------------------------------------------------------------------------------------------


def firm(rng: Rng, shape: Shape) -> Sample:
    """Square matrices that are far from singular."""
    values = rng.uniform(-1, 1, shape) + (shape[-1] + 1) * np.eye(shape[-1]) * rng.choice([-1, 1], shape[-1])
    return Sample(shape, values=values.tolist() if values.size else None)


def positive(rng: Rng, shape: Shape) -> Sample:
    """Matrices that are positive definite, and symmetric but for a part that does not count."""
    root = rng.uniform(-1, 1, shape)
    skew = rng.uniform(-0.1, 0.1, shape)
    values = root @ root.swapaxes(-1, -2) + np.eye(shape[-1]) * 0.5 + skew - skew.swapaxes(-1, -2)
    return Sample(shape, values=values.tolist() if values.size else None)


def square(make: Any = firm, settings: Settings | None = None, smallest: int = 0) -> Samples:
    def samples(rng: Rng) -> Iterator[Case]:
        for size in (*range(smallest, 5), 3, 2):
            stack = one_of(rng, STACKS)
            chosen = {name: one_of(rng, values) for name, values in (settings or {}).items()}
            yield Case([make(rng, (*stack, size, size))], chosen)

    return samples


def matrices(smallest: int = 1, settings: Settings | None = None) -> Samples:
    """Tall and wide matrices."""

    def sample(rng: Rng) -> Case:
        stack = one_of(rng, STACKS)
        rows, columns = (int(n) for n in rng.choice(np.arange(smallest, 5), 2, replace=False))
        chosen = {name: one_of(rng, values) for name, values in (settings or {}).items()}
        return Case([(*stack, rows, columns)], chosen)

    return times(8, sample)


def equations(settings: dict[str, Any]) -> Samples:
    def sample(rng: Rng) -> Case:
        first, second = stacks(rng)
        size = number(rng, 1, 5)
        chosen = {name: flip(rng) for name in settings}
        right = (size,) if rng.random() < 0.25 else (*second, size, number(rng, 0, 3))
        return Case([firm(rng, (*first, size, size)), right], chosen)

    return times(10, sample)


def as_columns(b: Any) -> Any:
    return b[:, None] if b.ndim == 1 else b


def back(found: Any, b: Any) -> Any:
    return found[..., 0] if b.ndim == 1 else found


def triangle(m: Any, a: Settings, x: Any) -> Any:
    """The triangle that counts, turned if it is to be."""
    x = (m.triu if a["upper"] else m.tril)(x)
    return x.swapaxes(-1, -2) if a["transpose"] else x


def solved_triangle(t: Any, a: Settings, x: Any, b: Any) -> Any:
    upper = a["upper"] != a["transpose"]
    return back(t.linalg.solve_triangular(triangle(t, a, x), as_columns(b), upper=upper), b)


def solved(m: Any, a: Settings, x: Any, b: Any) -> Any:
    return back(m.linalg.solve(x.swapaxes(-1, -2) if a["transpose"] else x, as_columns(b)), b)


def symmetric(x: Any) -> Any:
    return (x + x.swapaxes(-1, -2)) / 2


def many_equations(rng: Rng) -> Case:
    """More equations than unknowns, or fewer."""
    rows, columns = [(4, 2), (2, 3), (3, 1), (3, 3)][int(rng.integers(4))]
    return Case([(rows, columns), (rows,) if rng.random() < 0.3 else (rows, 2)])


ORACLES: dict[str, Oracle] = {
    "MatMul": Oracle(
        product,
        lambda j, a, x, y: product(j.numpy, a, x, y),
        together(factors("float"), factors("complex")),
        twice=True,
    ),
    "Einsum": Oracle(
        lambda t, a, *xs: t.einsum(a["equation"], *xs),
        lambda j, a, *xs: j.numpy.einsum(a["equation"], *xs),
        sums,
        twice=True,
    ),
    "Dot": Oracle("linalg.vecdot", "numpy.vecdot", times(8, lambda rng: vectors(rng, 3)), twice=True),
    "Outer": Oracle(
        lambda t, _, a, b: t.einsum("...i,...j->...ij", a, b),
        lambda j, _, a, b: j.numpy.einsum("...i,...j->...ij", a, b),
        times(8, lambda rng: vectors(rng, number(rng, 0, 4), number(rng, 1, 4))),
    ),
    "Cross": Oracle(
        lambda t, a, x, y: t.linalg.cross(x, y, dim=a["axis"]),
        lambda j, a, x, y: j.numpy.cross(x, y, axis=a["axis"]),
        times(8, crossed),
    ),
    "Kronecker": Oracle(
        lambda t, _, a, b: t.kron(a.contiguous(), b.contiguous()),
        "numpy.kron",
        times(6, lambda rng: Case([a_shape(rng, 2, 2), a_shape(rng, 2, 2)])),
    ),
    "MatrixTranspose": Oracle(
        lambda _, a, x: x.mT, "numpy.matrix_transpose", of_shape(lambda rng, shape: {}, least=2)
    ),
    "TriangularPart": Oracle(
        lambda t, a, x: (t.triu if a["upper"] else t.tril)(x, a["offset"]),
        lambda j, a, x: (j.numpy.triu if a["upper"] else j.numpy.tril)(x, a["offset"]),
        of_shape(lambda rng, shape: {"upper": flip(rng), "offset": number(rng, -4, 5)}, least=2),
    ),
    "Diagonal": Oracle(
        lambda t, _, x: t.diagonal(x, dim1=-2, dim2=-1),
        lambda j, _, x: j.numpy.diagonal(x, axis1=-2, axis2=-1),
        of_shape(lambda rng, shape: {}, least=2),
    ),
    "DiagonalMatrix": Oracle(
        lambda t, _, x: t.diag_embed(x),
        lambda j, _, x: x[..., None] * j.numpy.eye(x.shape[-1], dtype=x.dtype),
        of_shape(lambda rng, shape: {}, least=1, most=3),
    ),
    "Trace": Oracle(
        lambda t, _, x: t.diagonal(x, dim1=-2, dim2=-1).sum(-1),
        lambda j, _, x: j.numpy.trace(x, axis1=-2, axis2=-1),
        square(),
    ),
    "Inverse": Oracle("linalg.inv", "numpy.linalg.inv", square(), twice=True),
    "Solve": Oracle(
        solved, lambda j, a, x, b: solved(j.numpy, a, x, b), equations({"transpose": bool}), twice=True
    ),
    "TriangularSolve": Oracle(
        solved_triangle,
        lambda j, a, x, b: back(j.numpy.linalg.solve(triangle(j.numpy, a, x), as_columns(b)), b),
        equations({"transpose": bool, "upper": bool}),
        twice=True,
    ),
    "Determinant": Oracle("linalg.det", "numpy.linalg.det", square(smallest=1), square(), twice=True),
    "LogDeterminant": Oracle("linalg.slogdet", "numpy.linalg.slogdet", square(), twice=True),
    "PseudoInverse": Oracle(
        lambda t, a, x: t.linalg.pinv(x, rtol=a["tolerance"] or None),
        lambda j, a, x: j.numpy.linalg.pinv(x, rtol=a["tolerance"] or None),
        together(matrices(settings={"tolerance": (0.0, 1e-4)}), square(smallest=1)),
        twice=True,
        tolerance=ROUGH,
    ),
    "Cholesky": Oracle(
        lambda t, _, x: t.linalg.cholesky(symmetric(x)),
        lambda j, _, x: j.numpy.linalg.cholesky(symmetric(x)),
        square(positive),
        twice=True,
    ),
    "MatrixPower": Oracle(
        lambda t, a, x: t.linalg.matrix_power(x, a["exponent"]),
        lambda j, a, x: j.numpy.linalg.matrix_power(x, a["exponent"]),
        square(settings={"exponent": (0, 1, 2, 5, -1, -3)}, smallest=1),
    ),
    "MatrixNorm": Oracle(
        lambda t, a, x: t.linalg.matrix_norm(x, NORMS[a["norm"]]),
        lambda j, a, x: j.numpy.linalg.norm(x, NORMS[a["norm"]], axis=(-2, -1)),
        matrices(settings={"norm": ("frobenius", "spectral", "nuclear", "columns", "rows")}),
        tolerance=ROUGH,
    ),
    "LeastSquares": Oracle(
        lambda t, _, a, b: t.linalg.pinv(a) @ b,
        lambda j, _, a, b: j.numpy.linalg.pinv(a) @ b,
        times(8, many_equations),
        tolerance=ROUGH,
    ),
}
NORMS: dict[str, Any] = {"frobenius": "fro", "spectral": 2, "nuclear": "nuc", "columns": 1, "rows": np.inf}
