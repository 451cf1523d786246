"""Which devices exist, and why one does not; their array module, memory and waiting."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

HOST = "cpu"
"""The device whose memory Python reads itself."""


@dataclass(frozen=True)
class Status:
    """Whether a device can be used; `reason` says in a sentence what is there or what is missing."""

    available: bool
    reason: str


@dataclass(frozen=True)
class Device:
    """A place where arrays lie and kernels run. Its `module` is NumPy, or one that can be used like it."""

    status: Callable[[], Status]
    module: Callable[[], Any]
    synchronize: Callable[[], None]
    """Waits until the device has done what it was told."""


@functools.cache
def gpu_status() -> Status:
    """Look for CuPy and a CUDA device. Imports CuPy, so only a worker or the command line asks."""
    if importlib.util.find_spec("cupy") is None:
        return Status(
            False, "GPU off: CuPy is not installed. Install flowscope[cuda12] or flowscope[cuda13]."
        )
    try:
        cupy = importlib.import_module("cupy")
        count = int(cupy.cuda.runtime.getDeviceCount())
        name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode() if count else ""
    except Exception as error:  # noqa: BLE001 - drivers fail with many types; the sentence carries the cause
        return Status(False, f"GPU off: {str(error).splitlines()[0]}")
    if not count:
        return Status(False, "GPU off: no CUDA device found.")
    return Status(True, f"GPU: {name}")


def _cupy() -> Any:
    return importlib.import_module("cupy")


DEVICES = {
    HOST: Device(lambda: Status(True, "CPU: it is always there."), lambda: np, lambda: None),
    "gpu": Device(gpu_status, _cupy, lambda: _cupy().cuda.get_current_stream().synchronize()),
}
"""Every device that there may be, by its name."""


def device_status(device: str) -> Status:
    """Whether a device can be used, and why not."""
    return DEVICES[device].status()


def choose(wanted: str) -> tuple[str, str]:
    """Turn `auto`, `cpu` or `gpu` into the device to use, and a sentence about the GPU.

    Raises ValueError with that sentence when a GPU was asked for and there is none.
    """
    if wanted == HOST:
        return HOST, "GPU off: the CPU was chosen."
    status = device_status("gpu")
    if status.available:
        return "gpu", status.reason
    if wanted == "gpu":
        raise ValueError(status.reason)
    return HOST, status.reason


def array_module(device: str) -> Any:
    """NumPy for `cpu`, CuPy for `gpu`."""
    return DEVICES[device].module()


def to_host(array: Any) -> np.ndarray:
    """A NumPy array of what lies on a device; no copy is made of what lies on the host already."""
    return np.asarray(array if isinstance(array, np.ndarray | np.generic) else array.get())


def brought(array: Any, device: str) -> Any:
    """The array on a device; no copy is made of what lies there already."""
    return to_host(array) if device == HOST else array_module(device).asarray(array)


def synchronize(device: str) -> None:
    """Wait until the device has done what it was told."""
    DEVICES[device].synchronize()
