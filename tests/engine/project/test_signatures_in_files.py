"""Signatures in project files: they survive, also what this version does not know; errors name the place."""

from typing import Any

import pytest

from engine import Graph
from engine.graph.check import check
from engine.graph.signature import Signature
from engine.project import limits
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.durable import FileError
from engine.project.project import Project


def project() -> Project:
    g = Graph()
    x = g.placeholder("x", ("batch",))
    g.signature("serving_default", {"2 x / y": x * 2.0}, {"x:0": x})
    return Project(g.definition)


def document(signatures: Any) -> dict[str, Any]:
    return {**project_to_dict(project()), "signatures": signatures}


def test_they_survive() -> None:
    written = project_to_dict(project())
    assert written["signatures"] == {
        "serving_default": {"inputs": {"x:0": "x.y"}, "outputs": {"2 x / y": "multiply.y"}}
    }
    assert project_from_dict(written, "It") == project()


def test_a_file_without_them_has_none_and_gets_none() -> None:
    bare = Graph()
    bare.placeholder("x", ())
    written = project_to_dict(Project(bare.definition))
    assert "signatures" not in written
    assert project_from_dict(written, "It").graph.signatures == {}


def test_fields_that_this_version_does_not_know_survive() -> None:
    given = document({"s": {"inputs": {}, "outputs": {"y": "x.y"}, "method": "predict"}})
    assert project_to_dict(project_from_dict(given, "It")) == given


def test_what_the_graph_does_not_have_is_left_to_its_check() -> None:
    graph = project_from_dict(document({"s": {"outputs": {"y": "gone.y"}}}), "It").graph
    assert graph.signatures == {"s": Signature("s", {}, {"y": ("gone", "y")})}
    assert [problem.stops for problem in check(graph).problems] == [False]


@pytest.mark.parametrize(
    ("signatures", "match"),
    [
        ([], "field 'signatures' is a list"),
        ({"s": 3}, "signature 's' is a number"),
        ({"no name": {}}, "'no name' cannot be the name of a signature"),
        ({"s": {"inputs": []}}, "signature 's': field 'inputs' is a list"),
        ({"s": {"outputs": {"y": 3}}}, "signature 's': output 'y' is a number"),
        ({"s": {"outputs": {"": "x.y"}}}, "output '': the name is empty"),
        ({"s": {"outputs": {"y": "x"}}}, "output 'y': 'x' is not an end of a wire"),
        ({"s": {"inputs": {"y": "a b.y"}}}, "'a b' cannot be the name of a node"),
        ({f"s{i}": {} for i in range(limits.SIGNATURES + 1)}, "the limit is 1,000"),
        (
            {"s": {"inputs": {f"{i}": "x.y" for i in range(limits.PORTS_PER_SIGNATURE + 1)}}},
            "limit is 10,000",
        ),
    ],
)
def test_what_cannot_be_one_is_refused_with_its_place(signatures: Any, match: str) -> None:
    with pytest.raises(FileError, match=match):
        project_from_dict(document(signatures), "It")
