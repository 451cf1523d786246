"""Which devices exist, and why one does not; their array module, memory and waiting."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np


@dataclass(frozen=True)
class GpuStatus:
    """Whether a GPU can be used; `reason` says in a sentence what is there or what is missing."""

    available: bool
    reason: str


@functools.cache
def gpu_status() -> GpuStatus:
    """Look for CuPy and a CUDA device. Imports CuPy, so only a worker or the command line asks."""
    if importlib.util.find_spec("cupy") is None:
        return GpuStatus(
            False, "GPU off: CuPy is not installed. Install flowscope[cuda12] or flowscope[cuda13]."
        )
    try:
        cupy = importlib.import_module("cupy")
        count = int(cupy.cuda.runtime.getDeviceCount())
        name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode() if count else ""
    except Exception as error:  # noqa: BLE001 - drivers fail with many types; the sentence carries the cause
        return GpuStatus(False, f"GPU off: {str(error).splitlines()[0]}")
    if not count:
        return GpuStatus(False, "GPU off: no CUDA device found.")
    return GpuStatus(True, f"GPU: {name}")


def choose(wanted: str) -> tuple[str, str]:
    """Turn `auto`, `cpu` or `gpu` into the device to use, and a sentence about the GPU.

    Raises ValueError with that sentence when a GPU was asked for and there is none.
    """
    if wanted == "cpu":
        return "cpu", "GPU off: the CPU was chosen."
    status = gpu_status()
    if status.available:
        return "gpu", status.reason
    if wanted == "gpu":
        raise ValueError(status.reason)
    return "cpu", status.reason


def array_module(device: str) -> ModuleType:
    """NumPy for `cpu`, CuPy for `gpu`."""
    return np if device == "cpu" else importlib.import_module("cupy")


def to_host(array: Any) -> np.ndarray:
    """A NumPy array of what lies on a device; no copy is made of what lies on the host already."""
    return array if isinstance(array, np.ndarray) else np.asarray(array.get())


def synchronize(device: str) -> None:
    """Wait until the device has done what it was told."""
    if device == "gpu":
        importlib.import_module("cupy").cuda.get_current_stream().synchronize()
