"""Further losses where classes are predicted: focused, bounded and margin losses, overlaps, divergence."""

from __future__ import annotations

from engine.blocks.classes import LEAST_PROBABILITY, checked_classes, log_probability, picked, smoothed
from engine.blocks.pairing import check_same_shape, like, pair
from engine.blocks.reducing import WEIGHTS, Loss
from engine.case import Case, Sample
from engine.families import require_dtype
from engine.op import attribute
from engine.ops.activation import LogSoftmax, Relu, Sigmoid
from engine.ops.arithmetic import Power
from engine.ops.elementwise import Exp, Log, Negate
from engine.ops.loss import SigmoidCrossEntropy, SparseSoftmaxCrossEntropy
from engine.ops.reduction import ReduceMax, ReduceSum
from engine.ops.selection import Clip
from engine.spec import FLOATS
from engine.value import BlockBuilder, Value

_ROWS = Sample((4, 3), low=0.05, high=0.95)
_FROM_LOGITS_HELP = "Whether the input is logits, or probabilities already."
_GAMMA_HELP = "How little the examples count that are right already; 0 counts all alike."


class BinaryFocalCrossentropy(Loss):
    """A binary cross entropy that looks at what is still wrong: sure and right answers hardly count.

    Source: Lin et al., Focal Loss for Dense Object Detection, 2017.
    """

    inputs = ("logits", "labels", WEIGHTS)
    formula = "loss = mean(-(1 - q)^gamma · log(q)), q = the probability given to the truth"
    advice = "Where one answer is much more frequent than the other, as in finding objects."
    from_logits: bool = attribute(default=True, help=_FROM_LOGITS_HELP)
    gamma: float = attribute(default=2.0, low=0.0, help=_GAMMA_HELP)
    balance: bool = attribute(default=False, help="Whether yes and no are weighted by alpha and 1 - alpha.")
    alpha: float = attribute(
        default=0.25, low=0.0, high=1.0, help="The weight of a yes, if they are balanced."
    )
    label_smoothing: float = attribute(
        default=0.0, low=0.0, high=1.0, help="How much of the labels is spread over both answers."
    )
    cases = (
        Case([(4, 1), Sample((4, 1), "int64", 0, 2)]),
        Case([_ROWS, Sample((4, 3), low=0.0)], {"from_logits": False, "gamma": 1.5}),
        Case([(4, 2), Sample((4, 2), "int64", 0, 2), (4,)], {"balance": True, "label_smoothing": 0.1}),
        Case([(2, 2), Sample((2, 2), "int64", 0, 2)], low=30.0, high=40.0, gradient=False),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value, weights: Value | None = None) -> Value:
        logits, labels = pair(logits, like(labels, logits), "logits", "labels")
        labels = smoothed(labels, self.label_smoothing, 2)
        if self.from_logits:
            chance = Sigmoid()(logits)
            entropy = SigmoidCrossEntropy()(logits, labels)
        else:
            chance = Clip(low=LEAST_PROBABILITY, high=1.0 - LEAST_PROBABILITY)(logits)
            entropy = Negate()(labels * Log()(chance) + (1.0 - labels) * Log()(1.0 - chance))
        of_truth = labels * chance + (1.0 - labels) * (1.0 - chance)
        losses = Power()(1.0 - of_truth, self.gamma) * entropy
        if self.balance:
            losses = losses * (labels * self.alpha + (1.0 - labels) * (1.0 - self.alpha))
        return self.of_elements(losses, weights)


