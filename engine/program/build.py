"""Graph to program: blocks are expanded down to primitives; every call keeps the path of its drawn node."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import itertools
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from engine.control import Control, acts
from engine.errors import FlowscopeError, GraphError, SpecError
from engine.flow import Draw, Tensors, formed
from engine.graph.check import Checked, check, output_ports
from engine.graph.graph import GraphDef
from engine.op import Block, Op
from engine.ops.conversion import Cast
from engine.ops.state import Assign, Constant, Variable
from engine.policy import NO_POLICY, Policy
from engine.program.drawn import draw_function, draw_nodes
from engine.program.gradient import calls_between, dependencies, differentiate, repeated
from engine.program.inline import inline, write_out
from engine.program.program import COUNTER, BlockCall, Program, VariableRead, number
from engine.program.watching import fetching
from engine.settings import settled_by
from engine.spec import Spec
from engine.value import BlockBuilder, Call, Value


class ProgramBuilder(BlockBuilder):
    """Collects calls. Blocks are expanded as they are emitted, gradients drawn as they are asked for."""

    def __init__(self, *, training: bool = False) -> None:
        self.training = training
        self.calls: list[Call] = []
        self.feeds: dict[str, Value] = {}
        self.variables: dict[str, VariableRead] = {}
        self.updates: dict[str, Value] = {}
        self.blocks: dict[str, BlockCall] = {}
        self.constants: dict[int, np.ndarray] = {}
        self._scope = ""
        self._prefix = ""
        self.policy = NO_POLICY
        self._taken: dict[str, int] = {}
        self._variable_paths: dict[int, str] = {}
        self._keys = itertools.count(1)

    # ---- emitting ------------------------------------------------------------------------------------

    def emit(self, op: Op, inputs: Sequence[Value | None], name: str | None = None) -> tuple[Value, ...]:
        if self.drawing is not None:
            return self.innermost.emit(op, inputs, name)
        inputs = [value and self.own(value) for value in inputs]
        if isinstance(op, Control):
            run = op.bound.functions[: len(op.body_roles)]
            draws = [functools.partial(draw_function, function) for function in run]
            return self.structure(op, op.bound.inputs, [v for v in inputs if v is not None], draws, name)
        path = self.free_path(name or self._prefix + type(op).kernel_name())
        try:
            op, left = settled_by(op, inputs, self.known)
        except FlowscopeError as error:
            raise error.at(path, type(op).__name__) from None
        inputs = self._promoted(op, left, path)
        if isinstance(op, Block):
            return self._expand(op, tuple(inputs), path)
        if isinstance(op, Variable):
            return (self.read(op, path, self.policy),)
        inputs = self._with_hidden(op, inputs)
        try:
            specs = op.output_specs([None if value is None else value.spec for value in inputs])
        except FlowscopeError as error:
            raise error.at(path, type(op).__name__) from None
        outputs = tuple(self.new_value(spec) for spec in specs)
        if any(port.hidden for port in op.input_ports):
            # The stream depends on the path alone, so that an edit elsewhere leaves the random numbers alone.
            op = type(op)(**{**op.settings(), "stream": zlib.crc32(path.encode())})
        self.calls.append(Call(op, tuple(inputs), outputs, path, policy=self.policy))
        if isinstance(op, Constant):
            self.constants[number(outputs[0])] = op.array()
        elif isinstance(op, Assign):
            self.assign(self.variable_path(inputs[0]), outputs[0])
        return outputs

    def _promoted(self, op: Op, inputs: Sequence[Value | None], path: str) -> Sequence[Value | None]:
        """The inputs, with casts where the op brings them to one dtype.

        Such a cast stands beside its op inside a block, and below it where the op itself was drawn: so its
        path begins with a node that was drawn.
        """
        dtypes = op.casts([None if value is None else value.spec for value in inputs])
        found = list(inputs)
        for index, (value, dtype) in enumerate(zip(inputs, dtypes, strict=True)):
            if value is not None and dtype is not None:
                port = op.ports_for(len(inputs))[index].name.replace(":", "_")
                name = f"{path.removeprefix(self._scope)}{'_' if self._scope else '/'}{port}_cast"
                (found[index],) = self.emit(Cast(dtype=dtype), (value,), name)
        return found

    def known(self, value: Value) -> np.ndarray | None:
        """What a value holds, where it is a constant."""
        return self.constants.get(number(value))

    def new_value(self, spec: Spec) -> Value:
        """A value that nothing makes yet."""
        return Value(self, next(self._keys), spec)

    def feed(self, name: str, spec: Spec) -> Value:
        """A value that comes from outside at each run."""
        self.feeds[name] = self.new_value(spec)
        return self.feeds[name]

    def _expand(self, op: Block, inputs: tuple[Value | None, ...], path: str) -> tuple[Value, ...]:
        with self._inside(path):
            try:
                made = op.expand(self, *inputs)
            except FlowscopeError as error:
                raise error.at(path, type(op).__name__) from None
        outputs = tuple(_strong(value) for value in (made if isinstance(made, tuple) else (made,)))
        self.blocks[path] = BlockCall(op, path, inputs, outputs, self.policy)
        return outputs

    def structure(
        self,
        op: Control,
        names: Sequence[str],
        inputs: Sequence[Value],
        bodies: Sequence[Draw],
        name: str | None = None,
    ) -> tuple[Value, ...]:
        from engine.program.body import add_structure  # a body is collected by a builder of its own

        if self.drawing is not None:
            return self.innermost.structure(op, names, inputs, bodies, name)
        path = self.free_path(name or self._prefix + type(op).kernel_name())
        given = [self.own(value) for value in inputs]
        try:
            return add_structure(self, op, names, given, bodies, path)
        except FlowscopeError as error:
            raise error.at(path, type(op).__name__) from None

    def custom_gradient(
        self,
        forward: Callable[..., Tensors],
        backward: Callable[..., Tensors],
        *inputs: Value,
        name: str | None = None,
    ) -> Tensors:
        from engine.program.custom_gradient import traced_op  # draws both functions in a graph of their own

        op, form = traced_op(forward, backward, inputs)
        return formed(form, self.innermost.emit(op, inputs, name))

    def own(self, value: Value) -> Value:
        """The value as this builder's calls may use it; a body captures what lies outside of it."""
        return value

    def assign(self, path: str, value: Value) -> None:
        """Take note of what a variable holds at the end of the step."""
        self.updates[path] = value

    def counter(self) -> Value:
        """The seed and the number of the run, which random ops read."""
        return self.feeds.get(COUNTER) or self.feed(COUNTER, Spec("uint64", (2,)))

    def read(self, op: Variable, path: str, policy: Policy) -> Value:
        """A variable that is kept under a path."""
        value = self.new_value(op.infer())
        self.variables[path] = VariableRead(op, value, policy)
        self.name_variable(value, path)
        return value

    def name_variable(self, value: Value, path: str) -> None:
        """Remember that a value is a variable, read."""
        self._variable_paths[number(value)] = path

    def path_of(self, value: Value) -> str | None:
        """The path of the variable that a value reads, or None."""
        return self._variable_paths.get(number(value))

    def all_variables(self) -> Mapping[str, VariableRead]:
        """The variables by their paths, also those inside bodies, in the order in which they were made."""
        return self.variables

    def variable_at(self, path: str) -> Value:
        """The value that reads the variable at a path."""
        return self.variables[path].value

    def _with_hidden(self, op: Op, inputs: Sequence[Value | None]) -> Sequence[Value | None]:
        """Fill in the counter that random ops read, which nobody draws."""
        hidden = [port for port in op.input_ports if port.hidden]
        drawn = len(op.input_ports) - len(hidden)
        if not hidden or len(inputs) > drawn:
            return inputs
        return [*inputs, *[None] * (drawn - len(inputs)), self.counter()]

    def program(self, nodes: Mapping[tuple[str, str], Value]) -> Program:
        """What has been collected, as a program without outputs; `nodes` are the values at drawn ports."""
        return Program(
            tuple(self.calls),
            self.feeds,
            self.variables,
            self.updates,
            {},
            self.blocks,
            self.constants,
            nodes,
        )

    # ---- what a block may ask for --------------------------------------------------------------------

    def write_out_functions(self) -> None:
        """Put what functions do in the place of their calls: it is differentiated as if drawn there."""
        written = write_out(self.calls, self.constants, self._keys)
        if written is not None:
            self.calls[:] = written.calls
            self.constants.update(written.constants)
            self.blocks.update(written.blocks)

    def gradients(
        self, y: Value, xs: Sequence[Value], upstream: Value | None = None, stop: Sequence[Value] = ()
    ) -> tuple[Value, ...]:
        own = [self.own(x) for x in xs]
        constant = frozenset(number(self.own(value)) for value in stop)
        return differentiate(self, self.own(y), own, upstream and self.own(upstream), constant)

    def for_each(self, y: Value, x: Value, rows: Value) -> Value:
        between = calls_between(self.calls, self.own(x), self.own(y))

        def again(row: Value) -> Value:
            body = row.builder
            assert isinstance(body, ProgramBuilder)
            return repeated(body, between, {number(self.own(x)): row}).get(number(self.own(y)), y)

        found: Value = self.map(again, rows)
        return found

    def trainable_variables(self, y: Value) -> tuple[Value, ...]:
        used = {self._variable_paths.get(key) for key in dependencies(self.calls, self.own(y))}
        reads = self.all_variables().items()
        return tuple(self.variable_at(path) for path, read in reads if read.op.trainable and path in used)

    def current(self, variable: Value) -> Value:
        return self.updates.get(self.variable_path(variable), variable)

    def changed(self) -> tuple[Value, ...]:
        return tuple(self.variable_at(path) for path in self.updates)

    def variable_path(self, variable: Value | None) -> str:
        path = None if variable is None else self.path_of(self.own(variable))
        if path is None:
            raise SpecError("what is assigned to is no variable.", hint="Connect the output of a Variable.")
        return path

    @contextmanager
    def beside(self, variable: Value) -> Iterator[None]:
        device = self.policy_of(self.variable_path(variable)).device
        with self.run_as(Policy(device=device)):
            yield

    def policy_of(self, path: str) -> Policy:
        """How the variable at a path wants to be kept."""
        return self.variables[path].policy

    @contextmanager
    def run_as(self, policy: Policy) -> Iterator[None]:
        """What is called meanwhile is run by a policy, and by the present one where that is open."""
        before = self.policy
        self.policy = policy.inside(before)
        yield
        self.policy = before

    # ---- paths ---------------------------------------------------------------------------------------

    @contextmanager
    def _inside(self, path: str) -> Iterator[None]:
        before = (self._scope, self._prefix)
        self._scope, self._prefix = f"{path}/", ""
        yield
        self._scope, self._prefix = before

    @contextmanager
    def naming(self, prefix: str) -> Iterator[None]:
        """Begin the names of calls with a prefix: gradient calls are named after what they differentiate."""
        before = self._prefix
        self._prefix = prefix
        yield
        self._prefix = before

    def free_path(self, name: str) -> str:
        """The path of a call of that name, or of the first free one of name_1, name_2..."""
        path = self._scope + name
        count = self._taken.get(path, 0)
        self._taken[path] = count + 1
        return path if count == 0 else self.free_path(f"{name}_{count}")


