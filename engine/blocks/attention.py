"""Attention: each query takes from the values in proportion to how well their keys fit it."""

from __future__ import annotations

import math

from engine.blocks.layers import Dropout
from engine.case import Sample
from engine.errors import SpecError
from engine.families import number_like
from engine.op import Block, Case, Port, attribute
from engine.ops.activation import Softmax, Tanh
from engine.ops.axes import MergeAxes, Positions, SplitAxis
from engine.ops.comparison import LogicalAnd, NotEqual
from engine.ops.conversion import Cast
from engine.ops.linear import MatMul
from engine.ops.reduction import ReduceMax
from engine.ops.selection import Where
from engine.ops.shaping import ExpandDims
from engine.spec import INTEGERS, Spec, broadcast_shapes, common_dtype, same_dim, shape_text
from engine.value import BlockBuilder, Value

MASK = Port(
    "mask",
    optional=True,
    help="True where a query may see a key, or numbers to add to the scores; broadcast to queries x keys.",
)
_MASKED = float("-inf")
_TAKEN = ("softmax", "mask", "softcap", "product")
_HEADS = Sample((1, 2, 3, 4))
_SEEN = Sample((2, 3), "bool", values=[[True, False, True], [False, False, False]])


class ScaledDotProductAttention(Block):
    """Each query is compared with all keys; the softmax of the products weighs the sum of the values.

    The last two axes are queries x size, keys x size and keys x size of a value. Axes before them, such as
    batch and heads, are broadcast; there may be fewer heads of keys and values than of queries, if
    they divide them: each of them then serves as many heads of queries (grouped queries).
    A query that may see no key at all gets zeros.

    Sources: Vaswani et al., Attention is all you need, 2017; Ainslie et al., GQA, 2023 (grouped queries);
    Gemma Team, Gemma 2, 2024 (soft cap).
    """

    category = "Layers"
    inputs = (
        Port("query", help="batch x heads x queries x size."),
        Port("key", help="batch x heads x keys x size."),
        Port("value", help="batch x heads x keys x size of a value."),
        MASK,
        Port(
            "offset",
            optional=True,
            help="How many keys stand before the first query, one number or one for each example.",
        ),
    )
    promotes = ("query", "key", "value")
    outputs = (
        Port("y", help="batch x heads x queries x size of a value."),
        Port("weights", help="How much each query takes from each value."),
    )
    aliases = ("sdpa", "CausalAttention")
    formula = "y = softmax(query · transposed key · scale + mask) · value"
    advice = "For a layer that learns its own queries, keys and values take MultiHeadAttention."
    scale: float = attribute(
        default=0.0, low=0.0, help="What the products are multiplied by; 0 stands for 1 / sqrt(size)."
    )
    softcap: float = attribute(
        default=0.0, low=0.0, help="Keeps scores between -softcap and softcap, by a tanh; 0 leaves them."
    )
    causal: bool = attribute(
        default=False, help="Whether a query sees only keys at its own place and before."
    )
    keys_before: int = attribute(
        default=-1, low=-1, help="How many keys before its own place a query sees; -1 is all of them."
    )
    keys_after: int = attribute(
        default=-1, low=-1, help="How many keys after its own place a query sees; -1 is all of them."
    )
    dropout: float = attribute(
        default=0.0, low=0.0, high=0.99, help="The part of the weights that is dropped while training."
    )
    precision: str = attribute(
        default="same",
        choices=("same", "float16", "float32", "float64"),
        help="The dtype in which the softmax is computed. Same is that of the query.",
    )
    weights_after: str = attribute(
        default="softmax",
        choices=_TAKEN,
        help="After which step the second output shows the weights: they are scores before the softmax.",
    )
    cases = (
        Case([(2, 3, 4), (2, 5, 4), (2, 5, 2)]),
        Case([_HEADS, _HEADS, _HEADS], {"causal": True}),
        Case([(1, 4, 3, 2), (1, 2, 5, 2), (1, 2, 5, 3)], {"scale": 0.5, "softcap": 2.0}),
        Case([(2, 4), (3, 4), (3, 2), _SEEN]),
        Case([(2, 3, 4), (2, 5, 4), (2, 5, 2), (2, 1, 5)], {"weights_after": "mask"}),
        Case(
            [(2, 1, 3, 4), (2, 1, 5, 4), (2, 1, 5, 2), None, Sample((2,), "int64", values=[2, -1])],
            {"causal": True, "keys_before": 1},
        ),
        Case([(4, 2), (4, 2), (4, 2)], {"keys_before": 1, "keys_after": 1, "weights_after": "product"}),
        Case([(3, 2), (3, 2), (3, 2)], {"precision": "float64", "weights_after": "softcap"}),
        Case([(2, 3, 4), (2, 3, 4), (2, 3, 4)], {"causal": True}, low=300.0, high=400.0, gradient=False),
        Case([(0, 3, 4), (0, 5, 4), (0, 5, 2)]),
        Case([(1, 1), (1, 1), (1, 1)]),
    )

    def expand(
        self,
        b: BlockBuilder,
        query: Value,
        key: Value,
        value: Value,
        mask: Value | None = None,
        offset: Value | None = None,
    ) -> tuple[Value, Value]:
        groups = _check(query.spec, key.spec, value.spec)
        size = (query.spec.shape or (1,))[-1]
        if not self.scale and not isinstance(size, int):
            raise SpecError(f"query is {query.spec}; expected a known last size.", hint="Or set scale.")
        # Half of the scale on either side keeps the products of 16-bit numbers finite.
        half = math.sqrt(self.scale or 1.0 / math.sqrt(max(int(size), 1)))
        scores = _grouped(MatMul(transpose_b=True), query * half, key * half, groups)
        taken = {"product": scores}
        if self.softcap:
            scores = Tanh()(scores / self.softcap) * self.softcap
        taken["softcap"] = scores
        after = 0 if self.causal else self.keys_after
        window = window_of(query, key, self.keys_before, after, offset)
        scores = masked(masked(scores, mask), window)
        taken["mask"] = scores
        # Without an offset the first key lies within each window that is open to the left.
        open_window = window is None or (offset is None and self.keys_before < 0)
        weights = self._softmax(scores, certain=mask is None and open_window)
        taken["softmax"] = weights
        dropped = Dropout(rate=self.dropout)(weights) if self.dropout else weights
        return _grouped(MatMul(), dropped, value, groups), taken[self.weights_after]

    def _softmax(self, scores: Value, *, certain: bool) -> Value:
        """The weights; `certain` where each query surely sees a key."""
        dtype = scores.spec.dtype
        wide = scores if self.precision in ("same", dtype) else Cast(dtype=self.precision)(scores)
        weights = Softmax()(wide) if certain else softmax_of_seen(wide)
        return weights if weights.spec.dtype == dtype else Cast(dtype=dtype)(weights)


