"""Symbolic tensors, the calls that make them, and the builder that scripts and blocks draw graphs with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine import registry
from engine.errors import GraphError
from engine.flow import Flow
from engine.policy import NO_POLICY, Policy
from engine.spec import Spec, number_dtype, part_dtype

if TYPE_CHECKING:
    from engine.op import Op
    from engine.program.program import Body

Number = int | float | bool


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor that will exist when the graph runs. Arithmetic on it draws more graph."""

    builder: Builder
    key: tuple[str, str] | int
    spec: Spec

    def _binary(self, op: str, other: Value | Number, *, swap: bool = False) -> Value:
        if not isinstance(other, Value):
            other = self.builder.constant(other, number_dtype(other, self.spec.dtype))
        pair = (other, self) if swap else (self, other)
        return registry.get(op)()(*pair)

    def __add__(self, other: Value | Number) -> Value:
        return self._binary("Add", other)

    def __radd__(self, other: Number) -> Value:
        return self._binary("Add", other, swap=True)

    def __sub__(self, other: Value | Number) -> Value:
        return self._binary("Subtract", other)

    def __rsub__(self, other: Number) -> Value:
        return self._binary("Subtract", other, swap=True)

    def __mul__(self, other: Value | Number) -> Value:
        return self._binary("Multiply", other)

    def __rmul__(self, other: Number) -> Value:
        return self._binary("Multiply", other, swap=True)

    def __truediv__(self, other: Value | Number) -> Value:
        return self._binary("Divide", other)

    def __rtruediv__(self, other: Number) -> Value:
        return self._binary("Divide", other, swap=True)

    def __pow__(self, other: Value | Number) -> Value:
        return self._binary("Power", other)

    def __matmul__(self, other: Value) -> Value:
        return self._binary("MatMul", other)

    def __neg__(self) -> Value:
        return registry.get("Negate")()(self)

    def __lt__(self, other: Value | Number) -> Value:
        return self._binary("Less", other)

    def __le__(self, other: Value | Number) -> Value:
        return self._binary("LessEqual", other)

    def __gt__(self, other: Value | Number) -> Value:
        return self._binary("Greater", other)

    def __ge__(self, other: Value | Number) -> Value:
        return self._binary("GreaterEqual", other)

    def __repr__(self) -> str:
        name = self.key if isinstance(self.key, int) else ".".join(self.key)
        return f"<{name}: {self.spec}>"


@dataclass(frozen=True, eq=False)
class Call:
    """One op applied to values. `path` is the way to it from the drawn node: `hidden/matmul`.

    `bodies` are what a branch or a loop runs. `policy` is how the drawn node wants it to be run, and `device`
    where it runs; empty where its program does.
    """

    op: Op
    inputs: tuple[Value | None, ...]
    outputs: tuple[Value, ...]
    path: str
    bodies: tuple[Body, ...] = ()
    policy: Policy = NO_POLICY
    device: str = ""

    @property
    def node(self) -> str:
        """The node that the user drew, to which this call belongs."""
        return self.path.partition("/")[0]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all that it computes, which its time is shared among."""
        return self.op.joined_paths or (self.path,)


class Builder(Flow, ABC):
    """Where ops are put when they are called: a drawn graph, a program, or a body inside one of them."""

    outer: Builder | None = None
    """What this is a body of."""
    drawing: Builder | None = None
    """The body that is being drawn: what is called meanwhile belongs there."""

    @abstractmethod
    def emit(self, op: Op, inputs: Sequence[Value | None], name: str | None = None) -> tuple[Value, ...]:
        """Add one op and return its outputs."""

    @property
    def innermost(self) -> Builder:
        """Where a call goes now: into the body that is being drawn, if there is one."""
        return self if self.drawing is None else self.drawing.innermost

    @property
    def depth(self) -> int:
        return 0 if self.outer is None else 1 + self.outer.depth

    def constant(self, value: object, dtype: str | None = None, name: str | None = None) -> Value:
        """A value that never changes: a number, a nested list of numbers, or an array.

        A number with a point, of which no dtype is given, takes that of the floats that it meets.
        """
        array = np.asarray(value)
        if array.dtype.kind == "c":
            return self._complex_constant(array, dtype or array.dtype.name, name)
        if dtype is None:
            dtype = "automatic" if array.dtype.kind == "f" else array.dtype.name
        op = registry.get("Constant").from_attributes({"value": array.tolist(), "dtype": dtype})
        return self.innermost.emit(op, (), name)[0]

    def _complex_constant(self, array: np.ndarray, dtype: str, name: str | None) -> Value:
        """The two parts as constants, because a file holds real numbers only."""
        parts = (self.constant(part.tolist(), part_dtype(dtype)) for part in (array.real, array.imag))
        return registry.get("Complex")()(*parts, name=name)

    def variable(
        self,
        name: str,
        shape: tuple[int, ...],
        *,
        dtype: str = "float32",
        initializer: str = "zeros",
        trainable: bool = True,
        **settings: object,
    ) -> Value:
        """A tensor that is kept from step to step. Inside a block it is named after the block's path.

        Further settings are those of Variable, such as the gain of an initializer.
        """
        given = {"shape": list(shape), "dtype": dtype, "initializer": initializer, "trainable": trainable}
        op = registry.get("Variable").from_attributes({**given, **settings})
        return self.innermost.emit(op, (), name)[0]


class BlockBuilder(Builder):
    """What a block may ask for, beside emitting ops, while it is expanded into a program."""

    training: bool
    """Whether the program trains (dropout drops) or only predicts."""

    @abstractmethod
    def gradients(
        self, y: Value, xs: Sequence[Value], upstream: Value | None = None, stop: Sequence[Value] = ()
    ) -> tuple[Value, ...]:
        """dy/dx for each x, as more graph. Zero where y does not depend on x; `stop` counts as constant."""

    @abstractmethod
    def for_each(self, y: Value, x: Value, rows: Value) -> Value:
        """What y would be for each entry of the first axis of `rows` in the place of x, stacked."""

    @abstractmethod
    def trainable_variables(self, y: Value) -> tuple[Value, ...]:
        """The trainable variables that y depends on, in the order in which they were made."""

    @abstractmethod
    def current(self, variable: Value) -> Value:
        """What a variable holds after the assignments made so far in this step."""

    @abstractmethod
    def changed(self) -> tuple[Value, ...]:
        """The variables that assignments made so far in this step give other values."""

    @abstractmethod
    def beside(self, variable: Value) -> AbstractContextManager[None]:
        """What is called meanwhile runs where a variable lives."""

    @abstractmethod
    def variable_path(self, variable: Value) -> str:
        """The path that a variable is kept under; raises SpecError for what is no variable."""


def common_builder(inputs: Sequence[Value | Number | None], op: str) -> Builder:
    """The builder that all inputs belong to; raises GraphError where there is none or more than one.

    A body may use what lies outside of it, so the innermost builder counts.
    """
    builders = sorted((x.builder for x in inputs if isinstance(x, Value)), key=lambda b: b.depth)
    if not builders or any(not _lies_in(builders[-1], builder) for builder in builders):
        found = "no tensor" if not builders else "tensors of different graphs"
        raise GraphError(f"{op} was given {found}.", hint="Give it tensors of one graph.")
    return builders[-1].innermost


def _lies_in(builder: Builder | None, outer: Builder) -> bool:
    while builder is not None and builder is not outer:
        builder = builder.outer
    return builder is outer
