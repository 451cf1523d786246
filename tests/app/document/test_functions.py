"""Functions of a project: edited as projects of their own, followed by what uses them, and carried along."""

from dataclasses import replace

import pytest

from app.document import clipboard, edits
from app.document.functions import closed, opened, renamed, tidied, unused, without_unused
from engine import registry
from engine.control import Control
from engine.errors import GraphError
from engine.graph.check import check
from engine.graph.graph import GraphDef
from engine.graph.signature import Signature
from engine.project.project import Project

CONTROL = [op.__name__ for op in registry.all_ops() if issubclass(op, Control) and not op.internal]


def with_loop() -> Project:
    """A number goes through a loop."""
    project, start = edits.add_node(Project(GraphDef()), "Constant", 0, 0)
    project, loop = edits.add_node(project, "While", 200, 0)
    return edits.connect(project, (start, "y"), (loop, "x"))


def inside(project: Project, name: str) -> Project:
    return opened(project, name)


@pytest.mark.parametrize("op", CONTROL)
def test_a_node_from_the_palette_begins_with_functions_that_run(op: str) -> None:
    project, node = edits.add_node(Project(GraphDef()), op, 0, 0)
    checked = check(project.graph)
    assert project.graph.functions
    assert {p.what.rpartition(": ")[2] for p in checked.problems} <= {
        f"nothing is connected to {name}." for name in ("x", "predicate", "total")
    }
    for name in [port.name for port in checked.ops[node].ports_for(0)]:
        kind = {"predicate": "bool"}.get(name, "float32")
        sized = op in ("Scan", "Map") and name == "x"
        project, source = edits.add_node(project, "Placeholder", 0, 0)
        project = edits.set_attribute(project, source, "shape", [3] if sized else [])
        project = edits.set_attribute(project, source, "dtype", kind)
        project = edits.connect(project, (source, "y"), (node, name))
    assert check(project.graph).problems == ()


def test_a_second_call_takes_a_function_that_is_there() -> None:
    project, _ = edits.add_node(Project(GraphDef()), "Call", 0, 0)
    again, node = edits.add_node(project, "Call", 0, 0)
    assert again.graph.functions == project.graph.functions
    assert again.graph.nodes[node].attributes == {"function": "call_function"}


def test_an_edited_function_is_another_everywhere() -> None:
    project = with_loop()
    body = inside(project, "while_body")
    factor = next(name for name, node in body.graph.nodes.items() if node.op == "Constant")
    edited = closed(project, "while_body", edits.set_attribute(body, factor, "value", 3.0))
    assert edited.graph.functions["while_body"].graph.nodes[factor].attributes["value"] == 3.0
    assert edited.graph.nodes == project.graph.nodes
    assert edited.graph.functions["while_body"].inputs == ("x",)


def test_an_unchanged_function_leaves_the_project_equal() -> None:
    project = with_loop()
    again = closed(project, "while_body", inside(project, "while_body"))
    assert again.graph == project.graph


def test_a_new_placeholder_is_another_input_and_a_loose_identity_another_output() -> None:
    project = with_loop()
    body, entry = edits.add_node(inside(project, "while_body"), "Placeholder", 0, 90)
    body, end = edits.add_node(body, "Identity", 300, 90)
    body = edits.connect(body, (entry, "y"), (end, "x"))
    function = closed(project, "while_body", body).graph.functions["while_body"]
    assert function.inputs == ("x", "placeholder")
    assert function.outputs == {"next": ("next", "y"), "identity": ("identity", "y")}


def test_wires_follow_a_renamed_input_and_output() -> None:
    project = with_loop()
    project, relu = edits.add_node(project, "Relu", 400, 0)
    project = edits.connect(project, ("while", "next"), (relu, "x"))
    for name in ("while_body", "while_condition"):
        project = closed(project, name, edits.rename(inside(project, name), "x", "value"))
    project = closed(project, "while_body", edits.rename(inside(project, "while_body"), "next", "better"))
    assert project.graph.functions["while_body"].inputs == ("value",)
    assert project.graph.functions["while_body"].outputs == {"better": ("better", "y")}
    assert project.graph.wires["relu", "x"] == ("while", "better")
    assert check(project.graph).problems == ()


def test_a_deleted_end_is_no_output_any_more() -> None:
    project = with_loop()
    body = edits.delete(inside(project, "while_body"), ["next", "x"])
    function = closed(project, "while_body", body).graph.functions["while_body"]
    assert function.inputs == () and function.outputs == {}


def test_the_layout_of_a_function_is_kept_beside_it() -> None:
    project = with_loop()
    body = edits.move(inside(project, "while_body"), {"x": (80.0, 40.0)})
    after = closed(project, "while_body", body)
    assert after.layouts["while_body"]["x"] == (80.0, 40.0)
    assert after.graph == project.graph
    assert inside(after, "while_body").positions["x"] == (80.0, 40.0)


