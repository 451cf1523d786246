"""One node of a model, as the function that translates it sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import NodeProto

from engine.exchange.onnx.drawing import Drawing
from engine.exchange.onnx.graphs import Graphs
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.tensors import Known, Tensor
from engine.op import Op
from engine.ops.creation import Fill
from engine.spec import Spec
from engine.value import Value


@dataclass(frozen=True, eq=False)
class OnnxNode:
    """Inputs, attributes and outputs of a node. `version` is that of its domain in the model."""

    drawing: Drawing
    proto: NodeProto
    inputs: Sequence[Tensor | None]
    attributes: Mapping[str, Any]
    version: int
    uses: Callable[[str], int]
    """How often the model reads a value, by its name there; its outputs count as read."""
    graphs: Graphs
    """What can be done with the graphs that the attributes hold."""

    def __len__(self) -> int:
        """How many inputs there are, open ones at the end not counted."""
        return len(self.inputs)

    def has(self, index: int) -> bool:
        """Whether something is connected to an input."""
        return index < len(self.inputs) and self.inputs[index] is not None

    def tensor(self, index: int) -> Tensor:
        """What is connected to an input."""
        found = self.inputs[index] if index < len(self.inputs) else None
        if found is None:
            raise Unsupported(f"input {index} is not connected")
        return found

    def __getitem__(self, index: int) -> Value:
        """An input as a value of the graph."""
        return self.drawing.value(self.tensor(index))

    def values(self) -> list[Value]:
        """All inputs as values."""
        return [self[index] for index in range(len(self.inputs))]

    def spec(self, index: int) -> Spec:
        return self.tensor(index).spec

    def shape(self, index: int) -> tuple[int | str, ...]:
        """The shape of an input; its rank must be known."""
        shape = self.spec(index).shape
        if shape is None:
            raise Unsupported(f"the number of axes of input {index} is not known")
        return shape

    def rank(self, index: int = 0) -> int:
        return len(self.shape(index))

    def known(self, index: int) -> np.ndarray | None:
        """The value of an input that the model says, or None where only a run decides it."""
        found = self.inputs[index] if index < len(self.inputs) else None
        return found.array if isinstance(found, Known) else None

    def is_all(self, index: int, number: float) -> bool:
        """Whether every element of an input is one number, whatever its shape turns out to be."""
        known = self.known(index)
        if known is not None:
            return bool((known == number).all())
        drawn = self.drawing.node(self[index])
        return isinstance(drawn.op, Fill) and drawn.op.value == number and "value" not in drawn.inputs

    def fixed(self, index: int, what: str) -> np.ndarray:
        """The value of an input that must be known while importing."""
        found = self.known(index)
        if found is None:
            raise Unsupported(f"its {what} must be known before the model runs")
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute, or the default that the operator's definition gives it."""
        return self.attributes.get(name, default)

    def ints(self, name: str, index: int) -> tuple[int, ...] | None:
        """Whole numbers that older opsets give as an attribute, and newer ones as an input; or None."""
        if name in self.attributes:
            return tuple(int(number) for number in self.attributes[name])
        if not self.has(index):
            return None
        return tuple(int(number) for number in np.atleast_1d(self.fixed(index, name)))

    def settled(
        self,
        kind: type[Op],
        values: Sequence[Value | None],
        settings: Mapping[str, int],
        **attributes: object,
    ) -> Value:
        """Call an op of one output whose settings ONNX gives as inputs."""
        (result,) = self.settled_all(kind, values, settings, **attributes)
        return result

    def settled_all(
        self,
        kind: type[Op],
        values: Sequence[Value | None],
        settings: Mapping[str, int],
        **attributes: object,
    ) -> tuple[Value, ...]:
        """Call an op whose settings ONNX gives as inputs: the known are written down, the others wired."""
        ports = [port.name for port in kind.input_ports]
        inputs: list[Value | None] = [*values, *[None] * (len(ports) - len(values))]
        for name, index in settings.items():
            known = self.known(index)
            if known is not None:
                listed = kind.attribute(name).kind in ("ints", "floats", "shape")
                attributes[name] = known.reshape(-1).tolist() if listed else known.item()
            elif self.has(index):
                inputs[ports.index(name)] = self[index]
        return self.drawing.emit(kind.from_attributes(attributes), inputs)

    def wants(self, index: int) -> bool:
        """Whether the model reads an output."""
        outputs = self.proto.output
        return index < len(outputs) and bool(outputs[index]) and self.uses(outputs[index]) > 0
