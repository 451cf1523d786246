"""Recurrences with kernels that are given: what recurrent layers compute, without variables of their own."""

from __future__ import annotations

import dataclasses

from engine.attribute import Nested
from engine.blocks.parts import features
from engine.blocks.recurrence import BENDS, Bend, GRUStep, LSTMStep, SimpleStep, Step
from engine.blocks.walking import INITIAL, INITIAL_CELL, MASK, initial_states, walk
from engine.case import Sample
from engine.errors import SpecError
from engine.op import Block, Case, Port, attribute
from engine.spec import same_dim, shape_text
from engine.value import BlockBuilder, Value

_X = Port("x", help="batch x steps x features.")
_SEEN = Sample((2, 3), "bool", values=[[True, True, False], [False, True, False]])


def _kernels(gates: str) -> tuple[Port, ...]:
    return (
        Port("kernel", help=f"features x {gates}units."),
        Port("recurrent_kernel", help=f"units x {gates}units."),
        Port("bias", optional=True, help=f"{gates}units numbers."),
    )


class _Sequence(Block, abstract=True):
    """What they share."""

    category = "Layers"
    backward: bool = attribute(default=False, help="Whether it reads from the last step to the first.")
    clip: float = attribute(
        default=0.0, low=0.0, help="What enters the gates is kept from -clip to clip; 0 leaves it as it is."
    )
    alphas: Nested = attribute(
        default=(), help="A number for each activation that takes one; empty for the usual."
    )
    betas: Nested = attribute(default=(), help="A second number for each activation; empty for the usual.")

    def bends(self, *names: str) -> list[Bend]:
        """The activations with their numbers."""
        numbers = [
            self._numbers("alphas", self.alphas, len(names)),
            self._numbers("betas", self.betas, len(names)),
        ]
        return [Bend(name, alpha, beta, self.clip) for name, alpha, beta in zip(names, *numbers, strict=True)]

    @staticmethod
    def _numbers(name: str, given: Nested, count: int) -> list[float | None]:
        if given == ():
            return [None] * count
        if not isinstance(given, tuple) or len(given) != count or any(isinstance(n, tuple) for n in given):
            raise SpecError(
                f"{name} is {given}; expected {count} numbers.", hint="Give one for each activation."
            )
        return [float(number) for number in given if not isinstance(number, tuple)]

    def units(self, x: Value, kernel: Value, recurrent: Value, gates: int) -> int:
        """How many units the kernels have; raises SpecError where they do not fit."""
        size = features("x", x.spec, 3)
        shape = recurrent.spec.shape
        if shape is None or len(shape) != 2 or not isinstance(shape[0], int):
            raise SpecError(
                f"recurrent_kernel is {recurrent.spec}; expected units x {gates} units, of known size.",
                hint="Connect a matrix.",
            )
        units = shape[0]
        self.fits("recurrent_kernel", recurrent, x, (units, gates * units))
        self.fits("kernel", kernel, x, (size, gates * units))
        return units

    @staticmethod
    def fits(port: str, value: Value | None, x: Value, wanted: tuple[int, ...]) -> None:
        """Raise SpecError where a tensor has another shape than it must, or another dtype than x."""
        if value is None:
            return
        shape = value.spec.shape
        same = shape is not None and len(shape) == len(wanted) and all(map(same_dim, shape, wanted))
        if not same or value.spec.dtype != x.spec.dtype:
            raise SpecError(
                f"{port} is {value.spec}; expected {shape_text(wanted)} {x.spec.dtype}.",
                hint="The recurrent kernel has one row for each unit, and tells how many there are.",
            )

    def read(
        self,
        b: BlockBuilder,
        x: Value,
        kernel: Value,
        bias: Value | None,
        mask: Value | None,
        step: Step,
        *states: Value | None,
    ) -> tuple[Value, ...]:
        """The state after each step, and then the last states."""
        given = x @ kernel
        given = given if bias is None else given + bias
        units = int((step.recurrent.spec.shape or (1,))[0])
        before = initial_states(x, given, units, *states)
        sequence, last = walk(b, step, given, before, mask, backward=self.backward)
        return sequence, *last


class SimpleRNNSequence(_Sequence):
    """The recurrence of SimpleRNN with kernels that are given."""

    inputs = (_X, *_kernels(""), MASK, INITIAL)
    outputs = ("sequence", "last")
    formula = "state = activation(x · kernel + state · recurrent kernel + bias), for each step"
    advice = "For kernels that come from elsewhere. SimpleRNN has kernels of its own, and learns them."
    activation: str = attribute(default="tanh", choices=BENDS, help="What is applied to the state.")
    cases = (
        Case(
            [(2, 3, 4), (4, 3), (3, 3), (3,), _SEEN, (2, 3)], {"backward": True, "clip": 0.5}, gradient=False
        ),
        Case([(2, 3, 4), (4, 3), (3, 3)], {"activation": "affine", "alphas": [0.5], "betas": [0.1]}),
        Case([(0, 3, 4), (4, 3), (3, 3)]),
    )

    def expand(
        self,
        b: BlockBuilder,
        x: Value,
        kernel: Value,
        recurrent_kernel: Value,
        bias: Value | None = None,
        mask: Value | None = None,
        initial: Value | None = None,
    ) -> tuple[Value, ...]:
        units = self.units(x, kernel, recurrent_kernel, 1)
        self.fits("bias", bias, x, (units,))
        (activation,) = self.bends(self.activation)
        return self.read(b, x, kernel, bias, mask, SimpleStep(recurrent_kernel, activation), initial)


