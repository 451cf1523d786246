"""`flowscope run`: compute tensors, fed by hand or by the data of the project."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kernels
from app.document import edits
from engine.graph.graph import GraphDef
from engine.project.files import read_project, write_project
from engine.project.project import Project

Demo = Callable[[str], Path]


@pytest.fixture
def doubled(tmp_path: Path) -> Path:
    """y = x + x, for an x that is fed."""
    project = Project(GraphDef())
    for op in ("Placeholder", "Add"):
        project, _ = edits.add_node(project, op, 0, 0)
    project = edits.rename(project, "placeholder", "x")
    project = edits.set_attribute(project, "x", "shape", ("batch", 2))
    for port in "ab":
        project = edits.connect(project, ("x", "y"), ("add", port))
    write_project(tmp_path / "double.flowscope", project)
    return tmp_path / "double.flowscope"


@pytest.fixture
def x(tmp_path: Path) -> Path:
    np.save(tmp_path / "x.npy", np.array([[1.0, 2.5], [np.nan, np.inf]], np.float32))
    return tmp_path / "x.npy"


def test_the_arithmetic_demo_is_23(flowscope: Any, demo: Demo) -> None:
    assert flowscope("run", demo("arithmetic"), "--fetch", "result").out == "result = 23.0\n"


def test_several_fetches_are_one_object(flowscope: Any, demo: Demo) -> None:
    arguments = ("run", demo("arithmetic"), "--fetch", "result", "--fetch", "product.y", "--json")
    assert flowscope(*arguments).json == {"result": 23.0, "product.y": 15.0}


def test_data_nodes_bring_their_test_examples(flowscope: Any, demo: Demo) -> None:
    answer = flowscope("run", demo("digits-mlp"), "--fetch", "logits", "--json")
    logits = np.array(answer.json["logits"])
    assert logits.shape[1] == 10
    assert np.isfinite(logits).all()
    again = flowscope("run", demo("digits-mlp"), "--fetch", "logits", "--json")
    assert again.out == answer.out


def test_an_array_is_fed_and_json_holds_what_it_can(flowscope: Any, doubled: Path, x: Path) -> None:
    answer = flowscope("run", doubled, "--fetch", "add", "--feed", f"x={x}", "--json")
    assert answer.code == 0
    assert answer.json == {"add": [[2.0, 5.0], ["nan", "inf"]]}


def test_people_see_shape_and_dtype(flowscope: Any, doubled: Path, x: Path) -> None:
    answer = flowscope("run", doubled, "--fetch", "add", "--feed", f"x={x}")
    assert answer.out.startswith("add: 2 x 2 float32\n")


@pytest.mark.parametrize(
    "feed", ["x", "x=", "=x.npy", "x=missing.npy", "nobody={x}"], ids=lambda feed: feed.partition("{")[0]
)
def test_a_feed_that_does_not_fit_is_a_sentence(flowscope: Any, doubled: Path, x: Path, feed: str) -> None:
    answer = flowscope("run", doubled, "--fetch", "add", "--feed", feed.format(x=x), "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("flowscope: ")
    assert "Traceback" not in answer.err


def test_a_file_that_is_no_array_is_refused(flowscope: Any, doubled: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.npy").write_bytes(b"no array")
    answer = flowscope("run", doubled, "--fetch", "add", "--feed", f"x={tmp_path / 'bad.npy'}")
    assert answer.code == 2
    assert "bad.npy" in answer.err


def test_objects_in_an_array_are_never_unpickled(flowscope: Any, doubled: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "o.npy", np.array([{"a": 1}], object), allow_pickle=True)
    answer = flowscope("run", doubled, "--fetch", "add", "--feed", f"x={tmp_path / 'o.npy'}")
    assert answer.code == 2
    assert "o.npy" in answer.err


def test_what_is_not_fed_is_named(flowscope: Any, doubled: Path) -> None:
    answer = flowscope("run", doubled, "--fetch", "add")
    assert answer.code in (1, 2)
    assert "x" in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("fetch", ["nobody", "result.z", "result/inside", ""])
def test_a_wrong_fetch_is_a_sentence(flowscope: Any, demo: Demo, fetch: str) -> None:
    answer = flowscope("run", demo("arithmetic"), "--fetch", fetch)
    assert answer.code in (1, 2)
    assert answer.out == ""
    assert answer.err.startswith("flowscope: ")
    assert answer.err.count("\n") == 1


def test_a_graph_with_problems_is_not_run(flowscope: Any, tmp_path: Path) -> None:
    project, _ = edits.add_node(Project(GraphDef()), "MatMul", 0, 0)
    write_project(tmp_path / "a.flowscope", project)
    answer = flowscope("run", tmp_path / "a.flowscope", "--fetch", "mat_mul")
    assert answer.code == 1
    assert "mat_mul" in answer.err


def test_without_a_fetch_it_says_what_is_missing(flowscope: Any, demo: Demo) -> None:
    answer = flowscope("run", demo("arithmetic"))
    assert answer.code == 2
    assert "--fetch" in answer.err


def test_trained_variables_are_used(flowscope: Any, tmp_path: Path) -> None:
    project = Project(GraphDef())
    for op in ("Constant", "Dense"):
        project, _ = edits.add_node(project, op, 0, 0)
    project = edits.set_attribute(project, "constant", "value", ((1.0, 2.0),))
    project = edits.set_attribute(project, "dense", "units", 1)
    project = edits.connect(project, ("constant", "y"), ("dense", "x"))
    kernel = np.array([[10.0], [100.0]], np.float32)
    variables = {"dense/kernel": kernel, "dense/bias": np.array([1000.0], np.float32)}
    write_project(tmp_path / "a.flowscope", project, variables)
    answer = flowscope("run", tmp_path / "a.flowscope", "--fetch", "dense", "--json")
    assert answer.json == {"dense": [[1210.0]]}


def test_an_archive_is_run_like_json(flowscope: Any, demo: Demo, tmp_path: Path) -> None:
    write_project(tmp_path / "zip.flowscope", read_project(demo("arithmetic")).project)
    assert flowscope("run", tmp_path / "zip.flowscope", "--fetch", "result").out == "result = 23.0\n"


@pytest.mark.skipif(kernels.gpu_status().available, reason="there is a GPU")
def test_a_node_that_is_pinned_to_what_is_not_there_runs_and_says_so(
    flowscope: Any, demo: Demo, tmp_path: Path
) -> None:
    project = edits.set_policy(read_project(demo("arithmetic")).project, ["sum"], "device", "gpu")
    write_project(tmp_path / "pinned.flowscope", project)
    answer = flowscope("run", tmp_path / "pinned.flowscope", "--fetch", "result")
    assert (answer.code, answer.out) == (0, "result = 23.0\n")
    assert answer.err.startswith("flowscope: 'sum' runs on cpu, because gpu is not there. GPU off: ")
