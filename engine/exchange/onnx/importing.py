"""From an ONNX model to a project: read, draw, recognise, arrange. All of it, or nothing with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnx import ModelProto, ValueInfoProto

from engine.errors import FlowscopeError
from engine.exchange.onnx import translate
from engine.exchange.onnx.drawing import Drawing
from engine.exchange.onnx.graphs import initial_tensors
from engine.exchange.onnx.layout import merge_exchanges
from engine.exchange.onnx.names import Names, identifier
from engine.exchange.onnx.problems import ImportRefused, Unsupported
from engine.exchange.onnx.reading import check_form, read_model
from engine.exchange.onnx.recognise import recognise
from engine.exchange.onnx.tensors import dtype_name
from engine.exchange.onnx.translator import Scope, Translator
from engine.exchange.onnx.versions import opsets_of, understood
from engine.graph.arrange import arrange, edges_of
from engine.graph.check import input_ports, output_ports
from engine.graph.graph import GraphDef, PortKey
from engine.graph.signature import SERVING_DEFAULT, Signature
from engine.project.names import name_problem
from engine.project.project import Position, Project
from engine.spec import Dim

WIDEST, ABOVE_AND_BELOW, ROW = 240.0, 112.0, 22.0
"""The measures of a drawn node: its width, and its height apart from the rows of its ports."""

__all__ = ["Imported", "import_file", "import_model", "translate"]


@dataclass(frozen=True)
class Imported:
    """A drawn model: the project, the values of its variables, and what its inputs and outputs became."""

    project: Project
    tensors: Mapping[str, np.ndarray]
    inputs: Mapping[str, str]
    """The node to feed for each input of the model."""
    outputs: Mapping[str, str]
    """What to fetch for each output of the model."""


def import_file(path: Path) -> Imported:
    """Import a model from a file; weights may lie in other files of its folder."""
    return import_model(read_model(path), f"'{path}'", path.resolve().parent)


def import_model(model: ModelProto, what: str = "The model", folder: Path | None = None) -> Imported:
    """Draw a model. Raises ImportRefused with every reason why it cannot be drawn."""
    check_form(model, what)
    model = understood(model, what)
    graph = model.graph
    drawing = Drawing()
    translator = Translator(drawing, model.functions, folder)
    scope: Scope = initial_tensors(graph, folder)
    inputs = {
        value.name: drawn
        for value in graph.input
        if value.name not in scope and (drawn := _add_input(value, drawing, scope, translator.problems))
    }
    results = [value.name for value in graph.output]
    translator.draw(graph.node, scope, opsets_of(model.opset_import), results)
    unknown = next((name for name in results if name not in scope), None)
    if unknown is not None:
        raise ImportRefused(f"{what}: nothing makes its output '{unknown}'.")
    if translator.problems:
        count = len(translator.problems)
        raise ImportRefused(
            f"{what} was not imported: {count} {'node' if count == 1 else 'nodes'} cannot be drawn.",
            problems=translator.problems,
        )
    tensors = {name: scope[name] for name in results}
    values = {name: drawing.value(tensor) for name, tensor in tensors.items() if tensor is not None}
    merge_exchanges(drawing, list(values.values()))
    recognise(drawing, list(values.values()))
    finished = drawing.finish(list(values.values()))
    fed = {name: finished.names[number] for name, number in inputs.items()}
    fetched = {name: finished.port(value) for name, value in values.items()}
    given = {name: (node, "y") for name, node in fed.items()}
    whole = finished.graph.sign(Signature(SERVING_DEFAULT, _named(given), _named(fetched)))
    fetches = {name: ".".join(port) for name, port in fetched.items()}
    return Imported(Project(whole, _laid_out(whole)), finished.tensors, fed, fetches)


def _named(ports: Mapping[str, PortKey]) -> dict[str, PortKey]:
    """Inputs or outputs by the names that the model gives them; one that no file can carry is changed."""
    names = Names(ports)
    return {names.take(name) if name_problem(name) else name: port for name, port in ports.items()}


_KINDS = {
    "sequence_type": "a sequence of tensors",
    "optional_type": "a tensor that may be missing",
    "sparse_tensor_type": "a sparse tensor",
    "map_type": "a map",
}
"""What enters a model, beside tensors, in words."""


def _laid_out(graph: GraphDef) -> dict[str, Position]:
    """A place for every node. No font is known here, so that each is taken to be as wide as can be."""
    sizes = {name: (WIDEST, ABOVE_AND_BELOW + ROW * _rows(graph, name)) for name in graph.nodes}
    return arrange(graph.order(), edges_of(graph), sizes)


def _rows(graph: GraphDef, name: str) -> int:
    wired = sum(not port.optional or (name, port.name) in graph.wires for port in input_ports(graph, name))
    return max(wired, len(output_ports(graph, name)))


def _add_input(value: ValueInfoProto, drawing: Drawing, scope: Scope, problems: list[str]) -> str:
    """Draw a placeholder; returns the number of its node, or nothing where that is a problem."""
    scope[value.name] = None
    try:
        kind = value.type.WhichOneof("value")
        if kind != "tensor_type":
            found = _KINDS.get(kind, "of no type")
            raise Unsupported(
                f"it is {found}, and only tensors can be fed; export the model with tensors alone"
            )
        tensor = value.type.tensor_type
        if not tensor.HasField("shape"):
            raise Unsupported("the number of its axes is not known")
        drawn = drawing.placeholder(identifier(value.name), _sizes(value), dtype_name(tensor.elem_type))
    except Unsupported as problem:
        problems.append(f"Input '{value.name}': {problem}.")
        return ""
    except FlowscopeError as error:
        problems.append(f"Input '{value.name}': {error}")
        return ""
    scope[value.name] = drawn
    return drawing.number(drawn)


def _sizes(value: ValueInfoProto) -> tuple[Dim, ...]:
    """The sizes of an input. One that the model leaves open gets a name, for a feed to decide."""
    found: list[Dim] = []
    for axis, dim in enumerate(value.type.tensor_type.shape.dim):
        if dim.HasField("dim_value"):
            if dim.dim_value < 0:
                raise Unsupported(f"axis {axis} has the size {dim.dim_value}")
            found.append(int(dim.dim_value))
        else:
            name = identifier(dim.dim_param)
            found.append(name if name.isidentifier() else f"{identifier(value.name) or 'input'}_{axis}")
    return tuple(found)
