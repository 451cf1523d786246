"""Fusion: elementwise calls whose results nobody else needs between them become one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.families import Broadcasting, Elementwise
from engine.op import Op
from engine.ops.pointwise import Instruction, Pointwise
from engine.ops.selection import Where
from engine.ops.state import Assign
from engine.program.program import Program, number
from engine.program.prune import prune
from engine.program.share import can_be_shared
from engine.spec import UNKNOWN, Shape
from engine.value import Call, Value

_OF_MANY = frozenset(["axis", "axes"])
"""Elementwise ops with such a setting read more than the element in their place."""

_REFUSING = frozenset(["CheckNumerics"])
"""The user must be told which node refused a value."""


def fuse(program: Program) -> Program:
    """Gather elementwise calls of one size. Each group is computed where its last call stood.

    A call belongs to the group of its first reader if that does not run before any other reader. So what a
    group reads is made before it, what it makes is read after it, and no two groups wait for each other.
    """
    # What other passes left without use must not be taken for a reader.
    calls = _past_assignments(prune(program).calls)
    readers: dict[int, list[int]] = {}
    for index, call in enumerate(calls):
        for value in call.inputs:
            if value is not None:
                readers.setdefault(number(value), []).append(index)
    place = list(range(len(calls)))
    for index in reversed(range(len(calls))):
        read = [place[reader] for reader in readers.get(number(calls[index].outputs[0]), ())]
        if read and _fit_together(calls[index], calls[min(read)]):
            place[index] = min(read)
    groups: dict[int, list[Call]] = {}
    for index, call in enumerate(calls):
        groups.setdefault(place[index], []).append(call)
    wanted = {number(value) for value in [*program.outputs.values(), *program.updates.values()]}
    leaving = _read_outside(calls, place) | wanted
    fused = [
        _joined(groups[index], leaving) if len(groups[index]) > 1 else groups[index][0]
        for index in sorted(groups)
    ]
    return replace(program, calls=tuple(fused))


def _past_assignments(calls: Sequence[Call]) -> list[Call]:
    """The calls, reading what is assigned to a variable rather than the output of the assignment.

    So nothing waits for assignments, which stand at the end.
    """
    assigned: dict[int, Value] = {}
    past: list[Call] = []
    assignments: list[Call] = []
    for call in calls:
        inputs = tuple(value and assigned.get(number(value), value) for value in call.inputs)
        kept = call if inputs == call.inputs else replace(call, inputs=inputs)
        if isinstance(call.op, Assign) and inputs[1] is not None:
            assigned[number(call.outputs[0])] = inputs[1]
            assignments.append(kept)
        else:
            past.append(kept)
    return [*past, *assignments]


def _fit_together(call: Call, reader: Call) -> bool:
    same_place = call.device == reader.device
    return same_place and _fits(call) and _fits(reader) and _shape(call) == _shape(reader)


def _shape(call: Call) -> Shape | None:
    return call.outputs[0].spec.shape


def _fits(call: Call) -> bool:
    """Whether each element of the result follows from the elements in its place."""
    if not is_pointwise(call.op) or len(call.outputs) != 1:
        return False
    values = (*call.inputs, *call.outputs)
    return all(
        value is not None
        and value.spec.shape is not None
        and UNKNOWN not in value.spec.shape
        and value.spec.dtype != "bfloat16"  # is rounded after each op, which kernels do not do inside
        for value in values
    )


def is_pointwise(op: Op) -> bool:
    """Whether an op may be part of a group."""
    if not isinstance(op, Elementwise | Broadcasting | Where) or op.is_view or not can_be_shared(op):
        return False
    of_many = _OF_MANY & {declared.name for declared in op.attributes()}
    shape_only = any(port.shape_only for port in op.input_ports)
    return not of_many and not shape_only and type(op).__name__ not in _REFUSING


def _read_outside(calls: Sequence[Call], place: Sequence[int]) -> set[int]:
    """The values that are read in another group than their own."""
    made = {number(value): place[index] for index, call in enumerate(calls) for value in call.outputs}
    return {
        number(value)
        for index, call in enumerate(calls)
        for value in call.inputs
        if value is not None and made.get(number(value), place[index]) != place[index]
    }


def _joined(group: Sequence[Call], leaving: set[int]) -> Call:
    """One call for several, at the place of the last of them."""
    made = {number(value) for call in group for value in call.outputs}
    inputs = {number(v): v for call in group for v in call.inputs if v is not None and number(v) not in made}
    register = {key: index for index, key in enumerate(inputs)}
    instructions = []
    outputs = []
    for call in group:
        read = tuple(register[number(value)] for value in call.inputs if value is not None)
        (output,) = call.outputs
        register[number(output)] = len(register)
        instructions.append(Instruction(call.op, read, output.spec.dtype, call.path))
        if number(output) in leaving:
            outputs.append(output)
    results = tuple(register[number(output)] for output in outputs)
    op = Pointwise(instructions=tuple(instructions), results=results)
    return replace(group[-1], op=op, inputs=tuple(inputs.values()), outputs=tuple(outputs))
