"""Recurrent layers: they read a sequence step by step, and carry along what they have read."""

from __future__ import annotations

import dataclasses

from engine.blocks.layers import Dropout
from engine.blocks.parts import features, part
from engine.blocks.recurrent_cells import GRUMath, Learned, LSTMMath, SimpleRNNMath
from engine.blocks.walking import (
    DIRECTIONS,
    INITIAL,
    INITIAL_CELL,
    MASK,
    MERGES,
    initial_states,
    merged,
    walk,
)
from engine.case import Sample
from engine.op import Case, Port, attribute
from engine.ops.conversion import OnesLike
from engine.ops.reduction import ReduceSum
from engine.value import BlockBuilder, Value

_X = Port("x", help="batch x steps x features.")
_SEQUENCE = Port("sequence", help="batch x steps x units: the state after each step.")
_LAST = Port("last", help="batch x units: the state at the end.")
_CELL = Port("cell", help="batch x units: the cell at the end.")
_SEEN = Sample((2, 3), "bool", values=[[True, True, False], [False, True, False]])


class _Layer(Learned, abstract=True):
    """What all of them share: in which direction they read, and what is dropped."""

    direction: str = attribute(
        default="forward",
        choices=DIRECTIONS,
        help="From which end it reads. Both reads twice, with variables of its own for each direction.",
    )
    merge: str = attribute(
        default="concat",
        choices=MERGES,
        help="How the results of both directions become one.",
    )
    dropout: float = attribute(
        default=0.0, low=0.0, high=0.99, help="The part of the features that is dropped while training."
    )
    recurrent_dropout: float = attribute(
        default=0.0, low=0.0, high=0.99, help="The part of the state that gates do not see while training."
    )

    def expand(
        self, b: BlockBuilder, x: Value, mask: Value | None = None, *states: Value | None
    ) -> tuple[Value, ...]:
        """The state after each step, and then the last states."""
        states += (None,) * (len(self.input_ports) - 2 - len(states))
        size = features("x", x.spec, 3)
        if self.direction == "both":
            return self._both(x, mask, states)
        if self.dropout and b.training:
            ones = OnesLike()(ReduceSum(axes=(1,), keep_dims=True)(x))
            x = x * Dropout(rate=self.dropout)(ones, name="kept_features")
        given, step = self.given(b, x, size)
        before = initial_states(x, given, self.units, *states)
        if self.recurrent_dropout and b.training:
            factors = Dropout(rate=self.recurrent_dropout)(OnesLike()(before[0]), name="kept_state")
            step = dataclasses.replace(step, kept=factors)
        sequence, last = walk(b, step, given, before, mask, backward=self.direction == "backward")
        return sequence, *last

    def _both(self, x: Value, mask: Value | None, states: tuple[Value | None, ...]) -> tuple[Value, ...]:
        """Read once in each direction; the halves of a state are those of the directions."""
        results = []
        for place, direction in enumerate(("forward", "backward")):
            halves = [state and part(state, place * self.units, self.units) for state in states]
            layer = dataclasses.replace(self, direction=direction)
            results.append(layer.apply(x, mask, *halves, name=direction))
        return tuple(merged(self.merge, *pair) for pair in zip(*results, strict=True))


class SimpleRNN(SimpleRNNMath, _Layer):
    """Read a sequence step by step; the state is a mixture of the step and of the state before.

    Source: Elman, Finding structure in time, 1990.
    """

    inputs = (_X, MASK, INITIAL)
    outputs = (_SEQUENCE, _LAST)
    aliases = ("RNN", "Bidirectional")
    formula = "state = activation(x · kernel + state · recurrent kernel + bias), for each step"
    advice = "It forgets within a few steps. LSTM and GRU remember longer."
    cases = (
        Case([(2, 3, 4)], {"units": 2}),
        Case([(2, 3, 4), _SEEN, (2, 2)], {"units": 2, "direction": "backward"}),
        Case([(2, 3, 4), None, (2, 4)], {"units": 2, "direction": "both", "activation": "softsign"}),
        Case([(2, 3, 4)], {"units": 2, "dropout": 0.2, "recurrent_dropout": 0.2, "use_bias": False}),
        Case([(1, 1, 1)], {"units": 1}),
        Case([(0, 3, 4)], {"units": 2}),
    )


class LSTM(LSTMMath, _Layer):
    """Read a sequence step by step with a long short-term memory: a cell behind gates that keep or let go.

    Source: Hochreiter and Schmidhuber, Long short-term memory, 1997.
    """

    inputs = (_X, MASK, INITIAL, INITIAL_CELL)
    outputs = (_SEQUENCE, _LAST, _CELL)
    aliases = ("LongShortTermMemory", "Bidirectional")
    formula = "cell = f · cell + i · tanh(c);  state = o · tanh(cell);  i, f, o = sigmoid(...), for each step"
    advice = "Take last for one answer to the whole sequence, and sequence for an answer to each step."
    cases = (
        Case([(2, 3, 4)], {"units": 2}),
        Case([(2, 3, 4), _SEEN, (2, 2), (2, 2)], {"units": 2, "direction": "backward"}),
        Case([(2, 3, 4)], {"units": 2, "use_peepholes": True}),
        Case([(2, 3, 4), _SEEN], {"units": 2, "direction": "both", "merge": "mean"}),
        Case([(2, 3, 4), None, (2, 4), (2, 4)], {"units": 2, "direction": "both"}),
        Case([(2, 3, 4)], {"units": 2, "dropout": 0.2, "recurrent_dropout": 0.2, "forget_bias": 0.0}),
        Case([(1, 1, 1)], {"units": 1}),
        Case([(0, 3, 4)], {"units": 2}),
    )


class GRU(GRUMath, _Layer):
    """Read a sequence step by step with gated recurrent units: almost an LSTM, with a gate less.

    Source: Cho et al., Learning phrase representations using RNN encoder-decoder, 2014.
    """

    inputs = (_X, MASK, INITIAL)
    outputs = (_SEQUENCE, _LAST)
    aliases = ("GatedRecurrentUnit", "Bidirectional")
    formula = "state = z · state + (1 - z) · tanh(x · kernel + r · (state · recurrent kernel)), for each step"
    advice = "A fourth cheaper than LSTM, and often as good. Take last for one answer to the whole sequence."
    cases = (
        Case([(2, 3, 4)], {"units": 2}),
        Case([(2, 3, 4), _SEEN, (2, 2)], {"units": 2, "direction": "backward", "reset_after": False}),
        Case([(2, 3, 4), _SEEN], {"units": 2, "direction": "both", "merge": "product"}),
        Case([(2, 3, 4)], {"units": 2, "dropout": 0.2, "recurrent_dropout": 0.2, "use_bias": False}),
        Case([(1, 1, 1)], {"units": 1}),
        Case([(0, 3, 4)], {"units": 2}),
    )
