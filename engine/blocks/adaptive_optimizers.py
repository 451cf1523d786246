"""Further optimizers, each with a step of its own size for every number that is learned."""

from __future__ import annotations

from engine.blocks.optimizers import Moments, bias_left, moments, running
from engine.blocks.optimizing import LearningRate, Optimizer, Update, slot
from engine.op import Port, attribute
from engine.ops.arithmetic import Maximum, Power
from engine.ops.comparison import LogicalAnd
from engine.ops.elementwise import Abs, Rsqrt, Sign, Sqrt, Square
from engine.ops.reduction import ReduceSum
from engine.ops.selection import Clip, Where
from engine.ops.state import Assign, AssignSub
from engine.value import BlockBuilder, Value

_EPSILON_HELP = "Keeps the step finite where all gradients were zero."
_START_HELP = "With what the sum of squares begins."


class _Adagrad(LearningRate, abstract=True):
    """The settings of Adagrad."""

    start: float = attribute(default=0.1, low=0.0, help=_START_HELP)
    epsilon: float = attribute(default=1e-7, low=0.0, high=1.0, help=_EPSILON_HELP)


class AdagradUpdate(Update, _Adagrad):
    """One step of Adagrad for one variable."""

    formula = "sum <- sum + gradient²;  variable <- variable - learning_rate · gradient / sqrt(sum + epsilon)"

    def expand(self, b: BlockBuilder, variable: Value, gradient: Value) -> tuple[Value, ...]:
        total = slot(b, "sum", variable, self.start)
        new = Assign()(total, total + Square()(gradient), name="new_sum")
        AssignSub()(variable, gradient * Rsqrt()(new + self.epsilon) * self.learning_rate, name="update")
        return ()


class Adagrad(Optimizer, _Adagrad):
    """Steps that become shorter the more a number has been changed already.

    Source: Duchi et al., Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, 2011.
    """

    formula = "variable <- variable - learning_rate · gradient / sqrt(sum of all gradients²)"
    advice = "For features that are rare, such as words: they keep long steps. Start with 0.01."
    update = AdagradUpdate


class _Adadelta(LearningRate, abstract=True):
    """The settings of Adadelta."""

    rho: float = attribute(default=0.95, low=0.0, high=0.99999, help="How slowly the running means forget.")
    epsilon: float = attribute(default=1e-7, low=0.0, high=1.0, help=_EPSILON_HELP)


class AdadeltaUpdate(Update, _Adadelta):
    """One step of Adadelta for one variable."""

    formula = (
        "square <- rho · square + (1 - rho) · gradient²;  move = gradient · sqrt(moves / square);  "
        "moves <- rho · moves + (1 - rho) · move²;  variable <- variable - learning_rate · move"
    )

    def expand(self, b: BlockBuilder, variable: Value, gradient: Value) -> tuple[Value, ...]:
        square = running(b, "square", variable, Square()(gradient), self.rho)
        moves = slot(b, "moves", variable)
        move = gradient * Sqrt()(moves + self.epsilon) * Rsqrt()(square + self.epsilon)
        Assign()(moves, moves * self.rho + Square()(move) * (1.0 - self.rho), name="new_moves")
        AssignSub()(variable, move * self.learning_rate, name="update")
        return ()


class Adadelta(Optimizer, _Adadelta):
    """Steps as long as those before, in proportion to the gradients: they have the unit of the variable.

    Source: Zeiler, Adadelta: An Adaptive Learning Rate Method, 2012.
    """

    formula = "variable <- variable - learning_rate · gradient · sqrt(mean move² / mean gradient²)"
    advice = "The learning rate of its paper is 1."
    update = AdadeltaUpdate


class AdamaxUpdate(Update, Moments):
    """One step of Adamax for one variable."""

    inputs = (*Update.inputs, Port("rate", help="The learning rate, corrected for the bias of the mean."))
    formula = (
        "mean <- beta_1 · mean + (1 - beta_1) · gradient;  largest <- max(beta_2 · largest, |gradient|);  "
        "variable <- variable - rate · mean / (largest + epsilon)"
    )

    def expand(self, b: BlockBuilder, variable: Value, gradient: Value, rate: Value) -> tuple[Value, ...]:
        mean = running(b, "mean", variable, gradient, self.beta_1)
        largest = slot(b, "largest", variable)
        new = Assign()(largest, Maximum()(largest * self.beta_2, Abs()(gradient)), name="new_largest")
        AssignSub()(variable, rate * mean / (new + self.epsilon), name="update")
        return ()


