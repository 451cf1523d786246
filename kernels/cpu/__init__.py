"""Kernels for the CPU alone, where a benchmark shows that they pay."""

from kernels.cpu import selection

__all__ = ["selection"]
