"""How long a step takes, on the way that users go: training, fitting, inference; in turn with the peers.

`python tests/benchmarks/training.py --peers --json figures.json`
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import Session
from engine.project.project import TrainingSettings
from engine.run.session import Step
from engine.spec import spec_of
from engine.train.trainer import Trainer
from kernels.cpu.tier import tier
from tests.benchmarks.training_speed import peers
from tests.benchmarks.training_speed.workloads import CHAIN_LENGTH, NETWORKS, chain, network, regression

Run = Callable[[int], None]
"""Takes so many steps."""
Feeds = Mapping[str, np.ndarray]

CASES = ("W1.train", "W2.train", "W1.fit", "W7.total", "W1.infer", "W2.infer", "W8.mlp_b1", "W9")
STEPS_OF_REGRESSION = 1000
SHORTEST = 0.02
"""Seconds that one turn takes at least."""


def main() -> None:
    """Measure, print, and with --json FILE write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--peers", action="store_true", help="measure the installed peers as well")
    parser.add_argument("--numpy", action="store_true", help="measure the NumPy tier as well")
    parser.add_argument("--cases", nargs="*", default=CASES, choices=CASES)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    figures = {}
    for case in options.cases:
        runs = competitors(case, with_numpy=options.numpy, with_peers=options.peers)
        figures[case] = rows = compare(runs, options.rounds)
        for name, row in rows.items():
            print(f"{case:10} {name:10} " + ", ".join(f"{key} {value:.4g}" for key, value in row.items()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def competitors(case: str, *, with_numpy: bool, with_peers: bool) -> dict[str, Run]:
    """Everyone who takes part, ready to run. The NumPy tier binds before compiled code is there."""
    runs = {}
    if with_numpy:
        compiled, tier.current = tier.current, None
        plain = ours(case)
        plain(2)
        tier.current = compiled
        runs["numpy"] = _without_compiled_code(plain)
    tier.start(wait=True)
    if tier.current is None:
        raise SystemExit("The compiled kernels could not be built.")
    found = {"flowscope": ours(case), **runs}
    return {**found, **(peers.runs(case) if with_peers else {})}


def _without_compiled_code(run: Run) -> Run:
    def plain(steps: int) -> None:
        compiled, tier.current = tier.current, None
        run(steps)
        tier.current = compiled

    return plain


# ---- ours ------------------------------------------------------------------------------------------------


def ours(case: str) -> Run:
    """A case on our public way."""
    work, what = case.split(".") if "." in case else (case, "run")
    if work == "W7":
        return _regression()
    if work == "W9":
        return _chain()
    if what == "fit":
        return _fit(work)
    if what == "train":
        step, feeds = _training_step(work)
        return _repeated(step, feeds)
    name, batch = ("W1", 1) if work == "W8" else (work, NETWORKS[work].batch)
    return _inference(name, batch)


def _repeated(step: Step, feeds: Feeds) -> Run:
    def run(steps: int) -> None:
        for _ in range(steps):
            step(feeds)

    return run


def _batch(work: str, size: int) -> Feeds:
    random = np.random.default_rng(0)
    numbers = random.random((size, NETWORKS[work].sizes[0]), np.float32)
    return {"data.features": numbers, "data.labels": random.integers(0, 10, size)}


def _training_step(work: str) -> tuple[Step, Feeds]:
    session = Session(network(NETWORKS[work], count=64), device="cpu")
    feeds = _batch(work, NETWORKS[work].batch)
    specs = {name: spec_of(array) for name, array in feeds.items()}
    return session.prepare(["loss"], specs, training=True, effects=True), feeds


def _fit(work: str) -> Run:
    settings = TrainingSettings(
        batch_size=NETWORKS[work].batch, epochs=1_000_000, device="cpu", validation_split=0
    )
    steps = Trainer(network(NETWORKS[work]), settings).steps()

    def run(count: int) -> None:
        for _ in range(count):
            next(steps)

    return run


def _inference(work: str, batch: int) -> Run:
    session = Session(network(NETWORKS[work], count=64), device="cpu")
    feeds = {"data.features": _batch(work, batch)["data.features"]}
    specs = {name: spec_of(array) for name, array in feeds.items()}
    return _repeated(session.prepare(["logits"], specs), feeds)


def _regression() -> Run:
    graph, feeds = regression()
    session = Session(graph, device="cpu")
    specs = {name: spec_of(array) for name, array in feeds.items()}
    step = session.prepare(["loss"], specs, training=True, effects=True)
    run = _repeated(step, feeds)
    return lambda times: run(STEPS_OF_REGRESSION * times)


def _chain() -> Run:
    graph, result = chain()
    feeds = {"x": np.random.default_rng(0).standard_normal(CHAIN_LENGTH, np.float32)}
    name = ".".join(map(str, result.key)) if isinstance(result.key, tuple) else ""
    step = Session(graph, device="cpu").prepare([name], {"x": spec_of(feeds["x"])})
    return _repeated(step, feeds)


# ---- measuring -------------------------------------------------------------------------------------------


def compare(runs: Mapping[str, Run], rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds of a step for each competitor, and how many times longer it takes than the first one.

    They take turns, so that a busy machine disturbs all of them; the ratio is the median over the rounds.
    """
    steps = {name: _steps_of_a_turn(run) for name, run in runs.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(_seconds(run, steps[name]) / steps[name])
    first = next(iter(times.values()))
    return {
        name: {
            "ms": 1e3 * statistics.median(found),
            "least ms": 1e3 * min(found),
            "times": statistics.median(a / b for a, b in zip(found, first, strict=True)),
            "times by least": min(found) / min(first),
        }
        for name, found in times.items()
    }


def _steps_of_a_turn(run: Run) -> int:
    run(2)
    count = 1
    while _seconds(run, count) < SHORTEST and count < 1_000:
        count *= 2
    return count


def _seconds(run: Run, steps: int) -> float:
    start = time.perf_counter()
    run(steps)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
