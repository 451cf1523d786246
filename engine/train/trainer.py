"""The trainer: takes a graph over its data, epoch by epoch, one step at a time."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

import kernels
from engine.data.batches import BatchOrder, Rows
from engine.data.dataset import NOWHERE, Columns, row_count, take
from engine.errors import FlowscopeError
from engine.graph.builder import Graph
from engine.graph.graph import GraphDef
from engine.project.project import TrainingSettings
from engine.run.session import Session, Step
from engine.spec import spec_of
from engine.telemetry.events import Split
from engine.train.callbacks import Callback
from engine.train.checkpoint import Checkpoints
from engine.train.examples import load_examples
from engine.train.finite import LOOK_EVERY, NotFinite, all_finite, blame_output, blame_update
from engine.train.objective import fed_nodes, objective
from engine.train.progress import EpochResult, History, Means, Progress
from engine.train.recording import Recorder, Recording
from engine.train.state import TrainState

DEFAULTS = TrainingSettings()
log = logging.getLogger(__name__)


class Trainer:
    """Trains the variables of a graph: every step runs all optimizers and assignments that are drawn.

    `Trainer(graph).fit(epochs=5)` does it all. `steps()` does it one step at a time, and leaves to its caller
    when the next one is taken: to pause, to look at `values`, to save `state()`, or to end.
    """

    def __init__(
        self,
        graph: GraphDef | Graph,
        settings: TrainingSettings = DEFAULTS,
        *,
        session: Session | None = None,
        recorder: Recorder | None = None,
        checkpoints: Checkpoints | None = None,
        callbacks: Sequence[Callback] = (),
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.graph = graph.definition if isinstance(graph, Graph) else graph
        self.settings = settings
        self.objective = objective(self.graph)
        self.session = session or Session(
            self.graph,
            seed=settings.seed,
            device=settings.device,
            without=settings.without,
            precision=settings.precision,
        )
        self.examples = load_examples(self.objective.checked.ops, settings)
        self.checkpoints = checkpoints
        self.callbacks = tuple(callbacks)
        self.epochs = settings.epochs

        self.watched: tuple[str, ...] = ()
        """The tensors, as `node` or `node.port`, that the next steps compute and leave in `values`."""
        self.values: Mapping[str, NDArray[Any]] = {}
        """What the last training step computed: views that are valid until the next step."""
        self.interrupt: Callable[[], bool] | None = None
        """Is asked within a step; when it answers True, the step raises Interrupted and changes nothing."""
        self.timings: dict[str, float] | None = None
        """Where given, collects the seconds that each call takes, by its path."""

        self._recording = Recording(recorder, settings)
        self._clock = clock
        count = row_count(self.examples.train) if self.examples.train else 1
        self._order = BatchOrder(
            count,
            settings.batch_size if self.examples.train else 1,
            settings.seed,
            settings.shuffle,
            settings.drop_remainder and bool(self.examples.train),
        )
        self._prepared: dict[tuple[int, tuple[str, ...], bool, bool], Step] = {}
        # Building it now reports what is wrong with the graph, and makes the variables.
        self._program = self.session.program(self._fetches(), training=True, effects=True)
        self._fed = fed_nodes(self.objective.checked)

        self._epoch = self._batch = self._step = 0
        self._means = Means()
        self._results: list[EpochResult] = []
        self._test: dict[str, float] = {}
        self._stopped = ""
        self._seconds = 0.0
        self._timed_steps = 0
        self._good: TrainState | None = None

    # ---- from a script ---------------------------------------------------------------------------------

    def fit(self, epochs: int | None = None) -> History:
        """Train for so many more epochs (without a number: up to the epochs of the settings), then test."""
        if epochs is not None:
            self.epochs = self._epoch + epochs
        for _ in self.steps():
            pass
        return self.history

    def evaluate(self, split: Split = "test") -> dict[str, float]:
        """The means of all losses and metrics over one part of the examples; nothing is learned."""
        work = self._evaluate(split)
        while True:
            try:
                next(work)
            except StopIteration as end:
                return dict(end.value)

    @property
    def history(self) -> History:
        """The results of all epochs so far, and of the test if it has been made."""
        return History(tuple(self._results), dict(self._test), self._stopped)

    # ---- one step at a time ----------------------------------------------------------------------------

    def steps(self) -> Iterator[Progress]:
        """Train from where the run stands to its end; each item is one step of training, validation or test.

        Between two items the caller may do as it likes: wait, set `watched`, save `state()`, or drop the
        iterator and ask for another one later, which goes on at the same place. When a loss or a metric
        becomes infinite or not a number, NotFinite is raised; the run then stands before that step.
        """
        self._stopped = ""
        while self._epoch < self.epochs and not self._stopped:
            rows = self._order.epoch(self._epoch)
            while self._batch < self._order.batches_per_epoch and not self._stopped:
                started = self._clock()
                scalars = self._train_step(rows)
                yield self._progress("train", scalars, started)
            if self._batch < self._order.batches_per_epoch:
                break
            validation = yield from self._evaluate("validation")
            self._end_epoch(validation)
        self._test = yield from self._evaluate("test")
        self._recording.scalars(self._test, "test", self._step, self._epoch)
        self.save()

    def stop(self, reason: str) -> None:
        """End training after the present step, then test. `reason` is a sentence for the history."""
        self._stopped = reason

    # ---- state -----------------------------------------------------------------------------------------

    def state(self) -> TrainState:
        """All that the run is now, as a value; call it between two steps."""
        return TrainState(
            self.session.values(),
            self.settings.seed,
            self._epoch,
            self._batch,
            self._step,
            dict(self._means.sums),
            tuple(self._results),
        )

    def restore(self, state: TrainState) -> None:
        """Go on from a state; raises FlowscopeError when it belongs to another graph or other settings."""
        if state.seed != self.settings.seed:
            raise FlowscopeError(
                f"The checkpoint comes from seed {state.seed}, and the settings say {self.settings.seed}.",
                hint=f"Set the seed to {state.seed}, or start the training again.",
            )
        self.session.restore(state.variables)
        self._epoch, self._batch, self._step = state.epoch, state.batch, state.step
        self._means = Means(state.sums)
        self._results = list(state.history)
        self._good = None

    def save(self) -> None:
        """Write the log and a checkpoint, if there is a place for it. When that fails, training goes on."""
        try:
            # The log first: a checkpoint must never be ahead of it.
            self._recording.flush()
            path = self.checkpoints.write(self.state()) if self.checkpoints is not None else None
        except FlowscopeError as error:
            self._warn(f"{error} Training goes on; the checkpoint before this one is still there.")
            return
        if path is not None:
            for callback in self.callbacks:
                callback.on_checkpoint(self, path)

    # ---- the work --------------------------------------------------------------------------------------

    def _train_step(self, rows: Rows) -> Mapping[str, float]:
        if self._good is None or self._batch == 0 or self._step >= self._good.step + LOOK_EVERY:
            self._keep_good()
        scalars = self._learn(rows)
        if not all(math.isfinite(value) for value in scalars.values()):
            raise self._not_finite()
        self._count(scalars, rows)
        told = {**scalars, **{path: _number(self.session.variables[path]) for path in self.objective.scales}}
        self._recording.step(told, self._step, self._epoch + 1)
        return told

    def _learn(self, rows: Rows) -> dict[str, float]:
        """Run one training step on the present batch."""
        batch, fetches = self._batch_rows(rows), self._fetches()
        known = self._prepared.get((len(batch), fetches, True, True))
        feeds = take(self.examples.train, batch, known.places if known is not None else NOWHERE)
        self.session.counter = self._step
        step = self._prepare(feeds, fetches, training=True, effects=True)
        self.values = step(feeds, interrupt=self.interrupt, timings=self.timings)
        return {name: _number(self.values[fetch]) for name, fetch in self.objective.scalars.items()}

    def _keep_good(self) -> None:
        """Remember the present state to go back to, if all of its numbers are in order."""
        state = self.state()
        if self._good is not None and not all_finite(state.variables.values()):
            raise self._not_finite()
        self._good = state

    def _not_finite(self) -> NotFinite:
        """Find the step and the node with which the trouble began, and set the run back to before that step.

        The steps since the last good state are taken again, and this time all nodes are looked at.
        """
        last = self._step
        assert self._good is not None
        self.restore(self._good)
        while self._step <= last:
            before = self.state()
            rows = self._order.epoch(self._epoch)
            found = blame_output(self.graph, self._all_outputs(rows), self._fed, self._step)
            self.restore(before)
            if found is None:
                self._count(self._learn(rows), rows)
                found = blame_update(self.session.values(), self._program, self.graph, self._step)
            if found is not None:
                self.restore(before)
                return found
        raise AssertionError("the step that was not finite is finite when it is repeated")

    def _all_outputs(self, rows: Rows) -> dict[str, NDArray[Any]]:
        """What every drawn node that takes part gives in the present step; assignments are made."""
        feeds = take(self.examples.train, self._batch_rows(rows))
        self.session.counter = self._step
        names = tuple(f"{node}.{port}" for node, port in self._program.nodes)
        results = self._prepare(feeds, names, training=True, effects=False)(feeds)
        return {name: kernels.to_host(array) for name, array in results.items()}

    def _count(self, scalars: Mapping[str, float], rows: Rows) -> None:
        self._means.add(scalars, len(self._batch_rows(rows)))
        self._batch += 1
        self._step += 1

    def _batch_rows(self, rows: Rows) -> Rows:
        start = self._batch * self._order.batch_size
        return rows[start : start + self._order.batch_size]

    def _evaluate(self, split: Split) -> Generator[Progress, None, dict[str, float]]:
        """Compute the means of the scalars over a part, one batch at a time."""
        columns: Columns = getattr(self.examples, split)
        fetches = tuple(self.objective.scalars.values())
        means = Means()
        count = row_count(columns) if fetches else 0
        for first in range(0, count, self.settings.batch_size):
            started = self._clock()
            feeds = take(columns, slice(first, first + self.settings.batch_size))
            self.session.counter = self._step
            results = self._prepare(feeds, fetches, training=False, effects=False)(
                feeds, interrupt=self.interrupt
            )
            scalars = {name: _number(results[fetch]) for name, fetch in self.objective.scalars.items()}
            means.add(scalars, row_count(feeds))
            yield self._progress(split, scalars, started)
        return means.result()

    def _end_epoch(self, validation: Mapping[str, float]) -> None:
        self._epoch += 1
        self._batch = 0
        result = EpochResult(self._epoch, self._means.result(), validation)
        self._results.append(result)
        self._means = Means()
        self._recording.scalars(validation, "validation", self._step, self._epoch)
        if self._recording.wants_histograms(self._epoch):
            self._recording.histograms(self._trainable(), self._step, self._epoch)
        for callback in self.callbacks:
            callback.on_epoch(self, result)
        every = self.settings.checkpoint_every
        is_last = self._epoch == self.epochs or bool(self._stopped)  # then the end of training saves
        if every and self._epoch % every == 0 and not is_last:
            self.save()

    def _prepare(self, feeds: Columns, fetches: tuple[str, ...], *, training: bool, effects: bool) -> Step:
        key = (row_count(feeds), fetches, training, effects)
        if key not in self._prepared:
            specs = {name: spec_of(array) for name, array in feeds.items()}
            self._prepared[key] = self.session.prepare(fetches, specs, training=training, effects=effects)
        return self._prepared[key]

    def _fetches(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.objective.scalars.values(), *self.watched]))

    def _trainable(self) -> dict[str, NDArray[Any]]:
        values = self.session.values()
        return {path: values[path] for path, read in self._program.variables.items() if read.op.trainable}

    def _progress(self, split: Split, scalars: Mapping[str, float], started: float) -> Progress:
        self._seconds += self._clock() - started
        self._timed_steps += split == "train"
        total = self.epochs * self._order.batches_per_epoch
        left = None
        if self._timed_steps:
            left = self._seconds / self._timed_steps * (total - self._step)
        epoch = min(self._epoch + 1, self.epochs)
        progress = Progress(split, epoch, self.epochs, self._step, total, self._seconds, left, scalars)
        for callback in self.callbacks:
            callback.on_step(self, progress)
        return progress

    def _warn(self, sentence: str) -> None:
        log.warning(sentence)
        for callback in self.callbacks:
            callback.on_warning(self, sentence)


def _number(scalar: Any) -> float:
    return float(kernels.to_host(scalar))
