"""Graphs inside nodes: the branches of If and the bodies of loops become functions of the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.control import Control
from engine.exchange.onnx.drawing import WRITTEN_DOWN, Drawing
from engine.exchange.onnx.layout import merge_exchanges
from engine.exchange.onnx.names import Names, identifier
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.recognise import recognise
from engine.exchange.onnx.tensors import Known, Tensor
from engine.graph.function import Function
from engine.graph.graph import PortKey
from engine.spec import UNKNOWN, Spec
from engine.value import Value

Draw = Callable[[Drawing, list[Value], Mapping[str, Tensor]], Sequence[Tensor]]
"""Draws a body from its inputs and from what it takes from outside, by the model's names for that."""


@dataclass
class Bodies:
    """The functions of one node of ours, and what enters the node."""

    outer: Drawing
    names: Names = field(default_factory=Names)
    given: dict[str, Value] = field(default_factory=dict)
    """What is connected to each port of the node."""
    functions: list[Function] = field(default_factory=list)
    _captured: dict[str, str] = field(default_factory=dict)
    _weights: list[Mapping[str, np.ndarray]] = field(default_factory=list)

    def port(self, wanted: str, tensor: Tensor) -> str:
        """A port of the node at which a value of the outer graph enters; returns its name."""
        name = self.names.take(identifier(wanted))
        self.given[name] = self.outer.value(tensor)
        return name

    def add(self, inputs: Mapping[str, Spec], outside: Mapping[str, Tensor], draw: Draw) -> None:
        """Draw one body whose inputs have these names; what it takes from outside enters by further ones."""
        inner = self.outer.inner()
        specs = dict(inputs)
        known: dict[str, Tensor] = {}
        entering: list[str] = []
        for name, tensor in outside.items():
            if isinstance(tensor, Known) and not tensor.trainable and tensor.array.size <= WRITTEN_DOWN:
                known[name] = tensor
                continue
            port = self._captured.setdefault(name, "") or self.port(name, tensor)
            self._captured[name] = port
            entering.append(name)
            specs[port] = self.given[port].spec

        def drawn(formal: Sequence[Value]) -> Sequence[Tensor]:
            known.update(zip(entering, formal[len(inputs) :], strict=True))
            return draw(inner, list(formal[: len(inputs)]), known)

        function, tensors = draw_function(inner, specs, drawn)
        self.functions.append(function)
        self._weights.append(tensors)

    def emit(self, op: Control) -> tuple[Value, ...]:
        """Draw the node that holds the bodies."""
        chosen = {
            role: self.outer.define(role, function)
            for role, function in zip(op.roles, self.functions, strict=True)
        }
        whole = type(op).from_attributes({**op.to_attributes(), **chosen}).bind(self.outer.functions)
        results = self.outer.emit(whole, [self.given[name] for name in whole.bound.inputs])
        weights = self.outer.node(results[0]).weights
        for role, tensors in zip(op.roles, self._weights, strict=True):
            place = f"{role}/" if len(op.roles) > 1 else ""
            weights.update({f"{place}{path}": array for path, array in tensors.items()})
        return results


def draw_function(
    inner: Drawing,
    inputs: Mapping[str, Spec],
    draw: Callable[[Sequence[Value]], Sequence[Tensor]],
    outputs: Sequence[str] = (),
) -> tuple[Function, Mapping[str, np.ndarray]]:
    """Draw a function whose inputs have these names; returns also the values of the variables in it."""
    formal = [_placeholder(inner, name, spec) for name, spec in inputs.items()]
    results = [inner.value(tensor) for tensor in draw(formal)]
    merge_exchanges(inner, results)
    recognise(inner, results)
    finished = inner.finish(results)
    named = outputs or ["y" if index == 0 else f"y_{index}" for index in range(len(results))]
    ends: dict[str, PortKey] = {}
    for name, value in zip(named, results, strict=True):
        number, end = Drawing.key(value)
        ends[name] = (finished.names[number], end)
    ports = tuple(finished.names[Drawing.key(value)[0]] for value in formal)
    return Function(finished.graph, ports, ends), finished.tensors


def _placeholder(inner: Drawing, name: str, spec: Spec) -> Value:
    if spec.shape is None:
        raise Unsupported(f"the number of axes of '{name}' is not known")
    sizes = tuple(f"{name}_{i}" if size == UNKNOWN else size for i, size in enumerate(spec.shape))
    return inner.placeholder(name, sizes, spec.dtype)
