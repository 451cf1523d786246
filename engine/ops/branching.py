"""Branches: which of two functions runs is decided while the graph runs."""

from __future__ import annotations

from collections.abc import Sequence

from engine.attribute import FunctionName
from engine.control import Control, Given, Specs
from engine.errors import SpecError
from engine.graph.function import Function
from engine.op import Call, Gradients, attribute
from engine.spec import UNKNOWN, Spec
from engine.value import Value

PREDICATE = "predicate"


class If(Control):
    """Run one of two functions: `then` where the predicate is true, `otherwise` where it is false.

    The other one does not run at all, and assigns no variable. Each takes what its inputs name; both must
    give tensors of one shape and dtype. To choose element by element use Where.
    """

    roles = assigning = ("then", "otherwise")
    formula = "y = then(...) if predicate else otherwise(...)"
    then: FunctionName = attribute(default="", help="The function that runs where the predicate is true.")
    otherwise: FunctionName = attribute(
        default="", help="The function that runs where the predicate is false."
    )

    @property
    def asked(self) -> int:
        return 1

    def signature(self, functions: tuple[Function, ...]) -> tuple[Sequence[str], Sequence[str]]:
        then, otherwise = functions
        if len(then.outputs) != len(otherwise.outputs):
            raise SpecError(
                f"then gives {len(then.outputs)} tensors, and otherwise gives {len(otherwise.outputs)}.",
                hint="Both must give equally many.",
            )
        if PREDICATE in (*then.inputs, *otherwise.inputs):
            raise SpecError(
                f"a function has an input called {PREDICATE}, as the node itself has.",
                hint="Rename it inside.",
            )
        return tuple(dict.fromkeys((PREDICATE, *then.inputs, *otherwise.inputs))), tuple(then.outputs)

    def body_specs(self, given: Given) -> tuple[Given, ...]:
        predicate = given[PREDICATE]
        if predicate.dtype != "bool" or predicate.rank not in (0, None):
            raise SpecError(
                f"the predicate is {predicate}; expected scalar bool.",
                hint="Insert a comparison, and All or Any where there are several elements.",
            )
        taken = {name: spec for name, spec in given.items() if name != PREDICATE}
        return taken, taken

    def results(self, given: Given, bodies: Sequence[Specs]) -> Specs:
        then, otherwise = bodies
        if len(then) != len(otherwise):
            raise SpecError(
                f"then gives {len(then)} tensors, and otherwise gives {len(otherwise)}.",
                hint="Both must give equally many.",
            )
        names = self.output_names((), len(then))
        return tuple(
            _either(*pair) for pair in zip(self.bound.outputs or names, then, otherwise, strict=True)
        )

    def gradient(self, call: Call, *dys: Value | None) -> Gradients:
        from engine.program.pullback import of_branches

        return of_branches(call, dys)


def _either(name: str, then: Spec, otherwise: Spec) -> Spec:
    """What is known of an output whichever branch runs: sizes that differ are not known before."""
    if then.dtype != otherwise.dtype or then.rank != otherwise.rank:
        raise SpecError(
            f"{name} is {then} from then, and {otherwise} from otherwise.",
            hint="Both branches must give the same dtype and number of axes.",
        )
    if then.shape is None or otherwise.shape is None:
        return then.with_shape(None)
    sizes = zip(then.shape, otherwise.shape, strict=True)
    return then.with_shape(tuple(a if a == b else UNKNOWN for a, b in sizes))
