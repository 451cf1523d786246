"""Loops over the slices of tensors: Scan carries values along, Map does not."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.attribute import FunctionName
from engine.control import Control, Given, Specs
from engine.errors import SpecError
from engine.graph.function import Function
from engine.op import Call, Gradients, attribute
from engine.ops.looping import carried_specs
from engine.spec import UNKNOWN, Dim, Spec, merge_dim, normalize_axis, same_dim
from engine.value import Value


@dataclass(frozen=True)
class Walk:
    """How a loop goes over its inputs: `carried` values first, then `sequences`; the others are constant.

    With `bounded` the very first input says how many slices are walked; what is stacked is zero behind them.
    """

    carried: int
    sequences: int
    axis: int = 0
    reverse: bool = False
    bounded: bool = False


class Walking(Control, abstract=True):
    """What Scan and Map share."""

    roles = ("body",)

    @property
    @abstractmethod
    def walk(self) -> Walk:
        """How it goes over its inputs."""

    @property
    def changing(self) -> int:
        return int(self.walk.bounded) + self.walk.carried + self.walk.sequences

    @property
    def asked(self) -> int:
        return int(self.walk.bounded)

    def settings(self) -> dict[str, Any]:
        return {"walk": self.walk}

    def signature(self, functions: tuple[Function, ...]) -> tuple[Sequence[str], Sequence[str]]:
        (body,) = functions
        walk = self.walk
        if len(body.inputs) < walk.carried + walk.sequences or len(body.outputs) < walk.carried:
            raise SpecError(
                f"the body has {len(body.inputs)} inputs and {len(body.outputs)} outputs; "
                f"{walk.carried} carried values and {walk.sequences} sequences need more.",
                hint="Give the body an input for each of them, and an output for each carried value.",
            )
        return body.inputs, tuple(body.outputs)

    def output_names(self, inputs: Sequence[str], count: int) -> Sequence[str]:
        first = 1 if self.walk.bounded else 0
        carried = list(inputs[first : first + self.walk.carried])
        return [*carried, *super().output_names(inputs, count - len(carried))]

    def body_specs(self, given: Given) -> tuple[Given, ...]:
        specs = dict(given)
        for name in self._sequences(given):
            spec = given[name]
            if spec.shape is not None:
                axis = self._axis_of(name, spec)
                specs[name] = spec.with_shape((*spec.shape[:axis], *spec.shape[axis + 1 :]))
        self.length(given)
        return (specs,)

    def results(self, given: Given, bodies: Sequence[Specs]) -> Specs:
        (body,) = bodies
        walk = self.walk
        start = dict(list(given.items())[int(walk.bounded) :][: walk.carried])
        if len(body) < walk.carried:
            raise SpecError(
                f"the body gives {len(body)} tensors; {walk.carried} are carried.",
                hint="Give the body an output for each carried value.",
            )
        length = self.length(given)
        stacked = [self._stacked(spec, length) for spec in body[walk.carried :]]
        return (*carried_specs(start, body[: walk.carried]), *stacked)

    def length(self, given: Given) -> Dim:
        """How many slices there are: all sequences must have equally many."""
        length: Dim = UNKNOWN
        for name in self._sequences(given):
            spec = given[name]
            if spec.shape is None:
                continue
            size = spec.shape[self._axis_of(name, spec)]
            if not same_dim(length, size):
                raise SpecError(
                    f"{name} has {size} slices along axis {self.walk.axis}, and another sequence {length}.",
                    hint="All sequences must have the same size along that axis.",
                )
            length = merge_dim(length, size)
        return length

    def gradient(self, call: Call, *dys: Value | None) -> Gradients:
        from engine.program.pullback_walk import of_walk

        return of_walk(call, dys)

    def _sequences(self, given: Given) -> list[str]:
        first = self.walk.carried + int(self.walk.bounded)
        return list(given)[first : first + self.walk.sequences]

    def _axis_of(self, name: str, spec: Spec) -> int:
        if spec.rank == 0:
            raise SpecError(f"{name} is {spec}; expected at least one axis.", hint="A scalar has no slices.")
        return normalize_axis(self.walk.axis, spec.rank or 0)

    def _stacked(self, spec: Spec, length: Dim) -> Spec:
        if spec.shape is None:
            return spec
        axis = normalize_axis(self.walk.axis, len(spec.shape) + 1)
        return spec.as_value().with_shape((*spec.shape[:axis], length, *spec.shape[axis:]))


class Scan(Walking):
    """Go over the slices of tensors one after the other, and carry values along, as a recurrent network does.

    The body takes first the carried values, then one slice of each sequence; what other inputs it has stay as
    they are. It gives the carried values for the next slice, and then what is stacked up, one slice each.
    A variable that is assigned inside is carried as well: each slice reads what the one before has assigned.
    """

    assigning = Walking.roles
    formula = "carried, y[i] = body(carried, x[i], ...) for each i"
    body: FunctionName = attribute(default="", help="The function that runs for each slice.")
    carried: int = attribute(default=1, low=0, high=1000, help="How many values are carried along.")
    sequences: int = attribute(default=1, low=1, high=1000, help="How many inputs are cut into slices.")
    axis: int = attribute(default=0, help="The axis along which is cut and stacked; -1 is the last.")
    reverse: bool = attribute(default=False, help="Whether it begins with the last slice.")
    bounded: bool = attribute(default=False, help="Whether a length is given.", hidden=True)

    @property
    def walk(self) -> Walk:
        return Walk(self.carried, self.sequences, self.axis, self.reverse, self.bounded)


class Map(Walking):
    """Run a function for each entry of an axis, and stack what it gives along that axis.

    The first inputs of the body are cut; the others stay as they are. All entries meet the same variables:
    along axis 1 of a batch of sequences a layer is applied to each step of them. Where the body is made of
    operations that know a batch, calling it once for all entries is faster.
    """

    instead_of_assigning = "The entries of a Map do not follow each other: use a Scan, or assign outside."
    formula = "y[i] = body(x[i], ...) for each i"
    aliases = ("TimeDistributed", "vmap", "vectorized_map")
    body: FunctionName = attribute(default="", help="The function that runs for each entry.")
    sequences: int = attribute(default=1, low=1, high=1000, help="How many inputs are cut into entries.")
    axis: int = attribute(default=0, help="The axis along which is cut and stacked; -1 is the last.")

    @property
    def walk(self) -> Walk:
        return Walk(0, self.sequences, self.axis)
