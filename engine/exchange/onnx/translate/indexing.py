"""Picking elements and slices by number, putting them, and finding them."""

from __future__ import annotations

from engine.blocks.choosing import Compress
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.registry import Results, translates
from engine.exchange.onnx.tensors import Tensor
from engine.ops.caching import TensorScatter
from engine.ops.conversion import Cast
from engine.ops.finding import NonZero, Unique
from engine.ops.indexing import Gather, OneHot
from engine.ops.ordering import PickAlong, TopK
from engine.ops.scattering import GatherND, PutAlong, ScatterND
from engine.ops.shaping import Transpose
from engine.ops.sliding import ReverseSequence
from engine.ops.striding import StridedSlice
from engine.value import Value

_JOINED = {"none": "none", "add": "add", "mul": "multiply", "max": "maximum", "min": "minimum"}


@translates("Gather")
def gather(node: OnnxNode) -> Tensor:
    return Gather(axis=node.get("axis", 0) % max(node.rank(), 1))(node[0], node[1])


@translates("GatherElements")
def gather_elements(node: OnnxNode) -> Tensor:
    return PickAlong(axis=node.get("axis", 0))(node[0], node[1])


@translates("GatherND")
def gather_nd(node: OnnxNode) -> Tensor:
    return GatherND(batch_axes=node.get("batch_dims", 0))(node[0], node[1])


@translates("ScatterElements")
@translates("Scatter")
def scatter_elements(node: OnnxNode) -> Tensor:
    op = PutAlong(axis=node.get("axis", 0), reduction=_JOINED[node.get("reduction", "none")])
    return op(node[0], node[1], node[2])


@translates("ScatterND")
def scatter_nd(node: OnnxNode) -> Tensor:
    return ScatterND(reduction=_JOINED[node.get("reduction", "none")])(node[0], node[1], node[2])


@translates("TensorScatter")
def tensor_scatter(node: OnnxNode) -> Tensor:
    op = TensorScatter(axis=node.get("axis", -2), circular=node.get("mode", "linear") == "circular")
    return op(node[0], node[1], node[2] if node.has(2) else None)


@translates("TopK", since=10)
def top_k(node: OnnxNode) -> Results:
    largest = bool(node.get("largest", 1))
    return node.settled_all(TopK, [node[0]], {"k": 1}, axis=node.get("axis", -1), largest=largest)


@translates("TopK", since=1)
def top_k_by_attribute(node: OnnxNode) -> Results:
    return TopK(k=node.get("k"), axis=node.get("axis", -1)).apply(node[0])


@translates("OneHot")
def one_hot(node: OnnxNode) -> Tensor:
    """The third input holds what stands elsewhere, and then what stands at the index."""
    dtype = node.spec(2).dtype
    indices, depth = _whole(node[0]), _whole(node[1])
    off, on = (StridedSlice(starts=(i,), ends=(i + 1,))(node[2]) for i in (0, 1))
    settings: dict[str, object] = {"axis": node.get("axis", -1), "dtype": dtype, "wrap": True}
    wired: list[Value | None] = [depth, on, off]
    if (known := node.known(1)) is not None:
        settings["depth"], wired[0] = int(known.reshape(())), None
    if (known := node.known(2)) is not None:
        settings["off"], settings["on"] = (float(number) for number in known)
        wired[1:] = [None, None]
    return OneHot.from_attributes(settings)(indices, *wired)


def _whole(x: Value) -> Value:
    """Whole numbers, which ONNX lets come as floats."""
    return Cast(dtype="int64")(x) if x.spec.is_float else x


@translates("NonZero")
def non_zero(node: OnnxNode) -> Tensor:
    """One row for each axis in ONNX, one for each element here."""
    return Transpose(permutation=(1, 0))(NonZero()(node[0]))


@translates("Compress")
def compress(node: OnnxNode) -> Tensor:
    axis = node.get("axis")
    op = Compress(whole=True) if axis is None else Compress(axis=axis)
    return op(node[0], node[1])


@translates("Unique")
def unique(node: OnnxNode) -> Results:
    axis, in_order = node.get("axis"), bool(node.get("sorted", 1))
    op = Unique(in_order=in_order) if axis is None else Unique(whole=False, axis=axis, in_order=in_order)
    return op.apply(node[0])


@translates("ReverseSequence")
def reverse_sequence(node: OnnxNode) -> Tensor:
    op = ReverseSequence(axis=node.get("time_axis", 0), batch_axis=node.get("batch_axis", 1))
    return op(node[0], node[1])
