"""Layers that divide by the size of what lies around: of a row, of a vector, of the neighbouring channels."""

from __future__ import annotations

from engine.blocks.parts import last_size, narrowed, unit_vector, widened
from engine.op import Block, Case, attribute
from engine.ops.elementwise import Rsqrt, Square
from engine.ops.pooling import SumPool
from engine.ops.reduction import ReduceMean
from engine.ops.shaping import ExpandDims, Reshape, ReshapeLike
from engine.value import BlockBuilder, Value


class RMSNormalization(Block):
    """Divide the features of each example by the root of their mean square; then scale each of them.

    A LayerNormalization that leaves the mean alone: it costs less, and transformers train as well with it.

    Source: Zhang and Sennrich, Root mean square layer normalization, 2019.
    """

    full_precision = True
    category = "Layers"
    formula = "y = x / sqrt(mean of x² along the row + epsilon) · gamma"
    advice = "In the place of LayerNormalization in large transformers."
    epsilon: float = attribute(
        default=1e-6, low=0.0, high=1.0, help="Is added to the mean square, so that no row divides by zero."
    )
    scale: bool = attribute(default=True, help="Whether the result is multiplied by gamma, which is learned.")
    trainable: bool = attribute(default=True, help="Whether optimizers change gamma.")
    cases = (
        Case([(4, 3)]),
        Case([(2, 3, 4)], {"epsilon": 1e-3}),
        Case([(4, 3)], {"scale": False}),
        Case([(0, 3)]),
        Case([(3, 1)]),
        Case([(2, 3)], low=1e3, high=1e4),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        features = last_size(x.spec)
        wide = widened(x)
        mean = ReduceMean(axes=(-1,), keep_dims=True)(Square()(wide), name="mean_square")
        y = narrowed(wide * Rsqrt()(mean + self.epsilon), x)
        if not self.scale:
            return y
        gamma = b.variable(
            "gamma", (features,), dtype=x.spec.dtype, initializer="ones", trainable=self.trainable
        )
        return y * gamma


class UnitNormalization(Block):
    """Divide each vector by its length, so that only its direction is left."""

    full_precision = True
    category = "Layers"
    formula = "y = x / length of x"
    advice = "Before a product of vectors it makes that the cosine of the angle between them."
    axis: int = attribute(default=-1, help="The axis along which a vector lies; -1 is the last.")
    cases = (
        Case([(4, 3)]),
        Case([(2, 3, 4)], {"axis": 1}),
        Case([(0, 3)]),
        Case([(2, 3)], low=1e3, high=1e4),
        Case([(2, 3)], low=1e-3, high=1e-2),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        last_size(x.spec)
        return unit_vector(x, self.axis)


class LocalResponseNormalization(Block):
    """Divide each element by what its neighbouring channels answer at the same place: the strong stand out.

    Source: Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks,
    2012.
    """

    full_precision = True
    category = "Layers"
    formula = "y[c] = x[c] / (bias + alpha / size · sum over the size channels around c of x²)^beta"
    advice = "Belongs to networks of that time, such as AlexNet; today BatchNormalization is used."
    size: int = attribute(default=5, low=1, high=65_536, help="How many channels are summed.")
    alpha: float = attribute(default=1e-4, low=0.0, high=1e6, help="How strongly the neighbours count.")
    beta: float = attribute(default=0.75, low=0.0, high=100.0, help="The power of the divisor.")
    bias: float = attribute(default=1.0, low=0.0, high=1e6, help="What the divisor begins with.")
    cases = (
        Case([(2, 3, 2, 5)], {"size": 3, "alpha": 0.5}),
        Case([(2, 4, 6)], {"size": 4, "alpha": 0.1, "beta": 0.5, "bias": 2.0}),
        Case([(2, 3)]),
        Case([(0, 2, 2, 4)]),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels = last_size(x.spec)
        # Each place is a signal along its channels, over which a window slides.
        rows = ExpandDims(axis=-1)(Reshape(shape=(-1, channels))(Square()(widened(x))))
        before = (self.size - 1) // 2
        sums = SumPool(window=(self.size,), strides=(1,), pads=(before, self.size - 1 - before))(rows)
        divisor = (ReshapeLike()(sums, x) * (self.alpha / self.size) + self.bias) ** self.beta
        return narrowed(widened(x) / divisor, x)
