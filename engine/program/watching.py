"""Tensors inside branches and loops: a body that is looked into gives them as well, beside its results."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import FeedError
from engine.program.program import KEPT, WATCHED, Body, Program
from engine.program.scope import bodies_of
from engine.value import Value


def fetching(program: Program, name: str) -> Program:
    """The program that also gives the tensor of a name; raises FeedError where there is none."""
    try:
        return replace(program, outputs={**program.outputs, name: program.value(name)})
    except FeedError:
        inside = with_watched(program, name)
        if inside is None:
            raise
        return inside


def with_watched(program: Program, name: str) -> Program | None:
    """The program in which a body tells the tensor of that name, with its last value of each run.

    None where the name leads into no body that has such a tensor.
    """
    path = name.partition(".")[0]
    for index, call in enumerate(program.calls):
        for number, (place, body) in enumerate(bodies_of(call)):
            inner = _looked_into(body, place, name) if path.startswith(f"{place}/") else None
            if inner is not None:
                bodies = (*call.bodies[:number], inner, *call.bodies[number + 1 :])
                calls = list(program.calls)
                calls[index] = replace(call, bodies=bodies)
                # Nothing else may need what the call gives; it is to run nevertheless.
                outputs = {**program.outputs, f"{KEPT}{call.path}": call.outputs[0]}
                return replace(program, calls=tuple(calls), outputs=outputs)
    return None


def _looked_into(body: Body, place: str, name: str) -> Body | None:
    value = _value(body.program, place, name)
    if value is None:
        inner = with_watched(body.program, name)
        return None if inner is None else replace(body, program=inner)
    outputs = {**body.program.outputs, f"{WATCHED}{name}": value}
    return replace(body, program=replace(body.program, outputs=outputs))


def _value(program: Program, place: str, name: str) -> Value | None:
    """What is made in a body or enters it, by its path."""
    entering = program.feeds.get(name.partition(".")[0].removeprefix(f"{place}/"))
    if entering is not None:
        return entering
    try:
        return program.value(name)
    except FeedError:
        return None
