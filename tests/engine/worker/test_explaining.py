"""What the passes do to a project, told to the window."""

from dataclasses import replace

import pytest

import kernels
from engine import Graph
from engine.blocks.layers import Dense
from engine.graph.graph import GraphDef
from engine.project.project import Project, TrainingSettings
from engine.worker.explaining import explained
from engine.worker.messages import ExplainPasses, PassesExplained
from engine.worker.stored import project_to_bytes


def pinned() -> GraphDef:
    g = Graph()
    hidden = Dense(units=3)(g.placeholder("x", ("batch", 2)), name="hidden")
    with g.policy(device="gpu"):
        Dense(units=1)(hidden, name="y")
    return g.definition


def explain(project: Project) -> PassesExplained:
    return explained(ExplainPasses(7, project_to_bytes(project)))


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize("device", ["cpu", "gpu"])
def test_placement_shows_copies_where_a_project_uses_two_devices(device: str) -> None:
    answer = explain(Project(pinned(), training=TrainingSettings(device=device)))
    assert answer.request == 7 and not answer.problem
    placement = {report.name: report for report in answer.passes}["placement"]
    assert placement.notes == ()
    assert any("to_gpu" in change.path for change in placement.changes) == (device == "cpu")


@pytest.mark.skipif(kernels.gpu_status().available, reason="there is a GPU")
@pytest.mark.parametrize("device", ["auto", "cpu", "gpu"])
def test_a_device_that_is_not_there_is_told_and_nothing_changes(device: str) -> None:
    answer = explain(Project(pinned(), training=TrainingSettings(device=device)))
    placement = {report.name: report for report in answer.passes}["placement"]
    assert placement.changes == ()
    (sentence,) = placement.notes
    assert sentence.startswith("'y' runs on cpu, because gpu is not there.")


def test_the_precision_of_a_node_is_among_the_changes() -> None:
    graph = pinned()
    node = graph.nodes["hidden"]
    lower = replace(node, policy=node.policy.changed("precision", "mixed_float16"))
    answer = explain(Project(graph.replace_node(lower), training=TrainingSettings(device="cpu")))
    paths = [change.path for change in answer.passes[0].changes]
    casts = [path for path in paths if "/to_float16" in path]
    assert casts and all(path.startswith("hidden/") for path in casts)