def _strong(value: Value) -> Value:
    """A result, which has a dtype of its own also where a block hands on a number that it was given."""
    return dataclasses.replace(value, spec=value.spec.as_value()) if value.spec.weak else value


def build(
    graph: GraphDef, fetches: Sequence[str] = (), *, training: bool = False, effects: bool = False
) -> Program:
    """Make the program that computes the fetches, and with `effects` also all assignments and optimizers.

    A fetch is `node`, `node.port` or the path of a tensor inside a block; the assignments that it depends on
    run with it. Fetching an optimizer, which has no output, runs it. A tensor inside a branch or a loop is
    that of the last time that it was computed, and is missing where it was not.
    Raises the first problem of the nodes that are needed, as a sentence.
    """
    checked = check(graph)
    wanted = {name.partition(".")[0].partition("/")[0] for name in fetches}
    if effects:
        wanted |= {name for name, op in checked.ops.items() if acts(op)}
    muted = next((name for name in wanted if name in graph.nodes and name not in checked.graph.nodes), None)
    if muted is not None:
        raise GraphError(f"'{muted}' is muted, or needs what is muted.", node=muted, hint="Let it take part.")
    program = build_nodes(graph, checked, wanted, training=training)
    if any("/" in name for name in fetches):
        program = inline(program)  # what lies inside a function is found where that is written out
    for name in fetches:
        if name not in graph.nodes or output_ports(graph, name):
            program = fetching(program, name)
    return program


