"""A recurrent step repeated along a sequence, and the states with which it begins."""

from __future__ import annotations

from collections.abc import Sequence

from engine.blocks.parts import part
from engine.blocks.recurrence import States, Step
from engine.blocks.recurrent_cells import check_state
from engine.errors import SpecError
from engine.families import number_like
from engine.op import Port
from engine.ops.conversion import ZerosLike
from engine.ops.joining import Concat
from engine.ops.reduction import ReduceSum
from engine.ops.selection import Where
from engine.ops.shaping import ExpandDims
from engine.value import BlockBuilder, Value

MASK = Port(
    "mask",
    optional=True,
    help="batch x steps: true where a step counts. The others leave the state as it is, and give zeros.",
)
INITIAL = Port(
    "initial", optional=True, help="batch x units: the state before the first step. Zeros without it."
)
INITIAL_CELL = Port(
    "initial_cell", optional=True, help="batch x units: the cell before the first step. Zeros without it."
)


DIRECTIONS = ("forward", "backward", "both")
MERGES = ("concat", "sum", "mean", "product")


def merged(merge: str, forward: Value, backward: Value) -> Value:
    """What both directions give as one."""
    if merge == "concat":
        return Concat(axis=-1)(forward, backward)
    if merge == "product":
        return forward * backward
    total = forward + backward
    return total * 0.5 if merge == "mean" else total


def walk(
    b: BlockBuilder, step: Step, given: Value, states: States, mask: Value | None, *, backward: bool
) -> tuple[Value, States]:
    """Repeat a step along batch x steps x gates; returns the states after each step, and the last ones."""

    def body(before: States, slices: Sequence[Value]) -> tuple[States, Value]:
        now, *counts = slices
        after = step(before, now)
        if not counts:
            return after, after[0]
        kept = tuple(Where()(counts[0], new, old) for new, old in zip(after, before, strict=True))
        return kept, Where()(counts[0], after[0], number_like(after[0], 0.0))

    slices = (given,) if mask is None else (given, ExpandDims(axis=-1)(_checked(mask)))
    last, sequence = b.scan(body, states, slices, axis=1, reverse=backward, name="scan")
    return sequence, last


def initial_states(x: Value, given: Value, units: int, *states: Value | None) -> States:
    """The states that are connected, and zeros for the others."""
    zeros = None
    found = []
    for port, state in zip((INITIAL, INITIAL_CELL), states, strict=False):
        if state is not None:
            check_state(port.name, state, x, units)
        elif zeros is None:
            # Of each example as many zeros as there are units, however many steps it has.
            zeros = ReduceSum(axes=(1,))(part(ZerosLike()(given), 0, units), name="zeros")
        found.append(zeros if state is None else state)
    return tuple(value for value in found if value is not None)


def _checked(mask: Value) -> Value:
    if mask.spec.dtype != "bool" or mask.spec.rank not in (2, None):
        raise SpecError(
            f"mask is {mask.spec}; expected batch x steps bool.",
            hint="SequenceMask makes one out of the lengths of sequences.",
        )
    return mask
