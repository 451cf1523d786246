"""The command `train`: the same engine process as under the window, with a progress bar instead."""

from __future__ import annotations

import threading
import time
from argparse import Namespace
from contextlib import closing
from pathlib import Path

from rich.console import Console

from app.command_line import output
from app.command_line.bar import TrainingBar
from app.document.edits import set_training
from app.trust import TrustStore, codes_of
from engine.errors import FlowscopeError
from engine.project.canonical_json import dump
from engine.project.codec import project_to_dict
from engine.project.durable import FileError
from engine.project.files import read_project, write_project
from engine.project.project import Project
from engine.telemetry.runs import new_run_folder
from engine.train.checkpoint import read as read_checkpoint
from engine.worker import messages
from engine.worker.client import ClientEvent, Died, GaveUp, WorkerClient

INTERRUPTED = 130
DEVICES: dict[str, messages.Device] = {"auto": "auto", "cpu": "cpu", "gpu": "gpu"}


def train_command(options: Namespace) -> int:
    """Train a project to the end, and print what the test found and where the run lies."""
    project = _with_options(read_project(options.file).project, options)
    if options.save is not None and not options.save.absolute().parent.is_dir():
        raise FileError(f"'{options.save}' lies in no folder that there is.", hint="Make the folder first.")
    if options.trust_code:
        TrustStore().trust(*(code for _, code in codes_of(project.graph)))
    folder = new_run_folder(options.file.stem)
    started = time.perf_counter()
    console = Console(stderr=True, quiet=options.json, markup=False, highlight=False)
    end = _train(project, folder, console)
    seconds = time.perf_counter() - started
    match end:
        case messages.Finished():
            saved = options.save is None or _save(options.save, project, end.checkpoint)
            if options.json:
                output.as_json(
                    {"test": end.results, "steps": end.step, "seconds": round(seconds, 3), "run": str(folder)}
                )
            else:
                for name, value in end.results.items():
                    print(f"test {name}: {value:.4f}")
                print(f"{end.step:,} steps in {seconds:.1f} s. Run folder: {folder}")
            return 0 if saved else 1
        case messages.Interrupted():
            output.error(f"interrupted. What was recorded lies in {folder}")
            return INTERRUPTED
        case messages.Failed():
            output.error(end.problem.sentence)
        case Died() | GaveUp():
            output.error(end.sentence)
    return 1


def _save(path: Path, project: Project, checkpoint: str) -> bool:
    """Write the trained project; what the training found is told even if this fails."""
    try:
        write_project(path, project, read_checkpoint(Path(checkpoint)).variables)
    except FlowscopeError as error:
        output.error(str(error))
        return False
    return True


def _with_options(project: Project, options: Namespace) -> Project:
    for setting in ("epochs", "seed", "device"):
        value = getattr(options, setting)
        if value is not None:
            project = set_training(project, setting, value)
    return project


def _train(project: Project, folder: Path, console: Console) -> ClientEvent:
    """Give the job to the engine's process, and follow it to its end. Ctrl+C stops it kindly."""
    woken = threading.Event()
    with closing(WorkerClient(woken.set, standby=False)) as client, TrainingBar(console) as bar:
        client.start()
        client.send(
            messages.Train(
                dump(project_to_dict(project)),
                str(folder),
                device=DEVICES[project.training.device],
                trusted=TrustStore().fingerprints,
            )
        )
        while True:
            try:
                woken.wait(0.1)
                woken.clear()
                for event in client.poll(1.0):
                    match event:
                        case messages.Ready():
                            bar.tell_device(event.device, event.gpu)
                        case messages.Progress():
                            bar.advance(event)
                        case messages.Scalars():
                            bar.tell_last(event)
                        case messages.Log():
                            console.print(event.text)
                        case messages.Finished() | messages.Failed() | messages.Interrupted():
                            return event
                        case Died() | GaveUp():
                            return event
            except KeyboardInterrupt:
                client.stop()
