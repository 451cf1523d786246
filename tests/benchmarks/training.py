"""Our engine beside PyTorch, Keras and JAX: `python tests/benchmarks/training.py [--peers] --json FILE`.

All that are installed run at once, each in a process of its own, and are timed in turn, round after round, so
that a machine that becomes slower does so for all of them. A ratio is the median over the rounds of the time
of the best mode of the best peer over ours. A peer that lies in another environment is named by its Python:
`--python keras=/path/to/python`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.competitors.workloads import CASES, FIT_GOALS, MOST_OVER_STEP

PLACE = Path(__file__).parent / "competitors"
OURS = "flowscope"
PEERS = {"torch": ("torch",), "keras": ("keras", "tensorflow"), "jax": ("jax", "optax")}
"""What must be installed for each."""
Times = dict[tuple[str, str], list[float]]
"""Milliseconds by competitor and mode, one for each round."""


@dataclass
class Process:
    """One competitor."""

    name: str
    python: str
    threads: int
    process: subprocess.Popen[str] = field(init=False)
    version: str = field(init=False)

    def __post_init__(self) -> None:
        count = str(self.threads)
        variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
        threads = dict.fromkeys((*variables, "FLOWSCOPE_BENCHMARK_THREADS"), count)
        script = PLACE / (f"{OURS}.py" if self.name == OURS else f"with_{self.name}.py")
        self.process = subprocess.Popen(
            [self.python, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **threads, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        self.version = self._answer()["version"]

    def ask(self, **question: object) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        assert self.process.stdin is not None
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return self._answer()

    def end(self) -> None:
        self.process.communicate()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended without an answer; run {PLACE} by hand to see why.")
        answer: dict[str, Any] = json.loads(line)
        return answer


def main() -> None:
    """Time what is asked for, print a line for each case, and write all figures."""
    options = _options()
    names = list(options.cases or CASES)
    processes = [Process(name, python, options.threads) for name, python in _competitors(options).items()]
    for process in processes:
        print(f"{process.name}: {process.version}")
    found: dict[str, Any] = {}
    try:
        for name in names:
            times, first = timed(name, processes, options.rounds, options.seconds)
            found[name] = told(name, times, first)
    finally:
        for process in processes:
            process.end()
    _tell_fit_over_step(found)
    if options.json:
        versions = {process.name: process.version for process in processes}
        figures = {"threads": options.threads, "versions": versions, "cases": found}
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def timed(
    name: str, processes: Sequence[Process], rounds: int, seconds: float
) -> tuple[Times, dict[tuple[str, str], float]]:
    """Time all modes of all competitors in turn. Also how long each took for its first step."""
    times: Times = {}
    first: dict[tuple[str, str], float] = {}
    for process in processes:
        for mode in process.ask(do="modes", case=name)["modes"]:
            answer = process.ask(do="build", case=name, mode=mode)
            if "error" in answer:
                print(f"{name}: {process.name} {mode} fails: {answer['error']}")
            else:
                first[process.name, mode] = answer["first_seconds"]
                times[process.name, mode] = []
    by_name = {process.name: process for process in processes}
    for turn in range(rounds + 1):
        for (competitor, mode), row in times.items():
            time.sleep(0.1)  # the threads of the one before, which spin while they wait, go to sleep
            answer = by_name[competitor].ask(do="time", case=name, mode=mode, seconds=seconds)
            if turn:  # the first round only warms up
                row.append(answer["milliseconds"])
    for process in processes:
        process.ask(do="drop", case=name)
    return times, first


def told(name: str, times: Times, first: Mapping[tuple[str, str], float]) -> dict[str, Any]:
    """Print the figures of a case; returns them as they are written."""
    rows = {
        f"{competitor}: {mode}": {
            "median_ms": statistics.median(row),
            "least_ms": min(row),
            "first_s": first[competitor, mode],
            "all_ms": row,
        }
        for (competitor, mode), row in times.items()
    }
    for title, figures in rows.items():
        print(f"{name:16} {title:28} {figures['median_ms']:10.4f} ms, first {figures['first_s']:6.2f} s")
    found: dict[str, Any] = {"times": rows}
    ratios = _ratios(times)
    if ratios:
        goal, ratio = CASES[name].goal, statistics.median(ratios)
        found |= {"ratio": ratio, "least_ratio": min(ratios), "most_ratio": max(ratios), "goal": goal}
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"{name:16} the best peer takes {ratio:.2f} times as long ({spread}); the goal is {goal:g}")
    default = times.get(("keras", "default"))
    if default and name in FIT_GOALS:
        ratio = statistics.median(k / o for k, o in zip(default, _best(times, OURS), strict=True))
        found |= {"keras_default_ratio": ratio, "keras_default_goal": FIT_GOALS[name]}
        print(f"{name:16} Keras' default takes {ratio:.2f} times as long; the goal is {FIT_GOALS[name]:g}")
    return found


def _ratios(times: Times) -> list[float]:
    """For each round the time of the best mode of the best peer over that of our best one."""
    peers = [_best(times, name) for name in PEERS if any(name == competitor for competitor, _ in times)]
    if not peers:
        return []
    best = min(peers, key=statistics.median)
    return [peer / ours for peer, ours in zip(best, _best(times, OURS), strict=True)]


def _best(times: Times, name: str) -> list[float]:
    rows = [row for (competitor, _), row in times.items() if competitor == name]
    return min(rows, key=statistics.median)


def _tell_fit_over_step(found: dict[str, Any]) -> None:
    """How much longer a step of `fit` takes than a bare one."""
    for name in FIT_GOALS:
        step = name.replace("fit", "train")
        if name in found and step in found:
            fit, bare = (_median_of_ours(found[each]) for each in (name, step))
            found[name] |= {"over_step": fit / bare, "most_over_step": MOST_OVER_STEP}
            print(f"{name:16} takes {fit / bare:.2f} times a bare step; at most {MOST_OVER_STEP:g} is wanted")


def _median_of_ours(case: Mapping[str, Any]) -> float:
    rows = case["times"].items()
    return min(float(figures["median_ms"]) for title, figures in rows if title.startswith(OURS))


def _competitors(options: argparse.Namespace) -> dict[str, str]:
    """Who takes part, and with which Python."""
    given = dict(pair.split("=", 1) for pair in options.python)
    found = {OURS: given.pop(OURS, sys.executable)}
    for name, needed in PEERS.items() if options.peers or given else ():
        if name in given:
            found[name] = given[name]
        elif all(importlib.util.find_spec(module) for module in needed):
            found[name] = sys.executable
        else:
            print(f"{name} is left out: {' and '.join(needed)} must be installed, or named with --python.")
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--peers", action="store_true", help="time the peers that are installed as well")
    parser.add_argument("--python", action="append", default=[], metavar="PEER=PATH", help="where a peer is")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file")
    parser.add_argument("--cases", nargs="*", choices=CASES, metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.25, help="how long one timing is")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
