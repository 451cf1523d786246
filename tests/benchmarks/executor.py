"""Where the time of a training step goes: in kernels, or in Python around them; and how planning grows."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import Graph, Session
from engine.blocks.layers import Dense
from engine.blocks.losses import SparseCategoricalCrossentropy
from engine.blocks.optimizers import SGD
from engine.data.dataset import take
from engine.graph.graph import GraphDef, Node, PortKey
from engine.plan.lower import lower
from engine.program.bind import bind
from engine.program.build import build
from engine.program.fold import fold
from engine.program.prune import prune
from engine.project.files import read_project
from engine.run.executor import Executor
from engine.run.session import Step
from engine.spec import spec_of
from engine.train.examples import load_examples
from engine.train.objective import objective

DEMOS = Path(__file__).parents[2] / "resources" / "demos"
RATE = 0.01
CALLS_PER_LAYER = 14
Feeds = Mapping[str, np.ndarray]


def main() -> None:
    """Measure and print; with --json FILE also write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--ops", type=int, nargs="*", default=[10, 100, 1000, 10_000])
    options = parser.parse_args()
    figures = {
        "digits demo": step_figures(*demo_step("digits-mlp")),
        "spiral demo": step_figures(*demo_step("spiral")),
        "100 tiny ops": step_figures(*chain_step(100)),
    }
    for name, row in figures.items():
        print(f"{name}: " + ", ".join(f"{key} {value:,.1f}" for key, value in row.items()))
    engine, plain = by_hand()
    figures["digits network without dropout, SGD"] = {"engine us": engine, "plain NumPy us": plain}
    print(f"digits network without dropout, SGD: engine {engine:.1f} us, plain NumPy {plain:.1f} us")
    for count in options.ops:
        for kind, graph in (("chain", chain(count)), ("training", deep_network(count))):
            figures[f"{kind} of {count} ops"] = row = planning_figures(graph)
            print(f"{kind} of {count} ops: " + ", ".join(f"{key} {value:,.1f}" for key, value in row.items()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


# ---- one step --------------------------------------------------------------------------------------------


def step_figures(step: Step, feeds: Feeds) -> dict[str, float]:
    """Microseconds of a whole step, of its kernels alone, and what is left for what is around them.

    That is the executor's Python, the feeds, and writing the variables; and that in a whole step no kernel
    finds its inputs in the cache as surely as when it runs twenty times on end.
    """
    total = fastest(lambda: step(feeds), repeats=400)
    assert isinstance(step.executor, Executor), "all sizes are known"
    kernels = kernel_time(step.executor)
    plan = step.executor.plan
    return {
        "step us": total,
        "kernels us": kernels,
        "around them us": total - kernels,
        "steps": len(plan.steps),
        "arena bytes": plan.arena_bytes,
    }


def kernel_time(executor: Executor, rounds: int = 15, times: int = 20) -> float:
    """The sum of the shortest time of each bound kernel, in microseconds. The step has been run before."""
    best = [float("inf")] * len(executor.calls)
    with np.errstate(all="ignore"):
        for _ in range(rounds):
            for index, call in enumerate(executor.calls):  # in order, so that each meets its true inputs
                start = time.perf_counter()
                for _ in range(times):
                    call()
                best[index] = min(best[index], time.perf_counter() - start)
    return 1e6 * sum(best) / times


def demo_step(name: str) -> tuple[Step, Feeds]:
    """The training step of a bundled demo, and its first batch."""
    project = read_project(DEMOS / f"{name}.flowscope").project
    goal = objective(project.graph)
    examples = load_examples(goal.checked.ops, project.training)
    feeds = take(examples.train, slice(0, project.training.batch_size))
    session = Session(project.graph, device="cpu")
    specs = {key: spec_of(array) for key, array in feeds.items()}
    return session.prepare(list(goal.scalars.values()), specs, training=True, effects=True), feeds


def chain_step(count: int) -> tuple[Step, Feeds]:
    """A chain of additions of eight numbers."""
    feeds = {"x": np.zeros((1, 8), np.float32)}
    session = Session(chain(count), device="cpu")
    return session.prepare(["last"], {"x": spec_of(feeds["x"])}), feeds


def by_hand() -> tuple[float, float]:
    """Microseconds of one step of the same network: drawn here, and written by hand for NumPy.

    They take turns, so that a busy machine disturbs both.
    """
    random = np.random.default_rng(0)
    images = random.random((32, 64), np.float32)
    labels = random.integers(0, 10, 32)
    session = Session(mlp(), device="cpu")
    feeds: Feeds = {"x": images, "labels": labels}
    specs = {name: spec_of(array) for name, array in feeds.items()}
    drawn = session.prepare(["loss"], specs, training=True, effects=True)
    written = HandWritten({path: array.copy() for path, array in session.variables.items()}, images, labels)
    first, second = float(drawn(feeds)["loss"]), written.step()
    assert abs(first - second) < 1e-5, "both compute the same"
    engine = plain = float("inf")
    for _ in range(20):
        engine = min(engine, fastest(lambda: drawn(feeds), repeats=50))
        plain = min(plain, fastest(written.step, repeats=50))
    return engine, plain


class HandWritten:
    """Softmax regression behind one hidden layer of relu, trained by SGD, without a spare allocation."""

    def __init__(self, variables: dict[str, Any], images: np.ndarray, labels: np.ndarray) -> None:
        self.w1, self.b1 = variables["hidden/kernel"], variables["hidden/bias"]
        self.w2, self.b2 = variables["logits/kernel"], variables["logits/bias"]
        self.x, self.labels, self.rows = images, labels, np.arange(len(labels))
        self.h, self.dh = (np.empty((len(images), 128), np.float32) for _ in range(2))
        self.mask = np.empty(self.h.shape, np.bool_)
        self.z, self.p = (np.empty((len(images), 10), np.float32) for _ in range(2))
        self.dw1, self.dw2 = np.empty_like(self.w1), np.empty_like(self.w2)
        self.db1, self.db2 = np.empty_like(self.b1), np.empty_like(self.b2)

    def step(self) -> float:
        """One step; returns the loss."""
        np.matmul(self.x, self.w1, out=self.h)
        np.add(self.h, self.b1, out=self.h)
        np.maximum(self.h, 0, out=self.h)
        np.matmul(self.h, self.w2, out=self.z)
        np.add(self.z, self.b2, out=self.z)
        np.subtract(self.z, self.z.max(axis=1, keepdims=True), out=self.z)
        np.exp(self.z, out=self.p)
        total = self.p.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) - self.z[self.rows, self.labels]).mean()
        np.divide(self.p, total, out=self.p)
        self.p[self.rows, self.labels] -= 1
        np.divide(self.p, len(self.p), out=self.p)
        np.matmul(self.h.T, self.p, out=self.dw2)
        np.sum(self.p, axis=0, out=self.db2)
        np.matmul(self.p, self.w2.T, out=self.dh)
        np.greater(self.h, 0, out=self.mask)
        np.multiply(self.dh, self.mask, out=self.dh)
        np.matmul(self.x.T, self.dh, out=self.dw1)
        np.sum(self.dh, axis=0, out=self.db1)
        for variable, slope in (
            (self.w1, self.dw1), (self.b1, self.db1), (self.w2, self.dw2), (self.b2, self.db2),
        ):  # fmt: skip
            np.multiply(slope, RATE, out=slope)
            np.subtract(variable, slope, out=variable)
        return float(loss)


