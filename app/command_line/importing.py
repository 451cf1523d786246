"""`flowscope import`: a model of another program becomes a project."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from app.command_line import output
from engine.errors import FlowscopeError
from engine.exchange.onnx.importing import Imported, import_file
from engine.exchange.onnx.problems import ImportRefused
from engine.graph.check import check
from engine.project.durable import FileError
from engine.project.files import write_project


def import_command(options: Namespace) -> int:
    """Import a model, and say what its inputs and outputs became."""
    target: Path = options.output or options.file.with_suffix(".flowscope")
    if options.output is None and target.exists():
        raise FileError(f"'{target}' exists already.", hint="Name another file with -o, or this one.")
    try:
        imported = import_file(options.file)
    except FlowscopeError as error:
        if not options.json:
            raise
        problems = error.problems if isinstance(error, ImportRefused) else ()
        output.as_json({"what": f"{error.what} {error.hint}".strip(), "problems": list(problems)})
        return 2
    write_project(target, imported.project, imported.tensors)
    if options.json:
        inputs, outputs = dict(imported.inputs), dict(imported.outputs)
        output.as_json({"file": str(target), "inputs": inputs, "outputs": outputs})
    else:
        _tell(target, imported)
    return 0


def _tell(target: Path, imported: Imported) -> None:
    checked = check(imported.project.graph)
    weights = sum(tensor.size for tensor in imported.tensors.values())
    print(f"Imported {len(imported.project.graph.nodes):,} nodes and {weights:,} weights to {target}.")
    for name, node in imported.inputs.items():
        print(f"  input {name}: node {node}, {output.spec(checked.outputs.get((node, 'y')))}")
    for name, fetch in imported.outputs.items():
        node, _, port = fetch.partition(".")
        print(f"  output {name}: fetch {fetch}, {output.spec(checked.outputs.get((node, port)))}")
