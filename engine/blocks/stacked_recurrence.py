"""Several recurrent layers on top of each other: each reads the states of the one below."""

from __future__ import annotations

from engine.blocks.layers import Dropout
from engine.blocks.recurrent_layers import GRU, LSTM, SimpleRNN
from engine.blocks.walking import DIRECTIONS, MASK, MERGES
from engine.case import Case, Sample
from engine.errors import SpecError
from engine.op import Block, Port, attribute
from engine.value import BlockBuilder, Value

_KINDS = {"simple": SimpleRNN, "lstm": LSTM, "gru": GRU}
_SEEN = Sample((2, 3), "bool", values=[[True, True, False], [False, True, False]])


class StackedRNN(Block):
    """Recurrent layers on top of each other: the first reads the sequence, each other the states below it.

    All begin with zeros. Dropout, while training, lies between the layers.

    Source: Graves, Mohamed and Hinton, Speech recognition with deep recurrent neural networks, 2013.
    """

    category = "Layers"
    inputs = (Port("x", help="batch x steps x features."), MASK)
    outputs = (
        Port("sequence", help="batch x steps x units: the state of the top layer after each step."),
        Port("last", help="batch x units: the state of the top layer at the end."),
    )
    aliases = ("StackedRNNCells", "DeepRNN")
    formula = "sequence = layer[n](... layer[1](layer[0](x)))"
    advice = (
        "Two or three layers are usual. Where initial states are to be given, draw the layers one by one."
    )
    cell: str = attribute(default="lstm", choices=tuple(_KINDS), help="Which recurrent layers they are.")
    units: tuple[int, ...] = attribute(
        default=(32, 32), low=1, high=65_536, help="How many numbers the state of each layer has, from below."
    )
    direction: str = attribute(
        default="forward",
        choices=DIRECTIONS,
        help="From which end each layer reads. Both reads twice, and the next layer sees both results.",
    )
    merge: str = attribute(
        default="concat",
        choices=MERGES,
        help="How the results of both directions become one.",
    )
    dropout: float = attribute(
        default=0.0, low=0.0, high=0.99, help="The part of what a layer gives the next that is dropped."
    )
    trainable: bool = attribute(default=True, help="Whether optimizers change the variables.")
    cases = (
        Case([(2, 3, 4)], {"units": [3, 2]}),
        Case([(2, 3, 4), _SEEN], {"units": [2], "cell": "gru", "direction": "backward"}),
        Case([(2, 3, 2), _SEEN], {"units": [2, 1, 2], "cell": "simple", "direction": "both", "dropout": 0.2}),
        Case([(2, 3, 2)], {"units": [2, 2], "cell": "gru", "direction": "both", "merge": "mean"}),
        Case([(1, 1, 1)], {"units": [1, 1]}),
        Case([(0, 3, 4)], {"units": [2, 2]}),
    )

    def expand(self, b: BlockBuilder, x: Value, mask: Value | None = None) -> tuple[Value, Value]:
        if not self.units:
            raise SpecError("units is empty; expected a number for each layer.", hint="Set units to 32, 32.")
        kind, last = _KINDS[self.cell], x
        for number, units in enumerate(self.units):
            if number and self.dropout:
                x = Dropout(rate=self.dropout)(x, name=f"dropout_{number}")
            layer = kind(units=units, direction=self.direction, merge=self.merge, trainable=self.trainable)
            x, last, *_ = layer.apply(x, mask, name=f"layer_{number}")
        return x, last
