"""Layers that keep the numbers between other layers in order, by means and variances."""

from __future__ import annotations

from engine.blocks.parts import last_size, narrowed, widened
from engine.errors import SpecError
from engine.op import Block, Case, attribute
from engine.ops.elementwise import Rsqrt, Square
from engine.ops.reduction import ReduceMean
from engine.ops.shaping import Reshape, ReshapeLike
from engine.ops.state import Assign, StopGradient
from engine.spec import shape_text
from engine.value import BlockBuilder, Value


class _Normalizing(Block, abstract=True):
    """What they share: a scale and a shift for each feature, which training can change."""

    full_precision = True
    category = "Layers"
    epsilon: float = attribute(
        default=1e-3,
        low=0.0,
        high=1.0,
        help="Is added to the variance, so that a constant feature does not divide by zero.",
    )
    scale: bool = attribute(default=True, help="Whether the result is multiplied by gamma, which is learned.")
    center: bool = attribute(default=True, help="Whether beta, which is learned, is added to the result.")
    trainable: bool = attribute(default=True, help="Whether optimizers change gamma and beta.")

    def scaled(self, b: BlockBuilder, y: Value, features: int) -> Value:
        """Multiply by gamma and add beta."""
        dtype = y.spec.dtype
        if self.scale:
            y = y * b.variable(
                "gamma", (features,), dtype=dtype, initializer="ones", trainable=self.trainable
            )
        if self.center:
            y = y + b.variable("beta", (features,), dtype=dtype, trainable=self.trainable)
        return y

    def normalized(self, x: Value, mean: Value, variance: Value) -> Value:
        """Shift and scale to mean 0 and variance 1."""
        return (x - mean) * Rsqrt()(variance + self.epsilon)

    def normalized_along(self, x: Value, axes: tuple[int, ...]) -> Value:
        """The same with the mean and the variance along axes."""
        wide = widened(x)
        mean = ReduceMean(axes=axes, keep_dims=True)(wide, name="mean")
        variance = ReduceMean(axes=axes, keep_dims=True)(Square()(wide - mean), name="variance")
        return narrowed(self.normalized(wide, mean, variance), x)


class BatchNormalization(_Normalizing):
    """While training, give each feature mean 0 and variance 1 over the batch; then scale and shift it.

    While predicting, the means and variances are running averages of those of the batches seen in training.
    All axes but the last count as examples: the pixels of an image are examples of its channels.

    Source: Ioffe and Szegedy, Batch normalization: accelerating deep network training by reducing internal
    covariate shift, 2015.
    """

    formula = "y = (x - mean) / sqrt(variance + epsilon) · gamma + beta"
    advice = "Place it between a layer without bias and its activation. Batches of 16 and more suit it."
    momentum: float = attribute(
        default=0.9,
        low=0.0,
        high=0.9999,
        help="The part of the running averages that each step keeps. Nearer to 1 is steadier and slower.",
    )
    cases = (
        Case([(4, 3)]),
        Case([(2, 3, 3, 2)], {"momentum": 0.5}),
        Case([(4, 3)], {"scale": False, "center": False}),
        Case([(1, 3)]),
        Case([(6, 2)], low=1000.0, high=1001.0),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        features = last_size(x.spec)
        mean = b.variable("moving_mean", (features,), dtype=x.spec.dtype, trainable=False)
        variance = b.variable(
            "moving_variance", (features,), dtype=x.spec.dtype, initializer="ones", trainable=False
        )
        if not b.training:
            return self.scaled(b, self.normalized(x, mean, variance), features)
        axes, wide = tuple(range(len(x.spec.shape or ()) - 1)), widened(x)
        batch_mean = ReduceMean(axes=axes)(wide, name="batch_mean")
        batch_variance = ReduceMean(axes=axes)(Square()(wide - batch_mean), name="batch_variance")
        for kept, seen, name in (
            (mean, batch_mean, "new_moving_mean"),
            (variance, batch_variance, "new_moving_variance"),
        ):
            step = (narrowed(StopGradient()(seen), kept) - kept) * (1.0 - self.momentum)
            Assign()(kept, kept + step, name=name)
        y = narrowed(self.normalized(wide, batch_mean, batch_variance), x)
        return self.scaled(b, y, features)


class LayerNormalization(_Normalizing):
    """Give the features of each example mean 0 and variance 1; then scale and shift them.

    No example depends on another, so that training and predicting are the same.

    Source: Ba, Kiros and Hinton, Layer normalization, 2016.
    """

    formula = "y = (x - mean of its row) / sqrt(variance of its row + epsilon) · gamma + beta"
    advice = "The layer of that kind for sequences and small batches; transformers are full of it."
    cases = (
        Case([(4, 3)]),
        Case([(2, 3, 4)], {"epsilon": 1e-5}),
        Case([(4, 3)], {"scale": False, "center": False}),
        Case([(0, 3)]),
        Case([(3, 1)]),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        features = last_size(x.spec)
        return self.scaled(b, self.normalized_along(x, (-1,)), features)


class GroupNormalization(_Normalizing):
    """Give each group of channels of each image mean 0 and variance 1; then scale and shift every channel.

    Source: Wu and He, Group normalization, 2018.
    """

    formula = "y = (x - mean of its group) / sqrt(variance of its group + epsilon) · gamma + beta"
    advice = "In the place of BatchNormalization where memory allows only a few images in a batch."
    groups: int = attribute(
        default=8, low=1, high=65_536, help="Into how many groups the channels are divided."
    )
    cases = (
        Case([(2, 3, 4, 8)], {"groups": 2}),
        Case([(2, 5, 4)], {"groups": 4}),
        Case([(4, 6)], {"groups": 1, "scale": False}),
        Case([(0, 2, 2, 8)]),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels = last_size(x.spec)
        if channels % self.groups:
            raise SpecError(
                f"{channels} channels cannot be divided into {self.groups} groups.",
                hint=f"Choose groups so that it divides {channels}.",
            )
        inner = (x.spec.shape or ())[1:-1]
        if not all(isinstance(size, int) for size in inner):
            raise SpecError(
                f"x is {shape_text(x.spec.shape)}; expected known sizes behind the batch.",
                hint="Give the placeholder numbers for them.",
            )
        sizes = (-1, *(int(size) for size in inner), self.groups, channels // self.groups)
        grouped = Reshape(shape=sizes)(x, name="groups")
        axes = (*range(1, len(sizes) - 2), -1)
        y = ReshapeLike()(self.normalized_along(grouped, axes), x)
        return self.scaled(b, y, channels)


class InstanceNormalization(_Normalizing):
    """Give each channel of each image mean 0 and variance 1; then scale and shift it.

    Source: Ulyanov, Vedaldi and Lempitsky, Instance normalization: the missing ingredient for fast
    stylization, 2016.
    """

    formula = "y = (x - mean of its channel) / sqrt(variance of its channel + epsilon) · gamma + beta"
    advice = "For the style of images: it takes away how bright and how contrasty each of them is."
    cases = (
        Case([(2, 3, 4, 2)]),
        Case([(2, 5, 3)], {"epsilon": 1e-5}),
        Case([(1, 2, 2, 2, 2)], {"scale": False, "center": False}),
        Case([(0, 2, 2, 3)]),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        channels = last_size(x.spec)
        shape = x.spec.shape or ()
        if len(shape) < 3:
            raise SpecError(
                f"x is {shape_text(shape)}; expected axes between batch and channels.",
                hint="LayerNormalization is for rows of features.",
            )
        y = self.normalized_along(x, tuple(range(1, len(shape) - 1)))
        return self.scaled(b, y, channels)