def window_of(query: Value, key: Value, before: int, after: int, offset: Value | None = None) -> Value | None:
    """True where a key lies at most so many places before and after a query; None where every key may.

    A negative number sets no limit. `offset` is how many keys stand before the first query.
    """
    if before < 0 and after < 0:
        return None
    place = ExpandDims(axis=1)(Positions(axis=-2)(query))
    if offset is not None:
        place = place + _per_example(offset, query.spec.rank or 2)
    ahead = Positions(axis=-2)(key) - place
    near = ahead <= after if after >= 0 else None
    far = ahead >= -before if before >= 0 else None
    return near if far is None else far if near is None else LogicalAnd()(near, far)


def masked(scores: Value, mask: Value | None) -> Value:
    """The scores, minus infinity where a bool mask is false, or with the numbers of another mask added."""
    if mask is None:
        return scores
    if mask.spec.dtype == "bool":
        return Where()(mask, scores, number_like(scores, _MASKED))
    return scores + mask


def softmax_of_seen(scores: Value) -> Value:
    """The softmax of each row; zeros where a row has nothing but minus infinity."""
    largest = ReduceMax(axes=(-1,), keep_dims=True)(scores, name="best")
    seen = NotEqual()(largest, _MASKED, name="sees_a_key")
    zero = number_like(scores, 0.0)
    # The rows of zeros that stand in for the others keep 0 · infinity out of the gradient.
    return Where()(seen, Softmax()(Where()(seen, scores, zero)), zero)


def _grouped(product: MatMul, a: Value, b: Value, groups: int) -> Value:
    """A product in which each head of b serves several neighbouring heads of a."""
    if groups == 1:
        return product(a, b)
    shared = product(SplitAxis(axis=-3, sizes=(-1, groups))(a), ExpandDims(axis=-3)(b))
    return MergeAxes(axis=-4)(shared)


def _per_example(offset: Value, rank: int) -> Value:
    """The offset with axes of size 1 behind the batch; a single number stays."""
    if offset.spec.dtype not in INTEGERS or offset.spec.rank not in (0, 1):
        raise SpecError(
            f"offset is {offset.spec}; expected a whole number, or one for each example.",
            hint="Insert Cast to int64.",
        )
    wide = offset if offset.spec.dtype == "int64" else Cast(dtype="int64")(offset)
    return SplitAxis(sizes=(-1, *[1] * (rank - 1)))(wide) if offset.spec.rank == 1 else wide


def _check(query: Spec, key: Spec, value: Spec) -> int:
    """How many heads of queries share a head of keys; raises SpecError for what does not fit."""
    dtype = common_dtype(query, key, value)
    if not Spec(dtype, ()).is_float:
        raise SpecError(f"query is {query}; expected a float dtype.", hint="Insert Cast to float32.")
    shapes = {"query": query.shape, "key": key.shape, "value": value.shape}
    for port, shape in shapes.items():
        if shape is None or len(shape) < 2:
            raise SpecError(
                f"{port} is {shape_text(shape)}; expected at least steps x size.",
                hint="Connect sequences of vectors, such as batch x steps x size.",
            )
    q, k, v = query.shape or (), key.shape or (), value.shape or ()
    if not same_dim(q[-1], k[-1]):
        raise SpecError(
            f"query is {shape_text(q)} and key is {shape_text(k)}; expected one last size.",
            hint="Queries and keys are multiplied: give both vectors of one length.",
        )
    if not same_dim(k[-2], v[-2]):
        raise SpecError(
            f"key is {shape_text(k)} and value is {shape_text(v)}; expected as many values as keys.",
            hint="Connect both to one sequence.",
        )
    broadcast_shapes(k[:-2], v[:-2])
    return _groups(q, k)


def _groups(q: tuple[int | str, ...], k: tuple[int | str, ...]) -> int:
    if len(q) < 3 or len(q) != len(k) or q[-3] == k[-3] or 1 in (q[-3], k[-3]):
        return 1
    heads, shared = q[-3], k[-3]
    if not isinstance(heads, int) or not isinstance(shared, int):
        return 1
    if heads % shared:
        raise SpecError(
            f"query has {heads} heads and key has {shared}, which does not divide them.",
            hint="Give key and value as many heads, or a part of them such as one half.",
        )
    return heads // shared
