"""The usual optimizers: each opens into the gradients of the loss and one update for every variable."""

from __future__ import annotations

from engine.blocks.optimizing import LearningRate, Optimizer, Update, slot
from engine.op import Op, Port, attribute
from engine.ops.arithmetic import Divide, Maximum, Power
from engine.ops.elementwise import Rsqrt, Sqrt, Square
from engine.ops.state import Assign, AssignSub
from engine.value import BlockBuilder, Value

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop"]


class _Momentum(LearningRate, abstract=True):
    """The settings of gradient descent."""

    momentum: float = attribute(
        default=0.0, low=0.0, high=0.9999, help="How much of the last step is kept in the next one."
    )
    nesterov: bool = attribute(
        default=False, help="Look ahead: take the gradient as if the momentum had already been followed."
    )


class SGDUpdate(Update, _Momentum):
    """One step of gradient descent for one variable."""

    formula = "velocity <- momentum · velocity + gradient;  variable <- variable - learning_rate · velocity"

    def expand(self, b: BlockBuilder, variable: Value, gradient: Value) -> tuple[Value, ...]:
        direction = gradient
        if self.momentum:
            velocity = slot(b, "velocity", variable)
            direction = Assign()(velocity, velocity * self.momentum + gradient, name="new_velocity")
            if self.nesterov:
                direction = gradient + direction * self.momentum
        AssignSub()(variable, direction * self.learning_rate, name="update")
        return ()


class SGD(Optimizer, _Momentum):
    """Stochastic gradient descent: each step goes a little way against the gradient."""

    formula = "variable <- variable - learning_rate · gradient"
    advice = "Simple and predictable. A momentum of 0.9 often makes it several times faster."
    update = SGDUpdate
    learning_rate: float = attribute(
        quick=True,
        default=0.01,
        low=0.0,
        help="How far a step goes. Too large: the loss jumps or grows. Too small: it hardly moves.",
    )


class Moments(Op, abstract=True):
    """The settings of the running means of the gradients and of their squares."""

    beta_1: float = attribute(
        default=0.9, low=0.0, high=0.99999, help="How slowly the running mean of the gradients forgets."
    )
    beta_2: float = attribute(
        default=0.999, low=0.0, high=0.999999, help="How slowly the running mean of their squares forgets."
    )
    epsilon: float = attribute(
        default=1e-8, low=0.0, high=1.0, help="Keeps the step finite where all gradients were zero."
    )


class _Adam(Moments, abstract=True):
    """The settings of Adam."""

    amsgrad: bool = attribute(
        default=False, help="Divide by the largest mean square so far, so that steps never grow again."
    )


class AdamUpdate(Update, _Adam):
    """One step of Adam for one variable."""

    inputs = (
        *Update.inputs,
        Port("rate", help="The learning rate, corrected for the bias of the mean."),
        Port("scale", help="What corrects the root of the mean square for its bias."),
    )
    formula = (
        "mean <- beta_1 · mean + (1 - beta_1) · gradient;  "
        "square <- beta_2 · square + (1 - beta_2) · gradient²;  "
        "variable <- variable - rate · mean / (scale · sqrt(square) + epsilon)"
    )

    def expand(
        self, b: BlockBuilder, variable: Value, gradient: Value, rate: Value, scale: Value
    ) -> tuple[Value, ...]:
        new_mean, new_square = moments(b, variable, gradient, self.beta_1, self.beta_2)
        if self.amsgrad:
            largest = slot(b, "largest", variable)
            new_square = Assign()(largest, Maximum()(largest, new_square), name="new_largest")
        size = scale * Sqrt()(new_square, name="root") + self.epsilon
        AssignSub()(variable, Divide()(rate * new_mean, size, name="move"), name="update")
        return ()


