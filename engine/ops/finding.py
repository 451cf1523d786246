"""What the elements of a tensor decide the size of: where it is not zero, and which elements differ."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import ANY, NUMBERS, require_dtype, require_rank
from engine.op import Op, Port, attribute
from engine.spec import UNKNOWN, Spec, normalize_axis

_NAN = float("nan")


class NonZero(Op):
    """Where the elements of a tensor are not zero, or are true: one row of positions for each of them."""

    category = "Shape"
    formula = "the rows of y are all positions p with x[p] ≠ 0"
    advice = "Its rows fit GatherND. How many there are is known only when the graph runs."
    differentiable = False
    sizes_depend_on_values = True
    cases = (
        Case([Sample(values=[[1.0, 0.0], [_NAN, -0.0]])], gradient=False),
        Case([Sample((3, 4), "bool")], gradient=False),
        Case([Sample((4,), "int64", values=[0, 0, 0, 0])], gradient=False),
        Case([(0, 2)], gradient=False),
        Case([Sample((), "int8", values=3)], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, ANY, "x")
        return Spec("int64", (UNKNOWN, UNKNOWN if x.rank is None else x.rank))


class Unique(Op):
    """The different elements of a tensor, each once; or without `whole` the different slices along an axis.

    What is no number is equal only to what is no number.
    """

    category = "Math"
    outputs = (
        Port("values", help="Each different element or slice, once."),
        Port("indices", help="Where each of them stands first."),
        Port("inverse", help="Which of them stands at each place: values[inverse] is x."),
        Port("counts", help="How often each of them occurs."),
    )
    formula = "values[inverse[i]] = x[i]; values[i] = x[indices[i]]"
    differentiable = False
    sizes_depend_on_values = True
    whole: bool = attribute(default=True, help="Compare all elements, whatever the shape of x.")
    axis: int = attribute(default=0, help="Otherwise the axis whose slices are compared; -1 is the last.")
    in_order: bool = attribute(default=True, help="Sort them; otherwise they come as they are met.")
    cases = (
        Case([Sample((6,), "int64", values=[2, 1, 1, 3, 4, 3])], gradient=False),
        Case([Sample((6,), "int64", values=[2, 1, 1, 3, 4, 3])], {"in_order": False}, gradient=False),
        Case([Sample(values=[[2.0, _NAN], [_NAN, -1.0]])], gradient=False),
        Case([Sample((3, 2), "int8", values=[[1, 0], [0, 5], [1, 0]])], {"whole": False}, gradient=False),
        Case(
            [Sample((2, 4, 2), "int64", values=[[[1, 1], [0, 1], [2, 1], [0, 1]]] * 2)],
            {"whole": False, "axis": 1, "in_order": False},
            gradient=False,
        ),
        Case([(0,)], gradient=False),
        Case([()], gradient=False),
    )

    def infer(self, x: Spec) -> tuple[Spec, ...]:
        require_dtype(x, NUMBERS, "x")
        row = Spec("int64", (UNKNOWN,))
        if self.whole:
            count = x.count if x.is_static else UNKNOWN
            return Spec(x.dtype, (UNKNOWN,)), row, Spec("int64", (count,)), row
        require_rank(x, 1, "x", "A single number has no slices.")
        if x.shape is None:
            return x, row, row, row
        axis = normalize_axis(self.axis, len(x.shape))
        values = x.with_shape((*x.shape[:axis], UNKNOWN, *x.shape[axis + 1 :]))
        return values, row, Spec("int64", (x.shape[axis],)), row
