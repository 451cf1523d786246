"""The program: reads the command line; imports Qt only when the window is asked for."""

from __future__ import annotations

import os
import signal
import sys
from argparse import Namespace
from collections.abc import Sequence

from app import preflight

COMMANDS = ("check", "import", "run", "train", "window")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Flowscope with the given arguments, or those of the process; returns the exit code."""
    wrong = preflight.problems()
    if wrong:
        print("\n".join(f"flowscope: {sentence}" for sentence in wrong), file=sys.stderr)
        return 2
    from app.command_line.parser import parser

    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0] not in COMMANDS and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "window")
    options = parser().parse_args(given)
    try:
        code = _run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output, as `head` does, has seen enough; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _run(options: Namespace) -> int:
    if options.command == "window":
        # While Qt is being loaded, Ctrl+C simply ends the process: bindings swallow exceptions.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        from app.loop import run_window

        return run_window(options)
    from app.command_line import checking, output, running, training
    from engine.errors import FlowscopeError, KernelError, OutOfMemory

    run = {
        "check": checking.check_command,
        "import": _import_command,
        "run": running.run_command,
        "train": training.train_command,
    }[options.command]
    try:
        return run(options)
    except FlowscopeError as error:
        output.error(str(error))
        return 1 if isinstance(error, KernelError | OutOfMemory) or error.node else 2


def _import_command(options: Namespace) -> int:
    # What reads other programs' models is loaded for this command alone.
    from app.command_line.importing import import_command

    return import_command(options)


if __name__ == "__main__":
    sys.exit(main())
