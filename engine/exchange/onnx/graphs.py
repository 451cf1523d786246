"""The graphs that a node's attributes hold, drawn in its place or into bodies of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from onnx import GraphProto, NodeProto

from engine.exchange.onnx.drawing import Drawing
from engine.exchange.onnx.external import tensor_array
from engine.exchange.onnx.names import node_label
from engine.exchange.onnx.problems import ImportRefused, Unsupported
from engine.exchange.onnx.tensors import Known, Tensor

if TYPE_CHECKING:
    from engine.exchange.onnx.translator import Scope, Translator


@dataclass(frozen=True, eq=False)
class Graphs:
    """What a node may do with the graphs inside it."""

    translator: Translator
    scope: Scope
    opsets: Mapping[str, int]

    def outside(self, graph: GraphProto) -> dict[str, Tensor]:
        """What a graph takes from outside, by name."""
        found: dict[str, Tensor] = {}
        for name in dict.fromkeys(reads_of_graph(graph)):
            tensor = self.scope.get(name)
            if tensor is None:
                raise Unsupported(f"its graph reads '{name}', which nothing makes")
            found[name] = tensor
        return found

    def inline(self, graph: GraphProto) -> list[Tensor]:
        """Draw a graph in the place of its node; returns its outputs."""
        return self._drawn(self.translator, graph, [], self.scope)

    def draw(
        self,
        drawing: Drawing,
        graph: GraphProto,
        entering: Sequence[Tensor],
        outside: Mapping[str, Tensor],
    ) -> list[Tensor]:
        """Draw a graph into another drawing, with what it needs from outside; returns its outputs."""
        return self._drawn(self.translator.into(drawing), graph, entering, outside)

    def _drawn(
        self,
        translator: Translator,
        graph: GraphProto,
        entering: Sequence[Tensor],
        outside: Mapping[str, Tensor | None],
    ) -> list[Tensor]:
        scope: Scope = {**outside, **initial_tensors(graph, translator.folder)}
        scope.update(zip((value.name for value in graph.input), entering, strict=True))
        results = [value.name for value in graph.output]
        with translator.deeper("its graph"):
            translator.draw(graph.node, scope, self.opsets, results)
        found = [scope.get(name) for name in results]
        if any(tensor is None for tensor in found):
            raise Unsupported("nothing makes an output of its graph")
        return [tensor for tensor in found if tensor is not None]


def initial_tensors(graph: GraphProto, folder: Path | None) -> dict[str, Tensor | None]:
    """The values that a graph brings along. Floats are what training found, and may go on changing."""
    if graph.sparse_initializer:
        raise ImportRefused(
            "The model holds sparse tensors, which are not supported.", hint="Export it dense."
        )
    found: dict[str, Tensor | None] = {}
    for proto in graph.initializer:
        if proto.name in found:
            raise ImportRefused(f"The model brings two values along for '{proto.name}'.")
        try:
            array = tensor_array(proto, folder)
        except Unsupported as problem:
            raise ImportRefused(f"The tensor '{proto.name}' cannot be read: {problem}.") from None
        found[proto.name] = Known(array, node_label(proto.name, "", ""), array.dtype.kind == "f")
    return found


def reads(node: NodeProto) -> list[str]:
    """The names of all values that a node reads, also those that its branches take from outside."""
    found = [name for name in node.input if name]
    for attribute in node.attribute:
        for graph in [attribute.g] if attribute.HasField("g") else attribute.graphs:
            found += reads_of_graph(graph)
    return found


def reads_of_graph(graph: GraphProto) -> list[str]:
    """The names of all values that a graph reads and does not make."""
    made = {value.name for value in graph.input} | {tensor.name for tensor in graph.initializer}
    made |= {name for node in graph.node for name in node.output}
    inner = [name for node in graph.node for name in reads(node)] + [value.name for value in graph.output]
    return [name for name in inner if name not in made]