class Adamax(Optimizer, Moments):
    """Adam that divides by the largest gradient of late in the place of a mean square.

    Source: Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, section 7.1.
    """

    formula = "variable <- variable - learning_rate · mean / (largest |gradient| of late)"
    advice = "Calmer than Adam where gradients are zero most of the time, as in embeddings."
    update = AdamaxUpdate
    counts = True

    def factors(self, b: BlockBuilder, step: Value) -> dict[str, Value]:
        return {"rate": self.learning_rate / bias_left(b, "beta_1", self.beta_1, step)}


class NadamUpdate(Update, Moments):
    """One step of Nadam for one variable."""

    inputs = (
        *Update.inputs,
        Port("ahead", help="The weight of the running mean."),
        Port("now", help="The weight of the gradient."),
        Port("scale", help="What corrects the root of the mean square for its bias."),
    )
    formula = (
        "mean and square as in Adam;  "
        "variable <- variable - (ahead · mean + now · gradient) / (scale · sqrt(square) + epsilon)"
    )

    def expand(
        self, b: BlockBuilder, variable: Value, gradient: Value, ahead: Value, now: Value, scale: Value
    ) -> tuple[Value, ...]:
        mean, square = moments(b, variable, gradient, self.beta_1, self.beta_2)
        move = (ahead * mean + now * gradient) / (scale * Sqrt()(square) + self.epsilon)
        AssignSub()(variable, move, name="update")
        return ()


class Nadam(Optimizer, Moments):
    """Adam that looks ahead, as Nesterov's momentum does.

    Source: Dozat, Incorporating Nesterov Momentum into Adam, 2016.
    """

    formula = "variable <- variable - learning_rate · (mean, one step ahead) / (sqrt(square) + epsilon)"
    advice = "Often a little faster than Adam, with the same settings."
    update = NadamUpdate
    counts = True

    def factors(self, b: BlockBuilder, step: Value) -> dict[str, Value]:
        product = b.variable("product", (), dtype="float64", initializer="ones", trainable=False)
        slowing = b.constant(0.96, "float64", name="slowing")
        # The momentum rises slowly to beta_1; its product says how much of the mean is still missing.
        momentum = (1.0 - Power()(slowing, step) * 0.5) * self.beta_1
        following = (1.0 - Power()(slowing, step + 1.0) * 0.5) * self.beta_1
        done = Assign()(product, product * momentum, name="new_product")
        return {
            "ahead": following * self.learning_rate / (1.0 - done * following),
            "now": (1.0 - momentum) * self.learning_rate / (1.0 - done),
            "scale": Rsqrt()(bias_left(b, "beta_2", self.beta_2, step)),
        }


class _Ftrl(LearningRate, abstract=True):
    """The settings of Ftrl."""

    power: float = attribute(
        default=0.5, low=0.0, high=1.0, help="How fast steps become shorter: 0 keeps their length."
    )
    start: float = attribute(default=0.1, low=1e-12, help=_START_HELP)
    l1: float = attribute(default=0.0, low=0.0, help="What keeps numbers at zero that are hardly needed.")
    l2: float = attribute(default=0.0, low=0.0, help="What keeps numbers small.")
    l2_shrinkage: float = attribute(
        default=0.0, low=0.0, help="What keeps numbers small, and is not counted as gradient."
    )
    beta: float = attribute(default=0.0, low=0.0, help="Is added to the root of the sum of squares.")


class FtrlUpdate(Update, _Ftrl):
    """One step of Ftrl for one variable."""

    formula = (
        "linear <- linear + gradient - (new_sum^power - sum^power) / learning_rate · variable;  "
        "variable <- (clip(linear, -l1, l1) - linear) / (new_sum^power / learning_rate + 2 · l2)"
    )

    def expand(self, b: BlockBuilder, variable: Value, gradient: Value) -> tuple[Value, ...]:
        total, linear = slot(b, "sum", variable, self.start), slot(b, "linear", variable)
        present = b.current(variable)
        new = Assign()(total, total + Square()(gradient), name="new_sum")
        size, new_size = Power()(total, self.power), Power()(new, self.power)
        shrunk = gradient + present * (2.0 * self.l2_shrinkage) if self.l2_shrinkage else gradient
        pull = shrunk - (new_size - size) / self.learning_rate * present
        new_linear = Assign()(linear, linear + pull, name="new_linear")
        keeping = 2.0 * self.l2 + self.beta / self.learning_rate
        curvature = new_size / self.learning_rate + keeping
        aim = (Clip(low=-self.l1, high=self.l1)(new_linear) - new_linear) / curvature
        Assign()(variable, aim, name="update")
        return ()