class Adam(Optimizer, _Adam):
    """Adaptive moment estimation: steps of a fitting size for each number that is learned.

    The size follows from the running means of its gradient and of the square of its gradient. Both begin at
    zero, and are corrected for that.

    Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1.
    """

    formula = "variable <- variable - learning_rate · mean / (sqrt(square) + epsilon),  both means corrected"
    advice = "Works well without much search: start with 0.001, and divide by ten where the loss jumps."
    update = AdamUpdate
    counts = True

    def factors(self, b: BlockBuilder, step: Value) -> dict[str, Value]:
        return {
            "rate": self.learning_rate / bias_left(b, "beta_1", self.beta_1, step),
            "scale": Rsqrt()(bias_left(b, "beta_2", self.beta_2, step)),
        }


class AdamW(Adam):
    """Adam with decay of the weights, which is kept apart from the gradients and their means.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
    """

    formula = "variable <- variable · (1 - learning_rate · weight_decay), then as Adam"
    advice = "The usual choice for transformers; a decay of 0.01 to 0.1."
    weight_decay: float = attribute(
        default=0.004,
        low=0.0,
        high=1.0,
        help="Which part of each variable is taken off, times the learning rate.",
    )


class _Rms(LearningRate, abstract=True):
    """The settings of RMSprop."""

    rho: float = attribute(
        default=0.9, low=0.0, high=0.99999, help="How slowly the running mean of the squares forgets."
    )
    momentum: float = attribute(
        default=0.0, low=0.0, high=0.9999, help="How much of the last step is kept in the next one."
    )
    epsilon: float = attribute(
        default=1e-7, low=0.0, high=1.0, help="Keeps the step finite where all gradients were zero."
    )
    centered: bool = attribute(
        default=False, help="Divide by how far the gradients scatter, not by how large they are."
    )


class RMSpropUpdate(Update, _Rms):
    """One step of RMSprop for one variable."""

    formula = (
        "square <- rho · square + (1 - rho) · gradient²;  "
        "variable <- variable - learning_rate · gradient / sqrt(square + epsilon)"
    )

    def expand(self, b: BlockBuilder, variable: Value, gradient: Value) -> tuple[Value, ...]:
        spread = running(b, "square", variable, Square()(gradient), self.rho)
        if self.centered:
            mean = running(b, "mean", variable, gradient, self.rho)
            spread = Maximum()(spread - Square()(mean), 0.0)  # rounding must not make it negative
        move = gradient * Rsqrt()(spread + self.epsilon) * self.learning_rate
        if self.momentum:
            velocity = slot(b, "velocity", variable)
            move = Assign()(velocity, velocity * self.momentum + move, name="new_velocity")
        AssignSub()(variable, move, name="update")
        return ()


class RMSprop(Optimizer, _Rms):
    """Steps divided by how large the gradients of late were: steep and flat directions go equally fast.

    Source: Hinton, Neural Networks for Machine Learning, lecture 6, 2012.
    """

    formula = "variable <- variable - learning_rate · gradient / sqrt(mean square of gradients)"
    advice = "An older relative of Adam; still used for recurrent networks."
    update = RMSpropUpdate


def running(b: BlockBuilder, name: str, variable: Value, x: Value, keep: float) -> Value:
    """The running mean of x, kept in a slot of that name; its new value."""
    held = slot(b, name, variable)
    return Assign()(held, held * keep + x * (1.0 - keep), name=f"new_{name}")


def moments(
    b: BlockBuilder, variable: Value, gradient: Value, beta_1: float, beta_2: float
) -> tuple[Value, Value]:
    """The running means of the gradient and of its square."""
    mean = running(b, "mean", variable, gradient, beta_1)
    return mean, running(b, "square", variable, Square()(gradient, name="gradient_squared"), beta_2)


def bias_left(b: BlockBuilder, name: str, beta: float, step: Value) -> Value:
    """Which part of its value a running mean that began at zero has after some steps."""
    return 1.0 - Power()(b.constant(beta, "float64", name=name), step)
