"""Optimizers: each opens into the gradients of the loss and one update for every variable."""

from __future__ import annotations

from engine.errors import GraphError, SpecError
from engine.op import Block, Port, attribute
from engine.ops.arithmetic import Divide, Power
from engine.ops.conversion import Cast
from engine.ops.elementwise import Rsqrt, Sqrt, Square
from engine.ops.state import Assign, AssignAdd, AssignSub, Gradients
from engine.spec import Spec, same_shape
from engine.value import BlockBuilder, Value

_LEARNING_RATE_HELP = "How far a step goes. Too large: the loss jumps or grows. Too small: it hardly moves."


class Optimizer(Block, abstract=True):
    """What all optimizers share: they take a loss, return nothing, and run at every training step."""

    category = "Training"
    inputs = (Port("loss", help="The number that training makes smaller."),)
    outputs = ()
    has_effect = True
    differentiable = False

    def infer(self, loss: Spec) -> tuple[Spec, ...]:
        # Which variables there are is known only when the whole graph is built.
        if not loss.is_float or not same_shape(loss.shape, ()):
            raise SpecError(
                f"the loss is {loss}; expected one float number.",
                hint="Connect the output of a loss, or insert ReduceMean before it.",
            )
        return ()

    def gradients(self, b: BlockBuilder, loss: Value) -> list[tuple[str, Value, Value]]:
        """Draw the gradients of the loss: for each variable a name for its update, it, and its gradient."""
        variables = b.trainable_variables(loss)
        if not variables:
            raise GraphError(
                "the loss depends on no trainable variable, so there is nothing to train.",
                hint="Put a layer with variables, such as Dense, between the data and the loss, "
                "or switch on its setting trainable.",
            )
        grads = Gradients().apply(loss, *variables, name="gradients")
        names = [b.variable_path(variable).replace("/", "_") for variable in variables]
        return list(zip(names, variables, grads, strict=True))


class SGD(Optimizer):
    """Stochastic gradient descent: each step goes a little way against the gradient."""

    formula = "variable <- variable - learning_rate · gradient"
    advice = "Simple and predictable. A momentum of 0.9 often makes it several times faster."
    learning_rate: float = attribute(default=0.01, low=0.0, help=_LEARNING_RATE_HELP)
    momentum: float = attribute(
        default=0.0, low=0.0, high=0.9999, help="How much of the last step is kept in the next one."
    )
    nesterov: bool = attribute(
        default=False, help="Look ahead: take the gradient as if the momentum had already been followed."
    )

    def expand(self, b: BlockBuilder, loss: Value) -> tuple[Value, ...]:
        update = SGDUpdate(learning_rate=self.learning_rate, momentum=self.momentum, nesterov=self.nesterov)
        for name, variable, gradient in self.gradients(b, loss):
            update.apply(variable, gradient, name=name)
        return ()


class SGDUpdate(Block):
    """One step of gradient descent for one variable."""

    category = "Training"
    inputs = (Port("variable", variable=True), "gradient")
    outputs = ()
    formula = "velocity <- momentum · velocity + gradient;  variable <- variable - learning_rate · velocity"
    has_effect = True
    internal = True
    differentiable = False
    learning_rate: float = attribute(default=0.01, low=0.0, help=_LEARNING_RATE_HELP)
    momentum: float = attribute(default=0.0, low=0.0, high=0.9999, help="How much of the last step is kept.")
    nesterov: bool = attribute(default=False, help="Take the gradient as if the momentum had been followed.")

    def expand(self, b: BlockBuilder, variable: Value, gradient: Value) -> tuple[Value, ...]:
        direction = gradient
        if self.momentum:
            velocity = _slot(b, "velocity", variable)
            direction = Assign()(velocity, velocity * self.momentum + gradient, name="new_velocity")
            if self.nesterov:
                direction = gradient + direction * self.momentum
        AssignSub()(variable, direction * self.learning_rate, name="update")
        return ()


