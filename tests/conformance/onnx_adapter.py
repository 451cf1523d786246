"""Our engine as ONNX's test suite wants to call it: `prepare(model).run(inputs)`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from onnx import ModelProto

from engine.exchange.onnx.importing import Imported, import_model
from engine.exchange.onnx.problems import ImportRefused
from engine.run.session import Session

NAME = "flowscope"


class Prepared:
    """A model that was imported, and a session that runs it."""

    def __init__(self, imported: Imported) -> None:
        self._imported = imported
        self._session = Session(imported.project.graph, device="cpu")
        self._session.restore(imported.tensors)

    def run(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The outputs of the model for its inputs, in the order in which the model lists both."""
        feeds = dict(zip(self._imported.inputs.values(), inputs, strict=True))
        found: list[np.ndarray] = self._session.run(list(self._imported.outputs.values()), feeds)
        return found


def prepare(model: ModelProto) -> Prepared:
    """Import a model; raises NotImplementedError where an operator is not supported."""
    try:
        return Prepared(import_model(model))
    except ImportRefused as error:
        if error.problems:
            raise NotImplementedError(str(error)) from error
        raise
