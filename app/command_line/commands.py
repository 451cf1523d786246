"""The commands that end at once: `check` and `run`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import numpy as np

from app.command_line import output
from app.trust import TrustStore, codes_of
from engine.data.npz import read_npy_file
from engine.errors import FeedError, FlowscopeError
from engine.graph.check import Checked, Problem, check
from engine.graph.graph import GraphDef
from engine.op import DataSource
from engine.program.build import build
from engine.project.files import LoadedProject, read_project
from engine.run.session import Session
from engine.train.examples import load_examples
from engine.value import Value
from kernels import python_code


def check_command(options: Namespace) -> int:
    """List all problems of a graph."""
    loaded = read_project(options.file)
    problems = all_problems(loaded.project.graph)
    stops = any(problem.stops for problem in problems)
    if options.json:
        listed = [
            {"node": p.node, "port": p.port, "what": p.what, "hint": p.hint, "stops": p.stops}
            for p in problems
        ]
        output.as_json({"runs": not stops, "problems": listed})
    else:
        for problem in problems:
            print(problem)
        if not problems:
            print(f"No problems. {len(loaded.project.graph.nodes)} nodes, ready to run.")
    return 1 if stops else 0


def all_problems(graph: GraphDef) -> tuple[Problem, ...]:
    """The problems of the nodes, or if there are none, the one that the whole program has."""
    checked = check(graph)
    if checked.runs and graph.nodes:
        try:
            build(graph, training=True, effects=True)
        except FlowscopeError as error:
            return (*checked.problems, Problem(error.node, error.what, error.hint))
    return checked.problems


def run_command(options: Namespace) -> int:
    """Compute tensors of a graph, and print them."""
    loaded = read_project(options.file)
    graph, settings = loaded.project.graph, loaded.project.training
    if options.trust_code:
        TrustStore().trust(*(code for _, code in codes_of(graph)))
    python_code.trust_fingerprints(TrustStore().fingerprints)
    checked = check(graph)
    feeds = dict(map(_feed, options.feed))
    device = options.device or settings.device
    session = Session(
        graph,
        seed=settings.seed,
        device=device,
        without=settings.without,
        precision=settings.precision,
        full_precision=settings.full_precision,
    )
    session.restore(loaded.variables)
    fed: dict[str | Value, object] = {}
    fed.update(_examples(graph, checked, loaded, options.fetch, feeds))
    fed.update(feeds)
    found = dict(zip(options.fetch, session.run(options.fetch, fed), strict=True))
    if options.json:
        output.as_json(found)
    else:
        for name, value in found.items():
            print(f"{name} was run." if value is None else output.tensor(name, value))
    return 0


def _examples(
    graph: GraphDef, checked: Checked, loaded: LoadedProject, fetches: list[str], feeds: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """The test examples of the data nodes that the fetches depend on, unless they are fed by hand."""
    nodes = {name.partition(".")[0].partition("/")[0] for name in fetches}
    needed = graph.upstream(node for node in nodes if node in graph.nodes)
    sources = {n: op for n, op in checked.ops.items() if n in needed and isinstance(op, DataSource)}
    if not sources or any(name.partition(".")[0] in sources for name in feeds):
        return {}
    return dict(load_examples(sources, loaded.project.training).test)


def _feed(text: str) -> tuple[str, np.ndarray]:
    name, sign, path = text.partition("=")
    if not sign or not name or not path:
        raise FeedError(f"--feed was given '{text}'.", hint="Write --feed NAME=FILE.npy.")
    return name, read_npy_file(Path(path))
