"""Functions in the window: placed from the palette, opened, edited inside, and undone."""

from typing import Any

import pytest


@pytest.fixture
def newton(person: Any) -> Any:
    person.app.filing.open_demo("newton")
    person.canvas.fit_all(animated=False)
    return person


def test_a_loop_opens_to_its_functions_and_each_to_its_drawing(newton: Any) -> None:
    newton.double_click(newton.header("root"))
    assert set(newton.nodes) == {"x", "a", "condition", "body"}
    newton.double_click(newton.header("body"))
    assert newton.app.workspace.place.path == "root/body"
    assert set(newton.nodes) == {"x", "a", "value", "slope", "distance", "better"}
    crumb = newton.window.breadcrumb
    assert crumb.accessibleName() == "Open graph: newton, main, root, body"
    newton.keys("Alt+Up")
    newton.keys("Alt+Up")
    assert set(newton.nodes) == {"number", "guess", "root", "check"}


def test_a_function_is_edited_inside_and_undone(newton: Any) -> None:
    document = newton.app.document
    before = document.project
    newton.double_click(newton.header("check"))
    newton.click(newton.header("square"))
    newton.keys("Delete")
    assert set(newton.nodes) == {"x", "a", "difference"}
    assert "square" not in document.project.graph.functions["f"].graph.nodes
    assert not newton.app.workspace.can_run
    newton.keys("Ctrl+Z")
    assert document.project == before
    assert set(newton.nodes) == {"x", "a", "square", "difference"}


def test_a_mistake_inside_is_told_at_the_node_and_inside(newton: Any) -> None:
    newton.double_click(newton.header("check"))
    newton.click(newton.header("square"))
    newton.keys("Delete")
    look = newton.canvas.graph.nodes["difference"].look
    assert look.state == "error" and "Nothing is connected to a" in look.message
    newton.keys("Alt+Up")
    told = newton.canvas.graph.nodes["root"].look.message
    assert told.startswith("Inside, Call 'value': inside, Subtract 'difference': nothing is")


def test_a_node_may_be_added_inside_and_moved(newton: Any) -> None:
    newton.double_click(newton.header("check"))
    newton.app.canvas.add("Relu", 300.0, 300.0)
    assert "relu" in newton.nodes
    assert newton.app.document.project.layouts["f"]["relu"] == (304.0, 304.0)
    assert "relu" not in newton.app.document.project.graph.nodes


def test_a_setting_inside_is_edited_in_the_form(newton: Any) -> None:
    newton.app.workspace.open("root/condition")
    newton.click(newton.header("small"))
    newton.app.properties._edit("small", "value", 0.5)
    function = newton.app.document.project.graph.functions["far_off"]
    assert function.graph.nodes["small"].attributes["value"] == 0.5


def test_the_form_offers_the_functions_of_the_project(newton: Any) -> None:
    newton.click(newton.header("check"))
    look = newton.app.properties._node_look(newton.app.workspace.graph.nodes["check"])
    (field, *_) = look.fields
    assert field.kind == "choice" and field.choices == ("f", "far_off", "step")


@pytest.mark.parametrize("op", ["If", "While", "Scan", "Map", "Call", "CustomGradient"])
def test_what_is_placed_from_the_palette_can_be_opened(newton: Any, op: str) -> None:
    name = newton.app.canvas.add(op, 0.0, 400.0)
    newton.app.canvas.open(name)
    assert newton.app.workspace.place.path == name
    assert newton.nodes


def test_the_inside_of_a_block_within_a_function_is_shown_only(newton: Any) -> None:
    newton.app.workspace.open("root/body/slope")
    assert newton.app.workspace.place.path == "root/body/slope"
    assert newton.app.workspace.is_shown_only
    newton.app.canvas.add("Relu", 0.0, 0.0)
    assert "relu" not in newton.nodes


def test_selected_nodes_become_a_function_and_undo_brings_them_back(person: Any) -> None:
    person.app.filing.open_demo("arithmetic")
    before = person.app.document.project
    person.app.workspace.select(type(person.app.workspace.selection)(("product", "sum", "result")))
    person.keys("Ctrl+G")
    assert set(person.nodes) == {"five", "three", "function"}
    assert person.canvas.selected_nodes() == ["function"]
    assert person.app.workspace.problems == ()
    person.app.canvas.open("function")
    assert set(person.nodes) == {"five", "three", "product", "sum", "result"}
    person.keys("Ctrl+Z")
    assert person.app.document.project == before
    assert person.app.workspace.place.path == ""
