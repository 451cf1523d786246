"""Edits of project variables: what is defined, renamed, removed, copied and pasted."""

import pytest

from app.document import clipboard, edits, naming
from app.document.functions import closed, opened
from engine.errors import FlowscopeError, GraphError
from engine.graph.check import check
from engine.graph.function import Function
from engine.graph.graph import GraphDef
from engine.project.project import Project


def drawn(**named: str) -> Project:
    project, _ = edits.add_node(Project(GraphDef()), "Dense", 0, 0)
    for name, expression in named.items():
        project = naming.define(project, name, expression)
    return project


def units(project: Project, node: str = "dense") -> object:
    return project.graph.nodes[node].attributes.get("units")


def test_what_refers_to_a_variable_follows_it() -> None:
    project = naming.set_expression(drawn(hidden="128"), ["dense"], "units", "2*hidden")
    project = naming.set_value(project, "hidden", "10")
    assert units(project) == 20
    project = naming.rename_value(project, "hidden", "width")
    assert project.graph.nodes["dense"].expressions == {"units": "2*width"} and units(project) == 20
    project = naming.remove_value(project, "width")
    assert not check(project.graph).runs


def test_renaming_a_node_keeps_its_expressions() -> None:
    project = naming.set_expression(drawn(hidden="128"), ["dense"], "units", "hidden")
    project = naming.set_value(edits.rename(project, "dense", "first"), "hidden", "63")
    assert units(project, "first") == 63


@pytest.mark.parametrize(
    ("name", "expression", "sentence"),
    [
        ("2x", "1", "cannot be the name of a project variable"),
        ("", "1", "cannot be the name"),
        ("a b", "1", "cannot be the name"),
        ("x", "", "ends too soon"),
        ("x", "y", "no project variable called 'y'"),
        ("x", "x+1", "depends on itself"),
        ("x", "1/0", "divides by zero"),
        ("hidden", "1", "already a project variable called 'hidden'"),
    ],
)
def test_what_cannot_be_defined_is_refused_in_a_sentence(name: str, expression: str, sentence: str) -> None:
    with pytest.raises(FlowscopeError) as refused:
        naming.define(drawn(hidden="128"), name, expression)
    assert sentence in str(refused.value)


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(GraphError, match="already a project variable"):
        naming.rename_value(drawn(hidden="128", width="3"), "hidden", "width")


def test_copied_nodes_bring_the_variables_that_they_need_to_another_project() -> None:
    project = naming.set_expression(
        drawn(base="64", hidden="2*base", other="1"), ["dense"], "units", "hidden"
    )
    pasted, names = clipboard.paste(Project(GraphDef()), clipboard.to_text(project, ["dense"]), None)
    assert pasted.named_values == {"base": "64", "hidden": "2*base"}
    assert units(pasted, names[0]) == 128
    assert units(naming.set_value(pasted, "base", "10"), names[0]) == 20


def test_what_the_other_project_has_already_keeps_its_value() -> None:
    project = naming.set_expression(drawn(hidden="128"), ["dense"], "units", "hidden")
    pasted, names = clipboard.paste(drawn(hidden="7"), clipboard.to_text(project, ["dense"]), None)
    assert pasted.named_values == {"hidden": "7"}
    assert units(pasted, names[0]) == 7


def test_what_is_pasted_into_a_function_brings_its_variables_too() -> None:
    source = naming.set_expression(drawn(hidden="128"), ["dense"], "units", "hidden")
    text = clipboard.to_text(source, ["dense"])
    project = Project(GraphDef().define("body", Function(GraphDef())))
    pasted, names = clipboard.paste(opened(project, "body"), text, None)
    whole = naming.set_value(closed(project, "body", pasted), "hidden", "7")
    assert whole.graph.functions["body"].graph.nodes[names[0]].attributes == {"units": 7}
