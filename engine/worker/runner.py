"""Does the jobs: trains, evaluates, and answers what is asked in between."""

from __future__ import annotations

import traceback

import kernels
from engine.coding.checking import check_code
from engine.errors import FlowscopeError
from engine.ops.python import Python
from engine.worker import limits, stored
from engine.worker.desk import Desk, Query
from engine.worker.evaluation import Evaluation
from engine.worker.explaining import explained
from engine.worker.messages import (
    CheckCode,
    CodeChecked,
    Evaluate,
    ExplainPasses,
    Failed,
    ReadVariables,
    Train,
    Variables,
    Watch,
)
from engine.worker.problems import problem_of
from engine.worker.training import TrainingRun
from engine.worker.watching import Watching
from kernels import python_code


class Runner:
    """The engine at work for the window."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._watching = Watching(desk.tell)
        self._evaluation = Evaluation(desk, self._watching)
        self.device, self.gpu = kernels.choose("auto")

    def train(self, order: Train) -> None:
        """Train until the end, a stop or a failure, and tell which it was."""
        self._leave_memory_to_others()
        python_code.trust_fingerprints(order.trusted)
        self._watching.forget()
        try:
            run = TrainingRun(order, self._desk, self._watching)
        except (FlowscopeError, MemoryError) as error:
            self._desk.tell_surely(Failed(problem_of(error), 0, order.checkpoint))
            return
        run.run()
        if self.device_works():
            self._evaluation.keep(run.trainer.session.values(), run.checkpoint)

    def evaluate(self, order: Evaluate) -> None:
        """Compute the wanted nodes, and tell the values at the watched ports."""
        self._leave_memory_to_others()
        python_code.trust_fingerprints(order.trusted)
        self._evaluation.run(order)

    def check_code(self, order: CheckCode) -> None:
        """Run code on small tensors, and tell what is wrong with it."""
        self._leave_memory_to_others()
        python_code.trust(order.code)
        try:
            op = Python.from_attributes(
                {
                    "code": order.code,
                    "signature": order.signature,
                    "dtypes": list(order.dtypes),
                    "arguments": order.arguments,
                }
            )
        except FlowscopeError as error:
            self._desk.tell_surely(CodeChecked(order.request, (str(error),)))
            return
        self._desk.tell_surely(CodeChecked(order.request, check_code(op)))

    def answer(self, query: Query) -> None:
        """Answer a question while no training goes on."""
        match query:
            case Watch():
                self._evaluation.look()
            case ReadVariables():
                self._desk.tell(self._saved(query))
            case ExplainPasses():
                self._desk.tell(explained(query))
            case _:
                self._desk.tell(self._watching.answer(query))

    def device_works(self) -> bool:
        """Whether the device answers. After some errors a GPU refuses everything until its process ends."""
        try:
            kernels.synchronize(self.device)
        except Exception:  # noqa: BLE001 - drivers fail with many types, and all mean the same
            traceback.print_exc()
            return False
        return True

    def _saved(self, query: ReadVariables) -> Variables:
        try:
            return stored.save(query, self._evaluation.variables(query.variables))
        except FlowscopeError as error:
            return Variables(query.request, query.path, str(error))

    def _leave_memory_to_others(self) -> None:
        """Let allocation fail here before the machine is in trouble. CUDA reserves far more than it uses."""
        available = limits.available_memory()
        if self.device == "cpu" and available is not None:
            limits.limit_address_space(int(available * limits.SHARE))
