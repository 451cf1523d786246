"""Signatures: made from the drawing, kept in step with it, checked, and called by their names."""

import re
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.layers import Dense, Flatten
from engine.errors import FeedError, GraphError
from engine.graph.check import Problem, check
from engine.graph.graph import GraphDef, Node
from engine.graph.signature import Signature
from engine.graph.signing import find_signature, giving, needed_inputs
from engine.ops.data import Digits
from engine.ops.ordering import TopK


def affine() -> Graph:
    """y = 2 x + b, and z = y * y, where b is fed as well."""
    g = Graph()
    x, b = g.placeholder("x", ("batch",)), g.placeholder("b", ())
    doubled = x * 2.0
    y = doubled + b
    g.signature("affine", {"y": y}, {"points": x, "shift": b})
    g.signature("doubled", {"twice": doubled})
    return g


def problems(definition: GraphDef) -> list[Problem]:
    return list(check(definition).problems)


def test_a_session_is_given_and_gives_by_the_names_of_the_signature() -> None:
    session = Session(affine(), device="cpu")
    found = session.call({"points": [1, 2], "shift": 10}, "affine")
    assert list(found) == ["y"]
    np.testing.assert_array_equal(found["y"], [12.0, 14.0])
    np.testing.assert_array_equal(session.call({"x": [3]}, "doubled")["twice"], [6.0])


@pytest.mark.parametrize(
    ("given", "name", "match"),
    [
        ({"points": [1]}, "affine", "was not given 'shift'.*Its inputs are points, shift"),
        ({"points": [1], "shift": 0, "b": 0}, "affine", "has no input 'b'.*Its inputs are points, shift"),
        ({"x": [1]}, "serving_default", "no signature called 'serving_default'.*affine, doubled"),
    ],
)
def test_what_does_not_fit_a_signature_is_refused(given: dict[str, Any], name: str, match: str) -> None:
    with pytest.raises(FeedError) as error:
        Session(affine(), device="cpu").call(given, name)
    assert re.search(match, str(error.value))


def test_without_inputs_a_signature_takes_what_its_outputs_need() -> None:
    signature = affine().definition.signatures["doubled"]
    assert signature.inputs == {"x": ("x", "y")}


def test_columns_of_data_are_inputs_under_their_own_names_and_labels_that_nobody_needs_are_none() -> None:
    g = Graph()
    images, _ = g.source(Digits(), name="digits")
    logits = Dense(units=10)(Flatten()(images), name="logits")
    g.signature("serving_default", {"logits": logits})
    assert g.definition.signatures["serving_default"].inputs == {"images": ("digits", "images")}
    found = Session(g, device="cpu").call({"images": np.zeros((2, 8, 8), np.float32)})
    assert found["logits"].shape == (2, 10)


def test_several_ports_of_a_node_get_names_that_differ() -> None:
    g = Graph()
    TopK(k=1).apply(g.placeholder("x", (3,)), name="largest")
    ends = [("largest", "values"), ("largest", "indices")]
    found = giving(g.definition, Signature("s"), ends)
    assert found.outputs == dict(zip(("largest_values", "largest_indices"), ends, strict=True))
    assert found.inputs == {"x": ("x", "y")}
    assert giving(g.definition, found, ends) == found


def test_more_outputs_bring_only_the_inputs_that_are_missing() -> None:
    definition = affine().definition
    wider = giving(definition, definition.signatures["doubled"], [("add", "y")])
    assert wider.inputs == {"x": ("x", "y"), "b": ("b", "y")}
    assert list(wider.outputs) == ["twice", "add"]


def test_an_output_may_be_an_input() -> None:
    assert needed_inputs(affine().definition, [("x", "y")]) == (("x", "y"),)


def test_a_value_of_another_graph_is_refused() -> None:
    foreign = Graph().placeholder("x", ())
    with pytest.raises(GraphError, match="of another"):
        affine().signature("s", {"y": foreign})


def test_a_script_is_told_at_once_which_input_is_missing() -> None:
    g = Graph()
    x = g.placeholder("x", ())
    with pytest.raises(GraphError, match="need y of 'x', which is none of its inputs"):
        g.signature("s", {"y": x * 2.0}, {})
    assert g.definition.signatures == {}


def test_a_script_cannot_feed_what_is_computed() -> None:
    g = Graph()
    x = g.placeholder("x", ())
    with pytest.raises(GraphError, match="neither a placeholder nor data"):
        g.signature("s", {"y": x * 2.0}, {"x": x, "y": x + 1.0})


def test_a_name_that_no_file_could_carry_is_refused() -> None:
    g = Graph()
    with pytest.raises(GraphError, match="cannot be the name of a signature"):
        g.signature("no name", {"x": g.placeholder("x", ())})


def test_signatures_follow_a_renamed_node_and_keep_their_own_names() -> None:
    graph = affine().definition.rename("x", "points").rename("multiply", "double")
    assert graph.signatures["affine"].inputs == {"points": ("points", "y"), "shift": ("b", "y")}
    assert graph.signatures["doubled"].outputs == {"twice": ("double", "y")}
    assert problems(graph) == []


def test_what_stood_for_a_removed_node_is_gone_and_a_signature_without_outputs_too() -> None:
    before = affine().definition
    after = before.remove(["add", "b"])
    assert list(after.signatures) == ["doubled"]
    assert before.remove(["b"]).signatures["affine"].inputs == {"points": ("x", "y")}
    assert list(before.signatures) == ["affine", "doubled"]


def signed(**ports: dict[str, tuple[str, str]]) -> GraphDef:
    """y = 2 x + b with one signature of the given ports."""
    return affine().definition.sign(Signature("affine", **ports)).sign(Signature("doubled"))


GIVEN = {"x": ("x", "y"), "b": ("b", "y")}


@pytest.mark.parametrize(
    ("inputs", "outputs", "node", "what"),
    [
        ({**GIVEN, "c": ("c", "y")}, {}, "", "its input 'c' is y of 'c', and there is no such node"),
        (GIVEN, {"z": ("gone", "y")}, "", "its output 'z' is y of 'gone', and there is no such node"),
        (GIVEN, {"z": ("add", "z")}, "add", "its output 'z' is z of 'add', and this node has no such output"),
        ({"a": ("add", "y")}, {}, "add", "y of 'add', which is neither a placeholder nor data"),
        ({**GIVEN, "again": ("x", "y")}, {}, "x", "two of its inputs are y of 'x'"),
        (
            {"x": ("x", "y")},
            {"y": ("add", "y")},
            "b",
            "its outputs need y of 'b', which is none of its inputs",
        ),
    ],
)
def test_what_the_graph_does_not_have_is_a_warning_at_the_node(
    inputs: dict[str, tuple[str, str]], outputs: dict[str, tuple[str, str]], node: str, what: str
) -> None:
    checked = check(signed(inputs=inputs, outputs=outputs))
    (problem,) = checked.problems
    assert problem.node == node
    assert problem.what.startswith("Signature 'affine': ") and what in problem.what
    assert problem.hint
    assert checked.runs


def test_nothing_is_said_of_the_ports_of_a_node_that_is_broken_itself() -> None:
    graph = affine().definition.add(Node("odd", "NoSuchOp")).sign(Signature("s", {}, {"y": ("odd", "out")}))
    assert [problem.node for problem in problems(graph)] == ["odd"]


def test_a_project_without_signatures_says_where_one_is_made() -> None:
    with pytest.raises(FeedError, match="has none yet"):
        find_signature(GraphDef(), "serving_default")
