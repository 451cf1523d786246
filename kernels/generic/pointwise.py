"""Many elementwise kernels as one: a program of registers, interpreted block by block."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

import numpy as np

from kernels.generic.output import Array
from kernels.registry import find, kernel

Instruction = tuple[str, tuple[int, ...], dict[str, Any], str]
"""The kernel, the registers that it reads, its settings, and the dtype of what it makes."""

BLOCK_BYTES = 1 << 17
"""Of one register: what a few of them fill stays in the cache of a core between one kernel and the next."""


def prepare(
    xp: Any,
    *inputs: Array,
    instructions: Sequence[Instruction],
    results: tuple[int, ...],
    out: tuple[Array, ...] | Array,
    memory: dict[Hashable, Array],
) -> Callable[[], None]:
    """All kernels bound to all blocks: what then remains to be done is to call one after the other."""
    outputs = out if isinstance(out, tuple) else (out,)
    plan = _Blocks(xp, instructions, results, memory)
    calls = [call for ins, outs in _blocks(xp, inputs, outputs) for call in plan.bound(ins, outs)]

    def run() -> None:
        for call in calls:
            call()

    return run


@kernel(prepare=prepare)
def pointwise(
    xp: Any,
    *inputs: Array,
    instructions: Sequence[Instruction],
    results: tuple[int, ...],
    out: tuple[Array, ...] | Array | None = None,
) -> tuple[Array, ...] | Array:
    if out is None:
        shape = xp.broadcast_shapes(*(array.shape for array in inputs))
        dtypes = [instructions[register - len(inputs)][3] for register in results]
        made = tuple(xp.empty(shape, dtype) for dtype in dtypes)
        out = made if len(made) > 1 else made[0]
    prepare(xp, *inputs, instructions=instructions, results=results, out=out, memory={})()
    return out


class _Blocks:
    """What binding one block shares with binding the next: memory for what does not leave it."""

    def __init__(
        self,
        xp: Any,
        instructions: Sequence[Instruction],
        results: tuple[int, ...],
        memory: dict[Hashable, Array],
    ) -> None:
        self._xp = xp
        self._instructions = instructions
        self._results = results
        self._device = "cpu" if xp is np else "gpu"
        self._spent = _last_reads(instructions, results)
        self._scratch = memory

    def bound(self, inputs: Sequence[Array], outputs: Sequence[Array]) -> Iterator[Callable[[], Array]]:
        """The kernels in order, on the parts of the arrays that belong to one block."""
        shape = outputs[0].shape
        leaving = dict(zip(self._results, outputs, strict=True))
        registers = dict(enumerate(inputs))
        free: dict[str, list[int]] = {}
        taken: dict[int, int] = {}
        fresh = itertools.count()
        copies: list[Callable[[], Array]] = []
        for index, (name, read, settings, dtype) in enumerate(self._instructions):
            target = len(inputs) + index
            out = leaving.get(target)
            late = out is not None and self._is_read_after(index, inputs, out)
            if out is None or late:
                slots = free.setdefault(dtype, [])
                taken[target] = slots.pop() if slots else next(fresh)
                out = self._memory(taken[target], dtype, shape)
            registers[target] = out
            function = find(name, self._device).function
            arrays = (registers[register] for register in read)
            yield functools.partial(function, self._xp, *arrays, **settings, out=out)
            if late:
                copies.append(functools.partial(self._xp.copyto, leaving[target], out))
            for register in self._spent[index]:
                if register in taken:
                    free[self._instructions[register - len(inputs)][3]].append(taken.pop(register))
        yield from copies

    def _is_read_after(self, index: int, inputs: Sequence[Array], out: Array) -> bool:
        """Whether a result lies where an input is that is read by the instructions behind it."""
        later = {register for _, read, _, _ in self._instructions[index + 1 :] for register in read}
        return any(self._xp.may_share_memory(array, out) for i, array in enumerate(inputs) if i in later)

    def _memory(self, slot: int, dtype: str, shape: tuple[int, ...]) -> Array:
        key = ("pointwise", self._device, slot, dtype, shape)
        if key not in self._scratch:
            self._scratch[key] = self._xp.empty(shape, dtype)
        return self._scratch[key]


def _last_reads(instructions: Sequence[Instruction], results: tuple[int, ...]) -> list[list[int]]:
    """For each instruction the registers that nothing reads after it."""
    spent: list[list[int]] = []
    seen = set(results)
    for _, read, _, _ in reversed(instructions):
        spent.append([register for register in dict.fromkeys(read) if register not in seen])
        seen.update(read)
    return spent[::-1]


def _blocks(
    xp: Any, inputs: Sequence[Array], outputs: Sequence[Array]
) -> Iterator[tuple[list[Array], list[Array]]]:
    """The parts of all arrays, block by block; on a GPU, and of what is small, all at once."""
    shape = outputs[0].shape
    if xp is not np or outputs[0].nbytes <= BLOCK_BYTES or not shape:
        yield list(inputs), list(outputs)
        return
    whole = all(array.size == 1 or array.shape == shape for array in inputs)
    if whole and all(array.flags.c_contiguous for array in (*inputs, *outputs)):
        # Nothing is broadcast along some of the axes only, so that they need not be told apart.
        inputs = [array.reshape(()) if array.size == 1 else array.reshape(-1) for array in inputs]
        outputs = [array.reshape(-1) for array in outputs]
    size = outputs[0].shape[0]
    step = max(1, BLOCK_BYTES * size // max(array.nbytes for array in outputs))
    cut = [array.ndim == outputs[0].ndim and array.shape[0] == size for array in inputs]
    for start in range(0, size, step):
        part = slice(start, start + step)
        yield (
            [array[part] if divided else array for array, divided in zip(inputs, cut, strict=True)],
            [array[part] for array in outputs],
        )