class CategoricalFocalCrossentropy(Loss):
    """A cross entropy for classes that looks at what is still wrong: sure and right answers hardly count.

    Source: Lin et al., Focal Loss for Dense Object Detection, 2017.
    """

    inputs = ("logits", "labels", WEIGHTS)
    formula = "loss = mean(-sum(labels · alpha · (1 - p)^gamma · log(p))), p = softmax(logits)"
    advice = "Where some classes are rare. Labels are rows with one number for each class."
    from_logits: bool = attribute(default=True, help=_FROM_LOGITS_HELP)
    alpha: float = attribute(default=0.25, low=0.0, help="A factor for all losses.")
    gamma: float = attribute(default=2.0, low=0.0, help=_GAMMA_HELP)
    label_smoothing: float = attribute(
        default=0.0, low=0.0, high=1.0, help="How much of the labels is spread over all classes."
    )
    cases = (
        Case([(4, 3), Sample((4, 3), low=0.0)]),
        Case([_ROWS, Sample((4, 3), low=0.0)], {"from_logits": False, "gamma": 1.5}),
        Case([(4, 3), Sample((4, 3), low=0.0), (4,)], {"label_smoothing": 0.2, "reduction": "sum"}),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value, weights: Value | None = None) -> Value:
        labels = like(labels, logits)
        check_same_shape(logits.spec, labels.spec, "logits", "labels")
        labels = smoothed(labels, self.label_smoothing, checked_classes(logits.spec))
        log_chance = LogSoftmax()(logits) if self.from_logits else log_probability(as_parts(logits))
        focus = Power()(1.0 - Exp()(log_chance), self.gamma) * self.alpha
        return self.of_examples(Negate()(ReduceSum(axes=(-1,))(labels * focus * log_chance)), weights)


class CategoricalGeneralizedCrossEntropy(Loss):
    """Between cross entropy and absolute error: a wrong label can do only so much harm.

    Source: Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy
    Labels, 2018.
    """

    inputs = ("probabilities", "labels", WEIGHTS)
    formula = "loss = mean((1 - probabilities[label]^q) / q)"
    advice = "Where some labels are wrong. q near 0 is the cross entropy, q = 1 the absolute error."
    q: float = attribute(default=0.5, low=1e-6, high=1.0, help="How little what is far off counts.")
    cases = (
        Case([_ROWS, Sample((4,), "int64", 0, 3)]),
        Case([_ROWS, Sample((4,), "int64", 0, 3), (4,)], {"q": 0.9}),
    )

    def expand(
        self, b: BlockBuilder, probabilities: Value, labels: Value, weights: Value | None = None
    ) -> Value:
        SparseSoftmaxCrossEntropy().infer(probabilities.spec.as_value(), labels.spec.as_value())
        return self.of_examples((1.0 - Power()(picked(probabilities, labels), self.q)) / self.q, weights)


class CategoricalHinge(Loss):
    """How far the right class falls short of leading all others by one.

    Source: Weston and Watkins, Multi-class Support Vector Machines, 1998.
    """

    inputs = ("logits", "labels", WEIGHTS)
    formula = "loss = mean(max(1 + max((1 - labels) · logits) - sum(labels · logits), 0))"
    advice = "Labels are rows with a one for the right class."
    cases = (
        Case([(4, 3), Sample((4, 3), low=0.0)]),
        Case([(2, 3), Sample((2, 3), "int64", values=[[0, 1, 0], [1, 0, 0]]), (2,)]),
    )

    def expand(self, b: BlockBuilder, logits: Value, labels: Value, weights: Value | None = None) -> Value:
        labels = like(labels, logits)
        check_same_shape(logits.spec, labels.spec, "logits", "labels")
        right = ReduceSum(axes=(-1,))(labels * logits)
        wrong = ReduceMax(axes=(-1,))((1.0 - labels) * logits)
        return self.of_examples(Relu()(wrong - right + 1.0), weights)


