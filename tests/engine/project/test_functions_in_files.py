"""Functions in project files: they survive, and what is wrong with one is named with its place."""

from dataclasses import replace
from typing import Any

import pytest

from engine import Graph
from engine.graph.check import check
from engine.ops.reduction import ReduceSum
from engine.project import limits
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.durable import FileError
from engine.project.project import Project


def project() -> Project:
    g = Graph()
    x = g.placeholder("x", (3,))
    g.while_loop(lambda v: ReduceSum()(v) < 9.0, lambda v: v * 2.0, x, name="loop")
    layouts = {"loop_body": {"v": (8.0, 16.0)}}
    return Project(g.definition, {"x": (0.0, 0.0)}, layouts=layouts)


def document(**changes: Any) -> dict[str, Any]:
    function = {
        "inputs": ["x"],
        "outputs": {"y": "s.y"},
        "nodes": {"x": {"op": "Placeholder", "attributes": {"shape": []}}, "s": {"op": "Square"}},
        "wires": {"s.x": "x.y"},
        **changes,
    }
    nodes = {"a": {"op": "Constant"}, "f": {"op": "Call", "attributes": {"function": "square"}}}
    return {
        "format": "flowscope",
        "version": 1,
        "nodes": nodes,
        "wires": {"f.x": "a.y"},
        "functions": {"square": function},
    }


def calling(**functions: list[str]) -> dict[str, Any]:
    """Functions that call others, by name."""
    drawn = {
        name: {
            "inputs": ["x"],
            "outputs": {"y": "x.y"},
            "nodes": {
                "x": {"op": "Placeholder", "attributes": {"shape": []}},
                **{f"c{i}": {"op": "Call", "attributes": {"function": f}} for i, f in enumerate(used)},
            },
            "wires": {f"c{i}.x": "x.y" for i in range(len(used))},
        }
        for name, used in functions.items()
    }
    first = next(iter(functions))
    nodes = {"a": {"op": "Constant"}, "f": {"op": "Call", "attributes": {"function": first}}}
    return {
        "format": "flowscope",
        "version": 1,
        "nodes": nodes,
        "wires": {"f.x": "a.y"},
        "functions": drawn,
    }


def test_functions_survive_the_round_trip_with_their_layout() -> None:
    given = project()
    written = project_to_dict(given)
    again = project_from_dict(written, "x")
    assert again == given
    assert list(again.graph.functions) == ["loop_condition", "loop_body"]
    assert again.layouts == {"loop_body": {"v": (8.0, 16.0)}}
    assert project_to_dict(again) == written


def test_a_project_without_functions_says_nothing_of_them() -> None:
    assert "functions" not in project_to_dict(Project(replace(project().graph, functions={})))


def test_unknown_fields_of_a_function_survive() -> None:
    given = document(author={"name": "A"})
    given["functions"]["square"]["nodes"]["s"]["colour"] = "red"
    assert project_to_dict(project_from_dict(given, "x"))["functions"] == given["functions"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"nodes": []}, "function 'square': field 'nodes' is a list; expected an object"),
    ({"wires": {"s.x": "ghost.y"}}, "function 'square': wire to 's.x': there is no node called 'ghost'"),
    ({"wires": {"s.x": "s.y"}}, "function 'square': the wires form a cycle"),
    ({"inputs": "x"}, "function 'square': field 'inputs' is a text; expected a list"),
    ({"inputs": [1]}, "function 'square': an input is a number; expected a text"),
    ({"inputs": ["ghost"]}, "function 'square': the input 'ghost' is not one of its placeholders"),
    ({"inputs": ["s"]}, "function 'square': the input 's' is not one of its placeholders"),
    ({"inputs": ["x", "x"]}, "function 'square': the input 'x' is not one of its placeholders, named once"),
    ({"outputs": ["y"]}, "function 'square': field 'outputs' is a list; expected an object"),
    ({"outputs": {"y": "ghost.y"}}, "function 'square': output 'y': there is no node called 'ghost'"),
    ({"outputs": {"y": "s"}}, "function 'square': output 'y': 's' is not an end of a wire"),
    ({"outputs": {"../y": "s.y"}}, "'../y' cannot be the name of a node"),
]


@pytest.mark.parametrize(("changes", "sentence"), WRONG)
def test_what_is_wrong_is_named_with_its_place(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(FileError) as caught:
        project_from_dict(document(**changes), "File")
    assert sentence in caught.value.what
    assert caught.value.what.startswith("File")


def test_the_nodes_of_all_functions_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NODES", 3)
    with pytest.raises(FileError, match="4 nodes with its functions; the limit is 3"):
        project_from_dict(document(), "File")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (calling(f=["f"]), "the function 'f' uses itself: f -> f"),
        (calling(f=["g"], g=["h"], h=["f"]), "the function 'f' uses itself: f -> g -> h -> f"),
        (calling(f=["ghost"]), "there is no function called 'ghost'"),
        (
            calling(**{f"f{i}": [f"f{i + 1}"] for i in range(64)}, f64=[]),
            "functions lie more than 64 deep",
        ),
        # Each uses the next one ten times: ten to the power of twenty nodes, were they written out.
        (
            calling(**{f"f{i}": [f"f{i + 1}"] * 10 for i in range(20)}, f20=[]),
            "has more than 100,000 nodes when all that it uses is written out",
        ),
    ],
    ids=["itself", "circle", "missing", "deep", "unfolding"],
)
def test_functions_that_cannot_be_are_opened_and_explained(given: dict[str, Any], sentence: str) -> None:
    problems = check(project_from_dict(given, "File").graph).problems
    assert [p.node for p in problems if sentence in p.what] == ["f"]
    assert all(p.hint for p in problems)
