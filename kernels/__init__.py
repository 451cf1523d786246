"""Kernels: arrays in, arrays out. They know no graph."""

from kernels import cpu, generic, python_code
from kernels.devices import (
    DEVICES,
    HOST,
    array_module,
    brought,
    choose,
    device_status,
    gpu_status,
    synchronize,
    to_host,
)
from kernels.narrow import fitting
from kernels.refusal import Refusal
from kernels.registry import find, kernel, names, own_devices, runs_on

__all__ = [
    "DEVICES",
    "HOST",
    "Refusal",
    "array_module",
    "brought",
    "choose",
    "cpu",
    "device_status",
    "find",
    "fitting",
    "generic",
    "gpu_status",
    "kernel",
    "names",
    "own_devices",
    "python_code",
    "runs_on",
    "synchronize",
    "to_host",
]
