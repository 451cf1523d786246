"""Why a process ended, as a sentence for the user."""

from __future__ import annotations

import signal
from typing import Literal

import msgspec

Cause = Literal["memory", "killed", "crashed", "exited", "garbage", "hung", "device"]

DEVICE_LOST = 71
"""The exit code of an engine whose GPU answers no more."""

_CRASHES = {"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGSYS", "SIGTRAP"}


class Death(msgspec.Struct, frozen=True):
    """How a process ended although nobody had asked it to."""

    cause: Cause
    sentence: str
    code: int | None = None


def death_of(code: int | None, channel_problem: str = "") -> Death:
    """Explain an exit code; `channel_problem` is what was wrong with the last bytes, if anything."""
    if channel_problem:
        return Death(
            "garbage", f"The engine sent something that is no message and was ended. {channel_problem}", code
        )
    if code is None:
        return Death("hung", "The engine did not answer and was ended.", code)
    if code < 0:
        return _signalled(-code)
    if code > 0x7FFFFFFF:  # how Windows tells of an exception, access violation being the common one
        return Death("crashed", f"The engine crashed (exception 0x{code:08X}).", code)
    if code == DEVICE_LOST:
        return Death("device", "The GPU stopped working in this engine, so another one was started.", code)
    return Death("exited", f"The engine ended by itself (exit code {code}).", code)


def _signalled(number: int) -> Death:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    if name == "SIGKILL":
        return Death("memory", "The engine was killed (SIGKILL), perhaps because memory ran out.", -number)
    if name in _CRASHES:
        return Death("crashed", f"The engine crashed ({name}).", -number)
    return Death("killed", f"The engine was ended from outside ({name}).", -number)
