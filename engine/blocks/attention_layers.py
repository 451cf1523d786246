"""Layers of attention: what they compare is learned, or compared as it is."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from engine.blocks.attention import (
    MASK,
    ScaledDotProductAttention,
    masked,
    softmax_of_seen,
    window_of,
)
from engine.blocks.layers import Dense, Dropout
from engine.blocks.parts import features
from engine.case import Sample
from engine.errors import SpecError
from engine.families import number_like
from engine.op import Block, Case, Port, attribute
from engine.ops.activation import Tanh
from engine.ops.axes import MergeAxes, SplitAxis
from engine.ops.comparison import LogicalAnd
from engine.ops.linear import MatMul
from engine.ops.reduction import ReduceSum
from engine.ops.selection import Where
from engine.ops.shaping import ExpandDims, Transpose
from engine.ops.state import INITIALIZERS
from engine.value import BlockBuilder, Value

_KEY = Port(
    "key", optional=True, help="batch x keys x features. Without it, the query is compared with itself."
)
_VALUE = Port("value", optional=True, help="batch x keys x features. Without it, the keys are the values.")
_KEY_MASK = Port(
    "key_mask", optional=True, help="batch x keys: true where a key counts, as SequenceMask tells it."
)
_HEADS_TO_FRONT = (0, 2, 1, 3)
_X = Sample((2, 3, 4))
_SEEN = Sample((2, 3), "bool", values=[[True, True, False], [True, False, False]])


class _Attending(Block, abstract=True):
    """What all of them share: what is compared, what is seen of it, and weights that may be dropped."""

    category = "Layers"
    inputs = (Port("query", help="batch x queries x features."), _KEY, _VALUE, MASK, _KEY_MASK)
    score_rank: ClassVar[int] = 3
    """How many axes scores have: 4 where there are heads."""
    dropout: float = attribute(
        default=0.0, low=0.0, high=0.99, help="The part of the weights that is dropped while training."
    )
    causal: bool = attribute(
        default=False, help="Whether each step sees only itself and the steps before it."
    )

    def expand(
        self,
        b: BlockBuilder,
        query: Value,
        key: Value | None = None,
        value: Value | None = None,
        mask: Value | None = None,
        key_mask: Value | None = None,
    ) -> Value:
        key = key or query
        value = value or key
        for port, x in (("query", query), ("key", key), ("value", value)):
            features(port, x.spec, 3)
        return self.attended(b, query, key, value, _both(mask, key_mask, self.score_rank))

    @abstractmethod
    def attended(self, b: BlockBuilder, query: Value, key: Value, value: Value, mask: Value | None) -> Value:
        """What the query finds."""


class _Heads(_Attending, abstract=True):
    """Attention in several heads, each with queries, keys and values of its own that are learned."""

    score_rank = 4
    heads: int = attribute(default=4, low=1, high=1024, help="How many heads look at the sequence.")
    size: int = attribute(default=16, low=1, high=65_536, help="How long queries and keys of one head are.")
    value_size: int = attribute(
        default=0, low=0, high=65_536, help="How long values of one head are; 0 makes them as long as keys."
    )
    output_size: int = attribute(
        default=0, low=0, high=65_536, help="How long the result is; 0 makes it as long as the query."
    )
    use_bias: bool = attribute(
        default=True, help="Whether a bias is added to queries, keys, values and result."
    )
    kernel_initializer: str = attribute(
        default="glorot_uniform", choices=INITIALIZERS, help="How the first values of the kernels are drawn."
    )
    trainable: bool = attribute(default=True, help="Whether optimizers change kernels and biases.")

    def heads_of_keys(self) -> int:
        """How many heads of keys and values there are."""
        return self.heads

    def attended(self, b: BlockBuilder, query: Value, key: Value, value: Value, mask: Value | None) -> Value:
        """Project, attend in each head, join the heads and project again."""
        key_heads, value_size = self.heads_of_keys(), self.value_size or self.size
        y, _ = ScaledDotProductAttention(causal=self.causal, dropout=self.dropout).apply(
            self._projected(query, "query", self.heads, self.size),
            self._projected(key, "key", key_heads, self.size),
            self._projected(value, "value", key_heads, value_size),
            mask,
        )
        joined = MergeAxes()(Transpose(permutation=_HEADS_TO_FRONT)(y), name="heads_joined")
        return self._dense(joined, "output", self.output_size or features("query", query.spec, 3))

    def _projected(self, x: Value, name: str, heads: int, size: int) -> Value:
        """batch x heads x steps x size of what a dense layer makes of x."""
        rows = SplitAxis(sizes=(heads, size))(self._dense(x, name, heads * size))
        return Transpose(permutation=_HEADS_TO_FRONT)(rows)

    def _dense(self, x: Value, name: str, units: int) -> Value:
        layer = Dense(
            units=units,
            use_bias=self.use_bias,
            kernel_initializer=self.kernel_initializer,
            trainable=self.trainable,
        )
        return layer(x, name=name)


class MultiHeadAttention(_Heads):
    """Several heads look at a sequence, each for something of its own; what they find is put together.

    With only a query connected, the sequence looks at itself (self-attention).

    Source: Vaswani et al., Attention is all you need, 2017.
    """

    aliases = ("mha", "SelfAttention", "CrossAttention")
    formula = "y = (heads side by side) · output;  head = softmax(q · transposed k / sqrt(size)) · v"
    advice = "Heads times size is usually the number of features. Open it to see the weights of each head."
    cases = (
        Case([_X], {"heads": 2, "size": 3}),
        Case([_X, (2, 5, 3)], {"heads": 2, "size": 2, "value_size": 3, "output_size": 6}),
        Case([_X, (2, 5, 3), (2, 5, 2)], {"heads": 1, "size": 2, "use_bias": False}),
        Case([_X, None, None, None, _SEEN], {"heads": 2, "size": 2, "causal": True}),
        Case([_X, None, None, Sample((3, 3), "bool")], {"heads": 2, "size": 2, "dropout": 0.2}),
        Case([_X, None, None, (2, 3, 3), _SEEN], {"heads": 2, "size": 2}),
        Case([(0, 3, 4)], {"heads": 2, "size": 2}),
        Case([(1, 1, 1)], {"heads": 1, "size": 1}),
    )


class GroupQueryAttention(_Heads):
    """Attention in several heads of which neighbours share keys and values: almost as good, and much smaller.

    With one head of keys, all share it (multi-query attention).

    Source: Ainslie et al., GQA: training generalized multi-query transformer models, 2023.
    """

    aliases = ("gqa", "mqa", "MultiQueryAttention", "GroupedQueryAttention")
    formula = MultiHeadAttention.formula
    advice = "Set key heads to a fourth or an eighth of heads; memory of keys and values shrinks as much."
    key_heads: int = attribute(
        default=2, low=1, high=1024, help="How many heads of keys and values there are; they divide heads."
    )
    cases = (
        Case([_X], {"heads": 4, "size": 3}),
        Case([_X, (2, 5, 3)], {"heads": 4, "size": 2, "key_heads": 1}),
        Case([_X, None, None, None, _SEEN], {"heads": 4, "size": 2, "causal": True}),
        Case([(0, 3, 4)], {"heads": 2, "size": 2}),
    )

    def heads_of_keys(self) -> int:
        if self.heads % self.key_heads:
            raise SpecError(
                f"{self.heads} heads cannot share {self.key_heads} heads of keys.",
                hint=f"Set key heads to a number that divides {self.heads}.",
            )
        return self.key_heads


class Attention(_Attending):
    """Compare queries and keys as they are, by their products, and sum the values accordingly.

    Source: Luong, Pham and Manning, Effective approaches to attention-based neural machine translation, 2015.
    """

    aliases = ("LuongAttention", "DotProductAttention")
    formula = "y = softmax(query · transposed key) · value"
    advice = "Without anything to learn. MultiHeadAttention learns what to compare."
    use_scale: bool = attribute(
        default=False, help="Whether the scores are multiplied by a number that is learned."
    )
    cases = (
        Case([_X]),
        Case([_X, (2, 5, 4), (2, 5, 3)], {"use_scale": True, "dropout": 0.1}),
        Case([_X, None, None, None, _SEEN], {"causal": True}),
        Case([(0, 3, 4)]),
    )

    def attended(self, b: BlockBuilder, query: Value, key: Value, value: Value, mask: Value | None) -> Value:
        scores = MatMul(transpose_b=True)(query, key)
        if self.use_scale:
            scores = scores * b.variable("scale", (), dtype=query.spec.dtype, initializer="ones")
        return _weighted(self, scores, query, key, value, mask)


class AdditiveAttention(_Attending):
    """Compare queries and keys by the tanh of their sum, and sum the values accordingly.

    Source: Bahdanau, Cho and Bengio, Neural machine translation by jointly learning to align and
    translate, 2015.
    """

    aliases = ("BahdanauAttention",)
    formula = "y = softmax(sum over the size of scale · tanh(query + key)) · value"
    advice = "The first attention there was. Put a Dense layer before query and key, so that it learns them."
    use_scale: bool = attribute(
        default=True, help="Whether each place of the vectors has a weight that is learned."
    )
    cases = (
        Case([_X]),
        Case([_X, (2, 5, 4), (2, 5, 3)], {"use_scale": False, "dropout": 0.1}),
        Case([_X, None, None, None, _SEEN], {"causal": True}),
        Case([(0, 3, 4)]),
    )

    def attended(self, b: BlockBuilder, query: Value, key: Value, value: Value, mask: Value | None) -> Value:
        bent = Tanh()(ExpandDims(axis=2)(query) + ExpandDims(axis=1)(key))
        if self.use_scale:
            size = features("query", query.spec, 3)
            bent = bent * b.variable("scale", (size,), dtype=query.spec.dtype, initializer="glorot_uniform")
        scores = ReduceSum(axes=(-1,))(bent)
        return _weighted(self, scores, query, key, value, mask)


def _weighted(
    layer: _Attending, scores: Value, query: Value, key: Value, value: Value, mask: Value | None
) -> Value:
    """The sum of the values, weighted by the softmax of batch x queries x keys of scores."""
    scores = masked(masked(scores, mask), window_of(query, key, -1, 0 if layer.causal else -1))
    weights = softmax_of_seen(scores)
    return (Dropout(rate=layer.dropout)(weights) if layer.dropout else weights) @ value


def _both(mask: Value | None, key_mask: Value | None, rank: int) -> Value | None:
    """One mask for scores of a rank, 4 where there are heads, of one for pairs and one for keys."""
    if mask is not None and mask.spec.rank == 3 < rank:
        mask = ExpandDims(axis=1)(mask)
    if key_mask is None:
        return mask
    if key_mask.spec.dtype != "bool" or key_mask.spec.rank not in (2, None):
        raise SpecError(
            f"key_mask is {key_mask.spec}; expected batch x keys bool.",
            hint="SequenceMask makes one out of the lengths of sequences, Masking out of what fills them.",
        )
    keys = SplitAxis(axis=0, sizes=(-1, *[1] * (rank - 2)))(key_mask)
    if mask is None:
        return keys
    if mask.spec.dtype == "bool":
        return LogicalAnd()(mask, keys)
    return Where()(keys, mask, number_like(mask, float("-inf")))
