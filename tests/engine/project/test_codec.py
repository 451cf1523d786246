"""Projects as plain dicts: nothing is lost, and what is wrong is named with its place."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from engine.errors import AttributeProblem
from engine.graph.check import check
from engine.graph.graph import GraphDef, Node
from engine.policy import Policy
from engine.project import limits
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.durable import FileError
from engine.project.migrate import VERSION, migrate
from engine.project.project import TRAINING_ATTRIBUTES, Project, TrainingSettings


def minimal() -> dict[str, Any]:
    return {"format": "flowscope", "version": 1, "nodes": {"a": {"op": "Constant"}, "b": {"op": "Relu"}}}


def test_a_project_survives_the_round_trip(project: Project) -> None:
    document = project_to_dict(project)
    again = project_from_dict(document, "x")
    assert again == project
    assert list(again.graph.nodes) == list(project.graph.nodes)
    assert list(again.graph.wires) == list(project.graph.wires)
    assert project_to_dict(again) == document


def test_what_is_left_out_has_its_default() -> None:
    project = project_from_dict({"format": "flowscope", "version": 1}, "x")
    assert project == Project(GraphDef())
    assert project.training == TrainingSettings()


def test_unknown_fields_survive_at_every_level(project: Project) -> None:
    document = project_to_dict(project)
    document["future"] = {"list": [{"x": 1}]}
    document["nodes"]["images"]["future"] = [1]
    document["notes"][0]["future"] = "n"
    document["training"]["future"] = None
    again = project_to_dict(project_from_dict(document, "x"))
    assert again == document


def test_an_op_that_nobody_knows_survives() -> None:
    document = minimal()
    document["nodes"]["a"] = {"op": "Quantum.Dense", "attributes": {"spin": [0.5, {"up": True}]}}
    node = project_from_dict(document, "x").graph.nodes["a"]
    assert node == Node("a", "Quantum.Dense", {"spin": [0.5, {"up": True}]})


def test_where_and_how_a_node_runs_is_kept_whatever_it_says() -> None:
    document = minimal()
    document["nodes"]["a"] = {"op": "Relu", "device": "quantum", "precision": "float32"}
    project = project_from_dict(document, "x")
    assert project.graph.nodes["a"].policy == Policy(device="quantum", precision="float32")
    assert project_to_dict(project)["nodes"] == document["nodes"]
    found = [problem.what for problem in check(project.graph).problems if problem.node == "a"]
    assert any("device is 'quantum'; expected one of inherit, cpu, gpu" in what for what in found)


def test_ports_are_saved_by_name(project: Project) -> None:
    wires = project_to_dict(project)["wires"]
    assert wires == {"hidden.x": "images.features", "mystery.values:0": "hidden.y"}


def test_equal_attributes_in_another_order_give_the_same_file(project: Project) -> None:
    node = project.graph.nodes["hidden"]
    turned = replace(node, attributes=dict(reversed(list(node.attributes.items()))))
    other = replace(project, graph=project.graph.replace_node(turned))
    assert str(project_to_dict(other)) == str(project_to_dict(project))


WRONG: list[tuple[list[str | int], Any, str]] = [
    (["format"], "other", "is not a Flowscope project: its field 'format' is 'other'"),
    (["version"], VERSION + 1, f"saved by a newer Flowscope: its format is version {VERSION + 1}"),
    (["version"], 0, "the field 'version' is 0"),
    (["version"], True, "the field 'version' is True"),
    (["version"], "1", "the field 'version' is '1'"),
    (["nodes"], [], "field 'nodes' is a list; expected an object"),
    (["nodes", "a"], 3, "node 'a' is a number; expected an object"),
    (["nodes", "a"], {}, "node 'a' has no field 'op'"),
    (["nodes", "a", "op"], None, "node 'a': field 'op' is null; expected a text"),
    (["nodes", "a", "device"], 1, "node 'a': field 'device' is a number; expected a text"),
    (["nodes", "a", "op"], "", "the name is empty"),
    (["nodes", "a", "op"], "Re\u202elu", "has the character U+202E"),
    (["nodes", "a", "attributes"], "x", "node 'a': field 'attributes' is a text; expected an object"),
    (["nodes", "a", "attributes"], {"": 1}, "node 'a': attribute '': the name is empty"),
    (["nodes", "a", "position"], [1], "node 'a': field 'position' has 1 numbers; expected 2"),
    (["nodes", "a", "position"], [1, "2"], "node 'a': field 'position' is a text; expected a number"),
    (["nodes", "a", "position"], [1, True], "is true or false; expected a number"),
    (["nodes", "a", "position"], [1, 1e308], "is 1e+308; expected a number up to 1e+09"),
    (["nodes", "a", "position"], {"x": 1}, "is an object; expected a list"),
    (["nodes", "../../etc"], {"op": "X"}, "'../../etc' cannot be the name of a node"),
    (["nodes", "a b"], {"op": "X"}, "cannot be the name of a node"),
    (["nodes", "n" * 129], {"op": "X"}, "cannot be the name of a node"),
    (["nodes", "\u1100\u1161"], {"op": "X"}, "composed of parts"),
    (["wires"], [], "field 'wires' is a list; expected an object"),
    (["wires"], {"b.x": 1}, "wire to 'b.x' is a number; expected a text"),
    (["wires"], {"b.x": "ghost.y"}, "wire to 'b.x': there is no node called 'ghost'"),
    (["wires"], {"ghost.x": "a.y"}, "wire to 'ghost.x': there is no node called 'ghost'"),
    (["wires"], {"b": "a.y"}, "'b' is not an end of a wire; expected 'node.port'"),
    (["wires"], {"b.x": "a."}, "'a.' is not an end of a wire"),
    (["wires"], {"b.x.y": "a.y"}, "'b.x.y' is not an end of a wire"),
    (["wires"], {"b.x:-1": "a.y"}, "is not an end of a wire"),
    (["wires"], {"a.x": "a.y"}, "form a cycle of 1 nodes: a -> a"),
    (["wires"], {"a.x": "b.y", "b.x": "a.y"}, "form a cycle of 2 nodes: a -> b -> a"),
    (["notes"], {}, "field 'notes' is an object; expected a list"),
    (["notes"], [1], "note 1 is a number; expected an object"),
    (["notes"], [{"id": "n"}], "note 1 has no field 'x'"),
    (["training"], 5, "field 'training' is a number; expected an object"),
    (["training"], {"epochs": 0}, "training settings: epochs is 0; expected 1 to"),
    (["training"], {"epochs": "ten"}, "training settings: epochs is 'ten'; expected a whole number"),
    (["training"], {"device": "abacus"}, "device is 'abacus'; expected one of auto, cpu, gpu"),
    (["training"], {"shuffle": 1}, "shuffle is 1; expected true or false"),
    (["future"], "t" * (limits.STRING_CHARACTERS + 1), "has a text of 1,048,577 characters"),
]


@pytest.mark.parametrize(("place", "value", "sentence"), WRONG)
def test_what_is_wrong_is_named_with_its_place(place: list[Any], value: Any, sentence: str) -> None:
    document = minimal()
    where: Any = document
    for key in place[:-1]:
        where = where[key]
    where[place[-1]] = value
    with pytest.raises(FileError) as caught:
        project_from_dict(document, "File")
    assert sentence in caught.value.what
    assert caught.value.what.startswith("File")
    assert caught.value.what.endswith(".")


def note(**changes: Any) -> dict[str, Any]:
    return {"id": "n", "x": 0, "y": 0, "width": 1, "height": 1, "text": "", **changes}


def test_notes_are_checked() -> None:
    for notes, sentence in (
        ([note(), note()], "note 2: the id 'n' is that of another note"),
        ([note(id="")], "note 1: id '': the name is empty"),
        ([note(width="wide")], "note 1: field 'width' is a text; expected a number"),
        ([note(text=[])], "note 1: field 'text' is a list; expected a text"),
    ):
        with pytest.raises(FileError, match=sentence):
            project_from_dict({**minimal(), "notes": notes}, "File")


@pytest.mark.parametrize("limit", ["NODES", "WIRES", "NOTES", "ATTRIBUTES_PER_NODE"])
def test_a_limit_holds_at_its_value_and_not_beyond(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    document = {
        **minimal(),
        "nodes": {"a": {"op": "X", "attributes": {"p": 1, "q": 2}}, "b": {"op": "X"}},
        "wires": {"b.x": "a.y", "b.z": "a.y"},
        "notes": [note(), note(id="m")],
    }
    monkeypatch.setattr(limits, limit, 2)
    project_from_dict(deepcopy(document), "File")
    monkeypatch.setattr(limits, limit, 1)
    with pytest.raises(FileError, match="has 2 parts; the limit is 1"):
        project_from_dict(document, "File")


def test_a_long_chain_and_a_long_cycle_need_no_deep_stack() -> None:
    count = 20_000
    document = {
        "format": "flowscope",
        "version": 1,
        "nodes": {f"n{i}": {"op": "X"} for i in range(count)},
        "wires": {f"n{i + 1}.x": f"n{i}.y" for i in range(count - 1)},
    }
    assert len(project_from_dict(document, "File").graph.wires) == count - 1
    document["wires"]["n0.x"] = f"n{count - 1}.y"  # type: ignore[index]  # a plain JSON value
    with pytest.raises(FileError, match=r"a cycle of 20000 nodes: n0 -> .* -> \.\.\. -> n0"):
        project_from_dict(document, "File")


def test_older_versions_are_brought_up_step_by_step() -> None:
    def second(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "nodes": document["ops"]}

    def third(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "third": True}

    old = {"format": "flowscope", "version": 1, "ops": {"a": 1}}
    before = deepcopy(old)
    new = migrate(old, "File", steps={1: second, 2: third}, version=3)
    assert new == {"format": "flowscope", "version": 3, "ops": {"a": 1}, "nodes": {"a": 1}, "third": True}
    assert old == before
    assert migrate(new, "File", steps={1: second, 2: third}, version=3) == new


def test_nodes_that_version_1_named_by_patterns_have_a_precision_now() -> None:
    document = minimal()
    document["training"] = {"full_precision": "x, a*", "precision": "mixed_float16"}
    project = project_from_dict(document, "File")
    found = {name: node.policy.precision for name, node in project.graph.nodes.items()}
    assert found == {"a": "float32", "b": "inherit"}
    assert project.training == TrainingSettings(precision="mixed_float16")
    document["training"] = {"full_precision": ""}
    assert project_from_dict(document, "File") == project_from_dict(minimal(), "File")


def test_a_newer_file_says_what_to_do() -> None:
    with pytest.raises(FileError) as caught:
        migrate({"format": "flowscope", "version": VERSION + 8}, "File")
    assert str(caught.value) == (
        f"File was saved by a newer Flowscope: its format is version {VERSION + 8}, "
        f"and this program reads up to version {VERSION}. Update Flowscope to open it."
    )


def test_training_settings_are_declared_for_a_form() -> None:
    assert {a.name for a in TRAINING_ATTRIBUTES} >= {"epochs", "batch_size", "validation_split", "device"}
    defaults = TrainingSettings()
    for declared in TRAINING_ATTRIBUTES:
        assert declared.help.endswith(".")
        assert getattr(defaults, declared.name) == declared.default
    with pytest.raises(AttributeProblem, match="batch_size is 0"):
        TrainingSettings(batch_size=0)
