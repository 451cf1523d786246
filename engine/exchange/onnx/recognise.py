"""Layers are recognised where a few nodes are one for certain: product, bias, activation become a Dense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from engine import registry
from engine.blocks.convolutional import Conv1D, Conv2D, Conv3D
from engine.blocks.embedding import Embedding
from engine.blocks.layers import ACTIVATIONS, Dense
from engine.errors import AttributeProblem
from engine.exchange.onnx.drawing import Drawing, Drawn
from engine.op import Op
from engine.ops.arithmetic import Add
from engine.ops.convolution import Convolution
from engine.ops.indexing import Gather
from engine.ops.linear import MatMul
from engine.ops.state import Constant
from engine.spec import FLOATS
from engine.value import Value
from kernels.generic.windows import each

_ACTIVATIONS = {registry.get(op)(): name for name, op in ACTIVATIONS.items() if op}
_CONVOLUTIONS: Mapping[int, type[Op]] = {1: Conv1D, 2: Conv2D, 3: Conv3D}


def recognise(drawing: Drawing, outputs: Sequence[Value]) -> None:
    """Draw layers in the place of the nodes that they are made of. What they compute stays the same."""
    _Recognition(drawing, outputs).run()


class _Recognition:
    def __init__(self, drawing: Drawing, outputs: Sequence[Value]) -> None:
        self._drawing = drawing
        nodes = drawing.needed(outputs)
        self._nodes = nodes
        self._readers: dict[str, list[Drawn]] = {}
        for drawn in nodes:
            for number, _ in drawn.inputs.values():
                self._readers.setdefault(number, []).append(drawn)
        self._fetched = Counter(drawing.number(value) for value in outputs)

    def run(self) -> None:
        for drawn in self._nodes:
            if isinstance(drawn.op, MatMul):
                self._dense(drawn, drawn.op)
            elif isinstance(drawn.op, Convolution):
                self._conv(drawn, drawn.op)
            elif isinstance(drawn.op, Gather):
                self._embedding(drawn, drawn.op)

    def _dense(self, drawn: Drawn, op: MatMul) -> None:
        x, kernel = self._drawing.input(drawn, "a"), self._weight(drawn, "b")
        shape = x.spec.shape or ()
        if kernel is None or kernel.ndim != 2 or op != MatMul() or len(shape) < 2 or shape[-1] != len(kernel):
            return
        self._layer(drawn, x, kernel, Dense, {"units": kernel.shape[-1]})

    def _conv(self, drawn: Drawn, op: Convolution) -> None:
        x, kernel = self._drawing.input(drawn, "x"), self._weight(drawn, "kernel")
        if kernel is None or not isinstance((x.spec.shape or ("?",))[-1], int):
            return
        rank = kernel.ndim - 2
        same = _keeps_sizes(op, kernel.shape[:rank])
        settings = {
            "filters": kernel.shape[-1],
            "kernel_size": kernel.shape[:rank],
            "strides": op.strides,
            "dilation": op.dilations,
            "groups": op.groups,
            "padding": "same" if same else op.padding,
            "pads": () if same else op.pads,
        }
        self._layer(drawn, x, kernel, _CONVOLUTIONS[rank], settings)

    def _embedding(self, drawn: Drawn, op: Gather) -> None:
        """Rows of a table of floats that whole numbers pick."""
        table, indices = self._weight(drawn, "x"), self._drawing.input(drawn, "indices")
        if table is None or table.ndim != 2 or op.axis != 0 or table.dtype.name not in FLOATS:
            return
        names = ("input_size", "output_size", "dtype")
        layer = _made(Embedding, dict(zip(names, (*table.shape, table.dtype.name), strict=True)))
        if layer is not None:
            drawn.op, drawn.weights = layer, {"table": table}
            drawn.inputs = {"indices": self._drawing.key(indices)}

    def _layer(
        self, drawn: Drawn, x: Value, kernel: np.ndarray, layer: type[Op], settings: dict[str, object]
    ) -> None:
        """Put a layer in the place of a product and of the bias and the activation that follow it."""
        last, weights = drawn, {"kernel": kernel}
        bias = self._only_reader(last)
        if bias is not None and isinstance(bias.op, Add):
            other = "b" if bias.inputs["a"][0] == self._drawing.number(last.outputs[0]) else "a"
            row = self._weight(bias, other)
            if row is not None and row.shape == kernel.shape[-1:]:
                last, weights["bias"] = bias, row
        after = self._only_reader(last)
        activation = "linear"
        if after is not None and after.op in _ACTIVATIONS:
            last, activation = after, _ACTIVATIONS[after.op]
        made = _made(layer, {**settings, "activation": activation, "use_bias": "bias" in weights})
        if made is None:
            return
        last.op = made
        last.inputs = {"x": self._drawing.key(x)}
        last.weights = weights
        last.label = drawn.label

    def _only_reader(self, drawn: Drawn) -> Drawn | None:
        """The one node that reads the output of another, if there is only one and nobody fetches it."""
        number = self._drawing.number(drawn.outputs[0])
        readers = self._readers.get(number, [])
        return readers[0] if len(readers) == 1 and not self._fetched[number] else None

    def _weight(self, drawn: Drawn, port: str) -> np.ndarray | None:
        """The value at a port that the model says and nothing else reads. Some exporters write constants."""
        source = self._drawing.node(self._drawing.input(drawn, port))
        if self._only_reader(source) is not drawn:
            return None
        return source.op.array() if isinstance(source.op, Constant) else source.weights.get("")


def _made(layer: type[Op], settings: Mapping[str, object]) -> Op | None:
    """A layer of these settings, or None where it takes none so large."""
    try:
        return layer.from_attributes(settings)
    except AttributeProblem:
        return None


def _keeps_sizes(op: Convolution, window: Sequence[int]) -> bool:
    """Whether the margins are those that padding same would make."""
    rank = len(window)
    if not op.pads or any(step != 1 for step in op.strides):
        return False
    pads, extents = (
        each(op.pads, 2 * rank),
        [(size - 1) * gap for size, gap in zip(window, each(op.dilations, rank), strict=True)],
    )
    return all(
        (pads[i], pads[rank + i]) == (extent // 2, extent - extent // 2) for i, extent in enumerate(extents)
    )
