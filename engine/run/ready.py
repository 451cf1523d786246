"""A bound program made ready to run, in the way that suits it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.plan.lower import lower
from engine.program.program import Program
from engine.run.executor import Array, Executor
from engine.run.stepwise import Stepwise


def ready(program: Program, device: str, variables: Mapping[str, Array]) -> Executor | Stepwise:
    """Plan a program where all its sizes are known; where some depend on values, run it call by call."""
    if program.is_static:
        return Executor(lower(program), device, variables)
    return Stepwise(program, device, variables)
