"""The edits: each is a function from project to project, and what is impossible is refused in a sentence."""

from dataclasses import replace

import pytest

from app.document import edits
from engine import registry
from engine.errors import AttributeProblem, FlowscopeError, GraphError
from engine.graph.graph import GraphDef
from engine.graph.signature import Signature
from engine.project.project import Project


def small() -> Project:
    """x and y are added; the sum goes through a Relu."""
    project = Project(GraphDef())
    for op, x in (("Constant", 0), ("Constant", 0), ("Add", 200), ("Relu", 400)):
        project, _ = edits.add_node(project, op, x, 0)
    project = edits.connect(project, ("constant", "y"), ("add", "a"))
    project = edits.connect(project, ("constant_1", "y"), ("add", "b"))
    return edits.connect(project, ("add", "y"), ("relu", "x"))


def test_a_new_node_is_named_after_its_op_and_lies_on_the_grid() -> None:
    project, name = edits.add_node(small(), "Dense", 101.0, -3.9)
    assert name == "dense"
    assert project.graph.nodes["dense"].op == "Dense"
    assert project.positions["dense"] == (104, 0)


def test_names_are_never_given_twice() -> None:
    assert list(small().graph.nodes) == ["constant", "constant_1", "add", "relu"]


def test_an_unknown_op_is_refused() -> None:
    with pytest.raises(FlowscopeError, match="Nonsense"):
        edits.add_node(small(), "Nonsense", 0, 0)


def test_a_deleted_node_takes_its_wires_and_its_position() -> None:
    project = edits.delete(small(), ["add"])
    assert "add" not in project.graph.nodes
    assert "add" not in project.positions
    assert project.graph.wires == {}


def test_wires_and_notes_can_be_deleted_alone() -> None:
    project, note = edits.add_note(small(), 0, 0, "text")
    project = edits.delete(project, [], [("relu", "x")], [note])
    assert ("relu", "x") not in project.graph.wires
    assert len(project.graph.wires) == 2
    assert project.notes == ()


def test_nodes_and_notes_move_together() -> None:
    project, note = edits.add_note(small(), 0, 0, "text")
    moved = edits.move(project, {"relu": (8.0, 16.0), "nobody": (0.0, 0.0)}, {note: (1.0, 2.0)})
    assert moved.positions["relu"] == (8.0, 16.0)
    assert (moved.notes[0].x, moved.notes[0].y) == (1.0, 2.0)
    assert "nobody" not in moved.positions
    assert moved.graph == project.graph


def test_wires_and_position_follow_a_new_name() -> None:
    project = edits.rename(small(), "add", "sum")
    assert project.graph.wires["relu", "x"] == ("sum", "y")
    assert project.graph.wires["sum", "a"] == ("constant", "y")
    assert project.positions["sum"] == (200, 0)
    assert "add" not in project.positions


