"""Eager evaluation: the canvas as a spreadsheet. Node by node, and only what changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

import kernels
from engine.errors import FlowscopeError, Interrupted
from engine.graph.check import Checked, check, input_ports
from engine.graph.graph import GraphDef, PortKey
from engine.op import DataSource, Op
from engine.ops.state import Gradients, Placeholder
from engine.program.bind import bind
from engine.program.build import ProgramBuilder
from engine.program.fold import fold
from engine.program.program import COUNTER, Program
from engine.program.prune import prune
from engine.run.executor import Array
from engine.run.initialize import initial_value
from engine.run.ready import ready
from engine.run.session import Session
from engine.spec import Spec, spec_of
from engine.value import Value


@dataclass(frozen=True)
class Result:
    """The arrays at a node's output ports. `token` is new whenever the arrays are."""

    arrays: Mapping[str, Array]
    token: int


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation found: arrays by port, errors by node, and which nodes were computed anew."""

    arrays: Mapping[PortKey, Array]
    failures: Mapping[str, FlowscopeError]
    computed: tuple[str, ...]


class Eager:
    """Keeps the last results. A node is computed again only when its op, an input or a variable changed.

    Optimizers and assignments do not run: looking at a graph does not change it.
    """

    def __init__(self, *, seed: int = 0, device: str = "auto") -> None:
        self.seed = seed
        self.device, _ = kernels.choose(device)
        self._results: dict[str, tuple[object, Result]] = {}
        self._tokens = 0

    def evaluate(
        self,
        graph: GraphDef,
        feeds: Mapping[str, np.ndarray],
        variables: Mapping[str, np.ndarray] | None = None,
        version: int = 0,
        interrupt: Callable[[], bool] | None = None,
    ) -> Evaluated:
        """Evaluate every node that has what it needs. Raises Interrupted when `interrupt` answers True.

        `feeds` holds placeholders and columns of data by `node` or `node.port`; `variables` what training has
        made of them, and `version` is another number whenever their values are others.
        """
        checked = check(graph)
        held = dict(variables or {})
        arrays: dict[PortKey, Array] = {}
        tokens: dict[str, int] = {}
        failures: dict[str, FlowscopeError] = {}
        computed: list[str] = []
        results: dict[str, tuple[object, Result]] = {}
        order = graph.order() if graph.cycle() is None else []
        for name in order:
            op = checked.ops.get(name)
            if op is None or op.has_effect:
                continue
            sources = [graph.wires.get((name, p.name)) for p in input_ports(graph, name, spare=False)]
            if any(source is not None and source not in arrays for source in sources):
                continue
            fed = {key: array for key, array in feeds.items() if key.partition(".")[0] == name}
            key = (op, tuple(s and (tokens[s[0]], s[1]) for s in sources), _identity(fed), version)
            known = self._results.get(name)
            if known is None or known[0] != key:
                if interrupt is not None and interrupt():
                    raise Interrupted("the evaluation was stopped.")
                inputs = [s and arrays[s] for s in sources]
                try:
                    made = self._compute(graph, checked, name, inputs, feeds, held, interrupt)
                except Interrupted:
                    raise
                except FlowscopeError as error:
                    failures[name] = error
                    continue
                if made is None:
                    continue
                self._tokens += 1
                known = (key, Result(made, self._tokens))
                computed.append(name)
            results[name] = known
            tokens[name] = known[1].token
            arrays.update({(name, port): array for port, array in known[1].arrays.items()})
        self._results = results
        return Evaluated(arrays, failures, tuple(computed))

    def _compute(
        self,
        graph: GraphDef,
        checked: Checked,
        name: str,
        inputs: list[Array | None],
        feeds: Mapping[str, np.ndarray],
        variables: dict[str, Array],
        interrupt: Callable[[], bool] | None,
    ) -> Mapping[str, Array] | None:
        op = checked.ops[name]
        ports = op.outputs_for(len(inputs))
        if isinstance(op, Placeholder | DataSource):
            names = [name if len(ports) == 1 else f"{name}.{port.name}" for port in ports]
            if any(key not in feeds for key in names):
                return None
            return {port.name: feeds[key] for port, key in zip(ports, names, strict=True)}
        if (name, ports[0].name) not in checked.outputs if ports else True:
            return None
        if isinstance(op, Gradients):
            return self._gradients(graph, name, [port.name for port in ports], feeds, variables, interrupt)
        weak = {port for (node, port), spec in checked.inputs.items() if node == name and spec.weak}
        program = _alone(op, name, inputs, weak)
        for path, read in program.variables.items():
            variables.setdefault(path, initial_value(read.op, path, self.seed))
        given = {f"input_{i}": array for i, array in enumerate(inputs) if array is not None}
        given[COUNTER] = np.array([self.seed, 0], np.uint64)
        fed = {key: array for key, array in given.items() if key in program.feeds}
        bound = bind(program, {key: spec_of(array) for key, array in fed.items()})
        xp = kernels.array_module(self.device)
        held = {path: xp.asarray(variables[path]) for path in program.variables}
        found = ready(bound, self.device, held).run(fed, interrupt, update=False)
        return {key: array.copy() for key, array in found.items()}

    def _gradients(
        self,
        graph: GraphDef,
        name: str,
        ports: list[str],
        feeds: Mapping[str, np.ndarray],
        variables: Mapping[str, np.ndarray],
        interrupt: Callable[[], bool] | None,
    ) -> Mapping[str, Array] | None:
        """A gradient depends on the whole graph before it, not on the node's inputs alone."""
        session = Session(graph, seed=self.seed, device=self.device)
        session.restore(variables)
        fetches = tuple(f"{name}.{port}" for port in ports)
        needed = session.program(fetches, training=False, effects=False).feeds
        if any(key not in feeds for key in needed if key != COUNTER):
            return None
        given = {key: feeds[key] for key in needed if key != COUNTER}
        found = session.run(list(fetches), given, interrupt=interrupt)
        return dict(zip(ports, found, strict=True))


def _alone(op: Op, name: str, inputs: list[Array | None], weak: Collection[str]) -> Program:
    """The program of one node, whose inputs are fed. At weak ports is a number without a dtype of its own."""
    builder = ProgramBuilder()
    values: list[Value | None] = []
    for index, (port, array) in enumerate(zip(op.ports_for(len(inputs)), inputs, strict=True)):
        if array is None:
            values.append(None)
            continue
        spec = Spec(array.dtype.name, tuple(array.shape), port.variable, port.name in weak)
        values.append(builder.feed(f"input_{index}", spec))
    outputs = builder.emit(op, values, name)
    ports = op.outputs_for(len(inputs))
    nodes = {(name, port.name): value for port, value in zip(ports, outputs, strict=True)}
    program = builder.program(nodes)
    wanted = {port.name: value for port, value in zip(ports, outputs, strict=True)}
    return fold(prune(replace(program, outputs=wanted)))


def _identity(arrays: Mapping[str, np.ndarray]) -> tuple[tuple[str, int], ...]:
    """Fed arrays are told apart by identity: comparing their contents would cost as much as computing."""
    return tuple((key, id(array)) for key, array in arrays.items())