# ---- planning --------------------------------------------------------------------------------------------


def planning_figures(graph: GraphDef) -> dict[str, float]:
    """Milliseconds from a drawn graph to bound memory, the shortest of three."""
    best: dict[str, float] = {}
    for _ in range(3):
        for name, milliseconds in planning(graph):
            best[name] = min(best.get(name, float("inf")), milliseconds)
    return best


def planning(graph: GraphDef) -> Iterator[tuple[str, float]]:
    """The stages in their order, with the milliseconds that each took."""
    start = time.perf_counter()
    program = fold(prune(build(graph, ["last"], training=True, effects=True)))
    built = time.perf_counter()
    yield "build ms", 1e3 * (built - start)
    plan = lower(bind(program, {"x": spec_of(np.zeros((32, 8), np.float32))}))
    lowered = time.perf_counter()
    yield "lower ms", 1e3 * (lowered - built)
    variables = {path: np.zeros(read.op.shape, read.op.dtype) for path, read in program.variables.items()}
    Executor(plan, "cpu", variables)
    yield "bind ms", 1e3 * (time.perf_counter() - lowered)
    yield "steps", len(plan.steps)
    yield "arena bytes", plan.arena_bytes


def chain(count: int) -> GraphDef:
    """So many additions, one after the other; the last one is called `last`."""
    nodes = [Node("x", "Placeholder", {"shape": ["batch", 8]}), Node("one", "Variable", {"shape": [8]})]
    wires: dict[PortKey, PortKey] = {}
    for index in range(count):
        name = "last" if index == count - 1 else f"add_{index}"
        wires[name, "a"] = (nodes[-1].name if index else "x", "y")
        wires[name, "b"] = ("one", "y")
        nodes.append(Node(name, "Add"))
    return GraphDef({node.name: node for node in nodes}, wires)


def deep_network(count: int) -> GraphDef:
    """A training program of about so many calls: layers of eight units on top of each other, and SGD."""
    nodes = [Node("x", "Placeholder", {"shape": ["batch", 8]})]
    wires: dict[PortKey, PortKey] = {}
    for index in range(max(1, round(count / CALLS_PER_LAYER))):
        wires[f"dense_{index}", "x"] = (nodes[-1].name, "y")
        nodes.append(Node(f"dense_{index}", "Dense", {"units": 8, "activation": "relu"}))
    wires["last", "x"] = (nodes[-1].name, "y")
    wires["sgd", "loss"] = ("last", "y")
    nodes += [Node("last", "ReduceMean"), Node("sgd", "SGD")]
    return GraphDef({node.name: node for node in nodes}, wires)


def mlp() -> GraphDef:
    """The network of the digits demo without dropout and flattening, and SGD in place of Adam."""
    g = Graph()
    x, labels = g.placeholder("x", ("batch", 64)), g.placeholder("labels", ("batch",), "int64")
    hidden = Dense(units=128, activation="relu")(x, name="hidden")
    loss = SparseCategoricalCrossentropy()(Dense(units=10)(hidden, name="logits"), labels, name="loss")
    g.minimize(loss, SGD(learning_rate=RATE))
    return g.definition


def fastest(work: Callable[[], object], repeats: int) -> float:
    """The shortest time of many, in microseconds."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return 1e6 * best


if __name__ == "__main__":
    main()
