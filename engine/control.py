"""The base of ops that hold bodies: functions that run once, never, or many times."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from engine import registry
from engine.errors import SpecError
from engine.graph.function import Function, closed
from engine.graph.graph import GraphDef
from engine.op import Op, Port
from engine.policy import NORMAL
from engine.spec import Spec, merge_dim, same_shape

Specs = tuple[Spec, ...]
Given = Mapping[str, Spec]
"""Specs by the names of the ports of a call."""


@dataclass(frozen=True)
class Bound:
    """The names of an op's ports, and the functions that they follow from where it was drawn."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    functions: tuple[Function, ...] = ()


class Control(Op, abstract=True):
    """An op whose attributes name functions. Its ports are theirs, so they are known once it is bound.

    A call of it carries one body for each of its roles. What a body uses beside its inputs enters the call
    through further ports, `captured:0`, `captured:1`...
    """

    category = "Control"
    inputs = ()
    outputs = ()
    own_ports = True
    roles: ClassVar[tuple[str, ...]]
    """The attributes that name a function, in order."""
    assigning: ClassVar[tuple[str, ...]] = ()
    """The roles in whose functions variables may be assigned."""
    instead_of_assigning: ClassVar[str] = "Let it give the new value, and assign it outside."
    """What to do in the functions where they may not."""
    keeps_variables: ClassVar[bool] = True
    """Whether there may be variables inside."""
    bound: Bound = Bound()

    def bind(self, functions: Mapping[str, Function]) -> Self:
        """The op with the functions that it names; raises GraphError where one is missing or impossible."""
        for role in self.roles:
            if not getattr(self, role):
                raise SpecError(
                    f"no function is chosen for {role}.", hint=f"Choose one under {role.capitalize()}."
                )
        return self.joined_with(tuple(closed(functions, getattr(self, role)) for role in self.roles))

    def joined_with(self, functions: tuple[Function, ...]) -> Self:
        """The op with its functions, and with the ports that follow from them."""
        inputs, outputs = self.signature(functions)
        return replace(self, bound=Bound(tuple(inputs), tuple(outputs), functions))

    def named(self, inputs: Sequence[str], outputs: Sequence[str]) -> Self:
        """The op with ports of these names, for bodies that are no functions of a drawn graph."""
        return replace(self, bound=Bound(tuple(inputs), tuple(outputs)))

    def signature(self, functions: tuple[Function, ...]) -> tuple[Sequence[str], Sequence[str]]:
        """The names of the input and output ports that follow from the functions."""
        return functions[0].inputs, tuple(functions[0].outputs)

    def output_names(self, inputs: Sequence[str], count: int) -> Sequence[str]:
        """Names for so many outputs of a body that was drawn by a Python function."""
        return ["y" if i == 0 else f"y_{i}" for i in range(count)]

    @property
    def body_roles(self) -> tuple[str, ...]:
        """The roles whose functions run when the op does."""
        return self.roles

    @property
    def changing(self) -> int:
        """How many of the first inputs are others in each iteration; the rest stays as it is."""
        return 0

    @property
    def asked(self) -> int:
        """How many of the first inputs the host reads, to know what to run."""
        return 0

    @abstractmethod
    def body_specs(self, given: Given) -> tuple[Given, ...]:
        """What each body is given, from the specs at the ports of the call."""

    @abstractmethod
    def results(self, given: Given, bodies: Sequence[Specs]) -> Specs:
        """The specs of the outputs from those of the bodies' outputs; raises SpecError for misfits."""

    def infer(self, *inputs: Spec | None) -> Specs:
        from engine.program.build import trace  # what a body gives follows from what it is made of

        return trace(self, inputs)

    def _check_count(self, given: int) -> None:
        """How many inputs there are follows from the functions, which the graph knows."""

    def ports_for(self, count: int) -> tuple[Port, ...]:
        names = self.bound.inputs
        more = (f"captured:{i}" for i in range(count - len(names)))
        return tuple(Port(name, host=i < self.asked) for i, name in enumerate((*names, *more)))

    def outputs_for(self, count: int) -> tuple[Port, ...]:
        return tuple(Port(name) for name in self.bound.outputs)


def acts(op: Op) -> bool:
    """Whether every training step runs an op although nobody fetches it, for what is assigned there."""
    return op.has_effect or (isinstance(op, Control) and any(_acts(f.graph) for f in op.bound.functions))


def _acts(graph: GraphDef) -> bool:
    """Whether an assignment or an optimizer lies in a graph, or in a function that it carries."""
    kinds = (registry.find(node.op) for node in graph.nodes.values() if node.policy.flow == NORMAL)
    inner = (function.graph for function in graph.functions.values())
    return any(kind is not None and kind.has_effect for kind in kinds) or any(map(_acts, inner))


def agreed(what: str, first: Spec, other: str, second: Spec, hint: str) -> Spec:
    """The better known of two specs that must be equal; raises SpecError naming both."""
    if first.dtype != second.dtype or not same_shape(first.shape, second.shape):
        raise SpecError(f"{what} is {first}, and {other} is {second}.", hint=hint)
    if first.shape is None or second.shape is None:
        return second if first.shape is None else first
    sizes = zip(first.shape, second.shape, strict=True)
    return first.with_shape(tuple(merge_dim(a, b) for a, b in sizes))
