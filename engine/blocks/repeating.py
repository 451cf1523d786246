"""One vector at every step of a sequence."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.errors import SpecError
from engine.op import Block, attribute
from engine.ops.repeating import Repeat
from engine.ops.shaping import ExpandDims
from engine.value import BlockBuilder, Value


class RepeatVector(Block):
    """Give a decoder the same vector at every step: each row of a batch becomes so many equal steps."""

    category = "Shape"
    formula = "batch x features  ->  batch x steps x features"
    advice = "Between an encoder's last state and a recurrent layer that writes a sequence from it."
    steps: int = attribute(default=3, low=1, high=1_000_000, help="How many steps there are.")
    cases = (
        Case([(2, 4)]),
        Case([(2, 4)], {"steps": 1}),
        Case([(0, 4)]),
        Case([Sample((2, 3), "int64", -9, 9)], gradient=False),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        if x.spec.rank not in (2, None):
            raise SpecError(f"x is {x.spec}; expected batch x features.", hint="Insert Flatten.")
        return Repeat(repeats=(self.steps,), axis=1)(ExpandDims(axis=1)(x))