class Ftrl(Optimizer, _Ftrl):
    """Follow the regularized leader: the best numbers for all gradients so far, many of them exactly zero.

    Source: McMahan et al., Ad Click Prediction: a View from the Trenches, 2013.
    """

    formula = "variable <- argmin(sum of gradients · variable + l1 · |variable| + ... )"
    advice = "For wide linear models with many rare features; l1 makes them sparse."
    update = FtrlUpdate
    learning_rate: float = attribute(quick=True, default=0.001, low=1e-12, help="How far a step goes.")


class _Lion(LearningRate, abstract=True):
    """The settings of Lion."""

    beta_1: float = attribute(
        default=0.9, low=0.0, high=0.99999, help="How much of the mean decides the direction."
    )
    beta_2: float = attribute(default=0.99, low=0.0, high=0.999999, help="How slowly the mean forgets.")


class LionUpdate(Update, _Lion):
    """One step of Lion for one variable."""

    formula = (
        "variable <- variable - learning_rate · sign(beta_1 · mean + (1 - beta_1) · gradient);  "
        "mean <- beta_2 · mean + (1 - beta_2) · gradient"
    )

    def expand(self, b: BlockBuilder, variable: Value, gradient: Value) -> tuple[Value, ...]:
        mean = slot(b, "mean", variable)
        direction = Sign()(mean * self.beta_1 + gradient * (1.0 - self.beta_1))
        AssignSub()(variable, direction * self.learning_rate, name="update")
        Assign()(mean, mean * self.beta_2 + gradient * (1.0 - self.beta_2), name="new_mean")
        return ()


class Lion(Optimizer, _Lion):
    """Steps of one length for all numbers, in the direction in which most gradients of late point.

    Source: Chen et al., Symbolic Discovery of Optimization Algorithms, 2023.
    """

    formula = "variable <- variable - learning_rate · sign(mean of gradients)"
    advice = "Needs a learning rate three to ten times smaller than Adam's, and half of its memory."
    update = LionUpdate


class LambUpdate(Update, LearningRate, Moments):
    """One step of Lamb for one variable."""

    inputs = (
        *Update.inputs,
        Port("fill", help="What corrects the mean for its bias."),
        Port("scale", help="What corrects the root of the mean square for its bias."),
    )
    formula = (
        "move = fill · mean / (scale · sqrt(square) + epsilon);  "
        "variable <- variable - learning_rate · |variable| / |move| · move"
    )

    def expand(
        self, b: BlockBuilder, variable: Value, gradient: Value, fill: Value, scale: Value
    ) -> tuple[Value, ...]:
        mean, square = moments(b, variable, gradient, self.beta_1, self.beta_2)
        move = fill * mean / (scale * Sqrt()(square) + self.epsilon)
        length = Sqrt()(ReduceSum()(Square()(b.current(variable))), name="length")
        way = Sqrt()(ReduceSum()(Square()(move)), name="way")
        one = b.constant(1.0, variable.spec.dtype)
        both = LogicalAnd()(length > 0, way > 0)
        ratio = Where()(both, length / Where()(way > 0, way, one), one)
        AssignSub()(variable, move * (ratio * self.learning_rate), name="update")
        return ()


class Lamb(Optimizer, Moments):
    """Adam whose steps are as long as the variable itself, times the learning rate: for very large batches.

    Source: You et al., Large Batch Optimization for Deep Learning: Training BERT in 76 minutes, 2020.
    """

    formula = "variable <- variable - learning_rate · |variable| / |move| · move, move as in Adam"
    advice = "For batches of thousands of examples; for small ones Adam is simpler."
    update = LambUpdate
    counts = True

    def factors(self, b: BlockBuilder, step: Value) -> dict[str, Value]:
        return {
            "fill": 1.0 / bias_left(b, "beta_1", self.beta_1, step),
            "scale": Rsqrt()(bias_left(b, "beta_2", self.beta_2, step)),
        }
