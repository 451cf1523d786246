"""A program: typed calls of primitives in order, with what is fed, kept and fetched. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.errors import FeedError
from engine.op import Op
from engine.ops.state import Variable
from engine.policy import NO_POLICY, Policy
from engine.value import Call, Value

COUNTER = "@counter"
"""The feed that random ops read: the seed and the number of the run, as two uint64."""

WATCHED = "@watched:"
"""What a body gives beside its results for who looks into it; the name of the tensor follows."""
KEPT = "@kept:"
"""What is wanted only so that a branch or a loop runs, into which somebody looks; its path follows."""


def is_result(name: str) -> bool:
    """Whether an output of that name is a result, rather than there for who looks inside."""
    return not name.startswith((WATCHED, KEPT))


@dataclass(frozen=True, eq=False)
class BlockCall:
    """One block that was expanded: which op, at which path, with which values in and out."""

    op: Op
    path: str
    inputs: tuple[Value | None, ...]
    outputs: tuple[Value, ...]
    policy: Policy = NO_POLICY


@dataclass(frozen=True, eq=False)
class VariableRead:
    """A variable and the value that reading it gives at the start of a step."""

    op: Variable
    value: Value
    policy: Policy = NO_POLICY


@dataclass(frozen=True, eq=False)
class Body:
    """What a branch or a loop runs: a program without variables of its own.

    `inputs` says which feed of the program each input of the call becomes; a feed that the program does not
    have is not needed by it. `counter` is the feed that random ops read, if there are some.
    """

    program: Program
    inputs: tuple[str, ...]
    counter: str = ""

    @property
    def feeds(self) -> tuple[Value | None, ...]:
        """The value inside for each input of the call; None where the body does not use it."""
        return tuple(self.program.feeds.get(name) for name in self.inputs)

    @property
    def outputs(self) -> tuple[Value, ...]:
        return tuple(value for name, value in self.program.outputs.items() if is_result(name))


@dataclass(frozen=True, eq=False)
class Program:
    """Calls in an order in which they can run.

    Reading a variable gives what it held at the start; `updates` are what the variables hold at the end.
    `constants` are the values of what needs no computing, by the key of the value.
    """

    calls: tuple[Call, ...]
    feeds: Mapping[str, Value]
    variables: Mapping[str, VariableRead]
    updates: Mapping[str, Value]
    outputs: Mapping[str, Value]
    blocks: Mapping[str, BlockCall]
    constants: Mapping[int, np.ndarray] = field(default_factory=dict)
    nodes: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    """What leaves the ports of the drawn nodes."""
    device: str = ""
    """Where its calls run that say nothing else; empty where that is not decided yet."""
    places: Mapping[int, str] = field(default_factory=dict)
    """The devices of feeds and variables that lie on another one, by the keys of their values."""

    @property
    def is_static(self) -> bool:
        """Whether all sizes and settings are known before it runs, so that it can be planned."""
        return all(_is_static(call) for call in self.calls)

    def value(self, name: str) -> Value:
        """The value called `node`, `node.port`, or `path/in/a/block.port`; raises FeedError without one."""
        path, _, port = name.partition(".")
        found = {p: v for (node, p), v in self.nodes.items() if node == path} or self._inner(path)
        if port in found:
            return found[port]
        if not port and len(found) == 1:
            return next(iter(found.values()))
        if found:
            raise FeedError(
                f"'{path}' has the outputs {', '.join(found)}, and '{name}' names none of them.",
                hint=f"Write {path}.{next(iter(found))}.",
            )
        raise FeedError(f"there is no tensor called '{name}' in this graph.", hint="Check its spelling.")

    def _inner(self, path: str) -> dict[str, Value]:
        if path in self.variables:
            return {type(self.variables[path].op).output_ports[0].name: self.variables[path].value}
        places: list[Call | BlockCall] = [call for call in self.calls if call.path == path]
        if path in self.blocks:
            places.append(self.blocks[path])
        return {
            port.name: value
            for place in places
            for port, value in zip(place.op.outputs_for(len(place.inputs)), place.outputs, strict=True)
        }

    def __str__(self) -> str:
        """The program as text: one call a line."""
        lines = [f"%{number(value)} = feed {name}: {value.spec}" for name, value in self.feeds.items()]
        for call in self.calls:
            outputs = ", ".join(f"%{number(value)}: {value.spec}" for value in call.outputs)
            inputs = ", ".join("_" if value is None else f"%{number(value)}" for value in call.inputs)
            where = f" on {call.device}" if call.device else ""
            lines.append(f"{outputs} = {type(call.op).__name__}({inputs}){where}  # {call.path}")
            for body in call.bodies:
                lines += [f"    {line}" for line in (f"body {', '.join(body.inputs)}", *_lines(body.program))]
        lines += [f"{path} <- %{number(value)}" for path, value in self.updates.items()]
        lines += [f"fetch {name}: %{number(value)}" for name, value in self.outputs.items()]
        return "\n".join(lines)


def _lines(program: Program) -> list[str]:
    return str(program).splitlines()


def number(value: Value) -> int:
    """The key of a value in a program."""
    assert isinstance(value.key, int)
    return value.key


def read_on_host(call: Call) -> tuple[bool, ...]:
    """For each input whether the host reads it, on whichever device the call runs: settings, counters."""
    counters = {body.inputs.index(body.counter) for body in call.bodies if body.counter}
    ports = call.op.ports_for(len(call.inputs))
    return tuple(port.read_on_host or index in counters for index, port in enumerate(ports))


def _is_static(call: Call) -> bool:
    ports = call.op.ports_for(len(call.inputs))
    open_settings = any(p.setting and v is not None for p, v in zip(ports, call.inputs, strict=True))
    bodies = all(_is_static_body(body.program) for body in call.bodies)
    return not open_settings and bodies and all(value.spec.is_static for value in call.outputs)


def _is_static_body(program: Program) -> bool:
    return program.is_static and all(value.spec.is_static for value in program.feeds.values())


def verify(program: Program) -> None:
    """Assert that a program can run: each value is made once, before it is used. Tests hold passes to it."""
    made = {number(v) for v in program.feeds.values()}
    made |= {number(read.value) for read in program.variables.values()}
    made |= set(program.constants) - {number(value) for call in program.calls for value in call.outputs}
    for call in program.calls:
        for body in call.bodies:
            verify(body.program)
            assert len(body.inputs) == len(call.inputs), f"{call.path} does not feed its body"
        for value in call.inputs:
            assert value is None or number(value) in made, (
                f"{call.path} uses %{number(value)} before it is made"
            )
        for value in call.outputs:
            assert number(value) not in made, f"{call.path} makes %{number(value)} again"
            made.add(number(value))
    for value in [*program.outputs.values(), *program.updates.values()]:
        assert number(value) in made, f"%{number(value)} is wanted and never made"
