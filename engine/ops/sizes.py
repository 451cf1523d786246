"""The sizes of a tensor as a tensor, so that more can be computed from them."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import ANY, require_dtype
from engine.op import Op, Port
from engine.spec import UNKNOWN, Dim, Spec

_CASES = (
    Case([(3, 4)], gradient=False),
    Case([(5,)], gradient=False),
    Case([()], gradient=False),
    Case([(0, 2)], gradient=False),
    Case([Sample((2, 1), "bool")], gradient=False),
)


class _Sizes(Op, abstract=True):
    """What ops share that read the shape of a tensor and none of its elements."""

    category = "Shape"
    inputs = (Port("x", shape_only=True),)
    differentiable = False
    cases = _CASES

    def sizes(self, x: Spec) -> tuple[Dim, ...]:
        """The shape of the output."""
        return ()

    def infer(self, x: Spec) -> Spec:
        require_dtype(x, ANY, "x")
        return Spec("int64", self.sizes(x))


class Shape(_Sizes):
    """The sizes of a tensor, as a row of whole numbers."""

    formula = "y[i] = the size of axis i of x"
    advice = "Wire it to a setting, such as shape of Reshape, where a size is known only when the graph runs."

    def sizes(self, x: Spec) -> tuple[Dim, ...]:
        return (UNKNOWN if x.rank is None else x.rank,)


class Size(_Sizes):
    """How many elements a tensor has."""

    formula = "y = the product of all sizes of x"


class Rank(_Sizes):
    """How many axes a tensor has: none for a single number, two for a matrix."""

    formula = "y = the number of axes of x"
