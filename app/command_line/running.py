"""`flowscope run`: compute tensors of a graph, by their places in it or by a signature."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection, Mapping
from pathlib import Path

from app.command_line import output, results
from app.trust import TrustStore, codes_of
from engine.data.dataset import Array
from engine.data.feeds import fitted, read_many, read_one
from engine.errors import FeedError
from engine.graph.check import Checked, check
from engine.graph.graph import GraphDef
from engine.graph.signature import Signature
from engine.graph.signing import find_signature
from engine.op import DataSource
from engine.project.files import LoadedProject, read_project
from engine.run.session import Session
from engine.spec import Spec
from engine.train.examples import load_examples
from kernels import python_code


def run_command(options: Namespace) -> int:
    """Compute tensors of a graph, and print them or write them to a file."""
    if options.output is not None:
        results.check_path(options.output)
    loaded = read_project(options.file)
    graph, settings = loaded.project.graph, loaded.project.training
    if options.trust_code:
        TrustStore().trust(*(code for _, code in codes_of(graph)))
    python_code.trust_fingerprints(TrustStore().fingerprints)
    signature = None if options.signature is None else find_signature(graph, options.signature)
    fetches = {name: name for name in options.fetch} if signature is None else signature.fetches
    session = Session(
        graph,
        seed=settings.seed,
        device=options.device or settings.device,
        without=settings.without,
        precision=settings.precision,
    )
    session.restore(loaded.variables)
    found = session.run(fetches, _feeds(loaded, _read(options.feed), fetches.values(), signature))
    for sentence in session.notes:
        output.error(sentence)
    if options.output is not None:
        results.write(options.output, found)
    if options.json:
        output.as_json(found if options.output is None else {"file": str(options.output)})
    elif options.output is not None:
        print(f"Wrote {', '.join(found)} to {options.output}.")
    else:
        for name, value in found.items():
            print(f"{name} was run." if value is None else output.tensor(name, value))
    return 0


def _read(options: list[str]) -> dict[str, object]:
    """What the files hold that --feed names, by the names of the inputs."""
    given: dict[str, object] = {}
    for text in options:
        name, sign, path = text.partition("=")
        if sign and not (name and path):
            raise FeedError(f"--feed was given '{text}'.", hint="Write --feed NAME=FILE, or --feed FILE.")
        more = {name: read_one(Path(path))} if sign else read_many(Path(text))
        twice = next((name for name in more if name in given), None)
        if twice is not None:
            raise FeedError(f"'{twice}' is fed twice.", hint="Leave one of both out.")
        given.update(more)
    return given


def _feeds(
    loaded: LoadedProject, given: Mapping[str, object], fetches: Collection[str], signature: Signature | None
) -> dict[str, object]:
    """The feeds of the session: what is given, and the test examples of data nodes that nobody feeds."""
    graph = loaded.project.graph
    checked = check(graph)
    if signature is None:
        feeds = dict(given)
        examples = _examples(loaded, checked, fetches, feeds)
    else:
        places = {name: ".".join(port) for name, port in signature.inputs.items()}
        examples = _examples(loaded, checked, fetches, [places[name] for name in given if name in places])
        brought = {name: place for name, place in places.items() if _key(place, examples) in examples}
        feeds = signature.feeds({**{n: examples[_key(p, examples)] for n, p in brought.items()}, **given})
    return {**examples, **{place: _fitted(place, value, graph, checked) for place, value in feeds.items()}}


def _key(place: str, examples: Mapping[str, Array]) -> str:
    """Under which name examples are fed: a data node with a single column goes by its name alone."""
    return place if place in examples else place.partition(".")[0]


def _examples(
    loaded: LoadedProject, checked: Checked, fetches: Collection[str], fed: Collection[str]
) -> dict[str, Array]:
    """The test examples of the data nodes that the fetches depend on, unless they are fed by hand."""
    graph = loaded.project.graph
    nodes = {name.partition(".")[0].partition("/")[0] for name in fetches}
    needed = graph.upstream(node for node in nodes if node in graph.nodes)
    sources = {n: op for n, op in checked.ops.items() if n in needed and isinstance(op, DataSource)}
    if not sources or any(name.partition(".")[0] in sources for name in fed):
        return {}
    return dict(load_examples(sources, loaded.project.training).test)


def _fitted(place: str, value: object, graph: GraphDef, checked: Checked) -> object:
    """A value in the dtype of the placeholder or of the column that it stands for."""
    node, _, port = place.partition(".")
    if node not in graph.nodes:
        raise FeedError(f"there is no node called '{node}' to feed.", hint="Name a placeholder or data.")
    spec: Spec | None = checked.outputs.get((node, port or "y"))
    return value if spec is None else fitted(value, spec, node)
