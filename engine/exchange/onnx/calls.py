"""Calls of a model's own functions, which become functions of the project, one for each way to call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from onnx import AttributeProto, FunctionProto

from engine.attribute import FunctionName
from engine.errors import FlowscopeError
from engine.exchange.onnx import functions
from engine.exchange.onnx.bodies import draw_function
from engine.exchange.onnx.drawing import WRITTEN_DOWN, Drawing
from engine.exchange.onnx.names import Names, identifier
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.tensors import Known, Tensor
from engine.exchange.onnx.versions import opsets_of
from engine.ops.function import Call
from engine.value import Value

if TYPE_CHECKING:
    from engine.exchange.onnx.translator import Scope, Translator

Settings = Mapping[str, AttributeProto]

FEWEST = 2
"""Nodes of a function: a single one has got another name, and nothing is gained by opening that."""
WRAPPERS = "pkg.onnxscript"
"""In such domains lies what PyTorch's exporter makes of each single operation, not what a user wrote."""


@dataclass(frozen=True)
class _Made:
    """A function that was drawn: the model's names for what enters and leaves it, and its variables."""

    name: FunctionName
    inputs: Sequence[str]
    outputs: Sequence[str]
    tensors: Mapping[str, np.ndarray]


class Calls:
    """The functions that were drawn so far, by all that their calls have in common."""

    def __init__(self) -> None:
        self._made: dict[object, _Made | None] = {}

    def draw(
        self, translator: Translator, node: OnnxNode, body: FunctionProto, settings: Settings
    ) -> tuple[Tensor | None, ...] | None:
        """Draw a call; None where what it calls is rather drawn in its place.

        A function of ours has tensors of known dtypes and shapes at its ports, and no settings: so there is
        one for each combination. What the model knows beforehand is written into it; where what leaves it may
        decide sizes, there is no function.
        """
        if len(body.node) < FEWEST or body.domain.startswith(WRAPPERS):
            return None
        key = _key(node, body, settings)
        if key not in self._made:
            self._made[key] = None  # what calls itself is found out where it is drawn in the place of a call
            self._made[key] = _made(translator, node, body, settings)
        made = self._made[key]
        if made is None:
            return None
        drawing, given = node.drawing, dict(zip(body.input, node.inputs, strict=False))
        try:
            op = Call(function=made.name).bind(drawing.functions)
            values = drawing.emit(op, [_value(drawing, given[name]) for name in made.inputs])
        except FlowscopeError:
            self._made[key] = None
            return None
        drawing.node(values[0]).weights.update(made.tensors)
        found = dict(zip(made.outputs, values, strict=True))
        return tuple(found.get(name) for name in body.output)


def _made(translator: Translator, node: OnnxNode, body: FunctionProto, settings: Settings) -> _Made | None:
    """Draw a function for a call; None where it cannot stand on its own."""
    given = {
        name: tensor for name, tensor in zip(body.input, node.inputs, strict=False) if tensor is not None
    }
    entering = {name: tensor for name, tensor in given.items() if not _is_written(tensor)}
    outputs = [name for index, name in enumerate(body.output) if node.wants(index)]
    if not entering or not outputs:
        return None
    inner = node.drawing.inner()
    names = Names()
    specs = {names.take(identifier(name)): tensor.spec.as_value() for name, tensor in entering.items()}

    def draw(formal: Sequence[Value]) -> Sequence[Tensor]:
        scope: Scope = {**given, **dict(zip(entering, formal, strict=True))}
        unconnected = frozenset(body.input) - scope.keys()
        nodes = [functions.resolved(child, settings, unconnected) for child in body.node]
        other = translator.into(inner)
        with other.deeper("a part that it is made of"):
            other.draw(nodes, scope, opsets_of(body.opset_import), body.output)
        return [_computed(scope.get(name)) for name in outputs]

    try:
        function, tensors = draw_function(inner, specs, draw, [identifier(name) for name in outputs])
    except (Unsupported, FlowscopeError):
        return None
    name = Names(node.drawing.functions).take(body.name)
    node.drawing.functions[name] = function
    return _Made(FunctionName(name), tuple(entering), tuple(outputs), tensors)


def _computed(tensor: Tensor | None) -> Value:
    """A result that may leave a function: one that only a run decides, and that is no size of something."""
    if not isinstance(tensor, Value) or "int" in tensor.spec.dtype:
        raise Unsupported("it gives what may decide sizes")
    return tensor


def _is_written(tensor: Tensor) -> bool:
    """Whether a tensor is written into the function, rather than given to it."""
    return isinstance(tensor, Known) and not tensor.trainable and tensor.array.size <= WRITTEN_DOWN


def _value(drawing: Drawing, tensor: Tensor | None) -> Value:
    assert tensor is not None
    return drawing.value(tensor)


def _key(node: OnnxNode, body: FunctionProto, settings: Settings) -> object:
    """What calls that may share a function have in common."""
    given = tuple(sorted((name, attribute.SerializeToString()) for name, attribute in settings.items()))
    wanted = tuple(node.wants(index) for index in range(len(body.output)))
    return body.domain, body.name, body.overload, given, tuple(map(_signature, node.inputs)), wanted


def _signature(tensor: Tensor | None) -> object:
    if tensor is None:
        return None
    written = tensor.array.tobytes() if isinstance(tensor, Known) and _is_written(tensor) else None
    return tensor.spec.as_value(), written
