"""The base of all messages between the window and the engine's process, and the words they share."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec
from numpy.typing import NDArray

PROTOCOL = 4
"""Grows when a message changes; both sides must have the same."""

Array: TypeAlias = NDArray[Any]
Device = Literal["auto", "cpu", "gpu"]
State = Literal["running", "paused", "stopping"]
Level = Literal["info", "warning", "error"]


class Message(msgspec.Struct, frozen=True, tag=True):
    """Base of all messages; on the wire each carries the name of its class."""
