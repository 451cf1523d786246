"""Updates of some rows of a variable, while all others stay as they are."""

from __future__ import annotations

from engine.op import Block, Port, attribute
from engine.ops.scattering import REDUCTIONS, ScatterND
from engine.ops.shaping import ExpandDims
from engine.ops.state import Assign
from engine.value import BlockBuilder, Value


class ScatterUpdate(Block):
    """Give some rows of a variable new values when the step ends. The output is the whole new value."""

    category = "State"
    inputs = (
        Port("variable", variable=True),
        Port("indices", help="The numbers of the rows."),
        Port("updates", help="One new row for each number."),
    )
    outputs = ("new",)
    formula = "variable[indices[i]] <- updates[i]"
    advice = "For tables of which a step touches a few rows: counts, memories, embeddings."
    has_effect = True
    differentiable = False
    reduction: str = attribute(
        default="none",
        choices=REDUCTIONS,
        help="Whether an update replaces the row (none), or is joined with what it holds.",
    )

    def expand(self, b: BlockBuilder, variable: Value, indices: Value, updates: Value) -> Value:
        put = ScatterND(reduction=self.reduction)
        return Assign()(variable, put(b.current(variable), ExpandDims(axis=-1)(indices), updates))
