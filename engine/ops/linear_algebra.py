"""Linear algebra: inverses, systems of equations and determinants, in stacks along leading axes.

Source of the gradients: Giles, An extended collection of matrix derivative results for forward and reverse
mode algorithmic differentiation, 2008, https://people.maths.ox.ac.uk/gilesm/files/NA-08-01.pdf.
"""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import operands, require_dtype, require_rank, unbroadcast
from engine.op import Call, Gradients, Op, attribute
from engine.ops.linear import MatMul
from engine.ops.matrix_parts import NEEDS_MATRIX, MatrixTranspose, TriangularPart
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import ExpandDims, ReshapeLike
from engine.spec import FLOATS, Shape, Spec, broadcast_shapes, common_dtype, merge_dim, same_dim, shape_text
from engine.value import Value

_FIRM = Sample(values=[[2.0, 0.5, -0.3], [0.1, -1.5, 0.4], [0.6, 0.2, 1.2]])
_FIRM_STACK = Sample(values=[[[2.0, 0.5], [0.3, -1.0]], [[0.1, 1.5], [-2.0, 0.7]]])
_RANK_ONE = Sample(values=[[1.0, 2.0], [2.0, 4.0]])
_RANK_TWO = Sample(values=[[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 1.0, 3.0]])
_SQUARES = (
    Case([_FIRM]),
    Case([_FIRM_STACK]),
    Case([(1, 1)], low=0.5, high=2.0),
    Case([(0, 0)]),
    Case([Sample((0, 2, 2))]),
    Case([Sample(values=[[1e-4, 0.0], [0.0, 1e4]])], gradient=False),
)


def require_square(spec: Spec, port: str) -> None:
    """Raise SpecError for what is no square matrix of floats, and no stack of them."""
    require_dtype(spec, FLOATS, port)
    require_rank(spec, 2, port, NEEDS_MATRIX)
    if spec.shape is not None and not same_dim(*spec.shape[-2:]):
        raise SpecError(
            f"{port} is {spec}; expected as many rows as columns.",
            hint="Connect a square matrix, or use PseudoInverse or LeastSquares.",
        )


class Inverse(Op):
    """The inverse of a square matrix: its product with the matrix is the identity matrix."""

    category = "Math"
    formula = "y · x = identity"
    advice = "To solve equations use Solve, which is faster and more exact."
    aliases = ("MatrixInverse", "inv")
    cases = _SQUARES

    def infer(self, x: Spec) -> Spec:
        require_square(x, "x")
        return x

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (y,) = call.outputs
        return (-MatMul(transpose_b=True)(MatMul(transpose_a=True)(y, dy), y),)


class _Solving(Op, abstract=True):
    """What the ops share that solve systems of equations."""

    category = "Math"
    inputs = ("a", "b")
    promotes = ("a", "b")
    outputs = ("x",)
    transpose: bool = attribute(default=False, help="Exchange rows and columns of a first.")

    def infer(self, a: Spec, b: Spec) -> Spec:
        require_square(a, "a")
        require_dtype(b, FLOATS, "b")
        require_rank(b, 1, "b", "Give it the right sides: one for each equation.")
        dtype = common_dtype(a, b)
        if a.shape is None or b.shape is None:
            return Spec(dtype, None)
        sides: Shape = (*b.shape, 1) if len(b.shape) == 1 else b.shape
        if not same_dim(a.shape[-1], sides[-2]):
            raise SpecError(
                f"a is {shape_text(a.shape)} and b is {shape_text(b.shape)}: "
                f"{a.shape[-1]} equations meet {sides[-2]} right sides.",
                hint="Give b as many rows as a has.",
            )
        rows = merge_dim(a.shape[-1], sides[-2])
        stack = broadcast_shapes(a.shape[:-2], sides[:-2]) or ()
        return Spec(dtype, (*stack, rows) if len(b.shape) == 1 else (*stack, rows, sides[-1]))

    def turned(self) -> Op:
        """The same op for the transposed matrix."""
        raise NotImplementedError

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return self.pullback(call, dy)

    def pullback(self, call: Call, dy: Value) -> tuple[Value, Value]:
        """The gradients of a and b, where all of a is read."""
        a, b = operands(call)
        (x,) = call.outputs
        right, ty, tx = b, dy, x
        if b.spec.rank == 1:
            right, ty, tx = ExpandDims(axis=-1)(b), ExpandDims(axis=-1)(dy), ExpandDims(axis=-1)(x)
        db = self.turned()(a, ty)
        da = -(MatMul(transpose_b=True)(tx, db) if self.transpose else MatMul(transpose_b=True)(db, tx))
        db = unbroadcast(db, right)
        return unbroadcast(da, a), ReshapeLike()(db, b) if b.spec.rank == 1 else db


