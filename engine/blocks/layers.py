"""Layers: ops that keep what they learn in variables of their own, or that act differently while training."""

from __future__ import annotations

from engine import registry
from engine.blocks.parts import last_size
from engine.errors import SpecError
from engine.families import static_size
from engine.op import Block, Case, attribute
from engine.ops.conversion import Cast
from engine.ops.elementwise import Rsqrt, Square
from engine.ops.random import RandomUniform
from engine.ops.reduction import ElementCount, ReduceMean
from engine.ops.shaping import Reshape
from engine.ops.state import INITIALIZERS, Assign, StopGradient
from engine.spec import shape_text
from engine.value import BlockBuilder, Value

ACTIVATIONS = {
    "linear": "",
    "relu": "Relu",
    "relu6": "Relu6",
    "leaky_relu": "LeakyRelu",
    "elu": "Elu",
    "selu": "Selu",
    "celu": "Celu",
    "gelu": "Gelu",
    "silu": "Silu",
    "mish": "Mish",
    "hard_swish": "HardSwish",
    "softplus": "Softplus",
    "squareplus": "Squareplus",
    "sparse_plus": "SparsePlus",
    "softsign": "Softsign",
    "tanh": "Tanh",
    "hard_tanh": "HardTanh",
    "tanh_shrink": "TanhShrink",
    "soft_shrink": "SoftShrink",
    "hard_shrink": "HardShrink",
    "threshold": "Threshold",
    "sigmoid": "Sigmoid",
    "hard_sigmoid": "HardSigmoid",
    "log_sigmoid": "LogSigmoid",
    "sparse_sigmoid": "SparseSigmoid",
    "softmax": "Softmax",
    "log_softmax": "LogSoftmax",
    "sparsemax": "Sparsemax",
    "exponential": "Exp",
}
"""What a layer can apply to its result, and the op that does it."""


