"""Blocks of a transformer: attention and a small network of each step, with shortcuts around both."""

from __future__ import annotations

from engine.blocks.attention_layers import MultiHeadAttention
from engine.blocks.layers import ACTIVATIONS, Dense, Dropout
from engine.blocks.normalization import LayerNormalization
from engine.blocks.parts import features
from engine.case import Sample
from engine.errors import SpecError
from engine.op import Block, Case, Port, attribute
from engine.value import BlockBuilder, Value

_X = Sample((2, 3, 4))
_SEEN = Sample((2, 3), "bool", values=[[True, True, False], [True, False, False]])
_SMALL = {"heads": 2, "units": 5, "activation": "tanh"}
_KEY_MASK = Port("key_mask", optional=True, help="batch x steps: true where a step counts.")


class GatedFeedForward(Block):
    """Two dense layers side by side, one of which opens and closes the other; a third one brings both back.

    With the gate silu it is known as SwiGLU, with gelu as GeGLU, with relu as ReGLU, with sigmoid as GLU.

    Source: Shazeer, GLU variants improve transformer, 2020.
    """

    category = "Layers"
    aliases = ("SwiGLU", "GeGLU", "ReGLU")
    formula = "y = (gate(x · gate kernel) · (x · kernel)) · output kernel"
    advice = (
        "In the place of two Dense layers inside of a transformer. Two thirds of their units are as good."
    )
    units: int = attribute(default=64, low=1, high=65_536, help="How many units each of both layers has.")
    gate: str = attribute(
        default="silu",
        choices=("silu", "gelu", "relu", "sigmoid"),
        help="What opens and closes the other layer.",
    )
    use_bias: bool = attribute(default=False, help="Whether the three layers have biases.")
    cases = (
        Case([(2, 3, 4)], {"units": 5}),
        Case([(4, 3)], {"units": 2, "gate": "sigmoid", "use_bias": True}),
        Case([(0, 3)], {"units": 2, "gate": "gelu"}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        gate = Dense(units=self.units, activation=self.gate, use_bias=self.use_bias)(x, name="gate")
        inner = Dense(units=self.units, use_bias=self.use_bias)(x, name="inner")
        features = int((x.spec.shape or (1,))[-1])
        return Dense(units=features, use_bias=self.use_bias)(gate * inner, name="output")


class _Transformer(Block, abstract=True):
    """What both blocks share."""

    category = "Layers"
    heads: int = attribute(
        default=4, low=1, high=1024, help="How many heads of attention; they divide features."
    )
    units: int = attribute(
        default=128, low=1, high=65_536, help="How many units the hidden layer of the small network has."
    )
    activation: str = attribute(
        default="relu", choices=tuple(ACTIVATIONS), help="What is applied to the hidden layer."
    )
    dropout: float = attribute(
        default=0.0,
        low=0.0,
        high=0.99,
        help="The part that is dropped of weights and results while training.",
    )
    norm_first: bool = attribute(
        default=False,
        help="Whether the input of each part is normalized, which trains more calmly, or its sum.",
    )
    epsilon: float = attribute(
        default=1e-5, low=0.0, high=1.0, help="Is added to variances, so that nothing is divided by zero."
    )

    def around(
        self, x: Value, key: Value | None, key_mask: Value | None, name: str, *, causal: bool = False
    ) -> Value:
        """Attention with a shortcut around it: to the key, or without one to x itself."""
        query, size = self._before(x, name), features("x", x.spec, 3) // self.heads
        layer = MultiHeadAttention(heads=self.heads, size=size, dropout=self.dropout, causal=causal)
        return self._after(x, layer(query, key, None, None, key_mask, name=name), name)

    def feed_forward(self, x: Value) -> Value:
        """The small network with a shortcut around it."""
        inner = self._before(x, "feed_forward")
        inner = Dense(units=self.units, activation=self.activation)(inner, name="hidden")
        y = Dense(units=features("x", x.spec, 3))(inner, name="output")
        return self._after(x, y, "feed_forward")

    def check(self, x: Value) -> None:
        """Raise SpecError for what is no sequence, or cannot be divided into heads."""
        size = features("x", x.spec, 3)
        if size % self.heads:
            raise SpecError(
                f"{size} features cannot be divided into {self.heads} heads.",
                hint=f"Set heads to a number that divides {size}.",
            )

    def _before(self, x: Value, name: str) -> Value:
        return self._normalized(x, name) if self.norm_first else x

    def _after(self, x: Value, y: Value, name: str) -> Value:
        y = x + (Dropout(rate=self.dropout)(y) if self.dropout else y)
        return y if self.norm_first else self._normalized(y, name)

    def _normalized(self, x: Value, name: str) -> Value:
        return LayerNormalization(epsilon=self.epsilon)(x, name=f"{name}_norm")


class TransformerEncoderBlock(_Transformer):
    """Each step looks at all steps of its sequence, and then thinks for itself.

    Source: Vaswani et al., Attention is all you need, 2017.
    """

    inputs = (Port("x", help="batch x steps x features."), _KEY_MASK)
    aliases = ("TransformerEncoder", "TransformerEncoderLayer")
    formula = "a = norm(x + attention(x));  y = norm(a + network(a))"
    advice = (
        "Put several in a row, behind an Embedding that knows positions, for texts that are there as a whole."
    )
    cases = (
        Case([_X], _SMALL),
        Case([_X, _SEEN], {**_SMALL, "norm_first": True, "dropout": 0.1}),
        Case([(0, 3, 4)], _SMALL),
    )

    def expand(self, b: BlockBuilder, x: Value, key_mask: Value | None = None) -> Value:
        self.check(x)
        return self.feed_forward(self.around(x, None, key_mask, "attention"))


class TransformerDecoderBlock(_Transformer):
    """Each step looks at the steps before it, then at what was encoded, if anything was, and then thinks.

    Source: Vaswani et al., Attention is all you need, 2017.
    """

    inputs = (
        Port("x", help="batch x steps x features."),
        Port("encoded", optional=True, help="What an encoder made: batch x its steps x features."),
        _KEY_MASK,
        Port("encoded_mask", optional=True, help="batch x steps of the encoder: true where one counts."),
    )
    aliases = ("TransformerDecoder", "TransformerDecoderLayer")
    formula = (
        "a = norm(x + causal attention(x));  c = norm(a + attention(a, encoded));  y = norm(c + network(c))"
    )
    advice = (
        "Put several in a row to predict the next word; without an encoder it is what language models use."
    )
    cases = (
        Case([_X], _SMALL),
        Case([_X, (2, 5, 3)], {**_SMALL, "norm_first": True}),
        Case([_X, _X, _SEEN, _SEEN], {**_SMALL, "dropout": 0.1}),
        Case([(0, 3, 4)], _SMALL),
    )

    def expand(
        self,
        b: BlockBuilder,
        x: Value,
        encoded: Value | None = None,
        key_mask: Value | None = None,
        encoded_mask: Value | None = None,
    ) -> Value:
        self.check(x)
        y = self.around(x, None, key_mask, "attention", causal=True)
        if encoded is not None:
            y = self.around(y, encoded, encoded_mask, "cross_attention")
        return self.feed_forward(y)
