"""Tensors while a model is imported: what is known already, or what the graph will compute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto, numpy_helper

from engine.exchange.onnx.problems import Unsupported
from engine.spec import DTYPES, Spec
from engine.value import Value


@dataclass(frozen=True, eq=False)
class Known:
    """A tensor whose value the model says, or that follows from such. It is drawn when something needs it."""

    array: np.ndarray
    name: str = ""
    trainable: bool = False
    """Whether it is a weight, which training may go on to change."""

    @property
    def spec(self) -> Spec:
        return Spec(self.array.dtype.name, tuple(self.array.shape))


Tensor = Known | Value


def dtype_name(elem_type: int) -> str:
    """Our name of an ONNX element type; raises Unsupported for one that the engine does not compute with."""
    try:
        name = str(TensorProto.DataType.Name(elem_type))
    except ValueError:
        raise Unsupported(f"the element type {elem_type} is unknown") from None
    name = {"FLOAT": "float32", "DOUBLE": "float64"}.get(name, name.lower())
    if name not in DTYPES:
        raise Unsupported(f"tensors of type {name} are not supported; {_instead_of(name)}")
    return name


def _instead_of(name: str) -> str:
    """What to do where a model has elements of a type that the engine does not compute with."""
    if name == "string":
        return "turn text into numbers before it enters the model"
    if name.startswith("float"):
        return "export the model in float16, bfloat16 or float32"
    return f"export the model with {'uint8' if name.startswith('u') else 'int8'} in their place"


def elem_type(dtype: str) -> int:
    """The ONNX element type of a dtype."""
    name = {"float32": "FLOAT", "float64": "DOUBLE"}.get(dtype, dtype.upper())
    return int(TensorProto.DataType.Value(name))


def array_of(proto: TensorProto) -> np.ndarray:
    """The value of a tensor whose data lie in the model."""
    dtype_name(proto.data_type)
    return np.asarray(numpy_helper.to_array(proto))
