"""`flowscope import`: an ONNX model becomes a project; a model that cannot is refused with all reasons."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import NodeProto, TensorProto, helper, numpy_helper

from engine.project.files import read_project

WEIGHTS = np.arange(6, dtype=np.float32).reshape(3, 2)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a model of some nodes from x to y."""

    def make(*nodes: NodeProto) -> Path:
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3])
        y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
        graph = helper.make_graph(list(nodes), "g", [x], [y], [numpy_helper.from_array(WEIGHTS, "w")])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
        (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
        return tmp_path / "net.onnx"

    return make


@pytest.fixture
def net(write: Write) -> Path:
    return write(helper.make_node("MatMul", ["x", "w"], ["y"], name="out"))


@pytest.fixture
def strange(write: Write) -> Path:
    return write(
        helper.make_node("Nope", ["x"], ["a"], name="first", domain="own"),
        helper.make_node("Nope", ["x"], ["y"], name="second", domain="own"),
    )


def test_a_model_becomes_a_project_beside_it(flowscope: Any, net: Path) -> None:
    answer = flowscope("import", net)
    assert (answer.code, answer.err) == (0, "")
    assert "Imported 2 nodes and 6 weights" in answer.out
    assert "input x: node x, batch x 3 float32" in answer.out
    assert "output y: fetch out.y, batch x 2 float32" in answer.out
    loaded = read_project(net.with_suffix(".flowscope"))
    np.testing.assert_array_equal(loaded.variables["out/kernel"], WEIGHTS)


def test_the_project_runs(flowscope: Any, net: Path, tmp_path: Path) -> None:
    flowscope("import", net, "-o", tmp_path / "there.flowscope")
    np.save(tmp_path / "x.npy", np.ones((1, 3), np.float32))
    answer = flowscope(
        "run", tmp_path / "there.flowscope", "--fetch", "out", "--feed", f"x={tmp_path / 'x.npy'}", "--json"
    )
    assert answer.json == {"out": [[6.0, 9.0]]}


def test_as_json(flowscope: Any, net: Path, tmp_path: Path) -> None:
    target = tmp_path / "there.flowscope"
    said = flowscope("import", net, "-o", target, "--json").json
    assert said == {"file": str(target), "inputs": {"x": "x"}, "outputs": {"y": "out.y"}}


def test_a_project_that_exists_is_not_replaced_unasked(flowscope: Any, net: Path) -> None:
    assert flowscope("import", net).code == 0
    answer = flowscope("import", net)
    assert answer.code == 2
    assert "exists already. Name another file with -o" in answer.err
    assert flowscope("import", net, "-o", net.with_suffix(".flowscope")).code == 0


def test_all_reasons_are_told_and_nothing_is_written(flowscope: Any, strange: Path) -> None:
    answer = flowscope("import", strange)
    assert (answer.code, answer.out) == (2, "")
    assert "2 nodes cannot be drawn" in answer.err
    assert "Nope 'first'" in answer.err and "Nope 'second'" in answer.err
    assert not strange.with_suffix(".flowscope").exists()


def test_all_reasons_as_json(flowscope: Any, strange: Path) -> None:
    said = flowscope("import", strange, "--json").json
    assert [problem.partition(":")[0] for problem in said["problems"]] == ["Nope 'first'", "Nope 'second'"]


def test_what_is_no_model_is_refused(flowscope: Any, tmp_path: Path) -> None:
    (tmp_path / "story.onnx").write_text("once upon a time")
    answer = flowscope("import", tmp_path / "story.onnx")
    assert answer.code == 2
    assert "not an ONNX model" in answer.err
