"""Kernels written once for NumPy and CuPy, by family."""
