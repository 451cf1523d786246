"""Elements kept where a condition is true: how many they are is known only when the graph runs."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import BOOL, require_dtype
from engine.op import Block, Port, attribute
from engine.ops.finding import NonZero
from engine.ops.indexing import Gather
from engine.ops.scattering import GatherND
from engine.ops.shaping import Reshape, Squeeze
from engine.spec import shape_text
from engine.value import BlockBuilder, Value

_CHOICE = Sample((3,), "bool", values=[True, False, True])


class BooleanMask(Block):
    """The elements at which a mask is true. The mask has the shape of x, or of its first axes."""

    category = "Shape"
    inputs = ("x", Port("mask", help="Which elements, rows, ... of x are kept."))
    formula = "y = x[mask]"
    advice = "Where the shape is to stay, use Where or a product with the mask."
    cases = (
        Case([(3, 2), Sample((3, 2), "bool", values=[[True, False], [True, True], [False, False]])]),
        Case([(3, 2), _CHOICE]),
        Case([(3,), Sample((3,), "bool", values=[False, False, False])]),
    )

    def expand(self, b: BlockBuilder, x: Value, mask: Value) -> Value:
        require_dtype(mask.spec, BOOL, "mask")
        return GatherND()(x, NonZero()(mask))


class Compress(Block):
    """The slices along an axis at which a condition is true. Those that it does not reach are left out."""

    category = "Shape"
    inputs = ("x", Port("condition", help="True or false for each slice along the axis."))
    formula = "y = the x[i] with condition[i]"
    advice = "BooleanMask takes a mask of several axes."
    axis: int = attribute(default=0, help="The axis along which slices are counted; -1 is the last.")
    whole: bool = attribute(default=False, help="Take x as one row of elements, and leave axis alone.")
    cases = (
        Case([(3, 2), _CHOICE]),
        Case([(2, 3), _CHOICE], {"axis": -1}),
        Case([(2, 4), _CHOICE], {"whole": True}),
    )

    def expand(self, b: BlockBuilder, x: Value, condition: Value) -> Value:
        require_dtype(condition.spec, BOOL, "condition")
        if condition.spec.rank not in (1, None):
            found = shape_text(condition.spec.shape)
            raise SpecError(f"condition is {found}; expected one axis.", hint="Use BooleanMask.")
        places = Squeeze(axes=(1,))(NonZero()(condition))
        return Gather(axis=0)(Reshape()(x), places) if self.whole else Gather(axis=self.axis)(x, places)
