"""Parts of matrices: diagonals, triangles, the trace and the transpose, in stacks along leading axes."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import NUMBERS, alone, operands, require_dtype, require_rank
from engine.op import Block, Call, Gradients, Op, Port, attribute, setting
from engine.ops.reduction import ReduceSum
from engine.spec import DTYPES, UNKNOWN, Dim, Spec
from engine.value import BlockBuilder, Value

NEEDS_MATRIX = "Give it a matrix, or a stack of them."


class Eye(Op):
    """The identity matrix: ones on the diagonal, zeros elsewhere. A product with it changes nothing."""

    category = "Data"
    inputs = (setting("rows"), setting("columns"))
    formula = "y[i, j] = 1 if j = i + offset else 0"
    advice = "Times a small number it makes a singular matrix one that has an inverse."
    aliases = ("EyeLike", "IdentityMatrix")
    differentiable = False
    rows: int = attribute(default=2, low=0, high=2**31, help="How many rows it has.")
    columns: int = attribute(
        default=-1, low=-1, high=2**31, help="How many columns it has; -1: as many as rows."
    )
    offset: int = attribute(
        default=0, low=-(2**31), high=2**31, help="By how far the ones stand above the main diagonal."
    )
    dtype: str = attribute(default="float32", choices=DTYPES, help="The type of its elements.")
    cases = (
        Case([], {"rows": 3}, gradient=False),
        Case([], {"rows": 2, "columns": 4, "offset": 1, "dtype": "int64"}, gradient=False),
        Case([], {"rows": 3, "columns": 2, "offset": -1, "dtype": "bool"}, gradient=False),
        Case([], {"rows": 2, "offset": 9, "dtype": "float16"}, gradient=False),
        Case([], {"rows": 0}, gradient=False),
        Case([Sample((), "int64", values=3), Sample((), "int32", values=2)], gradient=False),
    )

    def infer(self, rows: Spec | None = None, columns: Spec | None = None) -> Spec:
        height: Dim = self.rows if rows is None else UNKNOWN
        width: Dim = height if self.columns == -1 else self.columns
        return Spec(self.dtype, (height, width if columns is None else UNKNOWN))


class MatrixTranspose(Op):
    """A matrix with its rows as columns; of a stack, each matrix by itself."""

    category = "Shape"
    formula = "y[i, j] = x[j, i]"
    advice = "MatMul can exchange the axes itself. For any other order of axes use Transpose."
    cases = (
        Case([(3, 4)]),
        Case([(2, 3, 4)]),
        Case([(1, 1)]),
        Case([(0, 3)]),
        Case([Sample((2, 3), "bool")], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_rank(x, 2, "x", NEEDS_MATRIX)
        return x if x.shape is None else x.with_shape((*x.shape[:-2], x.shape[-1], x.shape[-2]))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return (MatrixTranspose()(dy),)


class TriangularPart(Op):
    """A matrix of which one triangle is kept; the rest becomes zero."""

    category = "Math"
    formula = "y[i, j] = x[i, j] if j ≤ i + offset else 0; of the upper part if j ≥ i + offset"
    advice = "As a mask of attention the lower part lets no word see the words behind it."
    inputs = ("x", setting("offset"))
    upper: bool = attribute(default=False, help="Keep the upper triangle instead of the lower one.")
    offset: int = attribute(
        default=0, low=-(2**31), high=2**31, help="By how far the triangle ends above the main diagonal."
    )
    cases = (
        Case([(3, 4)]),
        Case([(2, 3, 3)], {"upper": True, "offset": 1}),
        Case([(4, 2)], {"offset": -1}),
        Case([(2, 2)], {"offset": 9}),
        Case([(0, 3)]),
        Case([Sample(values=[[float("nan"), float("inf")], [1.0, 2.0]])], {"offset": -1}, gradient=False),
        Case([Sample((2, 2), "int64", -9, 9)], {"upper": True}, gradient=False),
        Case([(3, 4), Sample((), "int64", values=1)]),
    )

    def infer(self, x: Spec, offset: Spec | None = None) -> Spec:
        require_dtype(x, NUMBERS, "x")
        require_rank(x, 2, "x", NEEDS_MATRIX)
        return x

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, TriangularPart(upper=self.upper, offset=self.offset)(dy, *call.inputs[1:]))


class Diagonal(Op):
    """The elements of a matrix whose row and column have the same number."""

    category = "Shape"
    formula = "y[i] = x[i, i]"
    advice = "DiagonalMatrix goes the other way; Trace is the sum."
    cases = (
        Case([(3, 3)]),
        Case([(2, 3, 4)]),
        Case([(4, 1)]),
        Case([(0, 3)]),
        Case([Sample((2, 2), "bool")], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_rank(x, 2, "x", NEEDS_MATRIX)
        if x.shape is None:
            return x
        return x.with_shape((*x.shape[:-2], smaller(*x.shape[-2:])))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        (x,) = operands(call)
        return (DiagonalLike()(dy, x),)


class DiagonalLike(Op):
    """Zeros in the shape of `like`, with x as the diagonals of its matrices: the way back from Diagonal."""

    category = "Shape"
    internal = True
    inputs = ("x", Port("like", shape_only=True))
    cases = (
        Case([(3,), (3, 3)]),
        Case([(2, 3), (2, 3, 4)]),
        Case([(1,), (4, 1)]),
        Case([(0,), (0, 3)]),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return Diagonal()(dy), None


class DiagonalMatrix(Op):
    """A square matrix with x on its diagonal, and zero elsewhere."""

    category = "Shape"
    formula = "y[i, i] = x[i], and 0 elsewhere"
    advice = "A product with it is the same as Multiply by x, which is faster."
    cases = (
        Case([(3,)]),
        Case([(2, 3)]),
        Case([(1,)]),
        Case([(0,)]),
        Case([(0, 2)]),
        Case([Sample((2,), "bool")], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_rank(x, 1, "x", "A single number needs no matrix.")
        return x if x.shape is None else x.with_shape((*x.shape, x.shape[-1]))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return (Diagonal()(dy),)


class Trace(Block):
    """The sum of the diagonal of a matrix."""

    category = "Math"
    formula = "y = sum of x[i, i]"
    advice = "It is the sum of the eigenvalues."
    cases = (Case([(3, 3)]), Case([(2, 3, 4)]), Case([(0, 3)]))

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, NUMBERS, "x")
        return ReduceSum(axes=(-1,))(Diagonal()(x))


def smaller(rows: Dim, columns: Dim) -> Dim:
    """The smaller of two sizes, where it is known which one is."""
    if isinstance(rows, int) and isinstance(columns, int):
        return min(rows, columns)
    return rows if rows == columns else UNKNOWN
