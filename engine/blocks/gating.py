"""Activations that look along an axis: sparse probabilities, and halves that gate each other."""

from __future__ import annotations

import math

from engine import registry
from engine.case import Case, Sample
from engine.errors import SpecError
from engine.families import number_like, require_dtype, require_rank
from engine.op import Block, attribute
from engine.ops.activation import Relu
from engine.ops.conversion import Cast, OnesLike
from engine.ops.ordering import Sort
from engine.ops.reduction import CumSum, ReduceMax, ReduceSum
from engine.ops.selection import Where
from engine.ops.splitting import Split
from engine.spec import FLOATS, normalize_axis, shape_text
from engine.value import BlockBuilder, Value

_GATES = {"sigmoid": "Sigmoid", "silu": "Silu", "gelu": "Gelu", "relu": "Relu", "linear": ""}


class Sparsemax(Block):
    """Turn logits into probabilities of which most are exactly zero.

    It is the point nearest to the logits among all probabilities.

    Source: Martins and Astudillo, From Softmax to Sparsemax, 2016.
    """

    category = "Activation"
    formula = "y = max(x - tau, 0), with tau such that y sums to 1"
    advice = "For attention that should look at a few places only."
    axis: int = attribute(default=-1, help="The axis along which the classes lie; -1 is the last.")
    cases = (
        Case([(3, 4)]),
        Case([(3, 4)], {"axis": 0}),
        Case([(3, 1)]),
        Case([(0, 4)]),
        Case([(2, 3)], low=300.0, high=400.0),
        Case([Sample(values=[[2.0, 2.0, 2.0], [-1e4, 0.0, 1e4]])], gradient=False),
        Case([Sample(values=[[0.0, -math.inf, 0.5]])], gradient=False),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        require_rank(x.spec, 1, "x", "Connect a tensor with an axis of classes.")
        x = x - ReduceMax(axes=(self.axis,), keep_dims=True)(x)
        ordered = Sort(axis=self.axis, descending=True)(x)
        ranks = CumSum(axis=self.axis)(OnesLike()(ordered), name="ranks")
        running = CumSum(axis=self.axis)(ordered, name="running")
        # How many of the largest logits share the probability, and what they sum to.
        chosen = ranks * ordered + 1 > running
        summed = ReduceSum(axes=(self.axis,), keep_dims=True)
        count = summed(Cast(dtype=x.spec.dtype)(chosen), name="count")
        total = summed(Where()(chosen, ordered, number_like(x, 0)), name="total")
        return Relu()(x - (total - 1) / count)


class Glu(Block):
    """A gated linear unit: the first half of the features, each weighted by a gate from the second half.

    Source: Dauphin et al., Language Modeling with Gated Convolutional Networks, 2017; Shazeer, GLU Variants
    Improve Transformer, 2020.
    """

    category = "Activation"
    formula = "y = a · activation(b), with a and b the two halves of x"
    advice = "Give the layer before it twice as many units as the next one needs."
    axis: int = attribute(default=-1, help="The axis that is halved; -1 is the last.")
    activation: str = attribute(
        default="sigmoid",
        choices=tuple(_GATES),
        help="What makes a gate of the second half: silu gives SwiGLU, gelu GeGLU.",
    )
    cases = (
        Case([(3, 4)]),
        Case([(3, 4, 2)], {"axis": 1, "activation": "silu"}),
        Case([(0, 2)], {"activation": "linear"}),
        Case([(2, 6)], {"activation": "gelu"}),
    )

    def expand(self, b: BlockBuilder, x: Value) -> Value:
        require_dtype(x.spec, FLOATS, "x")
        shape = x.spec.shape or ()
        whole = shape[normalize_axis(self.axis, len(shape))]
        if not isinstance(whole, int) or whole % 2:
            raise SpecError(
                f"x is {shape_text(shape)}: axis {self.axis} does not have an even number of elements.",
                hint="Give the layer before it an even number of units.",
            )
        first, second = Split(axis=self.axis).apply(x, name="halves")
        op = _GATES[self.activation]
        return first * (registry.get(op)()(second) if op else second)