def test_a_deleted_node_takes_along_the_functions_that_only_it_used() -> None:
    project = with_loop()
    project, call = edits.add_node(project, "Call", 0, 0)
    project = edits.set_attribute(project, call, "function", "while_body")
    without = tidied(edits.delete(project, ["while"]), project)
    assert list(without.graph.functions) == ["while_body"]
    assert tidied(edits.delete(without, [call]), without).graph.functions == {}
    assert tidied(edits.rename(project, "while", "loop"), project).graph.functions == project.graph.functions


def test_the_clipboard_carries_the_functions_that_its_nodes_use() -> None:
    project = with_loop()
    project, other = edits.add_node(project, "If", 0, 300)
    text = clipboard.to_text(project, ["while"])
    pasted, (name,) = clipboard.paste(Project(GraphDef()), text, None)
    assert list(pasted.graph.functions) == ["while_condition", "while_body"]
    assert pasted.graph.nodes[name].attributes == project.graph.nodes["while"].attributes
    assert other not in pasted.graph.nodes


def test_a_paste_beside_the_original_uses_the_same_functions() -> None:
    project = with_loop()
    pasted, (name,) = clipboard.paste(project, clipboard.to_text(project, ["while"]), None)
    assert pasted.graph.functions == project.graph.functions
    assert pasted.graph.nodes[name].attributes == project.graph.nodes["while"].attributes


def test_another_function_of_the_same_name_is_pasted_under_another() -> None:
    project = with_loop()
    text = clipboard.to_text(project, ["while"])
    body = inside(project, "while_body")
    changed = closed(project, "while_body", edits.delete(body, ["next"]))
    pasted, (name,) = clipboard.paste(replace(changed), text, None)
    assert pasted.graph.nodes[name].attributes["body"] == "while_body_1"
    assert pasted.graph.functions["while_body_1"] == project.graph.functions["while_body"]
    assert pasted.graph.functions["while_body"] == changed.graph.functions["while_body"]


def test_signatures_follow_a_renamed_output_of_a_function() -> None:
    project = with_loop()
    signed = project.graph.sign(Signature("s", {}, {"result": ("while", "next")}))
    project = replace(project, graph=signed)
    project = closed(project, "while_body", edits.rename(inside(project, "while_body"), "next", "better"))
    assert project.graph.signatures["s"].outputs == {"result": ("while", "better")}
    assert check(project.graph).problems == ()


def test_a_renamed_function_is_followed_by_all_that_use_it() -> None:
    project = with_loop()
    project, call = edits.add_node(project, "Call", 0, 0)
    project = edits.set_attribute(project, call, "function", "while_body")
    body = edits.move(inside(project, "while_condition"), {"x": (8.0, 8.0)})
    project = closed(project, "while_condition", body)
    after = renamed(renamed(project, "while_body", "doubled"), "while_condition", "small")
    assert list(after.graph.functions) == ["small", "doubled"]
    assert after.graph.nodes["while"].attributes == {"condition": "small", "body": "doubled"}
    assert after.graph.nodes[call].attributes == {"function": "doubled"}
    assert after.layouts == {"small": {"x": (8.0, 8.0)}}
    assert check(after.graph).problems == check(project.graph).problems
    assert renamed(renamed(after, "doubled", "while_body"), "small", "while_condition") == project


def test_a_function_in_a_function_is_followed_too() -> None:
    project = with_loop()
    body, call = edits.add_node(inside(project, "while_body"), "Call", 0, 0)
    body = edits.set_attribute(body, call, "function", "while_condition")
    project = closed(project, "while_body", body)
    after = renamed(project, "while_condition", "small")
    assert after.graph.functions["while_body"].graph.nodes[call].attributes == {"function": "small"}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("while_condition", "there is already a function called 'while_condition'"),
        ("a b", "'a b' cannot be the name of a function"),
        ("", "'' cannot be the name of a function"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, sentence: str) -> None:
    with pytest.raises(GraphError, match=sentence):
        renamed(with_loop(), "while_body", name)


def test_only_functions_that_nothing_uses_are_left_out() -> None:
    project = with_loop()
    project, call = edits.add_node(project, "Call", 0, 0)
    assert unused(project) == ()
    project, other = edits.add_node(edits.delete(project, [call]), "Map", 0, 0)
    project = edits.set_attribute(project, other, "body", "while_body")
    assert unused(project) == ("map_body",)
    after = without_unused(project)
    assert list(after.graph.functions) == ["while_condition", "while_body"]
    assert after.graph.nodes == project.graph.nodes
