"""The program of one drawn node on its own, whose inputs are fed."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.op import Op
from engine.policy import Policy
from engine.program.build import ProgramBuilder
from engine.program.fold import fold
from engine.program.passes import run_in_bodies
from engine.program.place import place
from engine.program.precision import lower_part, lower_precision
from engine.program.program import Program
from engine.program.prune import prune
from engine.run.executor import Array
from engine.spec import Spec
from engine.value import Value


@dataclass(frozen=True)
class Input:
    """What enters a node. Mixed precision may have left the array in 16 bits, where its wire says float32.

    A `weak` one is a number without a dtype of its own.
    """

    array: Array
    dtype: str
    weak: bool = False


def alone(
    op: Op, name: str, inputs: Sequence[Input | None], policy: Policy, precision: str, device: str
) -> Program:
    """The program of a node. Input `i` is fed as `input_i`; the outputs have the names of the ports.

    What leaves the node in 16 bits alone stays so, as it would if the whole graph were one program.
    """
    builder = ProgramBuilder()
    values: list[Value | None] = []
    low: dict[str, str] = {}
    for index, (port, given) in enumerate(zip(op.ports_for(len(inputs)), inputs, strict=True)):
        if given is None:
            values.append(None)
            continue
        spec = Spec(given.dtype, tuple(given.array.shape), port.variable, given.weak)
        values.append(builder.feed(f"input_{index}", spec))
        if given.array.dtype.name != given.dtype:
            low[f"input_{index}"] = given.array.dtype.name
    with builder.run_as(policy):
        outputs = builder.emit(op, values, name)
    ports = op.outputs_for(len(inputs))
    wanted = {port.name: value for port, value in zip(ports, outputs, strict=True)}
    nodes = {(name, port): value for port, value in wanted.items()}
    program = replace(builder.program(nodes), outputs=wanted, device=device)
    lowered = lower_part(program, precision, low)
    lowered = run_in_bodies(functools.partial(lower_precision, policy=precision), lowered)
    return place(fold(prune(lowered)))
