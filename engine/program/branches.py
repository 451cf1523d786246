"""Dead branches: where a predicate is known beforehand, the branch that runs takes the place of the If."""

from __future__ import annotations

from dataclasses import replace

from engine.ops.branching import If
from engine.program.inline import Written, further_keys, write_body
from engine.program.program import Program, number
from engine.value import Call


def choose_branches(program: Program) -> Program:
    """Write out the branch that runs wherever a constant decides it; the other one is gone."""
    if not any(_taken(program, call) is not None for call in program.calls):
        return program
    written, keys = Written(), further_keys(program)
    for call in program.calls:
        taken = _taken(program, call)
        if taken is None:
            written.calls.append(call)
        else:
            write_body(written, call, call.bodies[taken], keys)
    chosen = replace(
        program,
        calls=tuple(written.calls),
        constants={**program.constants, **written.constants},
        blocks={**program.blocks, **written.blocks},
    )
    return choose_branches(chosen)  # a branch that was written out may hold another one


def _taken(program: Program, call: Call) -> int | None:
    """Which branch of a call surely runs; None where that is not known, or the call is no If."""
    predicate = call.inputs[0] if isinstance(call.op, If) and call.bodies else None
    known = None if predicate is None else program.constants.get(number(predicate))
    return None if known is None else 0 if bool(known) else 1
