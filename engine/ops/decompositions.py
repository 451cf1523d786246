"""Matrices as products of simpler ones: Cholesky, QR, eigenvalues and singular values, in stacks.

Signs that are free are chosen so that every library and device gives the same: the diagonal of an R is not
negative, and of a vector the first element that is not small is positive.
"""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import operands, require_dtype, require_rank
from engine.op import Call, Gradients, Op
from engine.ops.arithmetic import Divide
from engine.ops.conversion import OnesLike
from engine.ops.cutting import PadLike, Slice
from engine.ops.linear import MatMul
from engine.ops.linear_algebra import TriangularSolve, require_square
from engine.ops.matrix_parts import (
    NEEDS_MATRIX,
    Diagonal,
    DiagonalMatrix,
    MatrixTranspose,
    TriangularPart,
    smaller,
)
from engine.ops.shaping import ExpandDims
from engine.spec import FLOATS, Spec
from engine.value import Value

_POSITIVE = Sample(values=[[4.0, 1.0, -0.5], [1.0, 3.0, 0.2], [-0.5, 0.2, 2.0]])
_POSITIVE_STACK = Sample(values=[[[2.0, 0.5], [0.5, 1.0]], [[1.0, -0.9], [-0.9, 3.0]]])
_SYMMETRIC = Sample(values=[[0.4, 1.0, -0.5], [1.0, -3.0, 0.2], [-0.5, 0.2, 2.0]])
_SYMMETRIC_STACK = Sample(values=[[[0.0, 1.0], [1.0, 0.5]], [[-1.0, 0.3], [0.3, -3.0]]])
_IDENTITY = Sample(values=[[1.0, 0.0], [0.0, 1.0]])