class LSTMSequence(_Sequence):
    """The recurrence of LSTM with kernels that are given; four gates lie side by side in them."""

    inputs = (
        _X,
        *_kernels("4 "),
        Port(
            "peephole", optional=True, help="3 units numbers: for the input, the output and the forget gate."
        ),
        MASK,
        INITIAL,
        INITIAL_CELL,
    )
    outputs = ("sequence", "last", "cell")
    formula = "cell = f · cell + i · tanh(c);  state = o · tanh(cell);  i, f, o = sigmoid(...), for each step"
    advice = "For kernels that come from elsewhere. LSTM has kernels of its own, and learns them."
    activation: str = attribute(default="tanh", choices=BENDS, help="What is applied to what is new.")
    recurrent_activation: str = attribute(
        default="sigmoid", choices=BENDS, help="What is applied to the gates."
    )
    output_activation: str = attribute(
        default="tanh", choices=BENDS, help="What is applied to the cell when it is shown."
    )
    gates: str = attribute(
        default="ifco",
        choices=("ifco", "iofc", "icfo"),
        help="In which order the gates lie: input, forget, cell, output.",
    )
    coupled: bool = attribute(
        default=False, help="Whether as much is forgotten as is taken up; the forget gate is then not used."
    )
    cases = (
        Case([(2, 3, 4), (4, 12), (3, 12), (12,), (9,), None, (2, 3), (2, 3)], {"gates": "iofc"}),
        Case([(2, 3, 4), (4, 12), (3, 12), None, None, _SEEN], {"backward": True, "coupled": True}),
        Case(
            [(2, 3, 4), (4, 12), (3, 12)],
            {
                "clip": 0.5,
                "recurrent_activation": "hard_sigmoid",
                "output_activation": "scaled_tanh",
                "alphas": [0.2, 0.0, 1.7],
                "betas": [0.5, 0.0, 0.6],
            },
            gradient=False,
        ),
        Case([(0, 3, 4), (4, 12), (3, 12)]),
    )

    def expand(
        self,
        b: BlockBuilder,
        x: Value,
        kernel: Value,
        recurrent_kernel: Value,
        bias: Value | None = None,
        peephole: Value | None = None,
        mask: Value | None = None,
        initial: Value | None = None,
        initial_cell: Value | None = None,
    ) -> tuple[Value, ...]:
        units = self.units(x, kernel, recurrent_kernel, 4)
        self.fits("bias", bias, x, (4 * units,))
        self.fits("peephole", peephole, x, (3 * units,))
        gate, activation, output = self.bends(
            self.recurrent_activation, self.activation, self.output_activation
        )
        shown = dataclasses.replace(output, clip=0.0)  # the clip is for what enters gates, not for the cell
        step = LSTMStep(recurrent_kernel, gate, activation, shown, peephole, self.gates, self.coupled)
        return self.read(b, x, kernel, bias, mask, step, initial, initial_cell)


class GRUSequence(_Sequence):
    """The recurrence of GRU with kernels that are given; three gates lie side by side: update, reset, new."""

    inputs = (
        _X,
        *_kernels("3 "),
        Port("recurrent_bias", optional=True, help="3 units numbers that are added to what the state gives."),
        MASK,
        INITIAL,
    )
    outputs = ("sequence", "last")
    formula = "state = z · state + (1 - z) · tanh(x · kernel + r · (state · recurrent kernel)), for each step"
    advice = "For kernels that come from elsewhere. GRU has kernels of its own, and learns them."
    activation: str = attribute(default="tanh", choices=BENDS, help="What is applied to what is new.")
    recurrent_activation: str = attribute(
        default="sigmoid", choices=BENDS, help="What is applied to the gates."
    )
    reset_after: bool = attribute(
        default=True, help="Whether the reset gate comes behind the product with the recurrent kernel."
    )
    cases = (
        Case([(2, 3, 4), (4, 9), (3, 9), (9,), (9,), None, (2, 3)]),
        Case([(2, 3, 4), (4, 9), (3, 9), (9,), (9,), _SEEN], {"backward": True, "reset_after": False}),
        Case([(2, 3, 4), (4, 9), (3, 9)], {"clip": 0.5, "activation": "relu"}, gradient=False),
        Case([(0, 3, 4), (4, 9), (3, 9)]),
    )

    def expand(
        self,
        b: BlockBuilder,
        x: Value,
        kernel: Value,
        recurrent_kernel: Value,
        bias: Value | None = None,
        recurrent_bias: Value | None = None,
        mask: Value | None = None,
        initial: Value | None = None,
    ) -> tuple[Value, ...]:
        units = self.units(x, kernel, recurrent_kernel, 3)
        self.fits("bias", bias, x, (3 * units,))
        self.fits("recurrent_bias", recurrent_bias, x, (3 * units,))
        gate, activation = self.bends(self.recurrent_activation, self.activation)
        step = GRUStep(recurrent_kernel, gate, activation, recurrent_bias, self.reset_after)
        return self.read(b, x, kernel, bias, mask, step, initial)
