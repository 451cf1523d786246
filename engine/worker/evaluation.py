"""Eager evaluation for the window: the values of a drawn graph, node by node, for some of its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import kernels
from engine.data.dataset import take
from engine.errors import FlowscopeError, Interrupted
from engine.graph.check import check
from engine.graph.graph import GraphDef
from engine.op import DataSource, Op
from engine.project.project import Project
from engine.run.eager import Eager
from engine.run.session import Session
from engine.spec import spec_of
from engine.train.examples import load_examples
from engine.worker import stored
from engine.worker.desk import Desk
from engine.worker.messages import Evaluate, Evaluated, Problem
from engine.worker.problems import problem_of
from engine.worker.watching import Watching

MOST_EXAMPLES = 256


@dataclass(frozen=True)
class _Settings:
    """What decides, beside the graph, which numbers there are."""

    seed: int = 0
    device: str = "auto"
    precision: str = "float32"


class Evaluation:
    """Keeps the last results, so that only what has changed is computed again."""

    def __init__(self, desk: Desk, watching: Watching) -> None:
        self._desk = desk
        self._watching = watching
        self._eager: Eager | None = None
        self._settings = _Settings()
        self._values: dict[str, Any] = {}
        self._evaluated: tuple[GraphDef, Mapping[str, Any]] | None = None
        self._fed: tuple[object, Mapping[str, Any]] = (None, {})
        self._variables: stored.Variables = {}
        self._source = ""
        self._version = 0

    def run(self, order: Evaluate) -> None:
        """Compute the wanted nodes, and tell the values at the watched ports."""
        computed: tuple[str, ...] = ()
        problems: list[Problem] = []
        try:
            computed, problems = self._evaluate(order)
        except Interrupted:
            pass  # stopped, or replaced by a newer request, which brings its own values
        except (FlowscopeError, MemoryError) as error:
            problems.append(problem_of(error))
        self.look()
        self._desk.tell_surely(Evaluated(order.request, computed, tuple(problems)))

    def look(self) -> None:
        """Tell the values at the watched ports as they were computed last."""
        found = {port: self._values[port] for port in self._desk.watched if port in self._values}
        found.update(self._inside(tuple(port for port in self._desk.watched if "/" in port)))
        self._watching.look({port: kernels.to_host(a) for port, a in found.items()}, self._desk.watched, 0)

    def _inside(self, ports: tuple[str, ...]) -> Mapping[str, Any]:
        """Tensors inside blocks, as a training step would make them now; nothing is learned by looking."""
        if not ports or self._evaluated is None:
            return {}
        graph, feeds = self._evaluated
        session = Session(graph, **vars(self._settings))
        session.restore(self._variables)
        specs = {name: spec_of(array) for name, array in feeds.items()}
        found: dict[str, Any] = {}
        for port in ports:
            try:
                found.update(session.prepare((port,), specs, training=True)(feeds, peek=True))
            except FlowscopeError:
                continue  # the block has changed since its inside was drawn; its tensors have other names now
        return found

    def keep(self, variables: stored.Variables, source: str) -> None:
        """Take over what training has made of the variables, which `source` holds as well."""
        self._variables, self._source = variables, source
        self._version += 1

    def variables(self, source: str) -> stored.Variables:
        """The variables that a file holds; none without one."""
        if source != self._source:
            self.keep(stored.read_variables(Path(source)) if source else {}, source)
        return self._variables

    def _evaluate(self, order: Evaluate) -> tuple[tuple[str, ...], list[Problem]]:
        project = stored.project_from_bytes(order.project)
        graph = _upstream(project.graph, order.targets)
        feeds, problems = self._feeds(graph, project)
        variables = self.variables(order.variables)
        training = project.training
        settings = _Settings(training.seed, training.device, training.precision)
        if self._eager is None or settings != self._settings:
            self._eager, self._settings = Eager(**vars(settings)), settings
        found = self._eager.evaluate(graph, feeds, variables, self._version, interrupt=self._desk.interrupted)
        self._values = {".".join(port): array for port, array in found.arrays.items()}
        self._evaluated = (graph, feeds)
        failures = [
            problem_of(error.at(node, graph.nodes[node].op)) for node, error in found.failures.items()
        ]
        return tuple(dict.fromkeys(node for node, _ in found.arrays)), problems + failures

    def _feeds(self, graph: GraphDef, project: Project) -> tuple[Mapping[str, Any], list[Problem]]:
        """The first examples of every data node. Asked again, it gives the same arrays."""
        training = project.training
        sources = _sources(graph)
        rows = min(training.batch_size, MOST_EXAMPLES)
        key = (sources, training.validation_split, training.seed, rows)
        if self._fed[0] != key:
            try:
                examples = load_examples(sources, training)
            except FlowscopeError as error:
                return {}, [problem_of(error)]
            self._fed = (key, take(examples.train, slice(0, rows)))
        return self._fed[1], []


def _sources(graph: GraphDef) -> dict[str, Op]:
    """The data nodes."""
    return {name: op for name, op in check(graph).ops.items() if isinstance(op, DataSource)}


def _upstream(graph: GraphDef, targets: tuple[str, ...]) -> GraphDef:
    """The part of a graph that the targets need; all of it without targets."""
    wanted = graph.upstream(name for name in targets if name in graph.nodes)
    if not wanted:
        return graph
    nodes = {name: node for name, node in graph.nodes.items() if name in wanted}
    wires = {target: source for target, source in graph.wires.items() if target[0] in wanted}
    return replace(graph, nodes=nodes, wires=wires)
