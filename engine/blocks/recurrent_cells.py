"""Recurrent cells: one step of a recurrent network, to be drawn inside of a loop."""

from __future__ import annotations

from abc import abstractmethod

from engine.blocks.parts import features
from engine.blocks.recurrence import BENDS, Bend, GRUStep, LSTMStep, SimpleStep, Step
from engine.errors import SpecError
from engine.op import Block, Case, Port, attribute
from engine.ops.state import INITIALIZERS
from engine.spec import same_dim, shape_text
from engine.value import BlockBuilder, Value

ACTIVATION = tuple(BENDS)
_STATE = Port("state", help="batch x units: what the step before gave.")


class Learned(Block, abstract=True):
    """The variables of a cell: how many units there are, and how their first values are drawn."""

    category = "Layers"
    units: int = attribute(default=32, low=1, high=65_536, help="How many numbers the state has.")
    activation: str = attribute(default="tanh", choices=ACTIVATION, help="What is applied to what is new.")
    use_bias: bool = attribute(default=True, help="Whether a bias is added.")
    kernel_initializer: str = attribute(
        default="glorot_uniform", choices=INITIALIZERS, help="How the first values of the kernel are drawn."
    )
    recurrent_initializer: str = attribute(
        default="orthogonal",
        choices=INITIALIZERS,
        help="How the first values of the recurrent kernel are drawn.",
    )
    trainable: bool = attribute(default=True, help="Whether optimizers change the variables.")

    def matrices(self, b: BlockBuilder, size: int, gates: int, dtype: str) -> tuple[Value, Value]:
        """The kernel of the input, and that of the state."""
        kernel, recurrent = (
            b.variable(
                name, (rows, gates * self.units), dtype=dtype, initializer=first, trainable=self.trainable
            )
            for name, rows, first in (
                ("kernel", size, self.kernel_initializer),
                ("recurrent_kernel", self.units, self.recurrent_initializer),
            )
        )
        return kernel, recurrent

    @abstractmethod
    def given(self, b: BlockBuilder, x: Value, size: int) -> tuple[Value, Step]:
        """What the inputs give to the gates, at every step, and what a step then does."""

    def bias(self, b: BlockBuilder, gates: int, dtype: str, name: str = "bias") -> Value:
        return b.variable(name, (gates * self.units,), dtype=dtype, trainable=self.trainable)


class _Cell(Learned, abstract=True):
    """What cells share: one step."""

    def expand(self, b: BlockBuilder, x: Value, *states: Value) -> tuple[Value, ...]:
        size = features("x", x.spec, 2)
        for port, state in zip(self.input_ports[1:], states, strict=True):
            check_state(port.name, state, x, self.units)
        y, step = self.given(b, x, size)
        return step(states, y)


class SimpleRNNMath(Learned, abstract=True):
    """What a simple cell and a layer of it share."""

    def given(self, b: BlockBuilder, x: Value, size: int) -> tuple[Value, SimpleStep]:
        kernel, recurrent = self.matrices(b, size, 1, x.spec.dtype)
        y = x @ kernel
        if self.use_bias:
            y = y + self.bias(b, 1, x.spec.dtype)
        return y, SimpleStep(recurrent, Bend(self.activation))


class LSTMMath(Learned, abstract=True):
    """What an LSTM cell and a layer of it share. The gates lie side by side: input, forget, cell, output."""

    recurrent_activation: str = attribute(
        default="sigmoid", choices=ACTIVATION, help="What is applied to the gates."
    )
    forget_bias: float = attribute(
        default=1.0, help="Is added to what the forget gate is given, so that little is forgotten at first."
    )
    use_peepholes: bool = attribute(
        default=False, help="Whether the gates see the cell, through weights of their own."
    )

    def given(self, b: BlockBuilder, x: Value, size: int) -> tuple[Value, LSTMStep]:
        dtype = x.spec.dtype
        kernel, recurrent = self.matrices(b, size, 4, dtype)
        y = x @ kernel
        if self.use_bias:
            y = y + self.bias(b, 4, dtype)
        y = keeping_more(b, y, self.forget_bias, self.units)
        peephole = None
        if self.use_peepholes:
            peephole = b.variable(
                "peephole_kernel",
                (3 * self.units,),
                dtype=dtype,
                initializer=self.kernel_initializer,
                trainable=self.trainable,
            )
        bend = Bend(self.activation)
        return y, LSTMStep(recurrent, Bend(self.recurrent_activation), bend, bend, peephole)


