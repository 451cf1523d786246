"""Masks of sequences that are filled up to one length: which of their steps count."""

from __future__ import annotations

from engine.case import Sample
from engine.errors import SpecError
from engine.families import number_like
from engine.op import Block, Case, Port, attribute
from engine.ops.axes import Positions
from engine.ops.comparison import Less, NotEqual
from engine.ops.conversion import Cast
from engine.ops.reduction import ReduceAny
from engine.ops.selection import Where
from engine.ops.shaping import ExpandDims
from engine.spec import INTEGERS
from engine.value import BlockBuilder, Value

_LENGTHS = Sample((2,), "int64", values=[3, 0])


class SequenceMask(Block):
    """True for the steps that belong to a sequence, false for those that only fill it up."""

    category = "Shape"
    inputs = (
        Port("lengths", help="How many steps of each example count."),
        Port("like", help="The sequences, batch x steps and more; only their size is read."),
    )
    outputs = ("mask",)
    formula = "mask[b, s] = s < lengths[b]"
    advice = "Connect the mask to a layer that takes one, such as MultiHeadAttention or LSTM."
    differentiable = False
    cases = (
        Case([_LENGTHS, (2, 4, 3)], gradient=False),
        Case([Sample((2,), "int32", values=[9, -1]), (2, 4)], gradient=False),
        Case([Sample((0,), "int64"), (0, 4)], gradient=False),
    )

    def expand(self, b: BlockBuilder, lengths: Value, like: Value) -> Value:
        if lengths.spec.dtype not in INTEGERS or lengths.spec.rank != 1:
            raise SpecError(
                f"lengths is {lengths.spec}; expected one whole number for each example.",
                hint="Insert Cast to int64.",
            )
        if like.spec.rank is not None and like.spec.rank < 2:
            raise SpecError(f"like is {like.spec}; expected batch x steps.", hint="Connect the sequences.")
        whole = lengths if lengths.spec.dtype == "int64" else Cast(dtype="int64")(lengths)
        return Less()(Positions(axis=1)(like), ExpandDims(axis=1)(whole))


class Masking(Block):
    """Find the steps that only fill up a sequence: those whose features all have one value.

    They are set to zero, and the mask tells which of the steps count.
    """

    category = "Layers"
    outputs = ("y", Port("mask", help="batch x steps: true where a step counts."))
    formula = "mask[b, s] = any(x[b, s] != value);  y = x where mask, else 0"
    advice = "Place it between the data and the first layer that takes a mask."
    value: float = attribute(default=0.0, help="What all features of a step have that only fills up.")
    cases = (
        Case([Sample(values=[[[1.0, 2.0], [0.0, 3.0], [0.0, 0.0]]])], gradient=False),
        Case([(2, 3, 4)]),
        Case([Sample(values=[[[-1.0], [2.0]]])], {"value": -1.0}, gradient=False),
        Case([(0, 3, 4)]),
    )

    def expand(self, b: BlockBuilder, x: Value) -> tuple[Value, Value]:
        if not x.spec.is_float or x.spec.rank not in (3, None):
            raise SpecError(
                f"x is {x.spec}; expected batch x steps x features of floats.",
                hint="Connect sequences of vectors.",
            )
        mask = ReduceAny(axes=(-1,))(NotEqual()(x, self.value))
        return Where()(ExpandDims(axis=-1)(mask), x, number_like(x, 0.0)), mask