def build_nodes(graph: GraphDef, checked: Checked, wanted: set[str], *, training: bool = False) -> Program:
    """Make the program of some nodes and all that they depend on, with no outputs yet.

    Those that take no part are left out.
    """
    unknown = next((name for name in wanted if name not in graph.nodes), None)
    if unknown is not None:
        near = difflib.get_close_matches(unknown, graph.nodes, 1)
        hint = f"Did you mean '{near[0]}'?" if near else "Check its spelling."
        raise GraphError(f"there is no node called '{unknown}' in this graph.", hint=hint)
    needed = checked.graph.upstream(wanted & checked.graph.nodes.keys())
    for problem in checked.problems:
        if problem.stops and problem.node in needed:
            raise FlowscopeError(problem.what, node=problem.node, hint=problem.hint)
    builder = ProgramBuilder(training=training)
    return builder.program(draw_nodes(builder, checked, needed, {}))


@functools.lru_cache(maxsize=4096)
def trace(op: Block | Control, specs: tuple[Spec | None, ...]) -> tuple[Spec, ...]:
    """The specs of an op's outputs, found by writing out what it is made of on inputs of the given specs."""
    builder = ProgramBuilder()
    inputs: list[Value | None] = []
    for index, (port, spec) in enumerate(zip(op.ports_for(len(specs)), specs, strict=True)):
        if spec is not None and port.variable and spec.shape is not None:
            shape = tuple(size for size in spec.shape if isinstance(size, int))
            inputs.append(builder.variable(f"input_{index}", shape, dtype=spec.dtype))
        else:
            inputs.append(None if spec is None else builder.feed(f"input_{index}", spec))
    if isinstance(op, Block):
        made = op.expand(builder, *inputs)
        outputs = made if isinstance(made, tuple) else (made,)
    else:
        outputs = builder.emit(op, inputs)
    return tuple(value.spec.as_value() for value in outputs)
