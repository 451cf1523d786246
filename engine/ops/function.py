"""Calling a function: a named subgraph, used in as many places as one likes."""

from __future__ import annotations

from collections.abc import Sequence

from engine.attribute import FunctionName
from engine.control import Control, Given, Specs
from engine.op import attribute


class Call(Control):
    """Use a function of the project. Opening the node shows the function, with the tensors of this place.

    Variables inside belong to the node, so that two calls of one function learn apart.
    """

    roles = ("function",)
    formula = "y = function(...)"
    function: FunctionName = attribute(default="", help="The function that is called.")

    def body_specs(self, given: Given) -> tuple[Given, ...]:
        return (given,)

    def results(self, given: Given, bodies: Sequence[Specs]) -> Specs:
        return bodies[0]
