"""Telemetry: what was recorded while a graph ran, on disk in TensorBoard's own format."""
