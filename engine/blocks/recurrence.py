"""One step of a recurrent network: the new state, from the old one and what the inputs gave to the gates.

Sources: Elman, Finding structure in time, 1990 (simple); Hochreiter and Schmidhuber, Long short-term memory,
1997, and Gers and Schmidhuber, Recurrent nets that time and count, 2000 (LSTM and its peepholes); Cho et al.,
Learning phrase representations using RNN encoder-decoder, 2014 (GRU).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.blocks.parts import part
from engine.families import number_like
from engine.op import Op
from engine.ops.activation import Elu, HardSigmoid, LeakyRelu, Relu, Sigmoid, Softplus, Softsign, Tanh
from engine.ops.selection import Clip, Where
from engine.value import Value

States = tuple[Value, ...]
"""What is carried from step to step; the first of them is also the output."""

PLAIN: Mapping[str, type[Op]] = {
    "relu": Relu,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
    "softsign": Softsign,
    "softplus": Softplus,
}
WITH_NUMBERS: Mapping[str, tuple[float, float]] = {
    "affine": (1.0, 0.0),
    "leaky_relu": (0.01, 0.0),
    "thresholded_relu": (1.0, 0.0),
    "scaled_tanh": (1.0, 1.0),
    "hard_sigmoid": (1 / 6, 0.5),
    "elu": (1.0, 0.0),
}
"""Alpha and beta where none are given."""
BENDS = ("linear", *PLAIN, *WITH_NUMBERS)
"""The activations of recurrent networks."""


@dataclass(frozen=True)
class Bend:
    """An activation with its numbers. Unless `clip` is 0, what enters is kept from -clip to clip."""

    name: str
    alpha: float | None = None
    beta: float | None = None
    clip: float = 0.0

    def __call__(self, x: Value) -> Value:
        x = Clip(low=-self.clip, high=self.clip)(x) if self.clip else x
        if self.name in PLAIN:
            return PLAIN[self.name]()(x)
        alpha, beta = WITH_NUMBERS.get(self.name, (1.0, 0.0))
        alpha, beta = alpha if self.alpha is None else self.alpha, beta if self.beta is None else self.beta
        match self.name:
            case "affine":
                return x * alpha + beta
            case "scaled_tanh":
                return Tanh()(x * beta) * alpha
            case "hard_sigmoid":
                return HardSigmoid(alpha=alpha, beta=beta)(x)
            case "leaky_relu":
                return LeakyRelu(slope=alpha)(x)
            case "elu":
                return Elu(alpha=alpha)(x)
            case "thresholded_relu":
                return Where()(x >= alpha, x, number_like(x, 0.0))
        return x


@dataclass(frozen=True)
class Step(ABC):
    """What a step does with the states, and with what the inputs gave.

    `kept` are the factors, the same in each step, by which dropout multiplies the state that gates see.
    """

    recurrent: Value
    kept: Value | None = field(default=None, kw_only=True)

    @abstractmethod
    def __call__(self, states: States, given: Value) -> States:
        """The states after the step."""

    def seen(self, state: Value) -> Value:
        """What the gates see of the state."""
        return state if self.kept is None else state * self.kept


@dataclass(frozen=True)
class SimpleStep(Step):
    """state = activation(given + state · recurrent)"""

    activation: Bend

    def __call__(self, states: States, given: Value) -> States:
        (state,) = states
        return (self.activation(given + self.seen(state) @ self.recurrent),)


@dataclass(frozen=True)
class LSTMStep(Step):
    """A cell that keeps what its forget gate lets it keep, and takes up what its input gate lets in.

    `order` names the gates as they lie side by side: input, forget, cell and output. With `coupled` as much
    is forgotten as is taken up.
    """

    gate: Bend
    activation: Bend
    output: Bend
    peephole: Value | None = None
    order: str = "ifco"
    coupled: bool = False

    def __call__(self, states: States, given: Value) -> States:
        state, cell = states
        units = int((cell.spec.shape or (1,))[-1])
        whole = given + self.of_state(state)
        gates = {
            gate: part(whole, place * units, units, _GATES[gate]) for place, gate in enumerate(self.order)
        }
        taken = self.gate(self._seen(gates["i"], cell, 0, units))
        kept = 1.0 - taken if self.coupled else self.gate(self._seen(gates["f"], cell, 2, units))
        new = kept * cell + taken * self.activation(gates["c"])
        shown = self.gate(self._seen(gates["o"], new, 1, units))
        return shown * self.output(new), new

    def of_state(self, state: Value) -> Value:
        """What the state gives to the gates."""
        return self.seen(state) @ self.recurrent

    def _seen(self, gate: Value, cell: Value, place: int, units: int) -> Value:
        """What a gate is given, with the cell seen through its peephole."""
        if self.peephole is None:
            return gate
        return gate + part(self.peephole, place * units, units) * cell


_GATES = {"i": "input_gate", "f": "forget_gate", "c": "candidate", "o": "output_gate"}


@dataclass(frozen=True)
class GRUStep(Step):
    """A state of which an update gate keeps a part; a reset gate says how much of it the candidate sees.

    The gates lie side by side: update, reset, candidate. With `reset_after` the reset gate is applied behind
    the product with the recurrent kernel, and before it without.
    """

    gate: Bend
    activation: Bend
    bias: Value | None = None
    reset_after: bool = True

    def __call__(self, states: States, given: Value) -> States:
        (state,) = states
        units = int((state.spec.shape or (1,))[-1])
        size = 3 * units if self.reset_after else 2 * units
        of_state = self._product(self.seen(state), 0, size)
        update, reset = (
            self.gate(part(given, place * units, units) + part(of_state, place * units, units))
            for place in (0, 1)
        )
        if self.reset_after:
            memory = reset * part(of_state, 2 * units, units)
        else:
            memory = self._product(reset * self.seen(state), 2 * units, units)
        candidate = self.activation(part(given, 2 * units, units) + memory)
        return (update * state + (1.0 - update) * candidate,)

    def _product(self, state: Value, begin: int, size: int) -> Value:
        """What the state gives to some of the gates."""
        whole = self.reset_after
        product = state @ (self.recurrent if whole else part(self.recurrent, begin, size))
        if self.bias is None:
            return product
        return product + (self.bias if whole else part(self.bias, begin, size))