class Adam(Optimizer):
    """Adaptive moment estimation: steps of a fitting size for each number that is learned.

    The size follows from the running means of its gradient and of the square of its gradient. Both begin at
    zero, and are corrected for that.

    Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1.
    """

    formula = "variable <- variable - learning_rate · mean / (sqrt(square) + epsilon),  both means corrected"
    advice = "Works well without much search: start with 0.001, and divide by ten where the loss jumps."
    learning_rate: float = attribute(default=0.001, low=0.0, help=_LEARNING_RATE_HELP)
    beta_1: float = attribute(
        default=0.9, low=0.0, high=0.99999, help="How slowly the running mean of the gradients forgets."
    )
    beta_2: float = attribute(
        default=0.999, low=0.0, high=0.999999, help="How slowly the running mean of their squares forgets."
    )
    epsilon: float = attribute(
        default=1e-8, low=0.0, high=1.0, help="Keeps the step finite where all gradients were zero."
    )

    def expand(self, b: BlockBuilder, loss: Value) -> tuple[Value, ...]:
        found = self.gradients(b, loss)
        # In float64, because 1 - 0.999 ** step loses half of the digits of a float32 in the first steps.
        counter = b.variable("step", (), dtype="float64", trainable=False)
        step = AssignAdd()(counter, 1.0, name="next_step")
        beta_1 = b.constant(self.beta_1, "float64", name="beta_1")
        beta_2 = b.constant(self.beta_2, "float64", name="beta_2")
        rate = self.learning_rate / (1.0 - Power()(beta_1, step))
        scale = Rsqrt()(1.0 - Power()(beta_2, step))
        update = AdamUpdate(beta_1=self.beta_1, beta_2=self.beta_2, epsilon=self.epsilon)
        dtypes = dict.fromkeys(variable.spec.dtype for _, variable, _ in found)
        factors = {
            dtype: (Cast(dtype=dtype)(rate, name="rate"), Cast(dtype=dtype)(scale, name="scale"))
            for dtype in dtypes
        }
        for name, variable, gradient in found:
            update.apply(variable, gradient, *factors[variable.spec.dtype], name=name)
        return ()


class AdamUpdate(Block):
    """One step of Adam for one variable."""

    category = "Training"
    inputs = (
        Port("variable", variable=True),
        "gradient",
        Port("rate", help="The learning rate, corrected for the bias of the mean."),
        Port("scale", help="What corrects the root of the mean square for its bias."),
    )
    outputs = ()
    formula = (
        "mean <- beta_1 · mean + (1 - beta_1) · gradient;  "
        "square <- beta_2 · square + (1 - beta_2) · gradient²;  "
        "variable <- variable - rate · mean / (scale · sqrt(square) + epsilon)"
    )
    has_effect = True
    internal = True
    differentiable = False
    beta_1: float = attribute(default=0.9, low=0.0, high=0.99999, help="How slowly the mean forgets.")
    beta_2: float = attribute(default=0.999, low=0.0, high=0.999999, help="How slowly the squares forget.")
    epsilon: float = attribute(default=1e-8, low=0.0, high=1.0, help="Keeps the step finite.")

    def expand(
        self, b: BlockBuilder, variable: Value, gradient: Value, rate: Value, scale: Value
    ) -> tuple[Value, ...]:
        mean, square = _slot(b, "mean", variable), _slot(b, "square", variable)
        recent = mean * self.beta_1 + gradient * (1.0 - self.beta_1)
        new_mean = Assign()(mean, recent, name="new_mean")
        recent = square * self.beta_2 + Square()(gradient, name="gradient_squared") * (1.0 - self.beta_2)
        new_square = Assign()(square, recent, name="new_square")
        size = scale * Sqrt()(new_square, name="root") + self.epsilon
        AssignSub()(variable, Divide()(rate * new_mean, size, name="move"), name="update")
        return ()


def _slot(b: BlockBuilder, name: str, variable: Value) -> Value:
    """A variable of the optimizer's own, as large as the one that it updates; it starts at zero."""
    spec = variable.spec
    return b.variable(name, spec.static_shape, dtype=spec.dtype, trainable=False)
