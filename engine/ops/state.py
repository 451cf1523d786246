"""Where tensors come from and where they stay: constants, placeholders, variables, assignment, gradients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.attribute import Nested
from engine.errors import SpecError
from engine.op import Block, Call, Case, Op, Port, attribute
from engine.spec import DTYPES, FLOATS, Shape, Spec, same_shape, shape_text, spec_of
from engine.value import BlockBuilder, Value

INITIALIZERS = (
    "zeros",
    "ones",
    "constant",
    "identity",
    "normal",
    "truncated_normal",
    "uniform",
    "glorot_uniform",
    "glorot_normal",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "variance_scaling",
    "orthogonal",
    "stft_real",
    "stft_imaginary",
)
MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "normal", "uniform")
WINDOWS = ("hann", "hamming", "blackman", "none")
SCALINGS = ("density", "spectrum", "none")


class Constant(Op):
    """A tensor whose value is written down in the graph: one number, or a grid of numbers.

    Of automatic dtype it is float32, and a single number takes the float dtype of the tensors that it meets:
    times 0.5 a float16 stays float16.
    """

    category = "Data"
    inputs = ()
    value: Nested = attribute(default=0.0, help="A number, or nested lists of numbers.")
    dtype: str = attribute(
        default="automatic", choices=("automatic", *DTYPES), help="The type of its elements."
    )
    cases = (
        Case([], {"value": [[1.0, 2.0], [3.0, 4.0]]}),
        Case([], {"value": 3, "dtype": "int64"}),
        Case([], {"value": 0.5}),
    )

    def infer(self) -> Spec:
        weak = self.dtype == "automatic" and not isinstance(self.value, tuple)
        return replace(spec_of(self.array()), weak=weak)

    def array(self) -> np.ndarray:
        """The value as an array."""
        return np.asarray(self.value, "float32" if self.dtype == "automatic" else self.dtype)

    def constant(self) -> np.ndarray:
        return self.array()

    def gradient(self, call: Call, *dys: Value | None) -> tuple[Value | None, ...]:
        return ()


class Placeholder(Op):
    """A tensor that is fed from outside at each run."""

    category = "Data"
    inputs = ()
    shape: Shape = attribute(default=("batch",), help="Sizes, and names of sizes that a feed decides.")
    dtype: str = attribute(default="float32", choices=DTYPES, help="The type of its elements.")
    advice = "Name the first size batch, and one graph serves for one example and for a thousand."
    aliases = ("Input", "InputLayer")

    def infer(self) -> Spec:
        return Spec(self.dtype, self.shape)


class Variable(Op):
    """A tensor that is kept from step to step, and that training changes.

    Reading it gives what it held when the step began; assignments take effect when the step ends.
    """

    category = "State"
    inputs = ()
    shape: tuple[int, ...] = attribute(default=(), low=0, help="Its sizes. Empty for a single number.")
    dtype: str = attribute(default="float32", choices=DTYPES, help="The type of its elements.")
    initializer: str = attribute(
        default="zeros", choices=INITIALIZERS, help="How its first value is drawn. The seed decides the draw."
    )
    trainable: bool = attribute(default=True, help="Whether optimizers change it.")
    mean: float = attribute(
        default=0.0, help="What constant fills with, and around what normal and uniform numbers lie."
    )
    spread: float = attribute(
        default=0.05, low=0.0, help="How far normal numbers scatter, and how far uniform ones may be off."
    )
    gain: float = attribute(
        default=1.0, help="A factor for what identity, orthogonal and the scalings of variance give."
    )
    mode: str = attribute(
        default="fan_in",
        choices=MODES,
        help="By what variance_scaling divides: inputs, outputs, or their mean.",
    )
    distribution: str = attribute(
        default="truncated_normal", choices=DISTRIBUTIONS, help="How variance_scaling draws."
    )
    window: str = attribute(
        default="hann", choices=WINDOWS, help="By which window stft_real and stft_imaginary fade their waves."
    )
    periodic: bool = attribute(
        default=False, help="Whether that window is one period of an endless wave; else it is symmetric."
    )
    scaling: str = attribute(
        default="density",
        choices=SCALINGS,
        help="By what they divide: density by the length of the window, spectrum by the sum of its weights.",
    )
    advice = "glorot_uniform suits layers before tanh or softmax, he_normal layers before relu."

    def infer(self) -> Spec:
        if self.initializer == "identity" and len(self.shape) != 2:
            raise SpecError(
                f"its shape is {shape_text(self.shape)}, and identity fills matrices.",
                hint="Choose another initializer, or give it two sizes.",
            )
        if self.initializer == "orthogonal" and len(self.shape) < 2:
            raise SpecError(
                f"its shape is {shape_text(self.shape)}, and orthogonal needs rows and columns.",
                hint="Choose another initializer, or give it at least two sizes.",
            )
        if self.initializer in ("stft_real", "stft_imaginary"):
            self._check_waves()
        return Spec(self.dtype, self.shape, variable=True)

    def _check_waves(self) -> None:
        """Raise SpecError where the shape is not that of a filter of one wave for each frequency."""
        if len(self.shape) != 3 or self.shape[1] != 1 or self.shape[2] < 2:
            raise SpecError(
                f"its shape is {shape_text(self.shape)}; {self.initializer} fills steps x 1 x frequencies.",
                hint="Choose another initializer, or a shape such as 256 x 1 x 129.",
            )


class Assign(Op):
    """Give a variable a new value when the step ends. The output is that value."""

    category = "State"
    inputs = (Port("variable", variable=True), "value")
    outputs = ("new",)
    has_effect = True
    differentiable = False

    def infer(self, variable: Spec, value: Spec) -> Spec:
        _check_assignable(variable, value)
        return variable.as_value()


class _Update(Block, abstract=True):
    """What the ops share that compute a new value of a variable from its present one."""

    category = "State"
    inputs = (Port("variable", variable=True), "amount")
    outputs = ("new",)
    has_effect = True
    differentiable = False

    def expand(self, b: BlockBuilder, variable: Value, amount: Value) -> Value:
        _check_assignable(variable.spec, amount.spec)
        return Assign()(variable, self.updated(b.current(variable), amount))

    def updated(self, present: Value, amount: Value) -> Value:
        """Draw the new value."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it is made of")