class Cholesky(Op):
    """The lower triangle whose product with its transpose is a positive definite matrix: its square root.

    Only the symmetric part of x counts. Source of the gradient: Murray, Differentiation of the Cholesky
    decomposition, 2016, https://arxiv.org/abs/1602.07527.
    """

    category = "Math"
    formula = "x = y · yᵀ"
    advice = "y · RandomNormal has the covariance x."
    cases = (
        Case([_POSITIVE]),
        Case([_POSITIVE_STACK]),
        Case([Sample(values=[[4.0, 2.0], [0.0, 3.0]])]),
        Case([(1, 1)], low=0.5, high=2.0),
        Case([(0, 0)]),
        Case([Sample((0, 2, 2))]),
        Case([Sample(values=[[1e-6, 0.0], [0.0, 1e6]])], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_square(x, "x")
        return x

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (y,) = call.outputs
        inner = TriangularPart()(MatMul(transpose_a=True)(y, dy))
        inner = inner - DiagonalMatrix()(Diagonal()(inner)) * 0.5
        back = TriangularSolve(transpose=True)
        return (symmetrized(back(y, MatrixTranspose()(back(y, inner)))),)


class QR(Op):
    """A matrix as the product of one with orthonormal columns and an upper triangle.

    Source of the gradient: Walter and Lehmann, Algorithmic differentiation of linear algebra functions with
    application in optimum experimental design, 2010, https://arxiv.org/abs/1001.1654. It exists where the
    columns do not depend on each other.
    """

    category = "Math"
    outputs = ("q", "r")
    formula = "x = q · r with qᵀ · q = identity"
    advice = "The q of a random matrix is an orthogonal start for weights."
    cases = (
        Case([(4, 3)]),
        Case([(2, 3, 3)]),
        Case([(2, 4)]),
        Case([(3, 1)]),
        Case([(1, 1)], low=0.5, high=2.0),
        Case([(3, 0)]),
        Case([Sample(values=[[0.0, 0.0], [0.0, 0.0]])], gradient=False),
    )

    def infer(self, x: Spec) -> tuple[Spec, Spec]:
        require_dtype(x, FLOATS, "x")
        require_rank(x, 2, "x", NEEDS_MATRIX)
        if x.shape is None:
            return x, x
        *stack, rows, columns = x.shape
        least = smaller(rows, columns)
        return x.with_shape((*stack, rows, least)), x.with_shape((*stack, least, columns))

    def gradient(self, call: Call, dq: Value | None, dr: Value | None) -> Gradients:
        (x,), (q, r) = operands(call), call.outputs
        sizes = r.spec.shape and r.spec.shape[-2:]
        if sizes and sizes[0] == sizes[1]:
            return (_from_factors(q, r, dq, dr),)
        if not sizes or not all(isinstance(size, int) for size in sizes):
            raise SpecError(
                f"x is {x.spec}; the gradient of QR needs to know how many rows and columns there are.",
                hint="Give the matrix fixed sizes, or insert StopGradient.",
            )
        return (_from_wide_factors(x, q, r, dq, dr),)


class Eigh(Op):
    """The eigenvalues of a symmetric matrix, from the smallest to the largest, and its eigenvectors.

    Only the symmetric part of x counts. Source of the gradient: Giles, 2008. That of an eigenvector exists
    only where no other eigenvalue is equal.
    """

    category = "Math"
    outputs = ("values", "vectors")
    formula = "x = vectors · diag(values) · vectorsᵀ"
    advice = "Of a covariance the last eigenvectors are the principal components."
    aliases = ("Eigenvalues", "SelfAdjointEig")
    cases = (
        Case([_SYMMETRIC]),
        Case([_SYMMETRIC_STACK]),
        Case([Sample(values=[[1.0, 2.0], [0.0, -3.0]])]),
        Case([_IDENTITY], gradient=False),
        Case([(1, 1)]),
        Case([(0, 0)]),
        Case([Sample(values=[[1e-6, 0.0], [0.0, 1e6]])], gradient=False),
    )

    def infer(self, x: Spec) -> tuple[Spec, Spec]:
        require_square(x, "x")
        return x if x.shape is None else x.with_shape(x.shape[:-1]), x

    def gradient(self, call: Call, dvalues: Value | None, dvectors: Value | None) -> Gradients:
        values, vectors = call.outputs
        inner = None if dvalues is None else DiagonalMatrix()(dvalues)
        if dvectors is not None:
            turned = MatMul(transpose_a=True)(vectors, dvectors) * _inverse_gaps(values)
            inner = turned if inner is None else inner + turned
        assert inner is not None, "a gradient flows into one of the outputs"
        return (symmetrized(MatMul(transpose_b=True)(vectors @ inner, vectors)),)


class SVD(Op):
    """A matrix as a product of orthonormal columns, its singular values, and orthonormal rows.

    The singular values are not negative, and come from the largest to the smallest.

    Source of the gradient: Townsend, Differentiating the singular value decomposition, 2016. That of the
    vectors exists only where no two singular values are equal, and none is zero beside missing columns.
    """

    category = "Math"
    outputs = ("u", "s", "v")
    formula = "x = u · diag(s) · v"
    advice = "The first columns of u and rows of v, with their s, are the best approximation of low rank."
    aliases = ("SingularValues",)
    cases = (
        Case([(3, 3)]),
        Case([(4, 2)]),
        Case([(2, 2, 3)]),
        Case([_IDENTITY], gradient=False),
        Case([Sample(values=[[1.0, 2.0], [2.0, 4.0], [0.0, 0.0]])], gradient=False),
        Case([(1, 1)], low=0.5, high=2.0),
        Case([(0, 3)]),
    )

    def infer(self, x: Spec) -> tuple[Spec, Spec, Spec]:
        require_dtype(x, FLOATS, "x")
        require_rank(x, 2, "x", NEEDS_MATRIX)
        if x.shape is None:
            return x, x, x
        *stack, rows, columns = x.shape
        least = smaller(rows, columns)
        return (
            x.with_shape((*stack, rows, least)),
            x.with_shape((*stack, least)),
            x.with_shape((*stack, least, columns)),
        )

    def gradient(self, call: Call, du: Value | None, ds: Value | None, dv: Value | None) -> Gradients:
        u, s, v = call.outputs
        column, row = ExpandDims(axis=-1)(s), ExpandDims(axis=-2)(s)
        parts: list[Value] = []
        if ds is not None:
            parts.append((u * ExpandDims(axis=-2)(ds)) @ v)
        if du is not None:
            inner = MatMul(transpose_a=True)(u, du)
            turned = (inner - MatrixTranspose()(inner)) * _inverse_gaps(s * s) * row
            parts.append(u @ turned @ v)
            if _may_differ(u, v, tall=True):
                parts.append(Divide()(du - u @ inner, row) @ v)
        if dv is not None:
            inner = MatMul(transpose_b=True)(v, dv)
            turned = (inner - MatrixTranspose()(inner)) * _inverse_gaps(s * s) * column
            parts.append(u @ turned @ v)
            if _may_differ(u, v, tall=False):
                parts.append(u @ Divide()(dv - MatMul(transpose_a=True)(inner, v), column))
        return (sum(parts[1:], parts[0]),)


def _from_factors(q: Value, r: Value, dq: Value | None, dr: Value | None) -> Value:
    """The gradient of a matrix with at least as many rows as columns from those of q and r."""
    inner = None if dr is None else MatMul(transpose_b=True)(r, dr)
    if dq is not None:
        turned = MatMul(transpose_a=True)(dq, q)
        inner = -turned if inner is None else inner - turned
    assert inner is not None, "a gradient flows into one of the outputs"
    mirrored = TriangularPart()(inner) + MatrixTranspose()(TriangularPart(offset=-1)(inner))
    outer = q @ mirrored if dq is None else dq + q @ mirrored
    return MatrixTranspose()(TriangularSolve(upper=True)(r, MatrixTranspose()(outer)))


def _from_wide_factors(x: Value, q: Value, r: Value, dq: Value | None, dr: Value | None) -> Value:
    """The same with fewer rows than columns: the first columns make q, the others are q · rest of r."""
    *stack, rows, _ = x.spec.shape or ()
    start = (*(0 for _ in stack), 0, int(rows))
    whole = (-1,) * (len(stack) + 1)
    first = Slice(begin=(0,) * len(start), size=(*whole, int(rows)))
    rest = Slice(begin=start, size=(*whole, -1))
    if dr is None:
        return PadLike()(_from_factors(q, first(r), dq, None), x)
    turned = MatMul(transpose_b=True)(rest(x), rest(dr))
    dfirst = _from_factors(q, first(r), turned if dq is None else dq + turned, first(dr))
    return PadLike()(dfirst, x) + PadLike(begin=start)(q @ rest(dr), x)


def symmetrized(x: Value) -> Value:
    """The symmetric part of a matrix."""
    return (x + MatrixTranspose()(x)) * 0.5


def _inverse_gaps(values: Value) -> Value:
    """1 / (values[j] - values[i]) at row i and column j, and 0 on the diagonal."""
    diagonal = DiagonalMatrix()(OnesLike()(values))
    gaps = ExpandDims(axis=-2)(values) - ExpandDims(axis=-1)(values)
    return (1.0 - diagonal) / (gaps + diagonal)


def _may_differ(u: Value, v: Value, *, tall: bool) -> bool:
    """Whether x may have more rows than columns (tall), or fewer: only then its vectors leave space."""
    if u.spec.shape is None or v.spec.shape is None:
        return True
    rows, columns = u.spec.shape[-2], v.spec.shape[-1]
    if isinstance(rows, int) and isinstance(columns, int):
        return rows > columns if tall else rows < columns
    return rows != columns
