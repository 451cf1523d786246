"""Scopes: the part of a program that a path leads into, be it a block, a function, a branch or a loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.control import Control
from engine.op import Port
from engine.program.program import Body, Program
from engine.value import Call, Value


@dataclass(frozen=True)
class Scope:
    """The program in which something lies, and what enters and leaves it, with the names of the ports.

    `place` is the path of the body that this program is, and empty for the program as a whole.
    """

    program: Program
    ports: Sequence[Port]
    inputs: Sequence[Value | None]
    results: Sequence[Port]
    outputs: Sequence[Value]
    place: str = ""


def find_scope(program: Program, path: str, around: str = "") -> Scope | None:
    """What the path leads into; None where a single kernel is, or nothing."""
    block = program.blocks.get(path)
    if block is not None:
        count = len(block.inputs)
        ports, results = block.op.ports_for(count), block.op.outputs_for(count)
        return Scope(program, ports, block.inputs, results, block.outputs, around)
    for call in program.calls:
        for place, body in bodies_of(call):
            if path == place:
                entries = [Port(name) for name in body.inputs]
                ends = [Port(f"y_{i}" if i else "y") for i in range(len(body.outputs))]
                return Scope(body.program, entries, body.feeds, ends, body.outputs, place)
            if path.startswith(f"{place}/"):
                return find_scope(body.program, path, place)
    return None


def bodies_of(call: Call) -> Iterator[tuple[str, Body]]:
    """The bodies of a call, each with the path that its calls begin with."""
    if isinstance(call.op, Control):
        for role, body in zip(call.op.body_roles, call.bodies, strict=True):
            yield (call.path if len(call.op.roles) == 1 else f"{call.path}/{role}"), body
