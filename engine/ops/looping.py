"""Loops that run for as long as a condition holds."""

from __future__ import annotations

from collections.abc import Sequence

from engine.attribute import FunctionName
from engine.control import Control, Given, Specs, agreed
from engine.errors import SpecError
from engine.graph.function import Function
from engine.op import Call, Gradients, attribute
from engine.spec import Spec
from engine.value import Value


class While(Control):
    """Repeat a function for as long as a condition holds.

    The first inputs of the body, one for each of its outputs, are carried: the body gets what it gave the
    time before. Its other inputs stay as they are. The condition takes inputs of the same names, and gives a
    single true or false; where it is false from the start, the body does not run.

    A gradient needs what was carried into every iteration: memory for as many copies as the limit allows,
    however few iterations there are. The rest of the body is computed once more on the way back.
    """

    roles = ("condition", "body")
    formula = "while condition(x): x = body(x)"
    condition: FunctionName = attribute(default="", help="The function that says whether to go on.")
    body: FunctionName = attribute(default="", help="The function that is repeated.")
    limit: int = attribute(
        default=1000,
        low=1,
        high=10_000_000,
        help="After so many iterations the run fails, rather than go on for ever.",
    )
    history: bool = attribute(default=False, help="Whether all carried values are kept.", hidden=True)

    @property
    def carried(self) -> int:
        """How many values go from one iteration to the next."""
        count = len(self.bound.outputs)
        return (count - 1) // 2 if self.history else count

    def signature(self, functions: tuple[Function, ...]) -> tuple[Sequence[str], Sequence[str]]:
        condition, body = functions
        if len(body.inputs) < len(body.outputs):
            raise SpecError(
                f"the body has {len(body.outputs)} outputs, and {len(body.inputs)} inputs to carry them.",
                hint="Give the body an input for each of its outputs.",
            )
        return tuple(dict.fromkeys((*body.inputs, *condition.inputs))), tuple(body.outputs)

    def output_names(self, inputs: Sequence[str], count: int) -> Sequence[str]:
        return inputs[:count]

    def body_specs(self, given: Given) -> tuple[Given, ...]:
        return given, given

    def results(self, given: Given, bodies: Sequence[Specs]) -> Specs:
        condition, body = bodies
        if len(condition) != 1 or condition[0].dtype != "bool" or condition[0].rank not in (0, None):
            found = ", ".join(map(str, condition)) or "nothing"
            raise SpecError(
                f"the condition gives {found}; expected scalar bool.",
                hint="End it with a comparison, and with All or Any where there are several elements.",
            )
        carried = carried_specs(given, body)
        if not self.history:
            return carried
        kept = [Spec(s.dtype, None if s.shape is None else (self.limit, *s.shape)) for s in carried]
        return (*carried, *kept, Spec("int64", ()))

    def gradient(self, call: Call, *dys: Value | None) -> Gradients:
        from engine.program.pullback import of_loop

        return of_loop(call, dys)


def carried_specs(given: Given, results: Sequence[Spec]) -> Specs:
    """The specs of carried values: what a body gives must be what it takes."""
    return tuple(
        agreed(
            f"the carried {name}",
            spec,
            "what the body gives for it",
            result,
            "What the body gives must have the shape and dtype of what it takes.",
        )
        for (name, spec), result in zip(given.items(), results, strict=False)
    )
