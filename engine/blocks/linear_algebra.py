"""Linear algebra made of simpler ops: powers and norms of matrices, and the best fit to equations."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import require_dtype, require_rank
from engine.op import Block, attribute
from engine.ops.conversion import OnesLike
from engine.ops.decompositions import SVD
from engine.ops.elementwise import Abs
from engine.ops.linear_algebra import Inverse, PseudoInverse, require_square
from engine.ops.matrix_parts import NEEDS_MATRIX, Diagonal, DiagonalMatrix
from engine.ops.reduction import ReduceMax, ReduceSum
from engine.ops.statistics import ReduceNorm
from engine.spec import FLOATS, same_dim
from engine.value import BlockBuilder, Value

_MATRICES = Sample(values=[[[1.0, 0.5], [-0.25, 2.0]]])


class MatrixPower(Block):
    """A square matrix multiplied by itself so many times; a negative power is that of the inverse.

    It is squared again and again, so that a large power takes few products.
    """

    category = "Math"
    formula = "y = x · x · ... · x"
    advice = "Of a matrix of transitions it tells the chances after so many steps."
    exponent: int = attribute(default=2, low=-4096, high=4096, help="How many factors there are.")
    cases = (
        Case([_MATRICES]),
        Case([_MATRICES], {"exponent": 0}),
        Case([_MATRICES], {"exponent": 1}),
        Case([_MATRICES], {"exponent": -3}),
        Case([(2, 3, 3)], {"exponent": 5}),
        Case([(0, 2, 2)], {"exponent": 3}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_square(x.spec, "x")
        if self.exponent == 0:
            return DiagonalMatrix()(OnesLike()(Diagonal()(x)))
        power = x if self.exponent > 0 else Inverse()(x)
        found, left = None, abs(self.exponent)
        while left:
            if left % 2:
                found = power if found is None else found @ power
            left //= 2
            power = power @ power if left else power
        assert found is not None, "an exponent that is not zero has a digit that is one"
        return found


class MatrixNorm(Block):
    """How large a matrix is, as one number: the norms that NumPy and PyTorch have for matrices."""

    category = "Math"
    formula = "frobenius: y = sqrt(sum of x²); spectral: y = max of s; nuclear: y = sum of s"
    advice = "The spectral norm says by how much a layer can stretch a vector."
    norm: str = attribute(
        default="frobenius",
        choices=("frobenius", "spectral", "nuclear", "columns", "rows"),
        help="Root of squares; largest singular value; sum of them; largest sum of a column, of a row.",
    )
    cases = (
        Case([(3, 4)]),
        Case([(2, 4, 3)], {"norm": "spectral"}),
        Case([(3, 3)], {"norm": "nuclear"}),
        Case([(2, 3, 4)], {"norm": "columns"}),
        Case([(3, 4)], {"norm": "rows"}),
        Case([(1, 1)], {"norm": "nuclear"}, low=0.5, high=2.0),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        require_rank(x.spec, 2, "x", NEEDS_MATRIX)
        if self.norm == "frobenius":
            return ReduceNorm(axes=(-2, -1))(x)
        if self.norm in ("columns", "rows"):
            sums = ReduceSum(axes=(-2,) if self.norm == "columns" else (-1,))(Abs()(x))
            return ReduceMax(axes=(-1,))(sums)
        _, s, _ = SVD().apply(x)
        return (ReduceMax if self.norm == "spectral" else ReduceSum)(axes=(-1,))(s)


class LeastSquares(Block):
    """The x for which a · x comes closest to b: the sum of squared errors is the smallest there is.

    Of several such x it gives the shortest. A b of one axis is a single right side.
    """

    category = "Math"
    inputs = ("a", "b")
    outputs = ("x",)
    formula = "x with sum of (a · x - b)² smallest"
    advice = "A straight line through points: a has a column of ones beside the one of positions."
    aliases = ("lstsq", "LinearRegression")
    tolerance: float = attribute(
        default=0.0,
        low=0.0,
        high=1.0,
        help="Which singular values of a count as zero, as a part of the largest. 0: what rounding leaves.",
    )
    cases = (
        Case([(4, 2), (4, 3)]),
        Case([(4, 2), (4,)]),
        Case([(2, 3), (2, 1)]),
        Case([(2, 4, 2), (2, 4, 1)]),
        Case([Sample(values=[[1.0, 2.0], [2.0, 4.0]]), (2,)], gradient=False),
    )

    def expand(self, b: BlockBuilder, a: Value, right: Value) -> Value:
        require_dtype(a.spec, FLOATS, "a")
        require_rank(a.spec, 2, "a", NEEDS_MATRIX)
        require_dtype(right.spec, FLOATS, "b")
        require_rank(right.spec, 1, "b", "Give it the right sides: one for each equation.")
        if a.spec.shape is not None and right.spec.shape is not None:
            sides = right.spec.shape[0] if len(right.spec.shape) == 1 else right.spec.shape[-2]
            if not same_dim(a.spec.shape[-2], sides):
                raise SpecError(
                    f"a is {a.spec} and b is {right.spec}; expected as many right sides as equations.",
                    hint="Give b as many rows as a has.",
                )
        return PseudoInverse(tolerance=self.tolerance)(a) @ right
