"""What the elements of a tensor decide the size of: where it is not zero."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import ANY, require_dtype
from engine.op import Op
from engine.spec import UNKNOWN, Spec


class NonZero(Op):
    """Where the elements of a tensor are not zero, or are true: one row of positions for each of them."""

    category = "Shape"
    formula = "the rows of y are all positions p with x[p] ≠ 0"
    advice = "Its rows fit GatherND. How many there are is known only when the graph runs."
    differentiable = False
    sizes_depend_on_values = True
    cases = (
        Case([Sample(values=[[1.0, 0.0], [float("nan"), -0.0]])], gradient=False),
        Case([Sample((3, 4), "bool")], gradient=False),
        Case([Sample((4,), "int64", values=[0, 0, 0, 0])], gradient=False),
        Case([(0, 2)], gradient=False),
        Case([Sample((), "int8", values=3)], gradient=False),
    )

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, ANY, "x")
        return Spec("int64", (UNKNOWN, UNKNOWN if x.rank is None else x.rank))
