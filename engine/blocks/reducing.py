"""How one number comes of many losses: weights for the examples, and a mean or a sum."""

from __future__ import annotations

from typing import ClassVar

from engine.case import Case
from engine.errors import SpecError
from engine.op import Block, Port, attribute
from engine.ops.conversion import Cast, OnesLike
from engine.ops.reduction import ReduceMean, ReduceSum
from engine.ops.shaping import ExpandDims, Squeeze
from engine.spec import same_dim, shape_text
from engine.value import Value

REDUCTIONS = ("mean", "weighted_mean", "sum", "none")
WEIGHTS = Port("weights", optional=True, help="How much each example counts. Open: all count alike.")


class Loss(Block, abstract=True):
    """What all losses share: one loss for each example, of which weights and a reduction make one number."""

    category = "Loss"
    outputs: ClassVar[tuple[str | Port, ...]] = ("loss",)
    cases: ClassVar[tuple[Case, ...]] = ()
    reduction: str = attribute(
        default="mean",
        choices=REDUCTIONS,
        help="What becomes of the losses of the examples: their mean, their mean by the sum of the weights, "
        "their sum, or nothing, and each stays for itself.",
    )

    def of_elements(self, losses: Value, weights: Value | None) -> Value:
        """Reduce one loss for each element; an example's loss is the mean along the last axis."""
        if self.reduction == "mean" and weights is None:
            return ReduceMean()(losses)
        if (losses.spec.rank or 0) > 1:
            losses = ReduceMean(axes=(-1,))(losses, name="by_example")
        return self.of_examples(losses, weights)

    def of_examples(self, losses: Value, weights: Value | None) -> Value:
        """Reduce one loss for each example."""
        if weights is None:
            return self._reduced(losses)
        weights = as_weights(weights, losses)
        weighted = losses * weights
        if self.reduction != "weighted_mean":
            return self._reduced(weighted)
        total = ReduceSum()(weights * OnesLike()(losses), name="weight")
        return ReduceSum()(weighted, name="sum") / total

    def _reduced(self, losses: Value) -> Value:
        if self.reduction == "none":
            return losses
        return ReduceSum()(losses) if self.reduction == "sum" else ReduceMean()(losses)


def as_weights(weights: Value, losses: Value) -> Value:
    """Weights as numbers of the losses' dtype and rank: one for each example, or for each of its parts."""
    if weights.spec.dtype != losses.spec.dtype:
        weights = Cast(dtype=losses.spec.dtype)(weights)
    given, wanted = weights.spec.shape, losses.spec.shape
    if given is None or wanted is None:
        return weights
    if len(given) == len(wanted) + 1 and given[-1] == 1:
        weights, given = Squeeze(axes=(-1,))(weights), given[:-1]
    fits = len(given) <= len(wanted) and all(
        same_dim(a, b) or a == 1 for a, b in zip(given, wanted, strict=False)
    )
    if not fits:
        raise SpecError(
            f"weights are {shape_text(given)}, and there is one loss for each of {shape_text(wanted)}.",
            hint="Connect one weight for each example.",
        )
    for _ in range(len(wanted) - len(given)):
        weights = ExpandDims(axis=-1)(weights)
    return weights
