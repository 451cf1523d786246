"""Kernels: arrays in, arrays out. They know no graph."""

from kernels import cpu, generic, python_code
from kernels.devices import array_module, choose, gpu_status, synchronize, to_host
from kernels.narrow import fitting
from kernels.refusal import Refusal
from kernels.registry import find, kernel, names, own_devices

__all__ = [
    "Refusal",
    "array_module",
    "choose",
    "cpu",
    "find",
    "fitting",
    "generic",
    "gpu_status",
    "kernel",
    "names",
    "own_devices",
    "python_code",
    "synchronize",
    "to_host",
]
