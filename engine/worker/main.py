"""The engine's process: takes commands from the window, does them one after another, tells what happens."""

from __future__ import annotations

import argparse
import faulthandler
import importlib.util
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from engine.worker import limits
from engine.worker.causes import DEVICE_LOST
from engine.worker.codec import Encoder, command_decoder
from engine.worker.desk import Desk
from engine.worker.frames import ChannelError, FrameReader
from engine.worker.mailbox import Mailbox
from engine.worker.messages import (
    PROTOCOL,
    CheckCode,
    CodeChecked,
    Evaluate,
    Evaluated,
    Failed,
    Job,
    Log,
    Problem,
    Ready,
    StateChanged,
    Train,
)
from engine.worker.printing import tell_what_is_printed
from engine.worker.runner import Runner
from engine.worker.sender import Sender
from engine.worker.shared import Ring
from kernels.cpu.tier import tier

GATHER = 0.01
"""Seconds in which events gather before they are sent."""
HEARTBEAT = 1.0
BROKEN = 70
"""The exit code of a process whose own machinery has failed."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until the window says Shutdown or has gone."""
    options = _options(arguments)
    limits.die_with(options.parent)
    limits.be_expendable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is meant for the window's process
    faulthandler.enable()
    threading.excepthook = _broken
    commands, events = _take_over_streams()
    outbox = Mailbox(delay=GATHER)
    ring = Ring(options.ring) if options.ring >= 0 else None
    sender = Sender(outbox, events, Encoder(ring), "send events")
    desk = Desk(outbox)
    tell_what_is_printed(desk.tell)
    threading.Thread(target=_receive, args=(desk, commands), name="receive commands", daemon=True).start()
    threading.Thread(target=_heartbeat, args=(desk,), name="heartbeat", daemon=True).start()
    sender.start()
    for path in options.preload:
        _import_file(path)
    runner = Runner(desk)
    desk.tell(Ready(PROTOCOL, os.getpid(), runner.device, runner.gpu))
    tier.start(lambda sentence: desk.tell(Log("info", sentence)))
    code = serve(desk, runner)
    outbox.close()
    sender.join(timeout=1.0)
    sys.exit(code)


def serve(desk: Desk, runner: Runner) -> int:
    """Do one task after another. What goes wrong in one is told, and the next one is done.

    Returns the exit code: work ends before Shutdown when the device is lost.
    """
    while (task := desk.next_task()) is not None:
        try:
            match task:
                case Train():
                    desk.tell(StateChanged("running"))
                    runner.train(task)
                case Evaluate():
                    runner.evaluate(task)
                case CheckCode():
                    runner.check_code(task)
                case _:
                    runner.answer(task)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not look like a dead engine
            traceback.print_exc()
            what = f"The engine made a mistake: {type(error).__name__}: {error}."
            problem = Problem("", what, "Please report this.")
            if isinstance(task, Train):
                desk.tell_surely(Failed(problem))
            elif isinstance(task, Evaluate):
                desk.tell_surely(Evaluated(task.request, (), (problem,)))
            elif isinstance(task, CheckCode):
                desk.tell_surely(CodeChecked(task.request, (problem.sentence,)))
            else:
                desk.tell(Log("error", problem.sentence))
        if isinstance(task, Job) and not runner.device_works():
            return DEVICE_LOST
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="engine.worker.main", description=__doc__)
    parser.add_argument("--parent", type=int, required=True, help="process id of the window")
    parser.add_argument("--ring", type=int, default=-1, help="descriptor of the shared memory")
    parser.add_argument("--preload", type=Path, action="append", default=[], help="Python file to import")
    return parser.parse_args(arguments)


def _take_over_streams() -> tuple[int, int]:
    """Keep the pipes to ourselves: what code prints goes to standard error, and it reads nothing."""
    commands, events = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (commands, events):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return commands, events


def _receive(desk: Desk, descriptor: int) -> None:
    """Hand commands over until the window closes the pipe; then end, whatever else is going on."""
    reader, decode = FrameReader(descriptor), command_decoder()
    try:
        while (content := reader.read()) is not None:
            desk.receive(decode(content))
    except ChannelError as error:
        print(f"The window sent something that is no command. {error}", file=sys.stderr, flush=True)
        os._exit(BROKEN)
    os._exit(0)


def _heartbeat(desk: Desk) -> NoReturn:
    """Tell the window about a step that takes long."""
    pause = threading.Event()
    while True:
        pause.wait(HEARTBEAT)
        busy = desk.busy()
        if busy is not None and busy.seconds >= HEARTBEAT:
            desk.tell(busy)


def _broken(failure: threading.ExceptHookArgs) -> None:
    """End the process when one of its threads fails: without it the rest would only seem to live."""
    traceback.print_exception(failure.exc_type, failure.exc_value, failure.exc_traceback)
    sys.stderr.flush()
    os._exit(BROKEN)


def _import_file(path: Path) -> None:
    """Import a Python file, as tests do to bring in ops that misbehave."""
    name = f"preloaded_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    main()
