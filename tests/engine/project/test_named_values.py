"""Project variables: attributes that are computed from them, files that keep them, and what has no value."""

from dataclasses import replace

import pytest

from engine.errors import AttributeProblem, ExpressionProblem
from engine.graph.check import check
from engine.graph.function import Function
from engine.graph.graph import GraphDef, Node
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.durable import FileError
from engine.project.named_values import resolved, used_in, values_of, with_expression, with_renamed
from engine.project.project import Project


def small(**named: str) -> Project:
    nodes = {
        name: Node(name, op) for name, op in (("dense", "Dense"), ("conv", "Conv2D"), ("drop", "Dropout"))
    }
    return Project(GraphDef(nodes), named_values=named)


def units(project: Project) -> object:
    return project.graph.nodes["dense"].attributes.get("units")


def test_names_may_refer_to_each_other_in_any_order() -> None:
    values = values_of({"half": "hidden/2", "hidden": "2*base", "base": "64"})
    assert dict(values.numbers) == {"half": 64.0, "hidden": 128, "base": 64} and not values.problems


def test_a_name_without_a_value_says_why_and_so_does_what_needs_it() -> None:
    values = values_of({"a": "b+1", "b": "a", "c": "a*2", "d": "missing", "e": "1/0", "ok": "3"})
    assert dict(values.numbers) == {"ok": 3}
    reasons = {name: str(problem) for name, problem in values.problems.items()}
    assert "'a' depends on itself" in reasons["a"] and "'b' depends on itself" in reasons["b"]
    assert "depends on itself" in reasons["c"]
    assert "'missing'" in reasons["d"] and "divides by zero" in reasons["e"]


def test_an_attribute_follows_the_names_in_its_expression() -> None:
    project = with_expression(small(hidden="128"), "dense", "units", "2*hidden")
    assert units(project) == 256
    assert check(project.graph).ops["dense"].settings()["units"] == 256
    changed = resolved(replace(project, named_values={"hidden": "100"}))
    assert units(changed) == 200


def test_a_list_is_computed_part_by_part() -> None:
    project = with_expression(small(k="2"), "conv", "kernel_size", "k+1, 2*k")
    assert project.graph.nodes["conv"].attributes["kernel_size"] == [3, 4]


def test_a_value_that_is_the_default_is_not_written_down() -> None:
    default = next(a for a in check(small().graph).ops["drop"].attributes() if a.name == "rate").default
    project = with_expression(small(rate=str(default)), "drop", "rate", "rate")
    node = project.graph.nodes["drop"]
    assert node.attributes == {} and node.expressions == {"rate": "rate"}


def test_setting_a_number_ends_the_expression() -> None:
    project = with_expression(small(hidden="128"), "dense", "units", "hidden")
    node = project.graph.set_attribute("dense", "units", 128).nodes["dense"]
    assert node.attributes == {"units": 128} and node.expressions == {}


@pytest.mark.parametrize(
    ("expression", "error", "sentence"),
    [
        ("hiden", ExpressionProblem, "no project variable called 'hiden'"),
        ("hidden/3", AttributeProblem, "expected a whole number"),
        ("-hidden", AttributeProblem, "expected"),
    ],
)
def test_an_expression_that_does_not_fit_is_refused(
    expression: str, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error) as refused:
        with_expression(small(hidden="128"), "dense", "units", expression)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({}, "units is 2*hidden, which has no value."),
        ({"hidden": "hidden"}, "units is 2*hidden, which has no value."),
        ({"hidden": "0.3"}, "units is 0.6; expected a whole number."),
        ({"hidden": "-4"}, "units is -8; expected"),
    ],
)
def test_what_has_no_value_any_more_is_a_problem_of_the_node(named: dict[str, str], sentence: str) -> None:
    project = with_expression(small(hidden="128"), "dense", "units", "2*hidden")
    broken = resolved(replace(project, named_values=named))
    checked = check(broken.graph)
    assert not checked.runs
    assert any(problem.node == "dense" and sentence in problem.what for problem in checked.problems)
    assert resolved(replace(broken, named_values={"hidden": "128"})) == project


def test_renaming_follows_into_expressions_names_and_functions() -> None:
    inner = GraphDef({"dense": Node("dense", "Dense", {}, expressions={"units": "hidden + 1"})})
    project = with_expression(small(hidden="128", twice="2*hidden"), "dense", "units", "hidden*2")
    project = resolved(replace(project, graph=project.graph.define("inside", Function(inner))))
    renamed = with_renamed(project, "hidden", "width")
    assert renamed.named_values == {"width": "128", "twice": "2*width"}
    assert renamed.graph.nodes["dense"].expressions == {"units": "width*2"}
    body = renamed.graph.functions["inside"].graph.nodes["dense"]
    assert body.expressions == {"units": "width + 1"} and body.attributes == {"units": 129}
    assert resolved(renamed) == renamed


def test_a_part_of_a_graph_needs_its_names_and_what_these_need() -> None:
    project = with_expression(small(base="64", hidden="2*base", other="1"), "dense", "units", "hidden")
    assert used_in(project.graph, project.named_values) == {"base": "64", "hidden": "2*base"}


def test_a_file_keeps_expressions_and_what_they_give_is_computed_when_it_is_read() -> None:
    project = with_expression(small(hidden="128"), "dense", "units", "2*hidden")
    document = project_to_dict(project)
    assert document["named_values"] == {"hidden": "128"}
    assert document["nodes"]["dense"] == {
        "op": "Dense", "attributes": {"units": 256}, "expressions": {"units": "2*hidden"}
    }  # fmt: skip
    assert project_from_dict(document, "It") == project
    document["named_values"]["hidden"] = "10"
    assert units(project_from_dict(document, "It")) == 20


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"named_values": ["hidden"]}, "field 'named_values' is a list; expected an object"),
        ({"named_values": {"hidden": 128}}, "project variable 'hidden' is a number; expected a text"),
        ({"named_values": {"2x": "1"}}, "project variable '2x': the name is not a word"),
        ({"nodes": {"d": {"op": "Dense", "expressions": {"units": 3}}}}, "expected a text"),
    ],
)
def test_a_file_with_something_else_in_their_place_is_refused(
    change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(FileError) as refused:
        project_from_dict({**project_to_dict(small()), **change}, "It")
    assert sentence in str(refused.value)
