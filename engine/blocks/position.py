"""Layers that tell attention where in the sequence a step stands, which it would not see by itself."""

from __future__ import annotations

from collections.abc import Sequence

from engine.blocks.parts import narrowed, part, wide
from engine.case import Sample
from engine.errors import SpecError
from engine.op import Block, Case, Port, attribute
from engine.ops.axes import MergeAxes, Positions, SplitAxis
from engine.ops.conversion import Cast
from engine.ops.elementwise import Cos, Sin
from engine.ops.indexing import Gather
from engine.ops.joining import Concat, Stack
from engine.ops.selection import Where
from engine.ops.shaping import ExpandDims, Squeeze
from engine.ops.state import INITIALIZERS
from engine.spec import INTEGERS, Spec
from engine.value import BlockBuilder, Value

_PLACES = Sample((2, 3), "int64", values=[[4, 0, 1], [2, 2, 3]])


class SinePositionEncoding(Block):
    """Add waves to each step, slow ones and fast ones, whose heights together tell its position.

    Source: Vaswani et al., Attention is all you need, 2017.
    """

    category = "Layers"
    aliases = ("PositionalEncoding",)
    formula = "y[s, 2i] = x[s, 2i] + sin(s / longest^(2i / size));  y[s, 2i + 1] the same with cos"
    advice = "Behind an Embedding. There is nothing to learn, and sequences may be of any length."
    longest: float = attribute(
        default=10_000.0, low=1.0, help="How much longer the slowest wave is than the fastest."
    )
    cases = (Case([(2, 3, 4)]), Case([(3, 5)], {"longest": 50.0}), Case([(0, 3, 2)]), Case([(1, 1, 1)]))

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        size = _size(x.spec)
        rates = [self.longest ** -(2 * (place // 2) / size) for place in range(size)]
        cos, sin = _waves(Positions(axis=-2)(x), rates, x)
        even = b.constant([place % 2 == 0 for place in range(size)], "bool")
        return x + Where()(even, sin, cos)


class PositionEmbedding(Block):
    """Add a vector to each step that belongs to its position, and is learned."""

    category = "Layers"
    aliases = ("PositionalEmbedding",)
    formula = "y[s] = x[s] + table[s]"
    advice = "Behind an Embedding. No sequence may be longer than the table."
    length: int = attribute(
        default=128, low=1, high=1_000_000, help="How many positions there are: the longest sequence."
    )
    initializer: str = attribute(
        default="glorot_uniform", choices=INITIALIZERS, help="How the first vectors are drawn."
    )
    trainable: bool = attribute(default=True, help="Whether optimizers change the vectors.")
    cases = (Case([(2, 3, 4)], {"length": 3}), Case([(5, 2)]), Case([(0, 3, 2)]))

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        size = _size(x.spec)
        steps = (x.spec.shape or ())[-2]
        if isinstance(steps, int) and steps > self.length:
            raise SpecError(
                f"x has {steps} steps, and the table has {self.length} positions.",
                hint=f"Set length to {steps} or more.",
            )
        table = b.variable(
            "table",
            (self.length, size),
            dtype=x.spec.dtype,
            initializer=self.initializer,
            trainable=self.trainable,
        )
        return x + Gather()(table, Positions(axis=-2)(x))


class RotaryEmbedding(Block):
    """Turn each pair of elements by an angle that grows with the position.

    The product of two vectors that were turned depends on how far apart they stand, and not on where:
    apply it to queries and keys, which are batch x heads x steps x size. The cosines and sines of the angles
    may be given: one row for each position, or one for each step of each example.

    Source: Su et al., RoFormer: enhanced transformer with rotary position embedding, 2021.
    """

    category = "Layers"
    inputs = (
        Port("x", help="batch x heads x steps x size."),
        Port(
            "cos", optional=True, help="Cosines: positions x half the size, or batch x steps x half the size."
        ),
        Port("sin", optional=True, help="Sines, of the shape of the cosines."),
        Port("positions", optional=True, help="batch x steps. Without it, steps are counted from 0."),
    )
    aliases = ("RoPE",)
    formula = "y1 = x1 · cos - x2 · sin;  y2 = x1 · sin + x2 · cos;  angle = position / base^(2i / size)"
    advice = "Between the projections and ScaledDotProductAttention, for queries and keys alike."
    base: float = attribute(
        default=10_000.0, low=1.0, help="How much slower the last pair turns than the first."
    )
    size: int = attribute(
        default=0, low=0, high=65_536, help="How many elements are turned, an even number; 0 turns all."
    )
    interleaved: bool = attribute(
        default=False, help="Whether neighbours are a pair, or an element of each half."
    )
    cases = (
        Case([(2, 2, 3, 4)]),
        Case([(2, 2, 3, 6), None, None, _PLACES], {"size": 4, "interleaved": True}),
        Case([(2, 2, 3, 4), (5, 2), (5, 2), _PLACES]),
        Case([(2, 2, 3, 4), (2, 3, 1), (2, 3, 1)], {"size": 2}),
        Case([(2, 3, 4)], {"base": 100.0}),
        Case([(0, 1, 3, 2)]),
    )

    def expand(
        self,
        b: BlockBuilder,
        x: Value,
        cos: Value | None = None,
        sin: Value | None = None,
        positions: Value | None = None,
    ) -> Value:
        whole = _size(x.spec)
        size = self.size or whole
        if size % 2 or size > whole:
            raise SpecError(
                f"{size} of {whole} elements cannot be turned in pairs.",
                hint=f"Set size to an even number up to {whole}.",
            )
        if (cos is None) != (sin is None):
            raise SpecError("only one of cos and sin is connected.", hint="Connect both, or none of them.")
        if positions is not None and positions.spec.dtype not in INTEGERS:
            raise SpecError(f"positions is {positions.spec}; expected whole numbers.", hint="Insert Cast.")
        if cos is None or sin is None:
            rates = [self.base ** -(2 * pair / size) for pair in range(size // 2)]
            places = Positions(axis=-2)(x) if positions is None else positions
            cos, sin = _waves(places, rates, x)
        elif positions is not None:
            cos, sin = Gather()(cos, positions), Gather()(sin, positions)
        if x.spec.rank == 4 and cos.spec.rank == 3:
            cos, sin = ExpandDims(axis=1)(cos), ExpandDims(axis=1)(sin)
        turned = self._turned(part(x, 0, size), cos, sin, size // 2)
        return turned if size == whole else Concat(axis=-1)(turned, part(x, size, whole - size))

    def _turned(self, x: Value, cos: Value, sin: Value, half: int) -> Value:
        if self.interleaved:
            pairs = SplitAxis(sizes=(half, 2))(x)
            first, second = (Squeeze(axes=(-1,))(part(pairs, place, 1)) for place in (0, 1))
        else:
            first, second = part(x, 0, half), part(x, half, half)
        real, imaginary = first * cos - second * sin, first * sin + second * cos
        if self.interleaved:
            return MergeAxes()(Stack(axis=-1)(real, imaginary))
        return Concat(axis=-1)(real, imaginary)


def _waves(positions: Value, rates: Sequence[float], like: Value) -> tuple[Value, Value]:
    """The cosines and sines of position times rate: one row for each position."""
    dtype = wide(like.spec.dtype)  # of 16 bits, the angle of a far position would be radians off
    places = Cast(dtype=dtype)(positions)
    angles = ExpandDims(axis=-1)(places) * positions.builder.constant(list(rates), dtype)
    return narrowed(Cos()(angles), like), narrowed(Sin()(angles), like)


def _size(x: Spec) -> int:
    """The known last size of a sequence of vectors."""
    shape = x.shape
    if not x.is_float or shape is None or len(shape) < 2 or not isinstance(shape[-1], int):
        raise SpecError(
            f"x is {x}; expected steps x size of floats, with a known size.",
            hint="Connect a sequence of vectors, such as that of an Embedding.",
        )
    return shape[-1]