class Dense(Block):
    """Every output looks at every input.

    Each unit sums its inputs, weighted by `kernel`, adds `bias`, and applies the activation.
    """

    category = "Layers"
    formula = "y = activation(x · kernel + bias)"
    advice = "More units can learn more, and need more data. Start near the number of inputs."
    units: int = attribute(default=64, low=1, high=65_536, quick=True, help="How many outputs the layer has.")
    activation: str = attribute(
        default="linear",
        choices=tuple(ACTIVATIONS),
        quick=True,
        help="What is applied to the result. Linear applies nothing.",
    )
    use_bias: bool = attribute(default=True, help="Whether a bias is added for each unit.")
    kernel_initializer: str = attribute(
        default="glorot_uniform", choices=INITIALIZERS, help="How the first values of the kernel are drawn."
    )
    bias_initializer: str = attribute(
        default="zeros", choices=INITIALIZERS, help="How the first values of the bias are drawn."
    )
    trainable: bool = attribute(default=True, help="Whether optimizers change kernel and bias.")
    cases = (
        Case([(4, 3)], {"units": 5}),
        Case([(4, 3)], {"units": 2, "activation": "tanh", "use_bias": False}),
        Case([(2, 4, 3)], {"units": 5, "activation": "sigmoid"}),
        Case([(4, 3)], {"units": 3, "activation": "softmax", "bias_initializer": "normal"}),
        Case([(0, 3)], {"units": 2}),
        Case([(1, 1)], {"units": 1}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        features = last_size(x.spec)
        y = x @ self._variable(b, "kernel", (features, self.units), x.spec.dtype, self.kernel_initializer)
        if self.use_bias:
            y = y + self._variable(b, "bias", (self.units,), x.spec.dtype, self.bias_initializer)
        op = ACTIVATIONS[self.activation]
        return registry.get(op)()(y) if op else y

    def _variable(
        self, b: BlockBuilder, name: str, shape: tuple[int, ...], dtype: str, initializer: str
    ) -> Value:
        return b.variable(name, shape, dtype=dtype, initializer=initializer, trainable=self.trainable)


class Flatten(Block):
    """Make one row of each example: the first axis, the batch, stays, and all others become one.

    With another axis all axes before it become one, and all from it on.
    """

    category = "Shape"
    formula = "batch x 8 x 8  ->  batch x 64"
    advice = "Place it between images and the first Dense layer."
    axis: int = attribute(default=1, help="The first of the axes that become the second one; -1 is the last.")
    cases = (
        Case([(4, 3, 2)]),
        Case([(4, 3)]),
        Case([(4,)]),
        Case([(0, 2, 2)]),
        Case([(1, 2, 3, 4)]),
        Case([(2, 3, 4)], {"axis": 0}),
        Case([(2, 3, 4)], {"axis": 3}),
        Case([(2, 3, 4)], {"axis": -1}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        shape = x.spec.shape
        if shape is not None and len(shape) >= self.axis >= -len(shape):
            axis = self.axis + len(shape) if self.axis < 0 else self.axis
            front, rest = static_size(shape, range(axis)), static_size(shape, range(axis, len(shape)))
            if rest is not None:
                return Reshape(shape=(-1 if front is None else front, rest))(x)
            if front is not None:
                return Reshape(shape=(front, -1))(x)
        elif shape is not None:
            raise SpecError(
                f"axis is {self.axis}, and x has {len(shape)} axes: {shape_text(shape)}.",
                hint=f"Set axis to a number from {-len(shape)} to {len(shape)}.",
            )
        raise SpecError(
            f"x is {shape_text(shape)}; expected a batch of examples of known size.",
            hint="Connect a tensor whose first axis is the batch, and whose other sizes are numbers.",
        )


class Dropout(Block):
    """While training, set a random part of the elements to zero, and enlarge the others to make up for it.

    While predicting, pass everything on.
    """

    category = "Layers"
    formula = "training: y = x · mask / (1 - rate);  predicting: y = x"
    advice = "A rate of 0.2 to 0.5 behind a large layer keeps it from learning the examples by heart."
    rate: float = attribute(
        default=0.5, low=0.0, high=0.99, quick=True, help="The part of the elements that is dropped."
    )
    cases = (Case([(4, 3)], {"rate": 0.25}), Case([(0, 3)]), Case([(5,)], {"rate": 0.0}))

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        if not x.spec.is_float:
            raise SpecError(f"x is {x.spec}; expected a float dtype.", hint="Insert Cast to float32.")
        if not b.training or self.rate == 0.0:
            return x
        mask = Cast(dtype=x.spec.dtype)(RandomUniform()(x) >= self.rate, name="mask")
        return x * (mask * (1.0 / (1.0 - self.rate)))


class Normalization(Block):
    """Shift and scale every feature so that its mean is 0 and its variance 1.

    Mean and variance are those of all examples that training has shown it so far. They are merged exactly,
    batch by batch: after an epoch they are the mean and the variance of the whole training part.

    Source: Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample
    variances, 1979.
    """

    category = "Layers"
    formula = "y = (x - mean) / sqrt(variance + epsilon)"
    advice = "Place it behind a data source whose features have different units."
    epsilon: float = attribute(
        default=1e-5,
        low=0.0,
        high=1.0,
        help="Is added to the variance, so that a constant feature does not divide by zero.",
    )
    cases = (Case([(4, 3)]), Case([(1, 3)]), Case([(2, 3, 2)]), Case([(6, 2)], low=1000.0, high=1001.0))

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        shape, dtype = (last_size(x.spec),), x.spec.dtype
        mean = b.variable("mean", shape, dtype=dtype, trainable=False)
        variance = b.variable("variance", shape, dtype=dtype, initializer="ones", trainable=False)
        count = b.variable("count", (), dtype=dtype, trainable=False)
        if b.training:
            mean, variance = self._merge(x, mean, variance, count)
        return (x - mean) * Rsqrt()(variance + self.epsilon)

    def _merge(self, x: Value, mean: Value, variance: Value, count: Value) -> tuple[Value, Value]:
        """Take the batch into the statistics, and return the new mean and variance."""
        axes = tuple(range(len(x.spec.shape or ()) - 1))
        seen = StopGradient()(x)
        batch_mean = ReduceMean(axes=axes)(seen, name="batch_mean")
        batch_variance = ReduceMean(axes=axes)(Square()(seen - batch_mean), name="batch_variance")
        batch_count = ElementCount(axes=axes)(seen, name="batch_count")
        total = Assign()(count, count + batch_count, name="new_count")
        share = batch_count / total
        keep = count / total
        shift = batch_mean - mean
        new_mean = Assign()(mean, mean + shift * share, name="new_mean")
        spread = batch_variance + keep * Square()(shift)
        return new_mean, Assign()(variance, keep * variance + share * spread, name="new_variance")
