"""What went wrong in a kernel, as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import kernels
from engine.errors import FlowscopeError, KernelError, OutOfMemory


def failure(error: Exception, shapes: Iterable[Sequence[int]]) -> FlowscopeError:
    """The error to tell for what a kernel raised on inputs of these shapes."""
    if isinstance(error, FlowscopeError):
        return error
    if isinstance(error, MemoryError):
        return OutOfMemory("ran out of memory.", hint="Use a smaller batch, or smaller layers.")
    if isinstance(error, kernels.Refusal):
        return KernelError(error.what, hint=error.hint)
    inputs = ", ".join("x".join(map(str, shape)) or "scalar" for shape in shapes)
    return KernelError(f"failed on inputs {inputs}: {error}.")
