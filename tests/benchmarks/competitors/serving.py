"""The process of one competitor: it builds a case in one of its modes, and times it when it is asked to."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.benchmarks.competitors.workloads import CASES, Case

THREADS = int(os.environ.get("FLOWSCOPE_BENCHMARK_THREADS", "2"))


@dataclass(frozen=True)
class Timed:
    """Something that does n steps and returns when they are done. Steps may come in multiples of `unit`."""

    run: Callable[[int], object]
    unit: int = 1


class Competitor(Protocol):
    """A module that can build cases."""

    VERSION: str

    def modes(self, case: Case) -> Sequence[str]: ...

    def build(self, case: Case, mode: str) -> Timed: ...


def serve(competitor: Competitor) -> None:
    """Answer lines of JSON until the input ends. What libraries print goes to the error stream."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    built: dict[tuple[str, str], Timed] = {}
    print(json.dumps({"version": competitor.VERSION}), file=answers)
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = _answer(competitor, built, **question)
        except Exception as error:  # noqa: BLE001 - a peer that cannot do a case is told, and left out
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(answer), file=answers)


def _answer(
    competitor: Competitor,
    built: dict[tuple[str, str], Timed],
    do: str,
    case: str,
    mode: str = "",
    seconds: float = 0.0,
) -> dict[str, Any]:
    key = (case, mode)
    if do == "modes":
        return {"modes": list(competitor.modes(CASES[case]))}
    if do == "drop":
        built.clear()
        return {}
    if do == "build":
        started = time.perf_counter()
        built[key] = competitor.build(CASES[case], mode)
        built[key].run(built[key].unit)
        return {"first_seconds": time.perf_counter() - started}
    timed = built[key]
    once = _seconds(timed, timed.unit) / timed.unit
    count = max(1, int(seconds / once / timed.unit)) * timed.unit
    return {"milliseconds": 1000 * _seconds(timed, count) / count}


def _seconds(timed: Timed, count: int) -> float:
    started = time.perf_counter()
    timed.run(count)
    return time.perf_counter() - started
