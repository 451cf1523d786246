"""Replaying: the calls of a body once more, on other values and in another builder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.program.body import BodyBuilder
from engine.program.program import Body, number
from engine.value import Call, Value


class Replay:
    """Writes calls again. `instead` says which value stands for which, and grows with every call."""

    def __init__(self, builder: BodyBuilder, body: Body, instead: dict[int, Value]) -> None:
        self._builder = builder
        self._body = body
        self._instead = instead
        counter = body.program.feeds.get(body.counter)
        self._counter = None if counter is None else number(counter)

    def calls(self, calls: Sequence[Call], *, same_paths: bool = False) -> None:
        """Write calls again, under the same paths or under free ones."""
        builder = self._builder
        for call in calls:
            inputs = tuple(value and self.value(value) for value in call.inputs)
            outputs = tuple(builder.new_value(value.spec) for value in call.outputs)
            path = call.path if same_paths else builder.free_path(call.path.rpartition("/")[2])
            builder.calls.append(replace(call, inputs=inputs, outputs=outputs, path=path))
            for old, new in zip(call.outputs, outputs, strict=True):
                self._instead[number(old)] = new
                if number(old) in self._body.program.constants:
                    builder.constants[number(new)] = self._body.program.constants[number(old)]

    def value(self, value: Value) -> Value:
        """What stands for a value of the body."""
        key = number(value)
        if key not in self._instead:
            if key == self._counter:
                # Drawn anew for each iteration: the same numbers come of the counter of the loop inside.
                self._instead[key] = self._builder.counter()
            else:
                self._instead[key] = self._builder.new_value(value.spec)
                self._builder.constants[number(self._instead[key])] = self._body.program.constants[key]
        return self._builder.own(self._instead[key])
