"""Updates in place: new values that can be written over the variables that they are for, without a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.plan.plan import Buffer, Step

_SAFE = frozenset(["pointwise"])
"""Kernels that cannot fail, and read each element of an operand before they write the one in its place."""

_AT_ONCE = frozenset(["add", "subtract", "multiply"])
"""Operations inside of them that NumPy does in one pass; others may use the place of their result before."""


@dataclass(frozen=True)
class Use:
    """A buffer, and the calls between which it is needed."""

    buffer: Buffer
    first: int
    last: int


def written_over(
    steps: Mapping[int, Step], lives: Sequence[Use], updates: Mapping[int, int]
) -> tuple[dict[int, int], int]:
    """The buffers that can lie in a variable, each with it; and the call from which on variables change.

    `steps` are numbered by their calls, and `updates` says which buffer is to be in which variable. From that
    call on nothing may fail and nobody may stop the run, because variables change all or not at all.
    """
    safe_from = 0
    for index, step in steps.items():
        if step.kernel not in _SAFE:
            safe_from = index + 1
    found = {}
    roots = [lives[number].buffer.root for number in updates]
    for number, variable in zip(roots, updates.values(), strict=True):
        life = lives[number]
        made = steps.get(life.first)
        fits = life.buffer.kind == "arena" and roots.count(number) == 1
        if made is None or not fits or life.first < safe_from:
            continue
        held = lives[variable]
        elsewhere = held.last > life.first or held.buffer.device != life.buffer.device
        spread = any(
            lives[read].buffer.root == variable and lives[read].buffer.shape != life.buffer.shape
            for read in made.inputs
            if read >= 0
        )
        if not elsewhere and not spread and _is_read_before(made, number, variable, lives):
            found[number] = variable
    return found, min((lives[number].first for number in found), default=max(steps, default=-1) + 1)


def _is_read_before(made: Step, number: int, variable: int, lives: Sequence[Use]) -> bool:
    """Whether nothing inside a call reads a variable when its new value may be there already."""
    if number not in made.outputs:
        return False
    held = {place for place, read in enumerate(made.inputs) if lives[read].buffer.root == variable}
    written = made.settings["results"][made.outputs.index(number)] - len(made.inputs)
    (name, operands, *_), *later = made.settings["instructions"][written:]
    at_once = name in _AT_ONCE or not held.intersection(operands)
    return at_once and not any(held.intersection(read) for _, read, *_ in later)