class Solve(_Solving):
    """The x for which a · x = b: each row of a is an equation, each column of b a right side.

    A b of one axis is a single right side. Leading axes are stacks of systems, and are broadcast.
    """

    formula = "a · x = b"
    advice = "For more equations than unknowns use LeastSquares."
    cases = (
        Case([_FIRM, (3, 2)]),
        Case([_FIRM, (3,)]),
        Case([_FIRM, (3, 2)], {"transpose": True}),
        Case([_FIRM_STACK, (2,)], {"transpose": True}),
        Case([_FIRM_STACK, (3, 1, 2, 1)]),
        Case([Sample((1, 1), low=0.5, high=2.0), (1, 1)]),
        Case([(0, 0), (0, 2)]),
        Case([_FIRM, (3, 0)]),
    )

    def turned(self) -> Op:
        return Solve(transpose=not self.transpose)


class TriangularSolve(_Solving):
    """The x for which a · x = b, where a is a triangle: one equation after the other gives one unknown.

    The other triangle of a is not read. A b of one axis is a single right side.
    """

    formula = "x[i] = (b[i] - sum over j < i of a[i, j] · x[j]) / a[i, i]"
    advice = "Behind Cholesky it solves the equations of a positive definite matrix, in two steps."
    upper: bool = attribute(default=False, help="Read the upper triangle instead of the lower one.")
    cases = (
        Case([_FIRM, (3, 2)]),
        Case([_FIRM, (3,)], {"upper": True}),
        Case([_FIRM, (3, 2)], {"transpose": True}),
        Case([_FIRM, (3, 2)], {"upper": True, "transpose": True}),
        Case([Sample(values=[[[2.0, 0.0], [0.3, -1.0]], [[0.5, 0.0], [-2.0, 0.7]]]), (3, 1, 2, 1)]),
        Case([Sample((1, 1), low=0.5, high=2.0), (1, 1)]),
        Case([(0, 0), (0, 2)]),
        Case([Sample(values=[[1.0, float("nan")], [2.0, 4.0]]), (2,)], gradient=False),
    )

    def turned(self) -> Op:
        return TriangularSolve(upper=self.upper, transpose=not self.transpose)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        da, db = self.pullback(call, dy)
        return TriangularPart(upper=self.upper)(da), db


class Determinant(Op):
    """The determinant of a square matrix: by how much it scales volumes. Of a singular one it is zero."""

    category = "Math"
    formula = "y = sum over permutations p of sign(p) · x[0, p(0)] · x[1, p(1)] · ..."
    advice = "Of large matrices it overflows easily; LogDeterminant does not."
    aliases = ("Det",)
    cases = (*_SQUARES, Case([_RANK_TWO]), Case([Sample((2, 2), low=1e15, high=2e15)], gradient=False))

    def infer(self, x: Spec) -> Spec:
        require_square(x, "x")
        return x if x.shape is None else x.with_shape(x.shape[:-2])

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (_for_matrices(dy) * Cofactors()(x),)


