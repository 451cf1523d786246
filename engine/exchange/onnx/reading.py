"""From a file or bytes to a model whose form is sound: not empty, not cut off, of a known version."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx import FunctionProto, GraphProto, ModelProto

from engine.exchange.onnx import limits
from engine.exchange.onnx.problems import ImportRefused
from engine.project.durable import reason
from engine.project.files import open_regular


def read_model(path: Path) -> ModelProto:
    """Read a model from a file; raises ImportRefused or FileError saying what is wrong with it."""
    what = f"'{path}'"
    try:
        with open_regular(path, limits.MODEL_BYTES) as file:
            data = file.read(os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise ImportRefused(f"Cannot open {what}: {reason(error)}.") from error
    except MemoryError as error:
        raise ImportRefused(f"Cannot open {what}: there is not enough memory for it.") from error
    return parse_model(data, what)


def parse_model(data: bytes, what: str) -> ModelProto:
    """The model that bytes stand for; raises ImportRefused, whose sentence begins with `what`."""
    if not data:
        raise ImportRefused(f"{what} is empty; expected an ONNX model.")
    if len(data) > limits.MODEL_BYTES:
        raise ImportRefused(f"{what} has {len(data):,} bytes; the limit is {limits.MODEL_BYTES:,}.")
    try:
        model: ModelProto = ModelProto.FromString(data)
    except (DecodeError, ValueError):
        raise ImportRefused(
            f"{what} is not an ONNX model, or it is cut off.", hint="Export or download it again."
        ) from None
    check_form(model, what)
    return model


def check_form(model: ModelProto, what: str) -> None:
    """Raise ImportRefused for what parses and is no model all the same: many garbled files do."""
    if not model.HasField("graph") or not model.ir_version or not model.opset_import:
        raise ImportRefused(f"{what} is not an ONNX model: it has no graph, or says no version.")
    if model.ir_version > onnx.IR_VERSION:
        raise ImportRefused(
            f"{what} has IR version {model.ir_version}; the newest that is understood is {onnx.IR_VERSION}.",
            hint="Export it for an older version of ONNX.",
        )
    if len(model.graph.node) > limits.NODES:
        raise ImportRefused(f"{what} has {len(model.graph.node):,} nodes; the limit is {limits.NODES:,}.")
    for graph in [model.graph, *model.functions]:
        if any(isinstance(text, bytes) for text in _texts(graph)):
            raise ImportRefused(f"{what} is damaged: some of its names are no text.")


def _texts(graph: GraphProto | FunctionProto) -> Iterator[str | bytes]:
    """All names in a graph, also in its branches. What is no UTF-8 comes out of the library as bytes."""
    if isinstance(graph, GraphProto):
        yield from (value.name for value in [*graph.input, *graph.output])
        yield from (tensor.name for tensor in graph.initializer)
        for value in graph.input:
            yield from (dim.dim_param for dim in value.type.tensor_type.shape.dim)
    else:
        yield from (graph.domain, graph.name, graph.overload, *graph.input, *graph.output)
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, node.overload, *node.input, *node.output)
        for attribute in node.attribute:
            yield from (attribute.name, attribute.ref_attr_name)
            for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                yield from _texts(inner)
