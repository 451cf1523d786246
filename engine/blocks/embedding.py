"""Vectors in the place of numbers that only name things: words, users, products."""

from __future__ import annotations

from engine.case import Sample
from engine.errors import SpecError
from engine.op import Block, Case, attribute
from engine.ops.indexing import Gather
from engine.ops.state import INITIALIZERS
from engine.spec import FLOATS, INTEGERS
from engine.value import BlockBuilder, Value


class Embedding(Block):
    """Give each whole number a vector, and learn the vectors.

    The numbers name things, from 0 to `input_size` - 1; things that are used alike get vectors that lie near
    each other.
    """

    category = "Layers"
    inputs = ("indices",)
    formula = "y[i] = table[indices[i]]"
    advice = "The first layer for words: 8 to 64 numbers a word are enough to begin with."
    input_size: int = attribute(
        default=1000,
        low=1,
        high=10_000_000,
        help="How many things there are: one more than the largest number.",
    )
    output_size: int = attribute(default=16, low=1, high=65_536, help="How long each vector is.")
    initializer: str = attribute(
        default="uniform", choices=INITIALIZERS, help="How the first vectors are drawn."
    )
    dtype: str = attribute(default="float32", choices=FLOATS, help="The type of the vectors' elements.")
    trainable: bool = attribute(default=True, help="Whether optimizers change the vectors.")
    cases = (
        Case(
            [Sample((2, 3), "int64", values=[[0, 3, 1], [1, 1, 2]])],
            {"input_size": 4, "output_size": 5},
            gradient=False,
        ),
        Case([Sample((3,), "int32", values=[2, 0, 2])], {"input_size": 3, "output_size": 1}, gradient=False),
        Case([Sample((0,), "int64")], {"dtype": "float64"}, gradient=False),
    )

    def expand(self, b: BlockBuilder, indices: Value) -> Value:
        if indices.spec.dtype not in INTEGERS:
            raise SpecError(
                f"indices is {indices.spec}; expected whole numbers.",
                hint="Insert Cast to int64, or connect the column of a data set that holds numbers of words.",
            )
        table = b.variable(
            "table",
            (self.input_size, self.output_size),
            dtype=self.dtype,
            initializer=self.initializer,
            trainable=self.trainable,
        )
        return Gather()(table, indices)