class Cofactors(Op):
    """The slopes of the determinant: for each element, by how much the determinant grows with it.

    Of a singular matrix they exist as well; their own slopes are computed only where there is an inverse.
    """

    category = "Math"
    internal = True
    formula = "y = det(x) · inverse of x, transposed"
    cases = (
        *_SQUARES,
        Case([_RANK_ONE], gradient=False),
        Case([_RANK_TWO], gradient=False),
        Case([Sample(values=[[0.0, 0.0, 0.0]] * 3)], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_square(x, "x")
        return x

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,), (y,) = operands(call), call.outputs
        turned = MatrixTranspose()(Inverse()(x))
        along = ReduceSum(axes=(-2, -1), keep_dims=True)(dy * y) * turned
        return (along - MatMul()(MatMul(transpose_b=True)(y, dy), turned),)


class LogDeterminant(Op):
    """The determinant of a square matrix as its sign and the logarithm of its size.

    Of a singular matrix the sign is 0 and the logarithm minus infinity; there is no gradient then.
    """

    category = "Math"
    outputs = ("sign", "log")
    formula = "det(x) = sign · exp(log)"
    advice = "It stands in the density of a normal distribution of several numbers."
    aliases = ("slogdet", "logdet")
    cases = (*_SQUARES, Case([_RANK_ONE], gradient=False))

    def infer(self, x: Spec) -> tuple[Spec, Spec]:
        require_square(x, "x")
        found = x if x.shape is None else x.with_shape(x.shape[:-2])
        return found, found

    def gradient(self, call: Call, dsign: Value | None, dlog: Value | None) -> Gradients:
        (x,) = operands(call)
        return (None if dlog is None else _for_matrices(dlog) * MatrixTranspose()(Inverse()(x)),)


class PseudoInverse(Op):
    """The Moore-Penrose inverse of any matrix: of all that come closest to an inverse, the smallest.

    Source of the gradient: Golub and Pereyra, The differentiation of pseudo-inverses and nonlinear least
    squares problems whose variables separate, 1973. It exists where the rank does not change nearby.
    """

    category = "Math"
    formula = "x = u · diag(s) · v: y = vᵀ · diag(1 / s where s is not zero) · uᵀ"
    advice = "LeastSquares uses it to fit a line through more points than it has coefficients."
    aliases = ("pinv", "Moore-Penrose")
    tolerance: float = attribute(
        default=0.0,
        low=0.0,
        high=1.0,
        help="Which singular values count as zero, as a part of the largest. 0: what rounding can leave.",
    )
    cases = (
        Case([(4, 2)]),
        Case([(2, 3, 4)]),
        Case([_FIRM]),
        Case([_RANK_ONE], gradient=False),
        Case([Sample(values=[[0.0, 0.0, 0.0]] * 2)], gradient=False),
        Case([Sample(values=[[1.0, 0.0], [0.0, 1e-3]])], {"tolerance": 0.01}, gradient=False),
        Case([(1, 1)], low=0.5, high=2.0),
        Case([(0, 3)]),
    )

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, FLOATS, "x")
        require_rank(x, 2, "x", NEEDS_MATRIX)
        return x if x.shape is None else x.with_shape((*x.shape[:-2], x.shape[-1], x.shape[-2]))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,), (y,) = operands(call), call.outputs
        first = MatMul(transpose_b=True)(MatMul(transpose_a=True)(y, dy), y)
        outside = MatMul(transpose_b=True)(MatMul(transpose_a=True)(dy, y), y)
        outside = outside - x @ (y @ outside)
        inside = MatMul(transpose_b=True)(MatMul(transpose_a=True)(y, y), dy)
        inside = inside - (inside @ y) @ x
        return (outside + inside - first,)


def _for_matrices(x: Value) -> Value:
    """A number for each matrix of a stack, with two more axes."""
    return ExpandDims(axis=-1)(ExpandDims(axis=-1)(x))
