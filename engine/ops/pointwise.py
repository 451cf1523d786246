"""Many elementwise ops as one: a small program of registers that is computed element by element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.op import Op, Port
from engine.spec import Spec

__all__ = ["Instruction", "Pointwise"]


@dataclass(frozen=True)
class Instruction:
    """One op on registers. The result has the shape of all results, and this dtype.

    `path` is that of the call that it was.
    """

    op: Op
    registers: tuple[int, ...]
    dtype: str
    path: str


class Pointwise(Op):
    """A chain of elementwise operations, computed together so that nothing between them is written down.

    The inputs are the first registers, and each instruction fills the next one. Some of them are the outputs.
    """

    category = "Math"
    inputs = ()
    outputs = ()
    own_ports = True
    internal = True
    differentiable = False
    instructions: tuple[Instruction, ...] = ()
    results: tuple[int, ...] = ()
    """The registers that leave it."""

    def ports_for(self, count: int) -> tuple[Port, ...]:
        return tuple(Port(f"x:{i}") for i in range(count))

    def outputs_for(self, count: int) -> tuple[Port, ...]:
        return tuple(Port(f"y:{i}") for i in range(len(self.results)))

    def infer(self, *inputs: Spec) -> tuple[Spec, ...]:
        specs = list(inputs)
        for each in self.instructions:
            specs += each.op.output_specs([specs[register] for register in each.registers])
        return tuple(specs[register] for register in self.results)

    def settings(self) -> dict[str, Any]:
        """For each instruction its kernel, its registers, its settings, and the dtype of its result."""
        instructions = tuple(
            (each.op.kernel_name(), each.registers, each.op.settings(), each.dtype)
            for each in self.instructions
        )
        return {"instructions": instructions, "results": self.results}

    @property
    def joined_paths(self) -> tuple[str, ...]:
        return tuple(each.path for each in self.instructions)

    @property
    def computes(self) -> tuple[str, ...]:
        """The names of the ops inside, in order."""
        return tuple(type(each.op).__name__ for each in self.instructions)

    def to_attributes(self) -> dict[str, object]:
        return {"computes": list(self.computes)}

    def _check_count(self, given: int) -> None:
        """It takes as many tensors as it was made for."""
