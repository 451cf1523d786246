"""Steps as records of numbers, which compiled code walks over."""

from kernels.cpu.records import convolution, matmul, moving, pointwise, pooling, rows
from kernels.cpu.records.record import Record, pack, packed_names

__all__ = [
    "Record",
    "convolution",
    "matmul",
    "moving",
    "pack",
    "packed_names",
    "pointwise",
    "pooling",
    "rows",
]
