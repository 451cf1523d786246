"""Attention, and what belongs to it: rotated positions, attention without a softmax, causal convolution."""

from __future__ import annotations

from engine.blocks.attention import ScaledDotProductAttention
from engine.blocks.causal_convolution import CausalConvolution
from engine.blocks.masking import SequenceMask
from engine.blocks.position import RotaryEmbedding
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import Unsupported
from engine.exchange.onnx.registry import translates
from engine.exchange.onnx.tensors import Tensor, dtype_name
from engine.families import number_like
from engine.ops.axes import MergeAxes, SplitAxis
from engine.ops.comparison import LogicalAnd
from engine.ops.conversion import Cast
from engine.ops.indexing import Gather
from engine.ops.joining import Concat
from engine.ops.padding import Pad
from engine.ops.selection import Where
from engine.ops.shaping import Squeeze, Transpose
from engine.ops.sizes import Shape
from engine.value import Value

_SWAPPED = (0, 2, 1, 3)
_TAKEN = ("product", "softcap", "mask", "softmax")
_CHANNELS_LAST = (0, 2, 1)


@translates("Attention", since=23)
def attention(node: OnnxNode) -> tuple[Tensor | None, ...]:
    """Heads are split off where they lie in one axis; a cache is what came before, joined to what is new."""
    flat = node.rank() == 3
    query = _heads(node[0], node.get("q_num_heads"))
    key, value = (_heads(node[index], node.get("kv_num_heads")) for index in (1, 2))
    offset: Value | None = None
    if node.has(4):
        offset = _size(node[4])
        key, value = Concat(axis=2)(node[4], key), Concat(axis=2)(node[5], value)
    elif node.has(6):
        offset = Cast(dtype="int64")(node[6]) - _size(query)
    causal = bool(node.get("is_causal", 0))
    before, after = node.get("left_window_size", -1), node.get("right_window_size", -1)
    scale = node.get("scale")
    if scale is not None and scale <= 0:
        raise Unsupported(f"a scale of {scale:g} is not supported")
    precision = node.get("softmax_precision")
    op = ScaledDotProductAttention(
        scale=scale or 0.0,
        softcap=node.get("softcap", 0.0),
        causal=causal,
        keys_before=before,
        keys_after=after,
        precision="same" if precision is None else dtype_name(precision),
        weights_after=_TAKEN[node.get("qk_matmul_output_mode", 0)],
    )
    windowed = causal or before >= 0 or after >= 0
    y, weights = op.apply(query, key, value, _mask(node, key), offset if windowed else None)
    y = MergeAxes()(Transpose(permutation=_SWAPPED)(y)) if flat else y
    return y, key, value, weights


def _heads(x: Value, heads: int | None) -> Value:
    """batch x heads x steps x size."""
    if x.spec.rank == 4:
        return x
    if heads is None:
        raise Unsupported("the number of heads is missing")
    return Transpose(permutation=_SWAPPED)(SplitAxis(sizes=(heads, -1))(x))


def _size(x: Value) -> Value:
    """How many steps there are, as a scalar."""
    return Squeeze(axes=(0,))(Gather()(Shape()(x), x.builder.constant([2], "int64")))


def _mask(node: OnnxNode, key: Value) -> Value | None:
    """The mask with the padding of keys in it. A mask that is too short hides the keys behind its end."""
    mask = node[3] if node.has(3) else None
    keys = (key.spec.shape or (0,) * 4)[2]
    length = 0 if mask is None else node.shape(3)[-1]
    # Where a length is not known, the mask is taken to be as long as the keys, as nearly all are.
    if mask is not None and isinstance(keys, int) and isinstance(length, int) and length < keys:
        margin = (0,) * (node.rank(3) - 1)
        hidden = 0.0 if mask.spec.dtype == "bool" else float("-inf")
        mask = Pad(before=(*margin, 0), after=(*margin, keys - length), value=hidden)(mask)
    if not node.has(6):
        return mask
    counts = SequenceMask()(node[6], Squeeze(axes=(1,))(_one_head(key)))
    counts = SplitAxis(axis=0, sizes=(-1, 1, 1))(counts)
    if mask is None:
        return counts
    if mask.spec.dtype == "bool":
        return LogicalAnd()(mask, counts)
    return Where()(counts, mask, number_like(mask, float("-inf")))


def _one_head(key: Value) -> Value:
    """The first head of batch x heads x steps x size, whose axis stays."""
    return Gather(axis=1)(key, key.builder.constant([0], "int64"))


@translates("RotaryEmbedding", since=23)
def rotary_embedding(node: OnnxNode) -> Tensor:
    x = _heads(node[0], node.get("num_heads"))
    op = RotaryEmbedding(
        size=node.get("rotary_embedding_dim", 0), interleaved=bool(node.get("interleaved", 0))
    )
    y = op(x, node[1], node[2], node[3] if node.has(3) else None)
    return y if node.rank() == 4 else MergeAxes()(Transpose(permutation=_SWAPPED)(y))


@translates("CausalConvWithState")
def causal_conv_with_state(node: OnnxNode) -> tuple[Tensor, ...]:
    """ONNX has the channels before the steps, and one row of the kernel for each channel."""
    op = CausalConvolution(activation="linear" if node.get("activation", "none") == "none" else "silu")
    kernel = Squeeze(axes=(1,))(Transpose(permutation=(2, 1, 0))(node[1]))
    past = Transpose(permutation=_CHANNELS_LAST)(node[3]) if node.has(3) else None
    x = Transpose(permutation=_CHANNELS_LAST)(node[0])
    y, present = op.apply(x, kernel, node[2] if node.has(2) else None, past)
    return Transpose(permutation=_CHANNELS_LAST)(y), Transpose(permutation=_CHANNELS_LAST)(present)
