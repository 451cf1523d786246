"""Bodies: what a branch or a loop runs, collected call by call; what it uses from outside is captured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine import registry
from engine.control import Control
from engine.errors import SpecError
from engine.flow import Draw
from engine.ops.state import Variable
from engine.policy import Policy
from engine.program.assigning import Drawn, substituted, take_assigned
from engine.program.build import ProgramBuilder
from engine.program.program import Body, VariableRead, number
from engine.spec import Spec
from engine.value import Call, Value


class Captures:
    """What the bodies of one call use from outside, in the order in which it was met."""

    def __init__(self, known: Sequence[Value] = ()) -> None:
        self.values: list[Value] = []
        self._names: dict[int, str] = {}
        for value in known:
            self.name(value)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"captured:{i}" for i in range(len(self.values)))

    def name(self, value: Value) -> str:
        """The port at which a value from outside enters the call."""
        if number(value) not in self._names:
            self._names[number(value)] = f"captured:{len(self.values)}"
            self.values.append(value)
        return self._names[number(value)]


class BodyBuilder(ProgramBuilder):
    """Collects the calls of one body. Paths, keys and variables are those of the builder outside."""

    outer: ProgramBuilder

    def __init__(
        self,
        outer: ProgramBuilder,
        scope: str,
        captures: Captures,
        kind: type[Control] = Control,
        role: str = "",
    ) -> None:
        super().__init__(training=outer.training)
        self.outer = outer
        self._keys, self._taken, self._scope = outer._keys, outer._taken, f"{scope}/"
        self.policy = outer.policy
        self._captures = captures
        self._held: dict[int, Value] = {}
        self._counter = ""
        self._kind, self._role = kind, role

    def own(self, value: Value) -> Value:
        if value.builder is self:
            return value
        outside = self.outer.own(value)
        key = number(outside)
        if key not in self._held:
            self._held[key] = self._capture(outside)
        return self._held[key]

    def read(self, op: Variable, path: str, policy: Policy) -> Value:
        if not self._kind.keeps_variables:
            raise SpecError(
                f"the variable '{path}' would lie inside, where it gets no gradient.",
                hint="Draw it outside, and let it be an input of the function.",
            )
        return self.own(self.outer.read(op, path, policy))

    def policy_of(self, path: str) -> Policy:
        return self.outer.policy_of(path)

    def counter(self) -> Value:
        value = self.own(self.outer.counter())
        self._counter = self._captures.name(self.outer.counter())
        return value

    def current(self, variable: Value) -> Value:
        path = self.variable_path(variable)
        if path in self.updates:
            return self.updates[path]
        return self.own(self.outer.current(self.outer.variable_at(path)))

    def all_variables(self) -> Mapping[str, VariableRead]:
        return self.outer.all_variables()

    def variable_at(self, path: str) -> Value:
        return self.own(self.outer.variable_at(path))

    @property
    def assigns(self) -> bool:
        """Whether variables may be assigned here."""
        return self._role in self._kind.assigning

    def assign(self, path: str, value: Value) -> None:
        if not self.assigns:
            raise SpecError(
                f"the variable '{path}' is assigned in the {self._role} of a {self._kind.__name__}.",
                hint=self._kind.instead_of_assigning,
            )
        self.updates[path] = value

    def body(
        self, names: Sequence[str], outputs: Sequence[Value], calls: Sequence[Call] | None = None
    ) -> Body:
        """What has been collected, as a body with some outputs; of the calls all, or those given."""
        wanted = {str(index): value for index, value in enumerate(outputs)}
        kept = tuple(self.calls if calls is None else calls)
        program = replace(self.program({}), calls=kept, variables={}, updates={}, outputs=wanted)
        return Body(program, tuple(names), self._counter)

    def take_over(self, body: Body, inputs: Sequence[Value]) -> list[Value]:
        """Make the feeds that another body has, one for each input of its call."""
        feeds = []
        for name, feed, outside in zip(body.inputs, body.feeds, inputs, strict=True):
            taken = self.new_value(outside.spec) if feed is None else self.feed(name, feed.spec)
            if name.startswith("captured:"):
                self._held[number(outside)] = taken
            feeds.append(taken)
        self._counter = body.counter
        return feeds

    def _capture(self, outside: Value) -> Value:
        key = number(outside)
        if key in self.outer.constants:
            value = self.new_value(outside.spec)
            self.constants[number(value)] = self.outer.constants[key]
            return value
        value = self.feed(self._captures.name(outside), outside.spec)
        path = self.outer.path_of(outside)
        if path is not None:
            self.name_variable(value, path)
        return value


def add_structure(
    builder: ProgramBuilder,
    op: Control,
    names: Sequence[str],
    inputs: Sequence[Value],
    draws: Sequence[Draw],
    path: str,
) -> tuple[Value, ...]:
    """Draw the bodies of an op, and add its call. What its bodies assign is assigned outside."""
    given = {name: value.spec.as_value() for name, value in zip(names, inputs, strict=True)}
    captures = Captures()
    bodies: list[BodyBuilder] = []
    results: list[list[Value]] = []
    for role, draw, specs in zip(op.body_roles, draws, op.body_specs(given), strict=True):
        scope = path if len(op.roles) == 1 else f"{path}/{role}"
        body = BodyBuilder(builder, scope, captures, type(op), role)
        bodies.append(body)
        results.append(_draw(builder, body, draw, specs))
    made = op.bound.outputs or tuple(op.output_names(names, len(results[-1])))
    op = replace(op, bound=replace(op.bound, inputs=tuple(names), outputs=made))
    specs_out = list(op.results(given, [tuple(v.spec.as_value() for v in values) for values in results]))
    drawn = Drawn(op, list(inputs), bodies, results, specs_out)
    assigned = take_assigned(drawn)
    feeds = [*drawn.op.bound.inputs, *captures.names]
    outputs = tuple(builder.new_value(spec) for spec in drawn.specs)
    ended = [body.body(feeds, values) for body, values in zip(bodies, results, strict=True)]
    if drawn.carried:
        ended = [substituted(body, instead) for body, instead in zip(ended, drawn.carried, strict=True)]
    given_to = (*drawn.inputs, *captures.values)
    builder.calls.append(Call(drawn.op, given_to, outputs, path, tuple(ended), policy=builder.policy))
    for variable, position in assigned.items():
        builder.assign(variable, outputs[position])
    return tuple(value for i, value in enumerate(outputs) if i not in assigned.values())


def _draw(builder: ProgramBuilder, body: BodyBuilder, draw: Draw, specs: Mapping[str, Spec]) -> list[Value]:
    """Let a body be drawn; meanwhile calls on values from outside belong into it as well."""
    values = {name: body.feed(name, spec) for name, spec in specs.items()}
    builder.drawing = body
    try:
        drawn = draw(body, values)
    finally:
        builder.drawing = None
    return [body.own(v) if isinstance(v, Value) else body.constant(v) for v in drawn]


def builder_of(call: Call) -> ProgramBuilder:
    """The builder that a call was emitted to."""
    builder = call.outputs[0].builder
    assert isinstance(builder, ProgramBuilder)
    return builder


def put_in_place(builder: ProgramBuilder, old: Call, new: Call) -> Call:
    """Put a call that gives more in the place of the one that gives the same first output."""
    first = number(old.outputs[0])
    index = next(i for i, c in enumerate(builder.calls) if c.outputs and number(c.outputs[0]) == first)
    builder.calls[index] = new
    return new


def given(value: Value | None) -> Value:
    """The value of an input that a branch or a loop always has."""
    assert value is not None
    return value


def zeros(like: Value) -> Value:
    """Zeros of the spec of a value."""
    return registry.get("ZerosLike")()(like)


def or_zeros(value: Value | None, like: Value) -> Value:
    """A gradient, or zeros where none flows."""
    return zeros(like) if value is None else value
