"""Linear algebra: the product of matrices."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import ARITHMETIC, conjugate, operands, require_dtype, require_rank, unbroadcast
from engine.op import Call, Gradients, Op, attribute
from engine.ops.shaping import ExpandDims, Reshape, ReshapeLike
from engine.spec import Dim, Shape, Spec, broadcast_shapes, common_dtype, same_dim, shape_text
from engine.value import Value


class MatMul(Op):
    """The product of two matrices, or of two stacks of matrices, whose leading axes are broadcast.

    A vector on the left counts as one row, a vector on the right as one column;
    the result then lacks that axis.
    """

    category = "Math"
    inputs = ("a", "b")
    promotes = ("a", "b")
    formula = "y[i, j] = sum over k of a[i, k] · b[k, j]"
    advice = "Rows are examples: batch x features times features x units gives batch x units."
    transpose_a: bool = attribute(default=False, help="Exchange the last two axes of a first.")
    transpose_b: bool = attribute(default=False, help="Exchange the last two axes of b first.")
    cases = (
        Case([(3, 4), (4, 2)]),
        Case([(4, 3), (2, 4)], {"transpose_a": True, "transpose_b": True}),
        Case([(4, 3), (4, 2)], {"transpose_a": True}),
        Case([(3, 4), (2, 4)], {"transpose_b": True}),
        Case([(5, 3, 4), (4, 2)]),
        Case([(5, 1, 3, 4), (2, 4, 2)]),
        Case([(2, 4, 3), (4,)], {"transpose_a": True}),
        Case([(4,), (4, 2)]),
        Case([(3, 4), (4,)]),
        Case([(4,), (4,)]),
        Case([(1, 1), (1, 1)]),
        Case([(0, 4), (4, 2)]),
        Case([(3, 0), (0, 2)]),
        Case([(2, 3), (3, 2)], low=1e18, high=1e19, gradient=False),
        Case([Sample((2, 3), "int64", -9, 9), Sample((3, 2), "int64", -9, 9)], gradient=False),
        Case([Sample((2, 3), "complex"), Sample((3, 2), "complex")]),
        Case([Sample((3,), "complex"), Sample((2, 3), "complex")], {"transpose_b": True}),
    )

    def infer(self, a: Spec, b: Spec) -> Spec:
        for port, spec in (("a", a), ("b", b)):
            require_dtype(spec, ARITHMETIC, port)
            require_rank(spec, 1, port, "For a single number use Multiply.")
        dtype = common_dtype(a, b)
        if a.shape is None or b.shape is None:
            return Spec(dtype, None)
        stack_a, rows, inner_a = _matrix(a.shape, self.transpose_a)
        stack_b, columns, inner_b = _matrix(b.shape, not self.transpose_b)
        if not same_dim(inner_a, inner_b):
            raise SpecError(
                f"inner sizes differ: {shape_text(a.shape)} meets {shape_text(b.shape)}, "
                f"so {inner_a} must equal {inner_b}.",
                hint=f"Give b {inner_a} {'columns' if self.transpose_b else 'rows'}, or change a.",
            )
        return Spec(dtype, (*(broadcast_shapes(stack_a, stack_b) or ()), *rows, *columns))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        a, b = operands(call)
        # Vectors take part as matrices; matrices are differentiated, and the extra axis is dropped again.
        row, column = a.spec.rank == 1, b.spec.rank == 1
        left, right, ty = conjugate(a), conjugate(b), dy
        if column:
            right, ty = ExpandDims(axis=1)(right), ExpandDims(axis=-1)(ty)
        if row:
            left, ty = ExpandDims(axis=0)(left), ExpandDims(axis=-2)(ty)
        ta, tb = self.transpose_a and not row, self.transpose_b and not column
        da = (
            MatMul(transpose_a=tb, transpose_b=True)(right, ty)
            if ta
            else MatMul(transpose_b=not tb)(ty, right)
        )
        upper, ty = _rows(left, ty) if right.spec.rank == 2 and not ta else (left, ty)
        db = (
            MatMul(transpose_a=True, transpose_b=ta)(ty, upper)
            if tb
            else MatMul(transpose_a=not ta)(upper, ty)
        )
        da, db = unbroadcast(da, left), unbroadcast(db, right)
        return ReshapeLike()(da, a) if row else da, ReshapeLike()(db, b) if column else db


def _rows(*stacks: Value) -> tuple[Value, ...]:
    """The rows of all matrices of each stack as one matrix, so that one product adds up over all of them.

    Where it is not known how long rows are, the stacks are left as they are.
    """
    shapes = [value.spec.shape for value in stacks]
    widths = [shape[-1] for shape in shapes if shape is not None and len(shape) > 2]
    known = [width for width in widths if isinstance(width, int) and width > 0]
    if len(known) < len(stacks):
        return stacks
    return tuple(Reshape(shape=(-1, width))(value) for value, width in zip(stacks, known, strict=True))


def _matrix(shape: Shape, last_is_kept: bool) -> tuple[Shape, tuple[Dim, ...], Dim]:
    """Split a shape into its stack, the size that the product keeps (none of a vector), and the inner one."""
    if len(shape) == 1:
        return (), (), shape[0]
    kept, inner = (shape[-1], shape[-2]) if last_is_kept else (shape[-2], shape[-1])
    return shape[:-2], (kept,), inner