class GRUMath(Learned, abstract=True):
    """What a GRU cell and a layer of it share. The gates lie side by side: update, reset, candidate."""

    recurrent_activation: str = attribute(
        default="sigmoid", choices=ACTIVATION, help="What is applied to the gates."
    )
    reset_after: bool = attribute(
        default=True, help="Whether the reset gate comes behind the product with the recurrent kernel."
    )

    def given(self, b: BlockBuilder, x: Value, size: int) -> tuple[Value, GRUStep]:
        dtype = x.spec.dtype
        kernel, recurrent = self.matrices(b, size, 3, dtype)
        y, bias = x @ kernel, None
        if self.use_bias:
            y = y + self.bias(b, 3, dtype)
        if self.use_bias and self.reset_after:
            bias = self.bias(b, 3, dtype, "recurrent_bias")
        return y, GRUStep(
            recurrent, Bend(self.recurrent_activation), Bend(self.activation), bias, self.reset_after
        )


class SimpleRNNCell(SimpleRNNMath, _Cell):
    """One step of a simple recurrent network: the new state, from the input and the state before.

    Source: Elman, Finding structure in time, 1990.
    """

    inputs = ("x", _STATE)
    outputs = ("state",)
    formula = "state = activation(x · kernel + state · recurrent kernel + bias)"
    advice = "For whole sequences take SimpleRNN. A cell is for the body of a Scan of your own."
    cases = (
        Case([(2, 3), (2, 4)], {"units": 4}),
        Case([(2, 3), (2, 4)], {"units": 4, "use_bias": False, "activation": "softsign"}),
        Case([(0, 3), (0, 2)], {"units": 2}),
    )


class LSTMCell(LSTMMath, _Cell):
    """One step of a long short-term memory: a cell that is written, kept and read through gates.

    Source: Hochreiter and Schmidhuber, Long short-term memory, 1997.
    """

    inputs = ("x", _STATE, Port("cell", help="batch x units: the cell that the step before gave."))
    outputs = ("state", "cell")
    formula = "cell = f · cell + i · tanh(c);  state = o · tanh(cell);  i, f, o = sigmoid(...)"
    advice = "For whole sequences take LSTM. A cell is for the body of a Scan of your own."
    cases = (
        Case([(2, 3), (2, 4), (2, 4)], {"units": 4}),
        Case(
            [(2, 3), (2, 4), (2, 4)],
            {
                "units": 4,
                "use_peepholes": True,
                "forget_bias": 0.0,
                "recurrent_activation": "hard_sigmoid",
            },
            gradient=False,
        ),
        Case([(2, 3), (2, 2), (2, 2)], {"units": 2, "use_bias": False, "use_peepholes": True}),
        Case([(0, 3), (0, 2), (0, 2)], {"units": 2}),
    )


class GRUCell(GRUMath, _Cell):
    """One step of gated recurrent units: a state of which a gate says how much is kept.

    Source: Cho et al., Learning phrase representations using RNN encoder-decoder, 2014.
    """

    inputs = ("x", _STATE)
    outputs = ("state",)
    formula = "state = z · state + (1 - z) · tanh(x · kernel + r · (state · recurrent kernel))"
    advice = "For whole sequences take GRU. A cell is for the body of a Scan of your own."
    cases = (
        Case([(2, 3), (2, 4)], {"units": 4}),
        Case([(2, 3), (2, 4)], {"units": 4, "reset_after": False}),
        Case([(2, 3), (2, 4)], {"units": 4, "use_bias": False}),
        Case([(0, 3), (0, 2)], {"units": 2}),
    )


def keeping_more(b: BlockBuilder, given: Value, forget_bias: float, units: int) -> Value:
    """What the gates of an LSTM are given, with a number added for the forget gate."""
    if not forget_bias:
        return given
    places = [forget_bias if gate == "f" else 0.0 for gate in "ifco" for _ in range(units)]
    return given + b.constant(places, given.spec.dtype)


def check_state(port: str, state: Value, x: Value, units: int) -> None:
    """Raise SpecError where a state is no batch of so many numbers, of the dtype of x."""
    batch = (x.spec.shape or ("?",))[0]
    shape = state.spec.shape
    fits = shape is not None and len(shape) == 2 and shape[1] == units and same_dim(shape[0], batch)
    if not fits or state.spec.dtype != x.spec.dtype:
        raise SpecError(
            f"{port} is {state.spec}; expected {shape_text((batch, units))} {x.spec.dtype}.",
            hint="The state has one number for each unit.",
        )
