"""Graphs inside nodes: the branches of If and the bodies of loops become functions of the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.control import Control
from engine.exchange.onnx.drawing import WRITTEN_DOWN, Drawing
from engine.exchange.onnx.names import Names, identifier
from engine.exchange.onnx.problems import Unsupported
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

    def port(self, wanted: str, tensor: Tensor) -> str:
        """A port of the node at which a value of the outer graph enters; returns its name."""
        name = self.names.take(identifier(wanted))
        self.given[name] = self.outer.value(tensor)
        return name

    def add(self, inputs: Mapping[str, Spec], outside: Mapping[str, Tensor], draw: Draw) -> None:
        """Draw one body whose inputs have these names; what it takes from outside enters by further ones."""
        inner = self.outer.inner()
        formal = [_placeholder(inner, name, spec) for name, spec in inputs.items()]
        ports = list(inputs)
        known: dict[str, Tensor] = {}
        for name, tensor in outside.items():
            if isinstance(tensor, Known) and not tensor.trainable and tensor.array.size <= WRITTEN_DOWN:
                known[name] = tensor
                continue
            port = self._captured.setdefault(name, "") or self.port(name, tensor)
            self._captured[name] = port
            ports.append(port)
            known[name] = _placeholder(inner, port, self.given[port].spec)
        results = [inner.value(tensor) for tensor in draw(inner, formal, known)]
        finished = inner.finish(results)
        outputs: dict[str, PortKey] = {}
        for index, value in enumerate(results):
            number, end = Drawing.key(value)
            outputs["y" if index == 0 else f"y_{index}"] = (finished.names[number], end)
        self.functions.append(Function(finished.graph, tuple(ports), outputs))

    def emit(self, op: Control) -> tuple[Value, ...]:
        """Draw the node that holds the bodies."""
        chosen = {
            role: self.outer.define(role, function)
            for role, function in zip(op.roles, self.functions, strict=True)
        }
        whole = type(op).from_attributes({**op.to_attributes(), **chosen}).bind(self.outer.functions)
        return self.outer.emit(whole, [self.given[name] for name in whole.bound.inputs])


def _placeholder(inner: Drawing, name: str, spec: Spec) -> Value:
    if spec.shape is None:
        raise Unsupported(f"the number of axes of '{name}' is not known")
    sizes = tuple(f"{name}_{i}" if size == UNKNOWN else size for i, size in enumerate(spec.shape))
    return inner.placeholder(name, sizes, spec.dtype)
