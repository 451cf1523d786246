"""Errors as the window is told of them."""

from __future__ import annotations

from engine.errors import FlowscopeError, OutOfMemory
from engine.worker.messages import Problem


def problem_of(error: FlowscopeError | MemoryError) -> Problem:
    """What is wrong, and where; an allocation that failed gets words."""
    if isinstance(error, MemoryError):
        error = OutOfMemory(
            "There is not enough memory for this graph.", hint="Use a smaller batch, or smaller layers."
        )
    return Problem(error.node, error.what, error.hint)
