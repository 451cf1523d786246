"""A file that is no sound model is refused in a sentence, before anything is drawn."""

import random
from pathlib import Path

import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper

from engine.errors import FlowscopeError
from engine.exchange.onnx.importing import import_file, import_model
from engine.exchange.onnx.problems import ImportRefused
from engine.exchange.onnx.reading import parse_model


def model(
    *nodes: NodeProto, inputs: tuple[str, ...] = ("x",), output: str = "y", opset: int = 20
) -> ModelProto:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 3]) for name in inputs]
    results = [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)]
    graph = helper.make_graph(list(nodes), "graph", values, results)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def relu(source: str, target: str, name: str = "") -> NodeProto:
    return helper.make_node("Relu", [source], [target], name=name)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.onnx"
    path.write_bytes(b"")
    with pytest.raises(ImportRefused, match="is empty; expected an ONNX model"):
        import_file(path)


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FlowscopeError, match="is a folder"):
        import_file(tmp_path)
    with pytest.raises(ImportRefused, match="Cannot open"):
        import_file(tmp_path / "missing.onnx")


def test_text_is_no_model() -> None:
    with pytest.raises(ImportRefused, match="not an ONNX model"):
        parse_model(b"once upon a time there was a file", "'story.onnx'")


def test_a_model_cut_off_anywhere_is_refused_or_whole() -> None:
    whole = model(relu("x", "y")).SerializeToString()
    refused = 0
    for length in range(len(whole)):
        try:
            import_model(parse_model(whole[:length], "'part.onnx'"))
        except FlowscopeError:
            refused += 1
    assert refused > 0.8 * len(whole)


def test_garbled_bytes_never_break_the_import() -> None:
    """Whatever is changed in the file, the answer is a graph or a sentence."""
    whole = model(relu("x", "h"), helper.make_node("Softmax", ["h"], ["y"])).SerializeToString()
    rng = random.Random(0)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            import_model(parse_model(bytes(data), "'garbled.onnx'"))
        except FlowscopeError as error:
            assert str(error)


def test_an_opset_from_the_future_is_named() -> None:
    with pytest.raises(ImportRefused, match="opset 99; the newest that is understood is 28"):
        import_model(model(relu("x", "y"), opset=99))


def test_an_ir_version_from_the_future_is_named() -> None:
    late = model(relu("x", "y"))
    late.ir_version = 99
    with pytest.raises(ImportRefused, match="IR version 99"):
        import_model(late)


def test_an_old_opset_is_converted() -> None:
    old = model(helper.make_node("Add", ["x", "x"], ["y"]), opset=6)
    assert [node.op for node in import_model(old).project.graph.nodes.values()] == ["Placeholder", "Add"]


def test_a_cycle_is_told_with_the_value_that_closes_it() -> None:
    with pytest.raises(ImportRefused, match="Relu 'first' reads 'b', which is made later"):
        import_model(model(relu("b", "a", "first"), relu("a", "b", "second"), output="b"))


def test_a_value_that_nothing_makes() -> None:
    with pytest.raises(ImportRefused, match="Relu 'r' reads 'nowhere', which nothing makes"):
        import_model(model(relu("nowhere", "y", "r")))


def test_a_value_that_is_made_twice() -> None:
    with pytest.raises(ImportRefused, match="'y' is made twice, the second time by Relu 'again'"):
        import_model(model(relu("x", "y", "once"), relu("x", "y", "again")))


def test_an_output_that_nothing_makes() -> None:
    with pytest.raises(ImportRefused, match="nothing makes its output 'other'"):
        import_model(model(relu("x", "y"), output="other"))


def test_all_unsupported_nodes_are_told_at_once_and_nothing_is_imported() -> None:
    nodes = [
        helper.make_node("StringSplit", ["x"], ["a", "n"], name="split", delimiter=" "),
        helper.make_node("Nope", ["x"], ["b"], name="strange", domain="com.example"),
        relu("x", "y"),
    ]
    with pytest.raises(ImportRefused) as caught:
        import_model(model(*nodes))
    assert "2 nodes cannot be drawn" in str(caught.value)
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "StringSplit 'split'",
        "Nope 'strange'",
    ]


def test_unsupported_nodes_behind_unsupported_nodes_are_told_too() -> None:
    nodes = [
        helper.make_node("Nope", ["x"], ["a"], name="first", domain="com.example"),
        relu("a", "b", "between"),
        helper.make_node("Nope", ["b"], ["c"], name="behind", domain="com.example"),
        helper.make_node("Grow", ["c"], ["y"], name="own", domain="own"),
    ]
    body = [helper.make_node("Add", ["a", "a"], ["b"])]
    graph = model(*nodes)
    graph.functions.append(helper.make_function("own", "Grow", ["a"], ["b"], body, graph.opset_import[:1]))
    graph.opset_import.append(helper.make_opsetid("own", 1))
    with pytest.raises(ImportRefused) as caught:
        import_model(graph)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["Nope 'first'", "Nope 'behind'"]


def test_a_function_that_calls_itself_is_refused() -> None:
    call = helper.make_node("F", ["a"], ["b"], domain="own")
    function = helper.make_function("own", "F", ["a"], ["b"], [call], [helper.make_opsetid("own", 1)])
    whole = model(helper.make_node("F", ["x"], ["y"], domain="own"))
    whole.functions.append(function)
    whole.opset_import.append(helper.make_opsetid("own", 1))
    with pytest.raises(ImportRefused, match="more than 64 deep"):
        import_model(whole)


def test_a_constant_of_terabytes_is_not_made() -> None:
    shape = helper.make_node("Constant", [], ["s"], value_ints=[10**7, 10**6])
    fill = helper.make_node("ConstantOfShape", ["s"], ["y"], name="huge")
    with pytest.raises(ImportRefused, match=r"ConstantOfShape 'huge'.*GiB"):
        import_model(model(shape, fill))
