"""`flowscope check`: all problems of a graph, for people or as JSON, and whether it would run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import resources
from app.document import edits
from engine import Graph
from engine.graph.graph import GraphDef
from engine.graph.signature import Signature
from engine.ops.activation import Relu
from engine.project.files import read_project, write_project
from engine.project.project import Project

Demo = Callable[[str], Path]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A graph whose MatMul gets one matrix only."""
    project = Project(GraphDef())
    project, _ = edits.add_node(project, "Constant", 0, 0)
    project, _ = edits.add_node(project, "MatMul", 0, 0)
    project = edits.connect(project, ("constant", "y"), ("mat_mul", "a"))
    write_project(tmp_path / "broken.flowscope", project)
    return tmp_path / "broken.flowscope"


@pytest.mark.parametrize("path", resources.demo_files(), ids=lambda path: path.stem)
def test_the_demos_have_no_problems(flowscope: Any, path: Path) -> None:
    answer = flowscope("check", path)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("No problems.")
    assert flowscope("check", path, "--json").json == {"runs": True, "problems": [], "signatures": {}}


def test_problems_are_listed_with_their_node(flowscope: Any, broken: Path) -> None:
    answer = flowscope("check", broken)
    assert answer.code == 1
    assert "mat_mul" in answer.out
    found = flowscope("check", broken, "--json")
    assert found.code == 1
    assert not found.json["runs"]
    assert {problem["node"] for problem in found.json["problems"]} == {"mat_mul"}
    assert all(set(p) == {"node", "port", "what", "hint", "stops"} for p in found.json["problems"])


def test_a_problem_of_the_whole_program_is_found(flowscope: Any, demo: Demo, tmp_path: Path) -> None:
    """Only building shows that a loss depends on no variable."""
    project = read_project(demo("digits-mlp")).project
    loss = next(name for name, node in project.graph.nodes.items() if "Crossentropy" in node.op)
    digits = next(name for name, node in project.graph.nodes.items() if node.op == "Digits")
    project = edits.delete(project, [n for n, node in project.graph.nodes.items() if node.op == "Dense"])
    flat = next(name for name, node in project.graph.nodes.items() if node.op == "Flatten")
    for port, source in (("logits", (flat, "y")), ("labels", (digits, "labels"))):
        project = edits.connect(project, source, (loss, port))
    write_project(tmp_path / "a.flowscope", project)
    answer = flowscope("check", tmp_path / "a.flowscope", "--json")
    assert answer.code == 1
    assert answer.json["problems"]


@pytest.mark.parametrize("content", [None, b"", b"nonsense", b'{"format": "flowscope", "version": 99}'])
def test_a_file_that_cannot_be_read_is_a_sentence(
    flowscope: Any, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "a.flowscope"
    if content is not None:
        path.write_bytes(content)
    for arguments in (("check", path), ("check", path, "--json"), ("run", path, "--fetch", "x")):
        answer = flowscope(*arguments)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith("flowscope: ")
        assert "a.flowscope" in answer.err
        assert answer.err.count("\n") == 1


def test_signatures_are_listed_with_what_they_take_and_give(flowscope: Any, tmp_path: Path) -> None:
    g = Graph()
    g.signature("serving_default", {"bent": Relu()(g.placeholder("x", ("batch", 2)))})
    graph = g.definition.sign(Signature("odd", {}, {"y": ("gone", "y")}))
    write_project(tmp_path / "a.flowscope", Project(graph))
    answer = flowscope("check", tmp_path / "a.flowscope")
    assert answer.code == 0
    assert "its output 'y' is y of 'gone', and there is no such node" in answer.out
    assert answer.out.endswith(
        "Signature serving_default\n"
        "  input x: x.y, batch x 2 float32\n"
        "  output bent: relu.y, batch x 2 float32\n"
        "Signature odd\n"
        "  output y: gone.y, of unknown shape\n"
    )
    tensor = {"dtype": "float32", "shape": ["batch", 2]}
    assert flowscope("check", tmp_path / "a.flowscope", "--json").json["signatures"] == {
        "serving_default": {
            "inputs": {"x": {"port": "x.y", **tensor}},
            "outputs": {"bent": {"port": "relu.y", **tensor}},
        },
        "odd": {"inputs": {}, "outputs": {"y": {"port": "gone.y", "dtype": None, "shape": None}}},
    }


def test_a_folder_is_no_project(flowscope: Any, tmp_path: Path) -> None:
    assert flowscope("check", tmp_path).code == 2


def test_an_archive_is_read_like_json(flowscope: Any, demo: Demo, tmp_path: Path) -> None:
    write_project(tmp_path / "zip.flowscope", read_project(demo("digits-mlp")).project)
    assert (tmp_path / "zip.flowscope").read_bytes()[:2] == b"PK"
    assert flowscope("check", tmp_path / "zip.flowscope").code == 0
