"""Functions in the window: placed from the palette, opened, edited inside, and undone."""

from typing import Any

import numpy as np
import pytest

from app.presenters.thumbnails import thumbnail
from engine.worker.messages import Evaluated
from widgets.canvas.looks import NodeLive


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


def test_inside_a_function_that_cannot_run_no_old_values_are_shown(newton: Any) -> None:
    newton.double_click(newton.header("check"))
    controller, live = newton.app.controller, newton.app.live
    seen = {look.name: thumbnail(np.ones(3)) for look in newton.canvas.graph.look.nodes.values()}
    live._pictures = dict(seen)
    newton.canvas.set_live({name: NodeLive(thumbnail=picture) for name, picture in seen.items()})
    controller.evaluated.emit(Evaluated(1, ("number", "guess", "root", "check")))
    assert newton.canvas.graph.nodes["square"].shown.thumbnail is seen["square"]
    controller.evaluated.emit(Evaluated(2, ("number", "guess", "root")))
    assert all(node.shown.thumbnail is None for node in newton.canvas.graph.nodes.values())


def test_a_node_may_be_added_inside_and_moved(newton: Any) -> None:
    newton.double_click(newton.header("check"))
    newton.app.canvas.add("Relu", 300.0, 300.0)
    assert "relu" in newton.nodes
    assert newton.app.document.project.layouts["f"]["relu"] == (304.0, 304.0)
    assert "relu" not in newton.app.document.project.graph.nodes


def test_a_setting_inside_is_edited_in_the_form(newton: Any) -> None:
    newton.app.workspace.open("root/condition")
    newton.click(newton.header("small"))
    newton.app.properties.edit("small", "value", 0.5)
    function = newton.app.document.project.graph.functions["far_off"]
    assert function.graph.nodes["small"].attributes["value"] == 0.5


def test_the_form_offers_the_functions_of_the_project(newton: Any) -> None:
    newton.click(newton.header("check"))
    look = newton.app.properties.look
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


def test_a_call_is_written_out_by_a_shortcut_and_undo_brings_it_back(newton: Any) -> None:
    before = newton.app.document.project
    newton.click(newton.header("check"))
    newton.keys("Ctrl+Shift+G")
    assert set(newton.nodes) == {"number", "guess", "root", "square", "difference"}
    assert set(newton.canvas.selected_nodes()) == {"square", "difference"}
    assert "number.y > difference.b" in newton.wires and not newton.app.workspace.problems
    assert "f" in newton.app.document.project.graph.functions  # the loop uses it as well
    newton.keys("Ctrl+Z")
    assert newton.app.document.project == before
    assert set(newton.nodes) == {"number", "guess", "root", "check"}


def test_only_a_call_can_be_written_out(newton: Any) -> None:
    before = newton.app.document.project
    actions = {action.id: action for action in newton.app.actions}
    newton.click(newton.header("root"))
    assert not actions["ungroup"].enabled()
    newton.keys("Ctrl+Shift+G")
    assert newton.app.document.project == before
    newton.click(newton.header("check"))
    assert actions["ungroup"].enabled()


def test_a_function_is_renamed_where_it_is_open_and_all_calls_follow(newton: Any) -> None:
    before = newton.app.document.project
    newton.double_click(newton.header("check"))
    assert newton.window.properties.title.accessibleName() == "f, Function, Control"
    newton.keys("F2")
    editor = newton.window.properties.title.editor
    assert editor.isVisible() and editor.text() == "f"
    newton.type("parabola", editor)
    newton.keys("Return", editor)
    project = newton.app.document.project
    assert list(project.graph.functions) == ["parabola", "far_off", "step"]
    assert project.graph.nodes["check"].attributes == {"function": "parabola"}
    assert project.graph.functions["far_off"].graph.nodes["value"].attributes == {"function": "parabola"}
    assert newton.app.workspace.place.path == "check" and not newton.app.workspace.problems
    assert newton.window.properties.title.accessibleName() == "parabola, Function, Control"
    newton.keys("Ctrl+Z")
    assert newton.app.document.project == before
    assert newton.window.properties.title.accessibleName() == "f, Function, Control"


def test_a_name_that_is_taken_is_refused_in_a_sentence(newton: Any) -> None:
    before = newton.app.document.project
    said: list[str] = []
    newton.app.workspace.said.connect(lambda sentence, _: said.append(sentence))
    newton.double_click(newton.header("check"))
    newton.keys("F2")
    editor = newton.window.properties.title.editor
    newton.type("step", editor)
    newton.keys("Return", editor)
    assert said[-1].startswith("there is already a function called 'step'")
    assert newton.app.document.project == before


def test_functions_without_use_are_deleted_in_one_step(newton: Any) -> None:
    (action,) = [action for action in newton.app.actions if action.id == "delete-unused"]
    assert not action.enabled()
    newton.app.properties.edit("root", "condition", "f")
    before = newton.app.document.project
    assert action.enabled()
    action.run()
    assert list(newton.app.document.project.graph.functions) == ["f", "step"]
    assert newton.app.document.undo_label == "Delete function far_off" and not action.enabled()
    newton.keys("Ctrl+Z")
    assert newton.app.document.project == before
