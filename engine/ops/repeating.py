"""Elements repeated along an axis, and grids out of rows."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import alone, operands, replace_dim, require_rank
from engine.op import Call, Gradients, Op, Port, attribute, setting
from engine.ops.reduction import ReduceSum
from engine.spec import UNKNOWN, Dim, Spec, common_dtype, normalize_axis, shape_text, times
from engine.value import Value

_TIMES = Sample((3,), "int64", values=[2, 0, 1])


class _Repeats(Op, abstract=True):
    """The settings of a repetition and of its way back."""

    category = "Shape"
    repeats: tuple[int, ...] = attribute(
        default=(2,), low=0, help="How often each element stands in the result: one number, or one for each."
    )
    axis: int = attribute(default=0, help="The axis along which elements are repeated; -1 is the last.")


class Repeat(_Repeats):
    """Each element along an axis so and so often, one after the other."""

    inputs = ("x", setting("repeats"))
    formula = "a b c -> a a b b c c"
    advice = "Tile repeats the whole tensor instead: a b c a b c."
    cases = (
        Case([(3, 4)]),
        Case([(2, 3)], {"repeats": [2, 0, 1], "axis": -1}),
        Case([(3,)], {"repeats": [0]}),
        Case([(0, 2)], {"repeats": [3]}),
        Case([Sample((2, 2), "bool")], {"axis": 1}, gradient=False),
        Case([(3, 2), _TIMES]),
    )

    def infer(self, x: Spec, repeats: Spec | None = None) -> Spec:
        require_rank(x, 1, "x", "A single number has no axis to repeat along.")
        if x.shape is None:
            return x
        axis = normalize_axis(self.axis, len(x.shape))
        size = UNKNOWN if repeats is not None else self._repeated(x.shape[axis])
        return x.with_shape(replace_dim(x.shape, axis, size))

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, SumRepeats(**self.settings())(dy, *call.inputs))

    def _repeated(self, size: Dim) -> Dim:
        if len(self.repeats) == 1:
            return times(size, self.repeats[0])
        if isinstance(size, int) and len(self.repeats) != size:
            raise SpecError(
                f"repeats has {len(self.repeats)} numbers, and the axis has {size} elements.",
                hint="Give one number for all, or one for each element.",
            )
        return sum(self.repeats)


class SumRepeats(_Repeats):
    """The sum of what Repeat has made of each element, in the shape of `like`: the way back from it."""

    internal = True
    inputs = ("x", Port("like", shape_only=True), setting("repeats"))
    cases = (
        Case([(6, 4), (3, 4)]),
        Case([(2, 3), (2, 3)], {"repeats": [2, 0, 1], "axis": -1}),
        Case([(0,), (3,)], {"repeats": [0]}),
        Case([(3, 2), (3, 2), _TIMES]),
    )

    def infer(self, x: Spec, like: Spec, repeats: Spec | None = None) -> Spec:
        return x.with_shape(like.shape)

    def gradient(self, call: Call, dy: Value) -> Gradients:
        return alone(call, Repeat(**self.settings())(dy, *call.inputs[2:]))


class Meshgrid(Op):
    """A grid out of rows: one tensor for each row, in which its numbers run along an axis of its own."""

    category = "Shape"
    inputs = (Port("rows", many=True, help="The numbers along each axis."),)
    outputs = (Port("grids", many=True),)
    formula = "grids[0][i, j] = rows[0][i]; grids[1][i, j] = rows[1][j]"
    advice = "The points of a plane at which a function is computed."
    cases = (
        Case([(3,), (2,)]),
        Case([(3,), (1,), (2,)]),
        Case([(4,)]),
        Case([(0,), (2,)]),
        Case([Sample((2,), "int64"), Sample((3,), "int64")], gradient=False),
    )

    def infer(self, *rows: Spec) -> tuple[Spec, ...]:
        if not rows:
            raise SpecError("no tensor is connected; expected at least one.", hint="Connect a wire.")
        dtype = common_dtype(*rows)
        for row in rows:
            if row.rank not in (1, None):
                raise SpecError(
                    f"a row is {shape_text(row.shape)}; expected one axis.", hint="Insert Reshape to -1."
                )
        shape = tuple(UNKNOWN if row.shape is None else row.shape[0] for row in rows)
        return tuple(Spec(dtype, shape) for _ in rows)

    def gradient(self, call: Call, *dys: Value | None) -> Gradients:
        axes = range(len(operands(call)))
        others = [tuple(axis for axis in axes if axis != kept) for kept in axes]
        # No axes would mean all of them; a single row is its own grid.
        return tuple(
            dy if dy is None or not axes_summed else ReduceSum(axes=axes_summed)(dy)
            for dy, axes_summed in zip(dys, others, strict=True)
        )
