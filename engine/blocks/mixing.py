"""Layers that mix examples with each other, or take a part of an image away, while training."""

from __future__ import annotations

from engine.blocks.augmentation import one_pixel, sizes_of
from engine.blocks.draws import RandomBeta
from engine.case import Case
from engine.errors import SpecError
from engine.families import number_like, require_dtype, require_rank
from engine.op import Block, Port, attribute
from engine.ops.comparison import LogicalAnd
from engine.ops.conversion import Cast, OnesLike
from engine.ops.cutting import Slice
from engine.ops.elementwise import Abs, Sqrt
from engine.ops.indexing import Gather
from engine.ops.random import RandomPermutation, RandomUniform
from engine.ops.reduction import ReduceMean
from engine.ops.selection import Where
from engine.ops.shaping import Reshape
from engine.spec import FLOATS
from engine.value import BlockBuilder, Value

_ALPHA_HELP = "Small: one of both nearly alone; 1: all shares are equally likely."


class _Mixing(Block, abstract=True):
    """What both mixtures share: each example meets another one, and so do their labels."""

    category = "Layers"
    inputs = ("x", Port("labels", help="batch x classes: one-hot, or any shares of classes."))
    outputs = ("x", "labels")

    def expand(self, b: BlockBuilder, x: Value, labels: Value) -> tuple[Value, Value]:
        for port, value in (("x", x), ("labels", labels)):
            require_dtype(value.spec, FLOATS, port)
            require_rank(value.spec, 1, port, "The first axis is the batch.")
        if labels.spec.rank not in (2, None):
            raise SpecError(
                f"labels are {labels.spec}; expected batch x classes.", hint="Insert OneHot before it."
            )
        return self.mixed(b, x, labels) if b.training else (x, labels)

    def mixed(self, b: BlockBuilder, x: Value, labels: Value) -> tuple[Value, Value]:
        """Draw the mixture."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it mixes")


class MixUp(_Mixing):
    """While training, each example becomes a mixture with another one of the batch, and so do its labels.

    Source: Zhang et al., mixup: Beyond empirical risk minimization, 2018.
    """

    formula = "training: y = s · x + (1 - s) · x[other], with a share s of its own for each example"
    advice = "Connect labels as one-hot rows, and a loss that takes them, such as CategoricalCrossentropy."
    alpha: float = attribute(default=0.2, low=1e-3, high=1e3, help=_ALPHA_HELP)
    cases = (
        Case([(4, 3, 2, 1), (4, 5)]),
        Case([(4, 3), (4, 2)], {"alpha": 1.0}),
        Case([(0, 3), (0, 2)]),
    )

    def mixed(self, b: BlockBuilder, x: Value, labels: Value) -> tuple[Value, Value]:
        order = RandomPermutation()(x, name="order")
        share = _beta(_one_each(x), self.alpha)
        both = [(x, share), (labels, Reshape(shape=(-1, 1))(share))]
        mixed = [s * value + (1.0 - s) * Gather()(value, order) for value, s in both]
        return mixed[0], mixed[1]


class CutMix(_Mixing):
    """While training, a rectangle of each image is taken from another one; labels are mixed by the area.

    Source: Yun et al., CutMix: Regularization strategy to train strong classifiers with localizable features,
    2019.
    """

    formula = "training: y = x[other] inside of a rectangle, x outside; labels by the shares of the area"
    advice = "As for MixUp; the parts stay natural, so that a network also learns where things lie."
    alpha: float = attribute(default=1.0, low=1e-3, high=1e3, help=_ALPHA_HELP)
    cases = (
        Case([(4, 3, 4, 2), (4, 5)]),
        Case([(2, 2, 2, 1), (2, 2)], {"alpha": 0.3}),
        Case([(0, 2, 3, 1), (0, 2)]),
    )

    def expand(self, b: BlockBuilder, x: Value, labels: Value) -> tuple[Value, Value]:
        sizes_of(x)
        return super().expand(b, x, labels)

    def mixed(self, b: BlockBuilder, x: Value, labels: Value) -> tuple[Value, Value]:
        order = RandomPermutation()(x, name="order")
        side = Sqrt()(1.0 - _beta(one_pixel(x), self.alpha))
        inside = _rectangle(b, x, side, side)
        cut = Reshape(shape=(-1, 1))(ReduceMean(axes=(1, 2, 3))(Cast(dtype=x.spec.dtype)(inside)))
        share = cut if labels.spec.dtype == x.spec.dtype else Cast(dtype=labels.spec.dtype)(cut)
        images = Where()(inside, Gather()(x, order), x)
        return images, (1.0 - share) * labels + share * Gather()(labels, order)


class RandomErasing(Block):
    """While training, some images lose a rectangle. While predicting, pass everything on.

    Source: Zhong et al., Random erasing data augmentation, 2020.
    """

    category = "Layers"
    formula = "training: y = value inside of a rectangle of a part of the images, x elsewhere"
    advice = "A network learns to know things of which a part is hidden."
    aliases = ("Cutout",)
    chance: float = attribute(default=0.5, low=0.0, high=1.0, help="How likely an image loses something.")
    smallest: float = attribute(default=0.02, low=0.0, high=1.0, help="The least part of the area it loses.")
    largest: float = attribute(default=0.33, low=0.0, high=1.0, help="The greatest part of the area.")
    value: float = attribute(default=0.0, help="What stands in the rectangle.")
    cases = (
        Case([(3, 4, 5, 2)]),
        Case([(2, 3, 3, 1)], {"chance": 1.0, "value": 0.5}),
        Case([(0, 2, 2, 1)]),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        sizes_of(x)
        if self.smallest > self.largest:
            raise SpecError(
                f"smallest is {self.smallest:g}, above largest, which is {self.largest:g}.",
                hint="Exchange them.",
            )
        if not b.training:
            return x
        each = one_pixel(x)
        area = RandomUniform(low=self.smallest, high=self.largest)(each, name="area")
        slim = RandomUniform(low=0.5, high=2.0)(each, name="slimness")
        inside = _rectangle(b, x, Sqrt()(area * slim), Sqrt()(area / slim))
        hit = LogicalAnd()(inside, RandomUniform()(each, name="coin") < self.chance)
        return Where()(hit, number_like(x, self.value), x)


def _one_each(x: Value) -> Value:
    """The first element of each example: a shape for what is drawn once for each."""
    rest = (x.spec.rank or 1) - 1
    return Slice(begin=(0,) * (rest + 1), size=(-1, *[1] * rest))(x, name="one_each")


def _beta(like: Value, alpha: float) -> Value:
    parameter = OnesLike()(like) * alpha
    return RandomBeta()(parameter, parameter, name="share")


def _rectangle(b: BlockBuilder, x: Value, high: Value, wide: Value) -> Value:
    """Which pixels lie in a rectangle of such parts of each side, around a place drawn for each image."""
    height, width = sizes_of(x)
    within = []
    for size, part, shape, name in (
        (height, high, (1, -1, 1, 1), "row"),
        (width, wide, (1, 1, -1, 1), "column"),
    ):
        middle = RandomUniform()(part, name=name) * float(size)
        pixels = Reshape(shape=shape)(b.constant([i + 0.5 for i in range(size)], x.spec.dtype))
        within.append(Abs()(pixels - middle) < part * (size / 2))
    return LogicalAnd()(*within)
