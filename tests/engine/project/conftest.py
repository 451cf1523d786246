"""A project that uses everything a file can hold."""

import numpy as np
import pytest

from engine.graph.graph import GraphDef, Node
from engine.project.project import Note, Project, TrainingSettings


@pytest.fixture
def project() -> Project:
    nodes = {
        "images": Node("images", "Dataset", {"name": "digits"}),
        "hidden": Node("hidden", "Dense", {"units": 32, "activation": "relu"}),
        "mystery": Node("mystery", "FromTheFuture", {"deep": {"b": [1, 2.5], "a": None}}, {"colour": "red"}),
    }
    wires = {("hidden", "x"): ("images", "features"), ("mystery", "values:0"): ("hidden", "y")}
    return Project(
        GraphDef(nodes, wires),
        {"images": (0.0, 0.0), "hidden": (240.0, 10.5)},
        (Note("note_1", 0.0, -40.0, 200.0, 30.0, "Grüße, 世界", {"shade": 3}),),
        TrainingSettings(epochs=3, seed=7, extra={"warmup": 5}),
        {"lesson": {"page": 2}},
    )


@pytest.fixture
def variables() -> dict[str, np.ndarray]:
    return {
        "hidden/kernel": np.arange(6, dtype=np.float32).reshape(2, 3),
        "hidden/bias": np.zeros(3, np.float64),
        "step": np.array(17, np.int64),
    }