@pytest.mark.parametrize("name", ["relu", "", "two words", "a/b", "x" * 200, "a.b"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(GraphError, match=r"(name|called)"):
        edits.rename(small(), "add", name)


def test_what_is_not_there_cannot_be_renamed_or_set() -> None:
    with pytest.raises(GraphError, match="no node called 'nobody'"):
        edits.rename(small(), "nobody", "somebody")
    with pytest.raises(GraphError, match="no node called 'nobody'"):
        edits.set_attribute(small(), "nobody", "units", 3)
    with pytest.raises(GraphError, match="no node called 'nobody'"):
        edits.connect(small(), ("nobody", "y"), ("relu", "x"))


def test_a_wire_replaces_the_one_that_ended_there() -> None:
    project = edits.connect(small(), ("constant", "y"), ("relu", "x"))
    assert project.graph.wires["relu", "x"] == ("constant", "y")
    assert len(project.graph.wires) == 3


def test_a_cycle_is_refused() -> None:
    with pytest.raises(GraphError, match="cycle"):
        edits.connect(small(), ("relu", "y"), ("add", "a"))


def test_a_wire_can_be_removed() -> None:
    project = edits.disconnect(small(), ("relu", "x"))
    assert ("relu", "x") not in project.graph.wires
    assert edits.disconnect(project, ("relu", "x")) == project


def test_an_attribute_is_kept_as_json() -> None:
    project = edits.set_attribute(small(), "constant", "value", ((1.0, 2.0), (3.0, 4.0)))
    assert project.graph.nodes["constant"].attributes == {"value": [[1.0, 2.0], [3.0, 4.0]]}


def test_a_default_is_not_written_down() -> None:
    project, _ = edits.add_node(small(), "Dense", 0, 0)
    changed = edits.set_attribute(project, "dense", "units", 7)
    default = next(a for a in registry.get("Dense").attributes() if a.name == "units").default
    assert edits.set_attribute(changed, "dense", "units", default) == project


@pytest.mark.parametrize("value", [0, -1, "many", 1.5, None])
def test_an_attribute_that_cannot_be_is_refused(value: object) -> None:
    project, _ = edits.add_node(small(), "Dense", 0, 0)
    with pytest.raises(AttributeProblem):
        edits.set_attribute(project, "dense", "units", value)


def test_where_several_nodes_run_is_said_at_once() -> None:
    project = edits.set_policy(small(), ["add", "relu"], "device", "gpu")
    pinned = [node.name for node in project.graph.nodes.values() if node.policy.device == "gpu"]
    assert pinned == ["add", "relu"]
    assert edits.set_policy(project, ["add", "relu"], "device", "inherit") == small()
    with pytest.raises(AttributeProblem, match="device is 'tpu'; expected one of inherit, cpu, gpu"):
        edits.set_policy(project, ["add"], "device", "tpu")


def test_training_settings_are_set_and_checked() -> None:
    assert edits.set_training(small(), "epochs", 3).training.epochs == 3
    with pytest.raises(AttributeProblem):
        edits.set_training(small(), "epochs", 0)
    for setting in ("extra", "nonsense"):
        with pytest.raises(AttributeProblem, match=setting):
            edits.set_training(small(), setting, 1)


def test_a_note_is_added_written_and_resized() -> None:
    project, first = edits.add_note(small(), 10, 10, "one")
    project, second = edits.add_note(project, 0, 0, "two")
    assert first != second
    project = edits.edit_note(edits.resize_note(project, first, 300, 200), first, "three")
    note = project.notes[0]
    assert (note.text, note.width, note.height, note.x) == ("three", 300, 200, 8)
    assert project.notes[1].text == "two"


def test_a_note_takes_the_first_free_number() -> None:
    project, first = edits.add_note(small(), 0, 0, "one")
    project, second = edits.add_note(project, 0, 0, "two")
    project, third = edits.add_note(edits.delete(project, [], [], [first]), 0, 0, "three")
    assert (third, second) == (first, "note_2")


def test_merging_renames_what_is_taken_and_keeps_its_wires() -> None:
    project, names = edits.merge(small(), small(), 32, 32)
    assert len(project.graph.nodes) == 8
    assert len(project.graph.wires) == 6
    constant, other, total, relu = names
    assert project.graph.wires[relu, "x"] == (total, "y")
    assert project.graph.wires[total, "a"] == (constant, "y")
    assert project.graph.wires[total, "b"] == (other, "y")
    assert project.positions[relu] == (432, 32)
    assert set(small().graph.wires.items()) <= set(project.graph.wires.items())


def test_a_part_has_only_the_wires_among_its_nodes() -> None:
    project, note = edits.add_note(small(), 0, 0, "text")
    part = edits.part_of(project, ["add", "relu"])
    assert set(part.graph.nodes) == {"add", "relu"}
    assert part.graph.wires == {("relu", "x"): ("add", "y")}
    assert set(part.positions) == {"add", "relu"}
    assert part.notes == ()
    assert edits.part_of(project, [], [note]).notes == project.notes


def test_a_part_is_nodes_and_brings_no_signatures() -> None:
    project = small()
    signed = replace(project, graph=project.graph.sign(Signature("s", {}, {"y": ("relu", "y")})))
    assert edits.part_of(signed, signed.graph.nodes).graph == project.graph


def test_no_edit_touches_the_project_that_it_was_given() -> None:
    before, kept = small(), small()
    edits.delete(before, ["add"])
    edits.rename(before, "add", "sum")
    edits.move(before, {"add": (0.0, 0.0)})
    edits.merge(before, kept, 0, 0)
    assert before == kept


@pytest.mark.parametrize(
    ("op", "name"),
    [
        ("Conv2DTranspose", "conv2d_transpose"),
        ("MaxPooling2D", "max_pooling2d"),
        ("LSTMSequence", "lstm_sequence"),
        ("TopKCategoricalAccuracy", "top_k_categorical_accuracy"),
        ("LayerNormalization", "layer_normalization"),
        ("RMSprop", "rmsprop"),
        ("GRU", "gru"),
    ],
)
def test_a_new_node_is_called_by_the_words_of_its_op(op: str, name: str) -> None:
    assert edits.add_node(Project(GraphDef()), op, 0, 0)[1] == name


def test_two_inputs_swap_their_wires() -> None:
    project = edits.swap(small(), "add", "a", "b")
    assert project.graph.wires["add", "a"] == ("constant_1", "y")
    assert project.graph.wires["add", "b"] == ("constant", "y")
    half = edits.disconnect(project, ("add", "b"))
    assert edits.swap(half, "add", "a", "b").graph.inputs_of("add") == {"b": ("constant_1", "y")}
    with pytest.raises(GraphError, match="nobody"):
        edits.swap(small(), "nobody", "a", "b")