class KLDivergence(Loss):
    """How much more a surprise costs who believes the prediction where the target is the truth.

    Source: Kullback and Leibler, On Information and Sufficiency, 1951.
    """

    inputs = ("prediction", "target", WEIGHTS)
    promotes = ("prediction", "target")
    formula = "loss = mean(sum(target · log(target / prediction)))"
    advice = "Both are probabilities along the last axis. It is zero where they are equal."
    cases = (
        Case([_ROWS, _ROWS]),
        Case([_ROWS, _ROWS, (4,)], {"reduction": "none"}),
        Case([Sample(values=[[0.0, 1.0]]), Sample(values=[[0.0, 1.0]])], gradient=False),
    )

    def expand(
        self, b: BlockBuilder, prediction: Value, target: Value, weights: Value | None = None
    ) -> Value:
        require_dtype(prediction.spec, FLOATS, "prediction")
        check_same_shape(prediction.spec, target.spec, "prediction", "target")
        target = Clip(low=LEAST_PROBABILITY, high=1.0)(target)
        return self.of_examples(
            ReduceSum(axes=(-1,))(target * (Log()(target) - log_probability(prediction))), weights
        )


class Tversky(Loss):
    """How much of two masks does not overlap, with false alarms and misses counted apart.

    Source: Salehi et al., Tversky loss function for image segmentation, 2017.
    """

    inputs = ("prediction", "target")
    promotes = ("prediction", "target")
    formula = "loss = 1 - hits / (hits + alpha · false alarms + beta · misses)"
    advice = (
        "For masks of small things in large images. beta above alpha finds more, and raises false alarms."
    )
    alpha: float = attribute(default=0.5, low=0.0, help="How much a false alarm counts.")
    beta: float = attribute(default=0.5, low=0.0, help="How much a miss counts.")
    axes: tuple[int, ...] = attribute(
        default=(), help="The axes of one mask. Empty means all, and there is one loss."
    )
    cases = (
        Case([_ROWS, Sample((4, 3), low=0.0)]),
        Case([_ROWS, Sample((4, 3), "int64", 0, 2)], {"axes": [1], "alpha": 0.3, "beta": 0.7}),
        Case([Sample(values=[[0.0]]), Sample(values=[[0.0]])], gradient=False),
    )

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        target = like(target, prediction)
        check_same_shape(prediction.spec, target.spec, "prediction", "target")
        hits = ReduceSum(axes=self.axes)(prediction * target, name="hits")
        alarms = ReduceSum(axes=self.axes)(prediction * (1.0 - target), name="false_alarms")
        misses = ReduceSum(axes=self.axes)((1.0 - prediction) * target, name="misses")
        overlap = hits / (hits + alarms * self.alpha + misses * self.beta + LEAST_PROBABILITY)
        return self.of_examples(1.0 - overlap, None)


class Dice(Loss):
    """How much of two masks does not overlap.

    Source: Milletari et al., V-Net: Fully Convolutional Neural Networks for Volumetric Medical Image
    Segmentation, 2016.
    """

    inputs = ("prediction", "target")
    promotes = ("prediction", "target")
    formula = "loss = 1 - 2 · sum(prediction · target) / (sum(prediction) + sum(target))"
    advice = "For masks, of which most pixels are empty: what is empty in both counts nothing."
    axes: tuple[int, ...] = attribute(
        default=(), help="The axes of one mask. Empty means all, and there is one loss."
    )
    cases = (
        Case([_ROWS, Sample((4, 3), low=0.0)]),
        Case([_ROWS, Sample((4, 3), "int64", 0, 2)], {"axes": [1], "reduction": "none"}),
        Case([Sample(values=[[0.0]]), Sample(values=[[0.0]])], gradient=False),
    )

    def expand(self, b: BlockBuilder, prediction: Value, target: Value) -> Value:
        target = like(target, prediction)
        check_same_shape(prediction.spec, target.spec, "prediction", "target")
        both = ReduceSum(axes=self.axes)(prediction * target, name="both")
        sizes = ReduceSum(axes=self.axes)(prediction) + ReduceSum(axes=self.axes)(target)
        return self.of_examples(1.0 - both * 2.0 / (sizes + LEAST_PROBABILITY), None)


def as_parts(chance: Value) -> Value:
    """Probabilities that sum to one, as Keras makes them of any positive numbers."""
    return chance / ReduceSum(axes=(-1,), keep_dims=True)(chance)
