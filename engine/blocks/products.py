"""Products of vectors and of matrices, made of simpler ops: inner, outer, cross and Kronecker product."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import NUMBERS, require_dtype, require_rank
from engine.op import Block, attribute
from engine.ops.ordering import Roll
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import ExpandDims, Reshape
from engine.spec import Spec, normalize_axis, same_dim, shape_text, times
from engine.value import BlockBuilder, Value


def _require_vectors(a: Spec, b: Spec) -> None:
    """Raise SpecError for what has no axis along which a vector could lie, or is no number."""
    for port, spec in (("a", a), ("b", b)):
        require_dtype(spec, NUMBERS, port)
        require_rank(spec, 1, port, "For single numbers use Multiply.")


class Dot(Block):
    """The inner product of two vectors; of two stacks of vectors along the last axis, pair by pair."""

    category = "Math"
    inputs = ("a", "b")
    formula = "y = a[0] · b[0] + a[1] · b[1] + ..."
    advice = "It is large where both point the same way, and zero where they stand at right angles."
    aliases = ("InnerProduct", "vecdot")
    cases = (
        Case([(4,), (4,)]),
        Case([(3, 4), (3, 4)]),
        Case([(2, 1, 4), (3, 4)]),
        Case([(1,), (1,)]),
        Case([(0, 4), (4,)]),
        Case([Sample((4,), "int64", -9, 9), Sample((4,), "int64", -9, 9)], gradient=False),
    )

    def expand(self, b: BlockBuilder, first: Value, second: Value) -> Value:
        _require_vectors(first.spec, second.spec)
        return ReduceSum(axes=(-1,))(first * second)


class Outer(Block):
    """All products of an element of one vector with an element of another, as a matrix."""

    category = "Math"
    inputs = ("a", "b")
    formula = "y[i, j] = a[i] · b[j]"
    advice = "Vectors lie along the last axis; the axes before it are stacks, and are broadcast."
    cases = (
        Case([(3,), (4,)]),
        Case([(2, 3), (2, 4)]),
        Case([(2, 3), (4,)]),
        Case([(1,), (1,)]),
        Case([(0,), (4,)]),
    )

    def expand(self, b: BlockBuilder, first: Value, second: Value) -> Value:
        _require_vectors(first.spec, second.spec)
        return ExpandDims(axis=-1)(first) * ExpandDims(axis=-2)(second)


class Cross(Block):
    """The vector at right angles to two others in space: its length is the area that they span."""

    category = "Math"
    inputs = ("a", "b")
    formula = "y = (a[1] b[2] - a[2] b[1], a[2] b[0] - a[0] b[2], a[0] b[1] - a[1] b[0])"
    advice = "Of two edges of a surface it is the direction in which the surface looks."
    axis: int = attribute(default=-1, help="The axis along which the vectors lie; it has size 3.")
    cases = (
        Case([(4, 3), (4, 3)]),
        Case([(2, 4, 3), (2, 1, 3)]),
        Case([(2, 3, 4), (2, 3, 4)], {"axis": 1}),
        Case([(0, 3), (3,)]),
    )

    def expand(self, b: BlockBuilder, first: Value, second: Value) -> Value:
        _require_vectors(first.spec, second.spec)
        for port, spec in (("a", first.spec), ("b", second.spec)):
            if spec.shape is not None:
                size = spec.shape[normalize_axis(self.axis, len(spec.shape))]
                if not same_dim(size, 3):
                    raise SpecError(
                        f"{port} is {spec}: axis {self.axis} has size {size}; expected 3.",
                        hint="Only vectors in space have a cross product. Choose another axis.",
                    )
        once, twice = Roll(shift=-1, axis=self.axis), Roll(shift=-2, axis=self.axis)
        return once(first) * twice(second) - twice(first) * once(second)


class Kronecker(Block):
    """A matrix of blocks: in the place of each element of a stands that element times the whole of b."""

    category = "Math"
    inputs = ("a", "b")
    formula = "y[i · rows of b + k, j · columns of b + l] = a[i, j] · b[k, l]"
    advice = "With a matrix of ones as a it lays copies of b side by side, as Tile does."
    aliases = ("kron",)
    cases = (
        Case([(2, 3), (4, 2)]),
        Case([(1, 1), (2, 2)]),
        Case([(2, 2), (1, 3)]),
        Case([(0, 2), (3, 2)]),
    )

    def expand(self, b: BlockBuilder, first: Value, second: Value) -> Value:
        for port, spec in (("a", first.spec), ("b", second.spec)):
            require_dtype(spec, NUMBERS, port)
            if spec.shape is None or len(spec.shape) != 2:
                raise SpecError(f"{port} is {spec}; expected a matrix.", hint="Reshape it to rows x columns.")
        (rows_a, columns_a), (rows_b, columns_b) = first.spec.shape or (), second.spec.shape or ()
        sizes = [times(rows_a, rows_b), times(columns_a, columns_b)]
        if sum(isinstance(size, str) for size in sizes) > 1:
            raise SpecError(
                f"a is {shape_text(first.spec.shape)} and b is {shape_text(second.spec.shape)}; "
                "expected fixed numbers of rows, or of columns.",
                hint="Only one size of the result can be left open.",
            )
        spread = ExpandDims(axis=1)(ExpandDims(axis=-1)(first))
        apart = spread * ExpandDims(axis=2)(ExpandDims(axis=0)(second))
        return Reshape(shape=tuple(-1 if isinstance(size, str) else size for size in sizes))(apart)
