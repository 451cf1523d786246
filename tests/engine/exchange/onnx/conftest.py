"""Small models, made and imported in a line, and run."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from engine.exchange.onnx.importing import Imported, import_model
from engine.run.session import Session

Shapes = dict[str, Sequence[int | str | None]]
Make = Callable[..., ModelProto]


@pytest.fixture
def model() -> Make:
    """Makes a model. Inputs whose names begin with i are int64, with b bool."""

    def make(
        nodes: Sequence[NodeProto], shapes: Shapes, held: dict[str, Any] | None = None, output: str = "y"
    ) -> ModelProto:
        kinds = {"i": TensorProto.INT64, "b": TensorProto.BOOL}
        inputs = [
            helper.make_tensor_value_info(name, kinds.get(name[0], TensorProto.FLOAT), list(shape))
            for name, shape in shapes.items()
        ]
        results = [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)]
        tensors = [numpy_helper.from_array(np.asarray(v), name) for name, v in (held or {}).items()]
        graph = helper.make_graph(list(nodes), "graph", inputs, results, tensors)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)

    return make


@pytest.fixture
def imported() -> Callable[[ModelProto], Imported]:
    return import_model


@pytest.fixture
def compute() -> Callable[..., np.ndarray]:
    """Runs an imported model of one output."""

    def run(made: Imported, **feeds: np.ndarray) -> np.ndarray:
        session = Session(made.project.graph)
        session.restore(made.tensors)
        (fetch,) = made.outputs.values()
        found: np.ndarray = session.run(fetch, {made.inputs[name]: array for name, array in feeds.items()})
        return found

    return run
