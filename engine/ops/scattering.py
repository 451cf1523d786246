"""Elements picked by whole positions, and elements put at places, replacing what is there or joining it."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import ARITHMETIC, NUMBERS, conjugate, operands, require_dtype, require_rank
from engine.op import Call, Gradients, Op, Port, attribute
from engine.ops.comparison import Equal
from engine.ops.conversion import Cast, OnesLike, ZerosLike
from engine.ops.ordering import PickAlong
from engine.ops.products import counted, of_others_alike
from engine.ops.selection import Where
from engine.ops.shaping import Reshape, ReshapeLike
from engine.spec import INTEGERS, Shape, Spec, common_dtype, same_dim, same_shape, shape_text
from engine.value import Value

REDUCTIONS = ("none", "add", "multiply", "maximum", "minimum")
_BATCH = "How many axes in front x and indices have in common; positions name the axes behind them."
_CELLS = Sample((3, 2), "int64", values=[[0, 1], [3, -1], [0, 1]])
_ROWS = Sample((2, 1), "int32", values=[[2], [0]])
_ALONG = Sample((2, 3), "int64", values=[[0, 3, 0], [2, 1, -4]])
_ZEROS = Sample((4,), "int64", values=[0, 0, 1, 2])


class GatherND(Op):
    """Pick elements or slices by positions: each row of the indices names a place in the first axes of x."""

    category = "Shape"
    inputs = ("x", "indices")
    formula = "y[i] = x[indices[i, 0], indices[i, 1], ...]"
    advice = "NonZero gives such rows. A negative number counts from the end."
    batch_axes: int = attribute(default=0, low=0, help=_BATCH)
    cases = (
        Case([(4, 5), _CELLS]),
        Case([(4, 3), _ROWS]),
        Case([(2, 3, 4), _ROWS], {"batch_axes": 1}),
        Case([(4, 5), Sample((0, 2), "int64")]),
        Case([Sample((4, 5), "bool"), _CELLS], gradient=False),
    )

    def infer(self, x: Spec, indices: Spec) -> Spec:
        return x.with_shape(picked_shape(x, indices, self.batch_axes))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, indices = operands(call)
        put = ScatterND(batch_axes=self.batch_axes, reduction="add")
        return put(ZerosLike()(x), indices, dy), None


class _Scatter(Op, abstract=True):
    """What ops share that put updates into a tensor: how they are joined with it, and their gradients."""

    category = "Shape"
    inputs = (
        "x",
        Port("indices", help="Where the updates go."),
        Port("updates", help="What is put there, in the dtype of x."),
    )
    reduction: str = attribute(
        default="none",
        choices=REDUCTIONS,
        help="Whether an update replaces what is there (none), or is joined with it.",
    )

    def check_dtypes(self, x: Spec, indices: Spec, updates: Spec) -> None:
        """Raise SpecError where indices are no whole numbers, or the others cannot be joined."""
        require_dtype(indices, INTEGERS, "indices")
        if self.reduction in ("add", "multiply"):
            require_dtype(x, ARITHMETIC, "x")
        elif self.reduction != "none":
            require_dtype(x, NUMBERS, "x")
        common_dtype(x, updates)

    def again(self, reduction: str) -> Op:
        """The op with another reduction."""
        return type(self)(**{**self.settings(), "reduction": reduction})

    def picked(self, x: Value, indices: Value) -> Value:
        """The elements of x at the places of the updates."""
        raise NotImplementedError

    def lasting(self, indices: Value, x: Value, updates: Value) -> Value:
        """Which updates were not replaced by a later one."""
        raise NotImplementedError

    def gradient(self, call: Call, dy: Value) -> Gradients:
        x, indices, updates = operands(call)
        if self.reduction == "none":
            zero = ZerosLike()(updates)
            lasting = self.lasting(indices, x, updates)
            return (
                self.again("none")(dy, indices, zero),
                None,
                Where()(lasting, self.picked(dy, indices), zero),
            )
        if self.reduction == "add":
            return dy, None, self.picked(dy, indices)
        if self.reduction == "multiply":
            return self._of_product(call, dy)
        return self._of_extreme(call, dy)

    def _of_product(self, call: Call, dy: Value) -> Gradients:
        x, indices, updates = operands(call)
        dx = dy * conjugate(self.again("multiply")(OnesLike()(x), indices, updates))
        places = self.picked(ReshapeLike()(counted(Reshape()(x)), x), indices)
        others = of_others_alike(Reshape()(places), Reshape()(updates))
        return dx, None, self.picked(dy * conjugate(x), indices) * conjugate(ReshapeLike()(others, updates))

    def _of_extreme(self, call: Call, dy: Value) -> Gradients:
        """All that are equal to the extreme share its gradient."""
        x, indices, updates = operands(call)
        to_float = Cast(dtype=dy.spec.dtype)
        y = call.outputs[0]
        kept = to_float(Equal()(x, y))
        taken = to_float(Equal()(updates, self.picked(y, indices)))
        share = dy / self.again("add")(kept, indices, taken)
        return kept * share, None, taken * self.picked(share, indices)


class ScatterND(_Scatter):
    """Put elements or slices into a tensor by positions: each row of the indices names a place in x.

    Of several updates at one place the last one counts, unless they are joined.
    """

    formula = "y = x, but y[indices[i, 0], indices[i, 1], ...] = updates[i]"
    batch_axes: int = attribute(default=0, low=0, help=_BATCH)
    cases = (
        Case([(4, 5), _CELLS, (3,)]),
        Case([(4, 5), _CELLS, (3,)], {"reduction": "add"}),
        Case([(4, 5), _CELLS, (3,)], {"reduction": "multiply"}),
        Case([(3,), Sample((3, 1), "int64"), Sample(values=[0.0, 2.0, 0.0])], {"reduction": "multiply"}),
        Case([(4, 5), _CELLS, (3,)], {"reduction": "maximum"}),
        Case([(4, 3), _ROWS, (2, 3)], {"reduction": "minimum"}),
        Case([(2, 3, 4), _ROWS, (2, 4)], {"batch_axes": 1}),
        Case([(4, 5), Sample((0, 2), "int64"), (0,)]),
        Case([Sample((4, 5), "bool"), _CELLS, Sample((3,), "bool")], gradient=False),
        Case([Sample((4, 3), "int8"), _ROWS, Sample((2, 3), "int8")], {"reduction": "add"}, gradient=False),
    )

    def infer(self, x: Spec, indices: Spec, updates: Spec) -> Spec:
        self.check_dtypes(x, indices, updates)
        wanted = picked_shape(x, indices, self.batch_axes)
        if not same_shape(wanted, updates.shape):
            raise SpecError(
                f"updates are {updates}; expected {shape_text(wanted)}, as x and indices have it.",
                hint="One update stands for each row of the indices.",
            )
        return x

    def picked(self, x: Value, indices: Value) -> Value:
        return GatherND(batch_axes=self.batch_axes)(x, indices)

    def lasting(self, indices: Value, x: Value, updates: Value) -> Value:
        return LastingND(batch_axes=self.batch_axes)(indices, x, updates)


class PutAlong(_Scatter):
    """Along one axis, put each update at the place whose number stands in the indices.

    Of several updates at one place the last one counts, unless they are joined.
    """

    formula = "y = x, but y[i, indices[i, j]] = updates[i, j]"
    advice = "PickAlong reads where this op writes."
    axis: int = attribute(default=-1, help="The axis along which places are counted; -1 is the last.")
    cases = (
        Case([(2, 4), _ALONG, (2, 3)]),
        Case([(4, 3), _ALONG, (2, 3)], {"axis": 0, "reduction": "add"}),
        Case([(2, 4), _ALONG, (2, 3)], {"reduction": "multiply"}),
        Case([(0,), Sample((0,), "int64"), (0,)], {"reduction": "multiply"}),
        Case(
            [Sample((2, 4), "complex"), _ALONG, Sample((2, 3), "complex")],
            {"reduction": "multiply"},
        ),
        Case([(3,), _ZEROS, Sample(values=[0.0, 2.0, 3.0, 0.0])], {"reduction": "multiply"}),
        Case([(2, 4), _ALONG, (2, 3)], {"reduction": "maximum"}),
        Case([(3, 5), _ALONG, (2, 3)], {"reduction": "minimum"}),
        Case([(4,), Sample((0,), "int64"), (0,)]),
        Case(
            [(4,), Sample((2,), "int8", values=[1, 1]), Sample(values=[7.0, 7.0])],
            {"reduction": "maximum"},
            gradient=False,
        ),
        Case([Sample((2, 4), "bool"), _ALONG, Sample((2, 3), "bool")], gradient=False),
    )

    def infer(self, x: Spec, indices: Spec, updates: Spec) -> Spec:
        self.check_dtypes(x, indices, updates)
        PickAlong(axis=self.axis).infer(x, indices)
        if not same_shape(indices.shape, updates.shape):
            raise SpecError(
                f"updates are {shape_text(updates.shape)}, and indices are {shape_text(indices.shape)}.",
                hint="Each update needs a place.",
            )
        return x

    def picked(self, x: Value, indices: Value) -> Value:
        return PickAlong(axis=self.axis)(x, indices)

    def lasting(self, indices: Value, x: Value, updates: Value) -> Value:
        return LastingAlong(axis=self.axis)(indices, x, updates)


class _Lasting(Op, abstract=True):
    """Which updates are not replaced by a later one at the same place."""

    category = "Shape"
    internal = True
    differentiable = False
    inputs = ("indices", Port("x", shape_only=True), Port("updates", shape_only=True))

    def infer(self, indices: Spec, x: Spec, updates: Spec) -> Spec:
        return Spec("bool", updates.shape)


class LastingND(_Lasting):
    """Which updates of ScatterND are not replaced by a later one at the same place."""

    batch_axes: int = attribute(default=0, low=0, help=_BATCH)
    cases = (
        Case([_CELLS, (4, 5), (3,)], gradient=False),
        Case([_ROWS, (2, 3, 4), (2, 4)], {"batch_axes": 1}, gradient=False),
    )


class LastingAlong(_Lasting):
    """Which updates of PutAlong are not replaced by a later one at the same place."""

    axis: int = attribute(default=-1, help="The axis along which places are counted; -1 is the last.")
    cases = (Case([_ALONG, (2, 4), (2, 3)], gradient=False),)


def picked_shape(x: Spec, indices: Spec, batch_axes: int) -> Shape | None:
    """The shape of what rows of positions pick out of x; raises SpecError where they do not fit it."""
    require_dtype(indices, INTEGERS, "indices")
    require_rank(indices, 1 + batch_axes, "indices", "Its last axis holds the numbers of one position.")
    require_rank(x, 1 + batch_axes, "x", "A single number has no places.")
    depth = indices.shape[-1] if indices.shape else None
    if x.shape is None or indices.shape is None or not isinstance(depth, int):
        return None
    pairs = zip(x.shape[:batch_axes], indices.shape[:-1], strict=False)
    if not all(same_dim(a, b) for a, b in pairs) or not 1 <= depth <= len(x.shape) - batch_axes:
        raise SpecError(
            f"indices are {shape_text(indices.shape)}, and x is {shape_text(x.shape)}; expected from 1 to "
            f"{len(x.shape) - batch_axes} numbers in each row, and {batch_axes} equal sizes in front.",
            hint="The last axis of the indices names one axis of x with each number.",
        )
    return (*indices.shape[:-1], *x.shape[batch_axes + depth :])
