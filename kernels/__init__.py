"""Kernels: arrays in, arrays out. They know no graph."""