class AssignAdd(_Update):
    """Add to a variable when the step ends. The output is the new value."""

    formula = "variable <- variable + amount"

    def updated(self, present: Value, amount: Value) -> Value:
        return present + amount


class AssignSub(_Update):
    """Subtract from a variable when the step ends, as gradient descent does. The output is the new value."""

    formula = "variable <- variable - amount"

    def updated(self, present: Value, amount: Value) -> Value:
        return present - amount


class AssignMultiply(_Update):
    """Multiply a variable when the step ends, as weights decay. The output is the new value."""

    formula = "variable <- variable · amount"

    def updated(self, present: Value, amount: Value) -> Value:
        return present * amount


class AssignDivide(_Update):
    """Divide a variable when the step ends. The output is the new value."""

    formula = "variable <- variable / amount"

    def updated(self, present: Value, amount: Value) -> Value:
        return present / amount


class Gradients(Block):
    """How much y changes with each x: dy/dx, one output for each input x.

    A y that is not a scalar counts as the sum of its elements. Opening the node shows the gradient graph.
    What an x that is held constant depends on gets no gradient through it.
    """

    category = "Training"
    inputs = ("y", Port("xs", many=True, help="Variables, or any tensors that y depends on."))
    outputs = (Port("grads", many=True),)
    formula = "grads[i] = dy / dxs[i]"
    stop: tuple[int, ...] = attribute(
        default=(),
        low=0,
        help="The numbers of those xs, from 0, that are held constant: their own gradient is zero.",
    )

    def expand(self, b: BlockBuilder, y: Value, *xs: Value) -> tuple[Value, ...]:
        self.infer(y.spec, *(x.spec for x in xs))
        return b.gradients(y, xs, stop=[xs[i] for i in self.stop])

    def infer(self, y: Spec, *xs: Spec) -> tuple[Spec, ...]:
        if y.dtype not in FLOATS:
            raise SpecError(f"y is {y}; expected a float dtype.", hint="Connect a loss.")
        beyond = next((i for i in self.stop if i >= len(xs)), None)
        if beyond is not None:
            raise SpecError(
                f"stop names x number {beyond}, and there are {len(xs)}, counted from 0.",
                hint="Name one that is connected.",
            )
        return tuple(x.as_value() for x in xs)


class StopGradient(Op):
    """Pass a tensor on, and let no gradient back."""

    category = "Training"
    is_view = True
    cases = (Case([(3, 2)], gradient=False),)

    def infer(self, x: Spec) -> Spec:
        return x

    def gradient(self, call: Call, *dys: Value | None) -> tuple[Value | None, ...]:
        return (None,)


def _check_assignable(variable: Spec, value: Spec) -> None:
    if variable.dtype != value.dtype or not same_shape(variable.shape, value.shape):
        raise SpecError(
            f"the variable is {shape_text(variable.shape)} {variable.dtype}, and the value is {value}.",
            hint="Both must have the same shape and dtype.",
        )
