"""Pruning: drop the calls that nothing wanted depends on."""

from __future__ import annotations

from dataclasses import replace

from engine.program.program import Program, number


def prune(program: Program) -> Program:
    """Keep what the outputs and the updates of variables need, in the same order."""
    needed = {number(value) for value in [*program.outputs.values(), *program.updates.values()]}
    kept = []
    for call in reversed(program.calls):
        if any(number(value) in needed for value in call.outputs):
            kept.append(call)
            needed |= {number(value) for value in call.inputs if value is not None}
    return replace(
        program,
        calls=tuple(reversed(kept)),
        feeds={name: value for name, value in program.feeds.items() if number(value) in needed},
        variables={
            path: read
            for path, read in program.variables.items()
            if number(read.value) in needed or path in program.updates
        },
        constants={key: array for key, array in program.constants.items() if key in needed},
    )
