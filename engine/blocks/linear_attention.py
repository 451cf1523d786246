"""Attention that keeps no keys and values: it adds them up in one matrix, and reads from that."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.blocks.parts import features, narrowed, widened
from engine.errors import SpecError
from engine.op import Block, Case, Port, attribute
from engine.ops.axes import MergeAxes, SplitAxis
from engine.ops.conversion import ZerosLike
from engine.ops.elementwise import Exp
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import ExpandDims
from engine.spec import same_shape, shape_text
from engine.value import BlockBuilder, Value

_RULES = ("linear", "gated", "delta", "gated_delta")


class LinearAttention(Block):
    """Write each key and value into a matrix, and let each query read from it: the steps cost equally much.

    Gated, the matrix fades by `decay` before each step; with delta, what a key would already read is taken
    off its value, and `beta` says how much is written. Fewer heads of keys and values than of queries serve
    several of them each. A long sequence may be read in parts, by way of `past` and `present`.

    Sources: Katharopoulos et al., Transformers are RNNs, 2020; Yang, Kautz and Hatamizadeh, Gated delta
    networks: improving Mamba2 with delta rule, 2024.
    """

    category = "Layers"
    inputs = (
        Port("query", help="batch x steps x (heads · size)."),
        Port("key", help="batch x steps x (key heads · size); for delta of length 1 in each head."),
        Port("value", help="batch x steps x (key heads · size of a value)."),
        Port("past", optional=True, help="batch x key heads x size x size of a value. Zeros without it."),
        Port(
            "decay",
            optional=True,
            help="For gated: logarithms, one for each key head, or as for key.",
        ),
        Port(
            "beta",
            optional=True,
            help="For delta: how much is written, for each key head or for all.",
        ),
    )
    outputs = (
        Port("y", help="batch x steps x (heads · size of a value)."),
        Port("present", help="The matrix at the end, for the part that follows."),
    )
    aliases = ("DeltaNet", "RetNet")
    formula = "S = exp(decay) · S + key (x) beta · (value - S · key);  y = scale · query · S"
    advice = "For sequences too long for attention. Try gated_delta, and CausalConvolution before it."
    heads: int = attribute(default=4, low=1, high=1024, help="How many heads of queries there are.")
    key_heads: int = attribute(
        default=4, low=1, high=1024, help="How many heads of keys and values there are; they divide heads."
    )
    rule: str = attribute(default="linear", choices=_RULES, help="How the matrix is written.")
    scale: float = attribute(
        default=0.0, low=0.0, help="What the result is multiplied by; 0 stands for 1 / sqrt(size)."
    )
    cases = (
        Case([(2, 3, 8), (2, 3, 8), (2, 3, 4)]),
        Case(
            [(2, 3, 8), (2, 3, 4), (2, 3, 6), (2, 2, 2, 3), (2, 3, 2)],
            {"key_heads": 2, "rule": "gated", "scale": 0.5},
        ),
        Case(
            [(2, 3, 4), (2, 3, 4), (2, 3, 2), None, None, (2, 3, 1)],
            {"heads": 2, "key_heads": 2, "rule": "delta"},
        ),
        Case(
            [(2, 3, 4), (2, 3, 4), (2, 3, 2), None, (2, 3, 4), (2, 3, 2)],
            {"heads": 2, "key_heads": 2, "rule": "gated_delta"},
        ),
        Case([(0, 3, 4), (0, 3, 4), (0, 3, 4)]),
    )

    def expand(
        self,
        b: BlockBuilder,
        query: Value,
        key: Value,
        value: Value,
        past: Value | None = None,
        decay: Value | None = None,
        beta: Value | None = None,
    ) -> tuple[Value, Value]:
        self._check(query, key, value, decay, beta)
        size = features("query", query.spec, 3) // self.heads
        scale = self.scale or 1.0 / math.sqrt(max(size, 1))
        q = SplitAxis(sizes=(self.key_heads, self.heads // self.key_heads, size))(widened(query) * scale)
        k, v = (SplitAxis(sizes=(self.key_heads, -1))(widened(x)) for x in (key, value))
        slices = [q, k, v]
        if decay is not None:
            slices.append(SplitAxis(sizes=(self.key_heads, -1))(widened(decay)))
        if beta is not None:
            slices.append(widened(beta))
        state = _nothing(k, v) if past is None else widened(past)

        def step(before: Value, now: Sequence[Value]) -> tuple[Value, Value]:
            after = self._written(before, *now[1:])
            return after, now[0] @ after

        last, read = b.scan(step, state, tuple(slices), axis=1, name="scan")
        y = MergeAxes(axis=-3, count=3)(read, name="heads_joined")
        return narrowed(y, query), narrowed(last, query if past is None else past)

    def _written(self, state: Value, key: Value, value: Value, *gates: Value) -> Value:
        """The matrix with a key and its value in it; decay and beta follow as far as the rule has them."""
        row = ExpandDims(axis=-2)(value)
        if "gated" in self.rule:
            state = state * Exp()(ExpandDims(axis=-1)(gates[0]))
        if "delta" in self.rule:
            beta = SplitAxis(sizes=(-1, 1, 1))(gates[-1])
            row = beta * (row - ExpandDims(axis=-2)(key) @ state)
        return state + ExpandDims(axis=-1)(key) * row

    def _check(self, query: Value, key: Value, value: Value, decay: Value | None, beta: Value | None) -> None:
        """Raise SpecError where the heads do not fit, or a gate is missing or not wanted."""
        if self.heads % self.key_heads:
            raise SpecError(
                f"{self.heads} heads cannot share {self.key_heads} heads of keys.",
                hint=f"Set key heads to a number that divides {self.heads}.",
            )
        for port, x, heads in (
            ("query", query, self.heads),
            ("key", key, self.key_heads),
            ("value", value, self.key_heads),
        ):
            if features(port, x.spec, 3) % heads:
                raise SpecError(
                    f"{port} is {x.spec}, which cannot be divided into {heads} heads.",
                    hint="The number of features is heads times the size of one.",
                )
        steps = (query.spec.shape or ())[:-1]
        size = features("query", query.spec, 3) // self.heads * self.key_heads
        self._fits("key", key, steps, (size,))
        self._fits("value", value, steps, (features("value", value.spec, 3),))
        for port, gate, kind, sizes in (
            ("decay", decay, "gated", (self.key_heads, size)),
            ("beta", beta, "delta", (1, self.key_heads)),
        ):
            wanted = kind in self.rule
            if wanted != (gate is not None):
                raise SpecError(
                    f"the rule {self.rule} {'needs' if wanted else 'has no use for'} {port}.",
                    hint=f"{'Connect it' if wanted else 'Disconnect it'}, or choose another rule.",
                )
            if gate is not None:
                self._fits(port, gate, steps, sizes)

    @staticmethod
    def _fits(port: str, x: Value, steps: tuple[int | str, ...], sizes: tuple[int, ...]) -> None:
        if not any(same_shape(x.spec.shape, (*steps, size)) for size in sizes):
            expected = " or ".join(shape_text((*steps, size)) for size in dict.fromkeys(sizes))
            raise SpecError(f"{port} is {x.spec}; expected {expected}.", hint="Check heads and key heads.")


def _nothing(key: Value, value: Value) -> Value:
    """The matrix before the first step: batch x heads x size x size of a value."""
    rows, columns = (ReduceSum(axes=(1,))(ZerosLike()(x)) for x in (key, value))
    return ExpandDims(axis=-1)(rows) * ExpandDims(axis=-2)(columns)
