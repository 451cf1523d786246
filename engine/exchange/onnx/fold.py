"""What follows from the model alone is computed by our engine while importing: sizes, axes, new weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from engine.exchange.onnx import limits
from engine.exchange.onnx.drawing import Drawing
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import Results, Translation
from engine.exchange.onnx.tensors import Known
from engine.run.session import Session
from engine.value import Value

RANDOM = {
    "RandomNormal",
    "RandomUniform",
    "RandomNormalLike",
    "RandomUniformLike",
    "Bernoulli",
    "Multinomial",
}
SMALL = 4096
"""A weight of more elements is computed with only where nothing else reads it: tied weights stay tied."""


def can_fold(node: OnnxNode) -> bool:
    """Whether all that a node computes follows from the model, and may be written in its place."""
    holds_graphs = any(a.HasField("g") for a in node.proto.attribute)
    if holds_graphs or node.proto.op_type in RANDOM or not any(node.has(i) for i in range(len(node))):
        return False
    for name, tensor in zip(node.proto.input, node.inputs, strict=False):
        if tensor is None:
            continue
        if not isinstance(tensor, Known):
            return False
        if tensor.trainable and tensor.array.size > SMALL and node.uses(name) > 1:
            return False
    return True


def folded(node: OnnxNode, translate: Translation) -> Results:
    """The outputs of a node whose inputs are all known, as known tensors."""
    scratch = Drawing()
    with scratch.labelled("node"):
        results = translate(dataclasses.replace(node, drawing=scratch))
    tensors = results if isinstance(results, tuple) else (results,)
    values = [tensor for tensor in tensors if isinstance(tensor, Value)]
    arrays = iter(_compute(scratch, values))
    trained = [t for t in node.inputs if isinstance(t, Known) and t.trainable]
    name = trained[0].name if len(trained) == 1 else ""
    outputs = [*node.proto.output, *[""] * len(tensors)]
    return tuple(
        Known(next(arrays), name or output, bool(trained)) if isinstance(tensor, Value) else tensor
        for tensor, output in zip(tensors, outputs, strict=False)
    )


def _compute(scratch: Drawing, values: Sequence[Value]) -> list[np.ndarray]:
    if not values:
        return []
    for value in values:
        if value.spec.is_static and value.spec.nbytes > limits.FOLDED_BYTES:
            raise Unsupported(
                f"it makes a tensor of {value.spec.nbytes / 2**30:,.0f} GiB; "
                f"the limit while importing is {limits.FOLDED_BYTES / 2**30:,.0f} GiB"
            )
    finished = scratch.finish(values)
    session = Session(finished.graph, device="cpu")
    session.restore(finished.tensors)
    found: list[np.ndarray] = session.run([finished.fetch(value) for value in values])
    return found
