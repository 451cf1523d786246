"""Losses of more than one prediction at once: sequences without marked times, and pairs of embeddings."""

from __future__ import annotations

from engine.blocks.reducing import WEIGHTS, Loss
from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import number_like, require_dtype
from engine.op import Port, attribute
from engine.ops.activation import LogSoftmax, Relu, Softplus
from engine.ops.arithmetic import Maximum
from engine.ops.axes import Positions
from engine.ops.comparison import Equal, LogicalAnd, LogicalNot, NotEqual
from engine.ops.conversion import Cast, OnesLike
from engine.ops.ctc import CtcLoss
from engine.ops.linear import MatMul
from engine.ops.reduction import ReduceMax, ReduceSum
from engine.ops.selection import Where
from engine.ops.shaping import ExpandDims
from engine.ops.statistics import ReduceLogSumExp
from engine.spec import FLOATS, INTEGERS, Spec, same_dim
from engine.value import BlockBuilder, Value

_NEVER = -3e4
"""The exponent of what must not count; a float16 holds it, and a row of nothing else has a gradient."""


class CTC(Loss):
    """How surprised predictions, step by step, are by a sequence of labels whose times are not known.

    One class stands for no label. Where lengths are not connected, all steps count, and the labels end with
    the first blanks.

    Source: Graves et al., Connectionist Temporal Classification, 2006.
    """

    inputs = (
        "logits",
        "labels",
        WEIGHTS,
        Port("steps", optional=True, help="How many steps each example has. Open: all."),
        Port(
            "lengths", optional=True, help="How many labels each example has. Open: those that are no blanks."
        ),
    )
    formula = "loss = mean(-log(sum over all ways to spread the labels over the steps of their probability))"
    advice = "For speech and handwriting. Logits are batch x steps x classes, labels batch x labels."
    blank: int = attribute(default=0, low=0, help="The class that stands for no label.")
    cases = (
        Case([(2, 4, 3), Sample((2, 2), "int64", values=[[1, 2], [1, 0]])]),
        Case([(2, 4, 3), Sample((2, 2), "int32", values=[[1, 2], [2, 2]]), (2,)], {"reduction": "none"}),
        Case(
            [
                (2, 4, 3),
                Sample((2, 2), "int64", values=[[1, 2], [1, 0]]),
                Sample((2,), low=0.5, high=2.0),
                Sample((2,), "int64", values=[3, 4]),
                Sample((2,), "int64", values=[2, 1]),
            ],
            {"reduction": "sum"},
        ),
        Case([(1, 3, 3), Sample((1, 2), "int64", values=[[0, 2]])], {"blank": 2}),
    )

    def expand(
        self,
        b: BlockBuilder,
        logits: Value,
        labels: Value,
        weights: Value | None = None,
        steps: Value | None = None,
        lengths: Value | None = None,
    ) -> Value:
        require_dtype(logits.spec, FLOATS, "logits")
        require_dtype(labels.spec, INTEGERS, "labels")
        if steps is None:
            ones = Cast(dtype="int64")(OnesLike()(ReduceMax(axes=(-1,))(logits)))
            steps = ReduceSum(axes=(-1,))(ones, name="steps")
        if lengths is None:
            named = NotEqual()(labels, b.constant(self.blank, labels.spec.dtype))
            lengths = ReduceSum(axes=(-1,))(Cast(dtype="int64")(named), name="lengths")
        losses = CtcLoss(blank=self.blank)(LogSoftmax()(logits), labels, steps, lengths)
        return self.of_examples(losses, weights)


class Circle(Loss):
    """Draws embeddings of one class together, and those of different classes apart, the worst pairs most.

    Source: Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization, 2020.
    """

    inputs = ("embeddings", "labels", WEIGHTS)
    formula = (
        "loss = mean(log(1 + sum over pairs alike of exp(gamma · (d + margin) · (d - margin)) · "
        "sum over others of exp(gamma · (1 + margin - d) · (1 - margin - d)))), d = 1 - cosine"
    )
    advice = (
        "Give it vectors of length one: put UnitNormalization in front. Batches must hold several of a class."
    )
    gamma: float = attribute(default=80.0, low=0.0, help="How much the worst pairs count before all others.")
    margin: float = attribute(default=0.4, low=0.0, high=1.0, help="How near is near enough.")
    cases = (
        Case([(4, 3), Sample((4,), "int64", values=[0, 1, 0, 1])], {"gamma": 2.0}),
        Case([(4, 3), Sample((4,), "int32", values=[0, 1, 2, 1]), (4,)], {"gamma": 4.0, "margin": 0.25}),
        Case([(1, 3), Sample((1,), "int64", values=[0])]),
    )

    def expand(
        self, b: BlockBuilder, embeddings: Value, labels: Value, weights: Value | None = None
    ) -> Value:
        _check_pairs(embeddings.spec, labels.spec)
        cosines = MatMul(transpose_b=True)(embeddings, embeddings)
        distance = Maximum()(1.0 - cosines, 0.0)
        # An embedding is no pair with itself: which one it is, its place in the batch says.
        place = Positions(axis=0)(labels, name="place")
        same, itself = (Equal()(ExpandDims(axis=1)(x), ExpandDims(axis=0)(x)) for x in (labels, place))
        alike = LogicalAnd()(same, LogicalNot()(itself))
        pull = Relu()(distance + self.margin) * (distance - self.margin) * self.gamma
        push = Relu()(1.0 + self.margin - distance) * (1.0 - self.margin - distance) * self.gamma
        never = number_like(embeddings, _NEVER)
        near = ReduceLogSumExp(axes=(-1,))(Where()(alike, pull, never), name="alike")
        far = ReduceLogSumExp(axes=(-1,))(Where()(same, never, push), name="others")
        return self.of_examples(Softplus()(near + far), weights)


def _check_pairs(embeddings: Spec, labels: Spec) -> None:
    require_dtype(embeddings, FLOATS, "embeddings")
    require_dtype(labels, INTEGERS, "labels")
    if embeddings.shape is None or labels.shape is None:
        return
    fits = len(embeddings.shape) == 2 and len(labels.shape) == 1
    if not fits or not same_dim(embeddings.shape[0], labels.shape[0]):
        raise SpecError(
            f"embeddings are {embeddings} and labels are {labels}; expected batch x features, and batch.",
            hint="Connect one vector and one class number for each example.",
        )
