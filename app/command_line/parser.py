"""What the command line understands."""

from __future__ import annotations

import argparse
from pathlib import Path

from app import __version__

EXIT_CODES = """exit codes:
  0  it worked
  1  the graph has problems, or the run failed
  2  the command or a file could not be understood
  130  interrupted"""

EXAMPLES = """examples:
  flowscope                                   open the window
  flowscope my.flowscope                      open a project in the window
  flowscope check my.flowscope                list all problems of a graph
  flowscope run my.flowscope --fetch result   compute one tensor
  flowscope run my.flowscope --fetch logits --feed x=x.npy --json
  flowscope run my.flowscope --signature serving_default --feed x=x.csv -o y.csv
  flowscope import model.onnx -o model.flowscope
  flowscope train my.flowscope --epochs 5 --device cpu
"""


def parser() -> argparse.ArgumentParser:
    """The parser with all commands; without a command the window opens."""
    main = argparse.ArgumentParser(
        prog="flowscope",
        description="Draw a dataflow graph, train it, and watch every tensor on its wire.",
        epilog=f"{EXAMPLES}\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    main.add_argument("--version", action="version", version=f"Flowscope {__version__}")
    commands = main.add_subparsers(dest="command", metavar="COMMAND")

    window = _command(commands, "window", "open the window (what happens without a command)")
    window.add_argument("file", nargs="?", type=Path, help="a project to open; the digits demo if none")
    window.add_argument("--offscreen-demo", action="store_true", help="train the demo without a display")
    window.add_argument("--screenshot", type=Path, help="where the offscreen demo writes its picture")
    window.add_argument("--theme", choices=("dark", "light"), help="the theme for this time")

    check = _command(commands, "check", "list all problems of a graph, and its signatures")
    _add_file(check)

    bring = _command(commands, "import", "make a project out of an ONNX model")
    bring.add_argument("file", type=Path, help="an .onnx file; weights beside it are read as well")
    bring.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="the project to write; beside the model if not given",
    )
    bring.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")

    run = _command(commands, "run", "compute tensors of a graph")
    _add_file(run)
    asked = run.add_mutually_exclusive_group(required=True)
    asked.add_argument(
        "--fetch",
        action="append",
        default=[],
        metavar="NODE",
        help="a node, node.port or path/in/a/block to compute; may be repeated",
    )
    asked.add_argument(
        "--signature", metavar="NAME", help="compute the outputs of a signature; check lists them"
    )
    run.add_argument(
        "--feed",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="a .npy, .csv or .json file for an input; or FILE alone, a .npz, .csv or .json file with an "
        "array for each; data nodes bring their own test examples",
    )
    run.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="write what was computed there, as .npz, .npy, .csv or .json, instead of printing it",
    )
    _add_trust(run)
    _add_device(run)

    train = _command(commands, "train", "train a graph, with a progress bar")
    _add_file(train)
    train.add_argument("--epochs", type=int, metavar="N", help="instead of the epochs that the project says")
    train.add_argument("--seed", type=int, metavar="N", help="instead of the seed that the project says")
    train.add_argument("--save", type=Path, metavar="FILE", help="write the trained project there")
    _add_trust(train)
    _add_device(train)
    return main


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str
) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}.")


def _add_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, help="a .flowscope project")
    command.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")


def _add_device(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--device", choices=("auto", "cpu", "gpu"), help="where it runs; auto takes a GPU if there is one"
    )


def _add_trust(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trust-code", action="store_true", help="let the Python in the file run, which you have read"
    )
