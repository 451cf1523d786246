"""Bypass and mute in the window: by key, drawn, refused in a sentence where it cannot be, and undone."""

from typing import Any

from engine.project.codec import project_from_dict, project_to_dict


def flow(person: Any, node: str) -> str:
    found = person.app.document.project.graph.nodes[node].policy.flow
    assert isinstance(found, str)
    return found


def test_a_node_is_bypassed_by_a_key_and_takes_part_again(person: Any) -> None:
    person.click(person.header("dropout"))
    person.keys("Ctrl+B")
    assert flow(person, "dropout") == "bypassed"
    look = person.canvas.graph.nodes["dropout"].look
    assert look.bypassed and not look.muted and look.state == "normal"
    assert person.app.workspace.can_run
    person.keys("Ctrl+B")
    assert flow(person, "dropout") == "normal"
    person.keys("Ctrl+Z")
    assert flow(person, "dropout") == "bypassed"
    person.keys("Ctrl+Z")
    assert flow(person, "dropout") == "normal"


def test_what_changes_the_shape_is_not_bypassed_and_says_why(person: Any) -> None:
    said: list[str] = []
    person.app.workspace.said.connect(lambda sentence, _level: said.append(sentence))
    before = person.app.document.project
    person.click(person.header("hidden"))
    person.keys("Ctrl+B")
    assert person.app.document.project == before
    assert said[-1].startswith("Dense 'hidden': cannot be bypassed: y is batch x 128")
    assert "Mute it instead" in said[-1]


def test_a_bypass_that_fits_no_longer_is_told_at_the_node(person: Any) -> None:
    person.click(person.header("logits"))
    person.fill("units", "128")
    person.canvas.setFocus()
    person.keys("Ctrl+B")
    assert flow(person, "logits") == "bypassed"
    person.click(person.header("hidden"))
    person.fill("units", "64")
    look = person.canvas.graph.nodes["logits"].look
    assert look.state == "error" and "annot be bypassed" in look.message
    assert not person.app.workspace.can_run


def test_a_muted_node_is_left_out_with_what_needs_it(person: Any) -> None:
    person.click(person.header("loss"))
    person.keys("Ctrl+M")
    looks = {name: node.look for name, node in person.canvas.graph.nodes.items()}
    assert {name for name, look in looks.items() if look.muted} == {"loss", "adam"}
    assert looks["loss"].settings and looks["loss"].state == "normal"
    wires = {key: wire.look.state for key, wire in person.canvas.graph.wires.items()}
    assert wires["adam", "loss"] == wires["loss", "logits"] == "muted"
    assert wires["accuracy", "logits"] == "normal"
    assert person.app.workspace.problems == ()
    person.keys("Ctrl+M")
    assert not any(node.look.muted for node in person.canvas.graph.nodes.values())


def test_several_nodes_are_muted_as_one_step(person: Any) -> None:
    before = person.app.document.project
    person.keys("Ctrl+A")
    person.keys("Ctrl+M")
    assert all(node.look.muted for node in person.canvas.graph.nodes.values())
    person.keys("Ctrl+Z")
    assert person.app.document.project == before


def test_the_file_keeps_who_takes_part(person: Any) -> None:
    person.click(person.header("dropout"))
    person.keys("Ctrl+B")
    project = person.app.document.project
    document = project_to_dict(project)
    assert document["nodes"]["dropout"]["flow"] == "bypassed"
    assert "flow" not in document["nodes"]["hidden"]
    assert project_from_dict(document, "File") == project


def test_inside_a_block_nothing_is_muted(person: Any) -> None:
    before = person.app.document.project
    person.double_click(person.header("hidden"))
    person.keys("Ctrl+A")
    person.keys("Ctrl+M")
    assert person.app.document.project == before


def test_a_refusal_is_said_until_the_next_edit(person: Any) -> None:
    person.click(person.header("hidden"))
    person.keys("Ctrl+B")
    assert "cannot be bypassed" in person.status
    person.keys("Ctrl+M")
    assert "cannot be bypassed" not in person.status
