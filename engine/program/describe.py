"""A program in words: each call as one line, by the path of the drawn node that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from engine.attribute import to_json
from engine.control import Control
from engine.program.program import Body, Program, number
from engine.value import Call, Value

_SHOWN = 4
"""Elements of the largest constant that is written out."""


def described(program: Program) -> dict[str, str]:
    """One line for every call, by its path; calls that a pass made at the same path stand in one entry.

    A call inside a branch or a loop begins with the role of the body that it belongs to.
    """
    lines: dict[str, str] = {}
    _describe(program, "", {}, lines)
    return lines


def _describe(program: Program, place: str, outside: Mapping[int, str], lines: dict[str, str]) -> None:
    names = {**value_names(program), **outside}
    for call in program.calls:
        line = f"{place}{_line(program, call, names)}"
        lines[call.path] = f"{lines[call.path]}; {line}" if call.path in lines else line
        if isinstance(call.op, Control):
            for role, body in zip(call.op.body_roles, call.bodies, strict=True):
                _describe(body.program, f"{role}: ", _captured(call, body, names), lines)


def _captured(call: Call, body: Body, names: Mapping[int, str]) -> dict[int, str]:
    """What a body reads from outside, by the name that it has there."""
    return {
        number(feed): names[number(value)]
        for name, feed, value in zip(body.inputs, body.feeds, call.inputs, strict=True)
        if name.startswith("captured:") and feed is not None and value is not None and number(value) in names
    }


def value_names(program: Program) -> dict[int, str]:
    """A name for every value: the path of the call that makes it, and the port where there are several."""
    names = {number(read.value): path for path, read in program.variables.items()}
    for call in program.calls:
        ports = call.op.outputs_for(len(call.inputs))
        for port, value in zip(ports, call.outputs, strict=True):
            names[number(value)] = call.path + (f".{port.name}" if len(ports) > 1 else "")
    return {**names, **{number(value): name for name, value in program.feeds.items()}}


def _line(program: Program, call: Call, names: dict[int, str]) -> str:
    inputs = [_operand(program, value, names) for value in call.inputs]
    settings = [f"{name}={to_json(getattr(call.op, name))}" for name in call.op.to_attributes()]
    where = f" on {call.device}" if call.device else ""
    return f"{type(call.op).__name__}({', '.join([*inputs, *settings])}){where}"


def _operand(program: Program, value: Value | None, names: dict[int, str]) -> str:
    if value is None:
        return "_"
    array = program.constants.get(number(value))
    if array is not None:
        return f"{array.tolist()}" if array.size <= _SHOWN else f"constant {value.spec}"
    return names.get(number(value), f"%{number(value)}")
