"""Trained variables follow their nodes through renames, functions and undo."""

from typing import Any

import numpy as np
import pytest

from app.document import edits
from app.document.document import Document
from app.document.functions import closed, opened
from app.document.grouping import grouped
from app.document.trained import followed
from app.document.ungrouping import ungrouped
from engine import Graph, Session
from engine.blocks.layers import Dense
from engine.graph.check import check
from engine.ops.activation import Relu
from engine.project.project import Project
from engine.spec import Spec

X = {"x": [[1.0, -2.0, 3.0]]}


def network() -> Project:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    Dense(units=2)(Relu()(Dense(units=3)(x, name="hidden"), name="bent"), name="out")
    return Project(g.definition)


def with_function() -> Project:
    """A function with a layer in it, called twice, and once in a branch."""
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    layer = g.function("layer", lambda v: Relu()(Dense(units=3)(v, name="dense")), Spec("float32", ("n", 3)))
    y = layer(layer(x, name="first"), name="second")
    g.cond(g.constant(True), lambda v: layer(v, name="inner"), lambda v: v, y, name="choice")
    return Project(g.definition)


def trained(project: Project, fetch: str) -> dict[str, np.ndarray]:
    session = Session(project.graph, device="cpu", seed=5)
    session.run(fetch, X)
    return {path: value + 1.0 for path, value in session.values().items()}


def answer(project: Project, fetch: str, variables: Any) -> np.ndarray:
    session = Session(project.graph, device="cpu")
    session.restore(variables)
    found: np.ndarray = session.run(fetch, X)
    assert set(session.values()) == set(variables)
    return found


def test_a_renamed_node_keeps_what_it_has_learned_and_so_it_is_when_that_is_taken_back() -> None:
    document = Document(network())
    variables = trained(document.project, "out")
    expected = answer(document.project, "out", variables)
    document.keep(variables)
    document.apply("Rename", edits.rename(document.project, "hidden", "encoder"))
    assert "encoder/kernel" in document.variables and "hidden/kernel" not in document.variables
    np.testing.assert_array_equal(answer(document.project, "out", document.variables), expected)
    document.undo()
    assert document.variables.keys() == variables.keys()
    document.redo()
    assert "encoder/kernel" in document.variables


@pytest.mark.parametrize("nodes", [("hidden",), ("hidden", "bent"), ("hidden", "bent", "out")])
def test_what_is_grouped_and_written_out_again_keeps_it(nodes: tuple[str, ...]) -> None:
    project = network()
    variables = trained(project, "out")
    expected = answer(project, "out", variables)
    inside, call = grouped(project, nodes, check(project.graph))
    moved = followed(variables, project.graph, inside.graph)
    fetch = "out" if "out" not in nodes else call
    np.testing.assert_array_equal(answer(inside, fetch, moved), expected)
    outside, _ = ungrouped(inside, call)
    again = followed(moved, inside.graph, outside.graph)
    assert again.keys() == variables.keys()
    np.testing.assert_array_equal(answer(outside, "out", again), expected)


def test_a_node_renamed_in_a_function_keeps_it_at_every_call() -> None:
    project = with_function()
    variables = trained(project, "choice")
    expected = answer(project, "choice", variables)
    edited = edits.rename(opened(project, "layer"), "dense", "wide")
    after = closed(project, "layer", edited)
    moved = followed(variables, project.graph, after.graph)
    assert {path.replace("dense", "wide") for path in variables} == set(moved)
    np.testing.assert_array_equal(answer(after, "choice", moved), expected)
    renamed = edits.rename(after, "choice", "branch")
    moved = followed(moved, after.graph, renamed.graph)
    np.testing.assert_array_equal(answer(renamed, "branch", moved), expected)


def test_a_node_that_is_replaced_by_another_one_hands_nothing_on() -> None:
    project = network()
    variables = trained(project, "out")
    without = project.graph.remove(["bent"])
    assert followed(variables, project.graph, without) is variables


def test_what_a_run_has_trained_follows_the_edits_made_meanwhile() -> None:
    document = Document(network())
    variables = trained(document.project, "out")
    document.begin_run()
    document.apply("Rename", edits.rename(document.project, "hidden", "encoder"))
    document.apply("Rename", edits.rename(document.project, "encoder", "first"))
    document.keep(variables)
    assert {"first/kernel", "first/bias", "out/kernel", "out/bias"} == set(document.variables)
    assert document.is_modified
