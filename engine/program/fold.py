"""Constant folding: compute once, before running, what depends on constants and on known shapes alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

import kernels
from engine.control import Control
from engine.errors import FlowscopeError
from engine.op import Op, Port
from engine.ops.state import Constant
from engine.program.program import Body, Program, number
from engine.program.prune import prune
from engine.settings import settled_by, without_settings
from engine.spec import Spec, spec_of
from engine.value import Call, Value

LARGEST = 1 << 20
"""Elements of the largest result that is kept; a broadcast to more is cheaper to compute than to store."""


def fold(program: Program) -> Program:
    """Replace calls by their results where those are known, and tensors that are settings by attributes.

    What follows is inferred again with what is known by then.
    """
    folding = _Folding(program)
    calls = [call for given in program.calls if (call := folding.call(given)) is not None]
    return replace(
        program,
        calls=tuple(calls),
        constants=folding.constants,
        outputs=folding.renewed(program.outputs),
        updates=folding.renewed(program.updates),
    )


def evaluate(op: Op, inputs: Sequence[np.ndarray | None]) -> tuple[np.ndarray, ...]:
    """Compute one call with the generic kernel on the CPU."""
    entry = kernels.find(op.kernel_name(), "cpu")
    specs = [None if array is None else spec_of(array) for array in inputs]
    outputs = [spec.dtype for spec in op.output_specs(specs)]
    function = kernels.fitting(entry, [spec.dtype for spec in specs if spec is not None], outputs)
    with np.errstate(all="ignore"):
        result = function(np, *without_settings(op, inputs), **op.settings())
    return tuple(np.asarray(r) for r in (result if isinstance(result, tuple) else (result,)))


def bind_bodies(
    op: Control, bodies: Sequence[Body], given: Sequence[Spec]
) -> tuple[tuple[Body, ...], tuple[Spec, ...]]:
    """The bodies of a call for inputs of given specs, and the specs of its outputs."""
    own = dict(zip(op.bound.inputs, given, strict=False))
    captured = given[len(own) :]
    bound = []
    for body, taken in zip(bodies, op.body_specs(own), strict=True):
        specs = {**taken, **dict(zip(body.inputs[len(own) :], captured, strict=True))}
        feeds = {
            name: replace(value, spec=replace(specs[name], variable=value.spec.variable))
            for name, value in body.program.feeds.items()
        }
        bound.append(replace(body, program=prune(fold(replace(body.program, feeds=feeds)))))
    return tuple(bound), op.results(own, [tuple(v.spec.as_value() for v in b.outputs) for b in bound])


class _Folding:
    """One walk over a program: the constants so far, and the values whose specs are better known by now."""

    def __init__(self, program: Program) -> None:
        self.constants = dict(program.constants)
        self._values = {number(value): value for value in program.feeds.values()}

    def renewed(self, values: Mapping[str, Value]) -> dict[str, Value]:
        return {name: self._known(value) for name, value in values.items()}

    def _known(self, value: Value) -> Value:
        """The value with what is known of its spec by now. A constant from outside brings its shape along."""
        array = self.constants.get(number(value))
        if array is not None and array.shape != value.spec.shape:
            return replace(value, spec=value.spec.with_shape(array.shape))
        return self._values.get(number(value), value)

    def call(self, call: Call) -> Call | None:
        """The call as it is still to be run, or None."""
        if isinstance(call.op, Constant):
            self.constants[number(call.outputs[0])] = call.op.array()
            return None
        try:
            call = self._settled(call)
        except FlowscopeError as error:
            raise error.at(call.path, type(call.op).__name__) from None
        results = self._results(call)
        if results is None:
            return call
        self.constants.update({number(v): r for v, r in zip(call.outputs, results, strict=True)})
        return None

    def _settled(self, call: Call) -> Call:
        """The call with constant settings as attributes, and with what is known of its specs by now."""
        inputs = [value and self._known(value) for value in call.inputs]
        if isinstance(call.op, Control):
            return self._with_bodies(call, call.op, [value for value in inputs if value is not None])
        op, left = settled_by(call.op, inputs, lambda value: self.constants.get(number(value)))
        if op is call.op and all(new is old for new, old in zip(inputs, call.inputs, strict=True)):
            return call
        specs = op.output_specs([None if value is None else value.spec for value in left])
        outputs = tuple(self._renew(value, spec) for value, spec in zip(call.outputs, specs, strict=True))
        return replace(call, op=op, inputs=tuple(left), outputs=outputs)

    def _with_bodies(self, call: Call, op: Control, inputs: Sequence[Value]) -> Call:
        """The call with bodies that know the specs of what they are given."""
        known = tuple(self._with_constants(op, body, inputs) for body in call.bodies)
        bodies, results = bind_bodies(op, known, [value.spec.as_value() for value in inputs])
        outputs = tuple(self._renew(value, spec) for value, spec in zip(call.outputs, results, strict=True))
        return replace(call, inputs=tuple(inputs), outputs=outputs, bodies=bodies)

    def _with_constants(self, op: Control, body: Body, inputs: Sequence[Value]) -> Body:
        """The body with what is constant and the same in every iteration as a constant of its own."""
        feeds, constants = dict(body.program.feeds), dict(body.program.constants)
        for index, (name, value) in enumerate(zip(body.inputs, inputs, strict=True)):
            array = self.constants.get(number(value))
            if array is not None and index >= op.changing and name in feeds and array.size <= LARGEST:
                constants[number(feeds.pop(name))] = array
        return replace(body, program=replace(body.program, feeds=feeds, constants=constants))

    def _renew(self, value: Value, spec: Spec) -> Value:
        if value.spec == spec:
            return value
        self._values[number(value)] = replace(value, spec=spec)
        return self._values[number(value)]

    def _results(self, call: Call) -> tuple[np.ndarray, ...] | None:
        """What the call computes, where that is known beforehand and small enough to be kept."""
        op = call.op
        if op.has_effect or not op.input_ports or any(port.hidden for port in op.input_ports):
            return None
        pairs = list(zip(op.ports_for(len(call.inputs)), call.inputs, strict=True))
        arrays = [self._content(port, value) for port, value in pairs]
        if any(value is not None and array is None for (_, value), array in zip(pairs, arrays, strict=True)):
            return None
        if sum(value.spec.count for value in call.outputs if value.spec.is_static) > LARGEST:
            return None
        try:
            results = evaluate(op, arrays)
        except kernels.Refusal:
            return None  # it is refused when it runs, with the name of its node
        return results if sum(result.size for result in results) <= LARGEST else None

    def _content(self, port: Port, value: Value | None) -> np.ndarray | None:
        """The constant at a port; where only its shape is read, a tensor of that shape without memory."""
        if value is None:
            return None
        if port.shape_only and value.spec.is_static:
            return np.broadcast_to(np.zeros((), value.spec.dtype), value.spec.static_shape)
        return self.constants.get(number(value))
