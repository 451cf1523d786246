"""Draws of shares: of one number between 0 and 1, and of several that add up to one."""

from __future__ import annotations

from engine.case import Case, Sample
from engine.families import require_dtype, require_rank
from engine.op import Block, Port
from engine.ops.activation import Sigmoid, Softmax
from engine.ops.conversion import ZerosLike
from engine.ops.draws import RandomGamma
from engine.spec import FLOATS
from engine.value import BlockBuilder, Value


class RandomBeta(Block):
    """Random shares from 0 to 1: what a has of the sum of two gamma numbers, of concentrations a and b.

    The gradient is that of the gamma numbers.
    """

    category = "Data"
    inputs = (
        Port("a", help="The larger it is beside b, the larger are the shares."),
        Port("b", help="The smaller both are, the nearer to 0 and 1 the shares lie."),
    )
    formula = "y = p / (p + q);  p = gamma number of a, q = gamma number of b"
    advice = "With 1 and 1 all shares are equally likely. MixUp mixes examples by such shares."
    cases = (
        Case([(3, 4), (3, 4)], low=0.2, high=5.0, gradient=False),
        Case([(3, 1), (4,)], low=0.01, high=0.2, gradient=False),
        Case([(), ()], low=1.0, high=2.0, gradient=False),
        Case([(0, 4), ()], low=1.0, high=2.0, gradient=False),
    )

    def expand(self, b: BlockBuilder, first: Value, second: Value) -> Value:
        for port, value in (("a", first), ("b", second)):
            require_dtype(value.spec, FLOATS, port)
        # Each element draws twice, also where one parameter serves many.
        draw = RandomGamma(logarithm=True)
        p, q = draw(first + ZerosLike()(second), name="p"), draw(second + ZerosLike()(first), name="q")
        return Sigmoid()(p - q)


class RandomDirichlet(Block):
    """Random shares that add up to one along the last axis: those of gamma numbers in their sum.

    The gradient is that of the gamma numbers.
    """

    category = "Data"
    inputs = (Port("concentration", help="The last axis holds one number for each share."),)
    formula = "y[i] = g[i] / sum of g;  g = gamma numbers of the concentration"
    advice = "Concentrations below one make a few shares large, above one all of them alike."
    aliases = ("Dirichlet",)
    cases = (
        Case([(3, 4)], low=0.2, high=5.0, gradient=False),
        Case([Sample((2, 3), low=0.001, high=0.01)], gradient=False),
        Case([(1,)], low=1.0, high=2.0, gradient=False),
        Case([(0, 4)], low=1.0, high=2.0, gradient=False),
    )

    def expand(self, b: BlockBuilder, concentration: Value) -> Value:
        require_dtype(concentration.spec, FLOATS, "concentration")
        require_rank(concentration.spec, 1, "concentration", "The last axis holds one number for each share.")
        return Softmax()(RandomGamma(logarithm=True)(concentration, name="gammas"))
