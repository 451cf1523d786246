"""Dead branches: where a predicate is known beforehand, the branch that runs takes the place of the If."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.ops.branching import If
from engine.program.inline import further_keys, with_bodies_written
from engine.program.program import Program, number
from engine.value import Call


def choose_branches(program: Program) -> Program:
    """Write out the branch that runs wherever a constant decides it; the other one is gone."""
    return with_bodies_written(program, further_keys(program), _taken)


def _taken(call: Call, constants: Mapping[int, np.ndarray]) -> int | None:
    """Which branch of a call surely runs; None where that is not known, or the call is no If."""
    predicate = call.inputs[0] if isinstance(call.op, If) and call.bodies else None
    known = None if predicate is None else constants.get(number(predicate))
    return None if known is None else 0 if bool(known) else 1
