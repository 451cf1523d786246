"""A session: owns the variables of a graph, and runs fetches for feeds."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import kernels
from engine.errors import DeviceError, FeedError
from engine.graph.builder import Graph
from engine.graph.graph import GraphDef
from engine.graph.signature import SERVING_DEFAULT
from engine.graph.signing import find_signature
from engine.program.bind import bind
from engine.program.build import build
from engine.program.passes import optimise, run_inside
from engine.program.place import misplaced
from engine.program.precision import lower_precision
from engine.program.program import COUNTER, Program, number
from engine.run.executor import Array, Executor
from engine.run.initialize import initial_value
from engine.run.ready import ready
from engine.run.stepwise import Stepwise
from engine.spec import Spec, spec_of
from engine.value import Value

Fetch = str | Value
Feeds = Mapping[str, object] | Mapping[Value, object] | Mapping[Fetch, object]
Interrupt = Callable[[], bool]
MOST_STEPS = 32
"""So many programs are kept bound to memory: sequences of every length would take more and more of it."""


@dataclass(frozen=True, eq=False)
class Step:
    """A program bound to memory: call it with feeds of the specs that it was prepared for."""

    executor: Executor | Stepwise
    _session: Session
    _counts: bool
    """Whether the program draws random numbers, which are others in each run."""

    @property
    def places(self) -> Mapping[str, np.ndarray]:
        """Where feeds lie on the host: what is made there and fed is not copied."""
        return self.executor.places

    def __call__(
        self,
        feeds: Mapping[str, Array],
        *,
        interrupt: Interrupt | None = None,
        timings: dict[str, float] | None = None,
        peek: bool = False,
    ) -> dict[str, Array]:
        """Run once. The results are views, valid until the next call; on a GPU they are CuPy arrays.

        To `peek` is to look without leaving a trace: no variable changes, and the run is not counted, so
        that training goes on with the same random numbers as if nobody had looked.
        """
        session = self._session
        if self._counts:
            feeds = {**feeds, COUNTER: np.array([session.seed, session.counter], np.uint64)}
        results = self.executor.run(feeds, interrupt, timings, update=not peek)
        if not peek:
            session.counter += 1
        return results


class Session:
    """Runs a graph. Variables start from the seed and are kept from run to run.

    `device` is `auto`, `cpu` or `gpu`; raises DeviceError, saying why, when there is no GPU to use.
    `without` names the passes that are left out (engine.program.passes). `precision` is a policy of
    engine.policy; nodes may have others of their own.
    """

    def __init__(
        self,
        graph: GraphDef | Graph,
        *,
        seed: int = 0,
        device: str = "auto",
        without: Collection[str] = (),
        precision: str = "float32",
    ) -> None:
        self._drawn = graph
        self.seed = seed
        self.without = frozenset(without)
        self._lower = functools.partial(lower_precision, policy=precision)
        self.counter = 0
        self.variables: dict[str, Array] = {}
        self._places: dict[str, str] = {}
        try:
            self.device, self.device_reason = kernels.choose(device)
        except ValueError as error:
            raise DeviceError(str(error), hint="Choose auto or cpu.") from None
        self.notes: tuple[str, ...] = ()
        """Sentences about nodes that do not run where they are pinned to."""
        self._built: GraphDef | None = None
        self._programs: dict[tuple[object, ...], Program] = {}
        self._bound = functools.lru_cache(MOST_STEPS)(self._bind)

    @property
    def graph(self) -> GraphDef:
        """The graph as it is now: a script may go on drawing while it has a session."""
        return self._drawn.definition if isinstance(self._drawn, Graph) else self._drawn

    def run(
        self,
        fetches: Fetch | Sequence[Fetch] | Mapping[str, Fetch],
        feeds: Feeds | None = None,
        *,
        training: bool = False,
        interrupt: Interrupt | None = None,
    ) -> Any:
        """Compute the fetches: one, or a list, or a dict of them; the answer has the same form, in arrays.

        A fetch or a feed is a Value, `node` or `node.port`. Assignments run when they are fetched. Of what
        lies in a branch or a loop the last value is told, and None where there was none.
        """
        single = isinstance(fetches, str | Value)
        wanted: Sequence[Fetch]
        if isinstance(fetches, str | Value):
            wanted = [fetches]
        else:
            wanted = list(fetches.values()) if isinstance(fetches, Mapping) else fetches
        names = [_name(fetch) for fetch in wanted]
        distinct = tuple(dict.fromkeys(names))
        program = self.program(distinct, training=training, effects=False)
        arrays = _feed_arrays(feeds or {}, program)
        step = self.prepare(distinct, {n: spec_of(a) for n, a in arrays.items()}, training=training)
        # Copied, because a result must survive the next run. What has no output, an optimizer, gives None.
        found = {n: np.array(kernels.to_host(a)) for n, a in step(arrays, interrupt=interrupt).items()}
        if single:
            return found.get(names[0])
        if isinstance(fetches, Mapping):
            return dict(zip(fetches, (found.get(name) for name in names), strict=True))
        return [found.get(name) for name in names]

    def call(self, inputs: Mapping[str, object], signature: str = SERVING_DEFAULT) -> dict[str, np.ndarray]:
        """Compute the outputs of a signature from its inputs, each by the name that it has there."""
        found = find_signature(self.graph, signature)
        result: dict[str, np.ndarray] = self.run(found.fetches, found.feeds(inputs))
        return result

    def prepare(
        self,
        fetches: Sequence[str],
        feeds: Mapping[str, Spec],
        *,
        training: bool = False,
        effects: bool = False,
    ) -> Step:
        """Bind a program to memory, for feeds of given specs; what was asked for lately is ready."""
        program = self.program(tuple(fetches), training=training, effects=effects)
        return self._bound(program, tuple(sorted(feeds.items())))

    def _bind(self, program: Program, feeds: tuple[tuple[str, Spec], ...]) -> Step:
        bound = bind(program, {**dict(feeds), COUNTER: Spec("uint64", (2,))})
        return Step(ready(bound, self.device, self.variables), self, COUNTER in bound.feeds)

    def program(self, fetches: tuple[str, ...], *, training: bool, effects: bool) -> Program:
        """The program of the fetches, pruned and folded; makes the variables that it is the first to use."""
        graph = self.graph
        if graph is not self._built:
            self._programs.clear()
            self._bound.cache_clear()
            self._built = graph
        key = (fetches, training, effects)
        if key not in self._programs:
            program = build(graph, fetches, training=training, effects=effects)
            program = replace(run_inside(self._lower, program), device=self.device)
            self.notes = tuple(dict.fromkeys([*self.notes, *misplaced(program)]))
            program = optimise(program, self.without)
            self._make_variables(program)
            self._programs[key] = program
        return self._programs[key]

    def restore(self, values: Mapping[str, np.ndarray]) -> None:
        """Give variables the values of a checkpoint; raises FeedError for one of another shape or dtype.

        Values of variables that no program has used yet are kept for when one does.
        """
        for path, value in values.items():
            held = self.variables.get(path)
            if held is not None and (held.shape != value.shape or held.dtype != value.dtype):
                raise FeedError(
                    f"variable '{path}' is {spec_of(held)}, and the checkpoint has {spec_of(value)}.",
                    hint="The graph has changed since the checkpoint was written; start again.",
                )
        for path, value in values.items():
            if path in self.variables:
                self.variables[path][...] = kernels.brought(value, self._places.get(path, self.device))
            else:
                self.variables[path] = kernels.brought(np.array(value), self.device)

    def values(self) -> dict[str, np.ndarray]:
        """A copy of what every variable holds."""
        return {path: np.array(kernels.to_host(array)) for path, array in self.variables.items()}

    def _make_variables(self, program: Program) -> None:
        for path, read in program.variables.items():
            device = program.places.get(number(read.value), self.device)
            held = self.variables.get(path)
            if held is None:
                held = initial_value(read.op, path, self.seed)
            elif tuple(held.shape) != read.op.shape or held.dtype.name != read.op.dtype:
                raise FeedError(
                    f"variable '{path}' is {read.value.spec}, and what was restored is {spec_of(held)}.",
                    hint="The graph has changed since the checkpoint was written; start again.",
                )
            self.variables[path], self._places[path] = kernels.brought(held, device), device


def _name(fetch: Fetch) -> str:
    if isinstance(fetch, str):
        return fetch
    return ".".join(fetch.key) if isinstance(fetch.key, tuple) else str(fetch.key)


def _feed_arrays(feeds: Feeds, program: Program) -> dict[str, np.ndarray]:
    """The feeds that the program needs, as arrays; a list or number takes the dtype of its placeholder."""
    arrays = {}
    for fetch, given in feeds.items():
        name = _name(fetch)
        known = name if name in program.feeds else name.partition(".")[0]
        if known in program.feeds:
            array = (
                given if isinstance(given, np.ndarray) else np.asarray(given, program.feeds[known].spec.dtype)
            )
            arrays[known] = array
    return arrays
