"""Loops that run for as long as a condition holds."""

from __future__ import annotations

from collections.abc import Sequence

from engine.attribute import FunctionName
from engine.control import Control, Given, Specs, agreed
from engine.errors import SpecError
from engine.graph.function import Function
from engine.op import Call, Gradients, attribute
from engine.spec import UNKNOWN, Spec
from engine.value import Value


class While(Control):
    """Repeat a function for as long as a condition holds.

    The first inputs of the body, one for each of its outputs, are carried: the body gets what it gave the
    time before. Its other inputs stay as they are. The condition takes inputs of the same names, and gives a
    single true or false; where it is false from the start, the body does not run. The last outputs of the
    body can be stacked up instead of being carried. A variable that is assigned inside is carried as well:
    each iteration reads what the one before has assigned.

    A gradient needs what was carried into every iteration: memory for as many copies as the limit allows,
    however few iterations there are; where something is stacked up, for as many as there are. The rest of
    the body is computed once more on the way back.
    """

    roles = ("condition", "body")
    assigning = ("body",)
    instead_of_assigning = "Assign it in the body; the condition only asks."
    formula = "while condition(x): x = body(x)"
    condition: FunctionName = attribute(default="", help="The function that says whether to go on.")
    body: FunctionName = attribute(default="", help="The function that is repeated.")
    limit: int = attribute(
        default=1000,
        low=1,
        high=10_000_000,
        help="After so many iterations the run fails, rather than go on for ever.",
    )
    stacked: int = attribute(
        default=0,
        low=0,
        high=1000,
        help="How many of the body's last outputs are stacked up, with an entry for each iteration.",
    )
    history: bool = attribute(default=False, help="Whether all carried values are kept.", hidden=True)

    @property
    def carried(self) -> int:
        """How many values go from one iteration to the next."""
        count = len(self.bound.outputs)
        return (count - 1) // 2 if self.history else count - self.stacked

    @property
    def changing(self) -> int:
        return self.carried

    def signature(self, functions: tuple[Function, ...]) -> tuple[Sequence[str], Sequence[str]]:
        condition, body = functions
        if not 0 <= len(body.outputs) - self.stacked <= len(body.inputs):
            raise SpecError(
                f"the body has {len(body.outputs)} outputs, of which {self.stacked} are stacked, and "
                f"{len(body.inputs)} inputs to carry the others.",
                hint="Give the body an input for each output that is carried.",
            )
        outputs = tuple(body.outputs)
        if self.history:
            outputs = with_history(outputs)
        return tuple(dict.fromkeys((*body.inputs, *condition.inputs))), outputs

    def output_names(self, inputs: Sequence[str], count: int) -> Sequence[str]:
        carried = count - self.stacked
        return [*inputs[:carried], *super().output_names(inputs, self.stacked)]

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
        carried = carried_specs(given, body[: len(body) - self.stacked])
        if not self.history:
            return (*carried, *(_counted(spec) for spec in body[len(carried) :]))
        kept = [Spec(s.dtype, None if s.shape is None else (self.limit, *s.shape)) for s in carried]
        return (*carried, *kept, Spec("int64", ()))

    def gradient(self, call: Call, *dys: Value | None) -> Gradients:
        from engine.program.pullback import of_loop

        return of_loop(call, dys)


def _counted(spec: Spec) -> Spec:
    """The spec of what is stacked up in as many iterations as there will be."""
    return Spec(spec.dtype, None if spec.shape is None else (UNKNOWN, *spec.shape))


def with_history(names: Sequence[str]) -> tuple[str, ...]:
    """The outputs of a loop that keeps what it carries, and counts its steps."""
    return (*names, *(f"{name}_history" for name in names), "steps")


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
