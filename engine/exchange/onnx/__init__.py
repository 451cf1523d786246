"""ONNX models become drawn graphs. The library `onnx` is imported here and nowhere else in the engine."""
