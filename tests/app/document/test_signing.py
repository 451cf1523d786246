"""The edits of signatures: added from what is selected, named, removed; a deletion tells what it takes."""

from typing import Any

import pytest

from app.document import edits, signing
from app.document.document import Document
from engine import Graph
from engine.blocks.layers import Dense, Flatten
from engine.blocks.losses import SparseCategoricalCrossentropy
from engine.errors import GraphError
from engine.graph.check import check
from engine.ops.data import Digits
from engine.project.project import Project


def digits() -> Project:
    g = Graph()
    images, labels = g.source(Digits(), name="digits")
    hidden = Dense(units=4)(Flatten()(images), name="hidden")
    logits = Dense(units=10)(hidden, name="logits")
    g.minimize(SparseCategoricalCrossentropy()(logits, labels, name="loss"), name="adam")
    return Project(g.definition)


def signed(*nodes: str) -> Project:
    project = digits()
    return signing.add_signature(project, signing.outputs_of(project.graph, nodes))[0]


def test_a_selection_becomes_the_default_signature_with_what_it_needs() -> None:
    project = signed("digits", "logits", "adam")
    (signature,) = project.graph.signatures.values()
    assert signature.name == "serving_default"
    assert signature.inputs == {"images": ("digits", "images")}
    assert signature.outputs == {"logits": ("logits", "y")}
    assert check(project.graph).problems == ()


def test_a_selected_wire_is_an_output_once() -> None:
    graph = digits().graph
    assert signing.outputs_of(graph, ["hidden"], [("logits", "x"), ("loss", "logits")]) == (
        ("hidden", "y"), ("logits", "y")
    )  # fmt: skip


@pytest.mark.parametrize("nodes", [(), ("digits",), ("adam",)])
def test_a_selection_that_computes_nothing_is_refused(nodes: tuple[str, ...]) -> None:
    with pytest.raises(GraphError, match="nothing is selected that computes a tensor"):
        signing.outputs_of(digits().graph, nodes, [("loss", "labels")] if nodes == ("digits",) else ())


def test_a_second_one_gets_a_name_of_its_own_and_more_outputs_bring_what_they_need() -> None:
    project, name = signing.add_signature(signed("logits"), [("hidden", "y")])
    assert name == "serving_default_1"
    wider = signing.extend_signature(project, name, [("loss", "loss"), ("hidden", "y")])
    assert list(wider.graph.signatures[name].outputs) == ["hidden", "loss"]
    assert list(wider.graph.signatures[name].inputs) == ["images", "labels"]


def test_names_are_changed_in_their_place() -> None:
    project = signing.rename_signature(signing.add_signature(signed("logits"), [("hidden", "y")])[0],
                                       "serving_default", "predict")  # fmt: skip
    assert list(project.graph.signatures) == ["predict", "serving_default_1"]
    assert project.graph.signatures["predict"].name == "predict"
    project = signing.extend_signature(project, "predict", [("hidden", "y")])
    project = signing.rename_entry(project, "predict", "outputs", "logits", "class scores")
    project = signing.rename_entry(project, "predict", "inputs", "images", "pixels")
    assert list(project.graph.signatures["predict"].outputs) == ["class scores", "hidden"]
    assert project.graph.signatures["predict"].inputs == {"pixels": ("digits", "images")}


@pytest.mark.parametrize(
    ("edit", "given", "match"),
    [
        (signing.rename_signature, ("serving_default", "two words"), "cannot be the name of a signature"),
        (signing.rename_signature, ("serving_default", "serving_default_1"), "already a signature"),
        (signing.rename_entry, ("serving_default", "outputs", "logits", ""), "the name is empty"),
        (signing.rename_entry, ("serving_default", "outputs", "logits", "hidden"), "has an output called"),
    ],
)
def test_a_name_that_cannot_be_is_refused(edit: Any, given: tuple[str, ...], match: str) -> None:
    project = signing.add_signature(signed("logits", "hidden"), [("hidden", "y")])[0]
    with pytest.raises(GraphError, match=match):
        edit(project, *given)
    assert edit(project, *given[:-1], given[-2]) == project  # its own name is never taken


def test_a_signature_goes_with_its_last_output_and_by_itself() -> None:
    project = signed("logits", "hidden")
    left = signing.remove_entry(project, "serving_default", "outputs", "hidden")
    assert list(left.graph.signatures["serving_default"].outputs) == ["logits"]
    assert signing.remove_entry(left, "serving_default", "outputs", "logits") == digits()
    assert signing.remove_signature(project, "serving_default") == digits()
    without = signing.remove_entry(left, "serving_default", "inputs", "images")
    assert [problem.node for problem in check(without.graph).problems] == ["digits"]


def test_a_deletion_tells_what_it_took_and_undo_brings_it_back() -> None:
    document = Document(signed("logits", "hidden"))
    before = document.project
    document.apply("Delete logits", edits.delete(before, ["logits"]))
    assert signing.dropped(before.graph, document.project.graph) == (
        "Gone from the signatures: output 'logits' of 'serving_default'. Undo brings it back."
    )
    document.apply("Delete digits", edits.delete(document.project, ["digits", "hidden"]))
    assert document.project.graph.signatures == {}
    document.undo()
    document.undo()
    assert document.project == before
    assert signing.dropped(before.graph, edits.delete(before, ["adam"]).graph) == ""
