"""Ops that misbehave. The engine's process of a test imports this file; nothing else does."""

import ctypes
import faulthandler
import fcntl
import gc
import os
import signal
import stat
import time
from typing import Any

import numpy as np

import kernels
from engine.op import Op, attribute
from engine.spec import Spec
from engine.worker.desk import Desk
from engine.worker.messages import Point
from kernels.registry import kernel

KINDS = (
    "segfault",
    "stack_overflow",
    "abort",
    "exit",
    "kill",
    "garbage",
    "half_frame",
    "python_loop",
    "gil_held",
    "memory",
    "error",
    "prints",
    "flood",
    "events",
    "slow",
    "device_lost",
)


class Fault(Op):
    """Passes its input on, and misbehaves from one of its calls on."""

    category = "Math"
    kind: str = attribute(default="error", choices=KINDS, help="What goes wrong.")
    after: int = attribute(default=0, low=0, help="How many calls go well before.")

    def infer(self, x: Spec) -> Spec:
        return x


calls = [0]


@kernel()
def fault(xp: Any, x: Any, *, kind: str, after: int) -> Any:
    calls[0] += 1
    if calls[0] > after:
        globals()[kind]()
    return x.copy()


def segfault() -> None:
    ctypes.string_at(0)


def stack_overflow() -> None:
    faulthandler._stack_overflow()  # type: ignore[attr-defined]  # made for tests like this one


def abort() -> None:
    os.abort()


def exit() -> None:
    os._exit(3)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def garbage() -> None:
    os.write(event_pipe(), b"this is no message")
    time.sleep(60)


def half_frame() -> None:
    # It announces 48 MiB, so that what another thread still sends does not complete it.
    os.write(event_pipe(), b"FLOW\x00\x00\x00\x03half")
    os._exit(0)


def python_loop() -> None:
    while True:
        pass


def gil_held() -> None:
    ctypes.PyDLL(None).sleep(60)


def memory() -> None:
    # Pages that nobody touches cost the machine nothing, but they count against the limit of the process.
    kept = []
    while True:
        kept.append(np.empty(2**30, np.uint8))


def error() -> None:
    raise RuntimeError("the test says so")


def prints() -> None:
    print("FLOW\x00\x00", flush=True)
    os.write(1, b"\xff" * 100)


def flood() -> None:
    if calls[0] % 50 == 1:
        for _ in range(256):
            os.write(1, b"x" * (1 << 20))


def events() -> None:
    if calls[0] % 50 == 1:
        desk = next(found for found in gc.get_objects() if isinstance(found, Desk))
        for step in range(200_000):
            desk.point(Point("flood", "train", step, 1, 0.0, 1.0))


def slow() -> None:
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        time.sleep(0.01)


def device_lost() -> None:
    def refuse(device: str) -> None:
        raise RuntimeError("an illegal memory access was encountered")

    kernels.synchronize = refuse
    refuse("gpu")


def event_pipe() -> int:
    """The descriptor through which this process sends its events."""
    for descriptor in range(3, 64):
        try:
            is_pipe = stat.S_ISFIFO(os.fstat(descriptor).st_mode)
            mode = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
        except OSError:
            continue
        if is_pipe and mode == os.O_WRONLY:
            return descriptor
    raise RuntimeError("there is no pipe")
