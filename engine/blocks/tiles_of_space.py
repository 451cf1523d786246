"""Space to batch and back: neighbouring places become examples of their own."""

from __future__ import annotations

from engine.case import Case
from engine.errors import SpecError
from engine.families import require_rank
from engine.op import Block, attribute
from engine.ops.axes import MergeAxes, SplitAxis
from engine.ops.padding import Pad
from engine.ops.shaping import Transpose
from engine.value import BlockBuilder, Value

_NEEDS = "Its first axis is the batch, and an axis of space follows for each number of block."


class SpaceToBatch(Block):
    """Move blocks of neighbouring places into the batch: each place of a block becomes an example of its own.

    Source: tf.space_to_batch, whose order of examples it has.
    """

    category = "Shape"
    formula = "batch x 4 x 6 x c  ->  (2 · 2 · batch) x 2 x 3 x c"
    advice = "A convolution between it and BatchToSpace sees only every second place."
    block: tuple[int, ...] = attribute(default=(2, 2), low=1, help="How many neighbours along each axis.")
    before: tuple[int, ...] = attribute(default=(0, 0), low=0, help="A margin of zeros in front, by axis.")
    after: tuple[int, ...] = attribute(default=(0, 0), low=0, help="A margin of zeros behind, by axis.")
    cases = (
        Case([(2, 4, 6, 3)]),
        Case([(1, 3, 4)], {"before": [1, 0], "after": [0, 2]}),
        Case([(2, 6)], {"block": [3], "before": [0], "after": [0]}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        count = _count(x, self.block, self.before, self.after)
        x = Pad(before=(0, *self.before), after=(0, *self.after))(x)
        for axis, size in enumerate(self.block):
            x = SplitAxis(axis=1 + 2 * axis, sizes=(-1, size))(x)
        # batch, then of each axis of space the block and what is left of it, then the rest.
        blocks, left = range(2, 2 * count + 1, 2), range(1, 2 * count, 2)
        rest = range(1 + 2 * count, x.spec.rank or 0)
        x = Transpose(permutation=(*blocks, 0, *left, *rest))(x)
        return MergeAxes(axis=0, count=count + 1)(x)


class BatchToSpace(Block):
    """Put examples back to where SpaceToBatch has taken them from, and cut the margins off.

    Source: tf.batch_to_space.
    """

    category = "Shape"
    formula = "(2 · 2 · batch) x 2 x 3 x c  ->  batch x 4 x 6 x c"
    advice = "Give it the block of SpaceToBatch, and its margins as what is cut off."
    block: tuple[int, ...] = attribute(default=(2, 2), low=1, help="How many neighbours along each axis.")
    before: tuple[int, ...] = attribute(default=(0, 0), low=0, help="How much is cut off in front, by axis.")
    after: tuple[int, ...] = attribute(default=(0, 0), low=0, help="How much is cut off behind, by axis.")
    cases = (
        Case([(8, 2, 3, 3)]),
        Case([(4, 2, 3)], {"before": [1, 0], "after": [0, 2]}),
        Case([(6, 2)], {"block": [3], "before": [0], "after": [0]}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        count = _count(x, self.block, self.before, self.after)
        x = SplitAxis(axis=0, sizes=(*self.block, -1))(x)
        pairs = [axis for at in range(count) for axis in (count + 1 + at, at)]
        rest = range(1 + 2 * count, x.spec.rank or 0)
        x = Transpose(permutation=(count, *pairs, *rest))(x)
        for axis in range(count):
            x = MergeAxes(axis=1 + axis)(x)
        return Pad(
            before=(0, *(-width for width in self.before)), after=(0, *(-width for width in self.after))
        )(x)


def _count(x: Value, block: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...]) -> int:
    """How many axes of space there are; raises SpecError where the settings do not fit."""
    if not len(block) == len(before) == len(after):
        raise SpecError(
            f"block, before and after have {len(block)}, {len(before)} and {len(after)} numbers; "
            "expected as many.",
            hint="Give one of each for each axis of space.",
        )
    require_rank(x.spec, 1 + len(block), "x", _NEEDS)
    if x.spec.rank is None:
        raise SpecError(f"x is {x.spec}; expected a known number of axes.", hint=_NEEDS)
    return len(block)
