"""Steps as records of numbers, which compiled code walks over."""

from kernels.cpu.records import matmul, pointwise, rows
from kernels.cpu.records.record import Record, pack, packed_names

__all__ = ["Record", "matmul", "pack", "packed_names", "pointwise", "rows"]
