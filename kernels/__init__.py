"""Kernels: arrays in, arrays out. They know no graph."""

from kernels import generic

__all__ = ["generic"]
