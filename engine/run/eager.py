"""Eager evaluation: the canvas as a spreadsheet. Node by node, and only what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

import kernels
from engine.errors import FlowscopeError, Interrupted
from engine.graph.check import Checked, check, input_ports
from engine.graph.graph import GraphDef, PortKey
from engine.graph.muting import is_bypassed
from engine.op import DataSource
from engine.ops.state import Gradients, Placeholder
from engine.program.bind import bind
from engine.program.precision import FULL, LOW_DTYPES
from engine.program.program import COUNTER, number
from engine.run.alone import Input, alone
from engine.run.executor import Array
from engine.run.initialize import initial_value
from engine.run.ready import ready
from engine.run.session import Session
from engine.spec import Spec, spec_of


@dataclass(frozen=True)
class Result:
    """The arrays at a node's output ports. `token` is new whenever the arrays are.

    Mixed precision leaves some in 16 bits, which other nodes read so; `shown` has all as their wires say.
    """

    arrays: Mapping[str, Array]
    shown: Mapping[str, Array]
    token: int


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation found: arrays by port, errors by node, and which nodes were computed anew."""

    arrays: Mapping[PortKey, Array]
    failures: Mapping[str, FlowscopeError]
    computed: tuple[str, ...]


class Eager:
    """Keeps the last results. A node is computed again only when its op, an input or a variable changed.

    Optimizers and assignments do not run: looking at a graph does not change it. `precision` is a policy of
    engine.policy.
    """

    def __init__(self, *, seed: int = 0, device: str = "auto", precision: str = FULL) -> None:
        self.seed = seed
        self.precision = precision
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
        graph = checked.graph
        held = dict(variables or {})
        arrays: dict[PortKey, Array] = {}
        shown: dict[PortKey, Array] = {}
        tokens: dict[str, object] = {}
        failures: dict[str, FlowscopeError] = {}
        computed: list[str] = []
        results: dict[str, tuple[object, Result]] = {}
        order = graph.order() if graph.cycle() is None else []
        for name in order:
            op = checked.ops.get(name)
            if op is None or op.has_effect:
                continue
            ports = [port.name for port in input_ports(graph, name, spare=False)]
            sources = [graph.wires.get((name, port)) for port in ports]
            if any(source is not None and source not in arrays for source in sources):
                continue
            if is_bypassed(graph.nodes[name]):
                ends = {end: start for end, start in checked.passed.items() if end[0] == name}
                arrays.update({end: arrays[start] for end, start in ends.items()})
                shown.update({end: shown[start] for end, start in ends.items()})
                tokens[name] = tuple((tokens[start[0]], start[1]) for start in ends.values())
                continue
            fed = {key: array for key, array in feeds.items() if key.partition(".")[0] == name}
            read = tuple(s and (tokens[s[0]], s[1]) for s in sources)
            key = (op, graph.nodes[name].policy, read, _identity(fed), version)
            known = self._results.get(name)
            if known is None or known[0] != key:
                if interrupt is not None and interrupt():
                    raise Interrupted("the evaluation was stopped.")
                inputs = [
                    s and Input(arrays[s], shown[s].dtype.name, _is_weak(checked, (name, port)))
                    for s, port in zip(sources, ports, strict=True)
                ]
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
                known = (key, Result(made, _in_full(made, name, checked), self._tokens))
                computed.append(name)
            results[name] = known
            tokens[name] = known[1].token
            arrays.update({(name, port): array for port, array in known[1].arrays.items()})
            shown.update({(name, port): array for port, array in known[1].shown.items()})
        self._results = results
        return Evaluated(shown, failures, tuple(computed))

    def _compute(
        self,
        graph: GraphDef,
        checked: Checked,
        name: str,
        inputs: Sequence[Input | None],
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
        program = alone(op, name, inputs, graph.nodes[name].policy, self.precision, self.device)
        for path, read in program.variables.items():
            variables.setdefault(path, initial_value(read.op, path, self.seed))
        given = {f"input_{i}": read.array for i, read in enumerate(inputs) if read is not None}
        given[COUNTER] = np.array([self.seed, 0], np.uint64)
        fed = {key: array for key, array in given.items() if key in program.feeds}
        bound = bind(program, {key: spec_of(array) for key, array in fed.items()})
        held = {
            path: kernels.brought(variables[path], program.places.get(number(read.value), self.device))
            for path, read in program.variables.items()
        }
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
        session = Session(graph, seed=self.seed, device=self.device, precision=self.precision)
        session.restore(variables)
        fetches = tuple(f"{name}.{port}" for port in ports)
        needed = session.program(fetches, training=False, effects=False).feeds
        if any(key not in feeds for key in needed if key != COUNTER):
            return None
        given = {key: feeds[key] for key in needed if key != COUNTER}
        found = session.run(list(fetches), given, interrupt=interrupt)
        return dict(zip(ports, found, strict=True))


def _is_weak(checked: Checked, port: PortKey) -> bool:
    spec = checked.inputs.get(port)
    return spec is not None and spec.weak


def _in_full(arrays: Mapping[str, Array], node: str, checked: Checked) -> Mapping[str, Array]:
    """What leaves a node, with what mixed precision left in 16 bits as its wires say."""
    return {
        port: array.astype(FULL) if _is_low(array, checked.outputs.get((node, port))) else array
        for port, array in arrays.items()
    }


def _is_low(array: Array, spec: Spec | None) -> bool:
    return spec is not None and spec.dtype == FULL and array.dtype.name in LOW_DTYPES


def _identity(arrays: Mapping[str, np.ndarray]) -> tuple[tuple[str, int], ...]:
    """Fed arrays are told apart by identity: comparing their contents would cost as much as computing."""
    return tuple((key, id(array)) for key, array in arrays.items())
