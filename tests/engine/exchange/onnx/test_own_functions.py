"""A model's own functions become functions of the project, which nodes call; or are drawn in place."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from onnx import FunctionProto, ModelProto, NodeProto, helper, inliner, numpy_helper
from onnx.reference import ReferenceEvaluator

from engine.exchange.onnx.importing import Imported, import_model
from engine.graph.check import check

RNG = np.random.default_rng(0)
X = RNG.standard_normal((2, 3)).astype(np.float32)


def node(op: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    """A node; an input called _ is left open."""
    given = ["" if name == "_" else name for name in inputs.split()]
    return helper.make_node(op, given, outputs.split(), name=outputs.split()[0], **attributes)


def function(
    name: str, inputs: str, outputs: str, nodes: Sequence[NodeProto], attributes: Sequence[str] = ()
) -> FunctionProto:
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("own", 1)]
    return helper.make_function("own", name, inputs.split(), outputs.split(), nodes, opsets, attributes)


def with_functions(made: ModelProto, *functions: FunctionProto) -> ModelProto:
    made.functions.extend(functions)
    made.opset_import.append(helper.make_opsetid("own", 1))
    return made


def call(name: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    return node(name, inputs, outputs, domain="own", **attributes)


def referring(op: str, inputs: str, outputs: str, **references: str) -> NodeProto:
    """A node whose float attributes are those of the call."""
    made = node(op, inputs, outputs)
    for name, source in references.items():
        attribute = made.attribute.add()
        attribute.name, attribute.ref_attr_name, attribute.type = name, source, 1
    return made


GROW = function("Grow", "a", "b", [node("Mul", "a a", "s"), node("Add", "s a", "b")])
LEAK = function(
    "Leak", "a", "b", [referring("LeakyRelu", "a", "l", alpha="alpha"), node("Neg", "l", "b")], ["alpha"]
)


def ops(made: Imported) -> list[str]:
    return [node.op for node in made.project.graph.nodes.values()]


def agrees(made: Imported, whole: ModelProto, compute: Any, **feeds: np.ndarray) -> None:
    assert check(made.project.graph).problems == ()
    written_out = inliner.inline_local_functions(whole)
    expected: Any = ReferenceEvaluator(written_out).run(None, feeds)
    np.testing.assert_allclose(compute(made, **feeds), expected[0], rtol=1e-5, atol=1e-6)


def test_a_function_is_drawn_once_and_called_twice(model: Any, compute: Any) -> None:
    whole = with_functions(model([call("Grow", "x", "h"), call("Grow", "h", "y")], {"x": [2, 3]}), GROW)
    made = import_model(whole)
    assert list(made.project.graph.functions) == ["Grow"]
    grown = made.project.graph.functions["Grow"]
    assert grown.inputs == ("a",) and list(grown.outputs) == ["b"]
    assert {n.op for n in grown.graph.nodes.values()} == {"Placeholder", "Multiply", "Add"}
    assert ops(made) == ["Placeholder", "Call", "Call"]
    agrees(made, whole, compute, x=X)


def test_calls_with_other_settings_call_another_function(model: Any, compute: Any) -> None:
    nodes = [
        call("Leak", "x", "h", alpha=0.5),
        call("Leak", "h", "g", alpha=0.25),
        call("Leak", "g", "y", alpha=0.5),
    ]
    whole = with_functions(model(nodes, {"x": [2, 3]}), LEAK)
    made = import_model(whole)
    used = [n.attributes["function"] for n in made.project.graph.nodes.values() if n.op == "Call"]
    assert used == ["Leak", "Leak_1", "Leak"]
    agrees(made, whole, compute, x=X)


def test_calls_of_other_sizes_call_another_function(model: Any, compute: Any) -> None:
    nodes = [call("Grow", "x", "h"), node("Transpose", "h", "t"), call("Grow", "t", "y")]
    whole = with_functions(model(nodes, {"x": [2, 3]}), GROW)
    made = import_model(whole)
    assert list(made.project.graph.functions) == ["Grow", "Grow_1"]
    agrees(made, whole, compute, x=X)


def test_functions_call_functions(model: Any, compute: Any) -> None:
    outer = function(
        "Outer", "a", "b", [call("Grow", "a", "s"), node("Tanh", "s", "t"), call("Grow", "t", "b")]
    )
    whole = with_functions(model([call("Outer", "x", "y")], {"x": ["batch", 3]}), outer, GROW)
    made = import_model(whole)
    assert set(made.project.graph.functions) == {"Grow", "Outer"}
    inner = made.project.graph.functions["Outer"].graph.nodes
    assert [n.attributes.get("function") for n in inner.values() if n.op == "Call"] == ["Grow", "Grow"]
    agrees(made, whole, compute, x=X)


def test_weights_enter_by_wires_and_can_go_on_training(model: Any, compute: Any) -> None:
    linear = function("Linear", "a w b", "c", [node("MatMul", "a w", "m"), node("Add", "m b", "c")])
    held = {
        name: RNG.standard_normal(s).astype(np.float32)
        for name, s in {"w": (3, 3), "c": (3,), "v": (3, 3)}.items()
    }
    nodes = [call("Linear", "x w c", "h"), call("Linear", "h v c", "y")]
    whole = with_functions(model(nodes, {"x": [2, 3]}, held), linear)
    made = import_model(whole)
    assert list(made.project.graph.functions) == ["Linear"]
    assert sorted(made.tensors) == ["c", "v", "w"]
    agrees(made, whole, compute, x=X)


def test_large_constants_inside_belong_to_each_call(model: Any, compute: Any) -> None:
    table = numpy_helper.from_array(RNG.standard_normal((30, 3)).astype(np.float32))
    body = [node("Constant", "", "k", value=table), node("Gemm", "k a", "p", transB=1), node("Neg", "p", "b")]
    whole = with_functions(
        model([call("F", "x", "h"), call("F", "x", "g"), node("Add", "h g", "y")], {"x": [2, 3]}),
        function("F", "a", "b", body),
    )
    made = import_model(whole)
    assert sorted(made.tensors) == ["g/k", "h/k"]
    agrees(made, whole, compute, x=X)


def test_what_is_known_is_written_into_the_function(model: Any, compute: Any) -> None:
    body = [node("ReduceSum", "a axes", "s", keepdims=0), node("Neg", "s", "b")]
    held = {"i0": np.array([0], np.int64), "i1": np.array([1], np.int64)}
    nodes = [
        call("Along", "x i0", "p"),
        call("Along", "x i1", "q"),
        node("ReduceSum", "p", "r"),
        node("Add", "q r", "y"),
    ]
    whole = with_functions(model(nodes, {"x": [2, 3]}, held), function("Along", "a axes", "b", body))
    made = import_model(whole)
    assert set(made.project.graph.functions) == {"Along", "Along_1"}
    agrees(made, whole, compute, x=X)


def test_an_open_input_stays_open(model: Any, compute: Any) -> None:
    body = [node("Clip", "a low high", "c"), node("Neg", "c", "b")]
    held = {"zero": np.array(0, np.float32)}
    nodes = [call("Bound", "x zero _", "h"), call("Bound", "h _ zero", "y")]
    whole = with_functions(model(nodes, {"x": [2, 3]}, held), function("Bound", "a low high", "b", body))
    made = import_model(whole)
    assert len(made.project.graph.functions) == 2
    agrees(made, whole, compute, x=X)


INLINED: dict[str, tuple[FunctionProto, list[NodeProto]]] = {
    "it gives a size": (
        function("Size", "a", "b", [node("Shape", "a", "s"), node("Identity", "s", "b")]),
        [call("Size", "x", "s"), node("ConstantOfShape", "s", "z"), node("Add", "x z", "y")],
    ),
    "it is one node by another name": (
        function("Bend", "a", "b", [node("Relu", "a", "b")]),
        [call("Bend", "x", "y")],
    ),
}


@pytest.mark.parametrize("case", INLINED)
def test_what_cannot_stand_on_its_own_is_drawn_in_the_place_of_its_call(
    case: str, model: Any, compute: Any
) -> None:
    own, nodes = INLINED[case]
    whole = with_functions(model(nodes, {"x": [2, 3]}), own)
    made = import_model(whole)
    assert "Call" not in ops(made) and made.project.graph.functions == {}
    agrees(made, whole, compute, x=X)


def test_what_an_exporter_wraps_each_operation_in_is_drawn_in_place(model: Any) -> None:
    own = helper.make_function(
        "pkg.onnxscript.torch_lib", "aten_grow", ["a"], ["b"], GROW.node, [helper.make_opsetid("", 20)]
    )
    made = model([node("aten_grow", "x", "y", domain="pkg.onnxscript.torch_lib")], {"x": [2, 3]})
    made.functions.append(own)
    made.opset_import.append(helper.make_opsetid("pkg.onnxscript.torch_lib", 1))
    assert ops(import_model(made)) == ["Placeholder", "Multiply", "Add"]


def test_a_loop_keeps_the_large_tensors_inside(model: Any, compute: Any) -> None:
    held = helper.make_tensor_value_info
    weight = RNG.standard_normal((9, 9)).astype(np.float32)
    body = helper.make_graph(
        [node("MatMul", "s w", "p"), node("Tanh", "p", "after"), node("Identity", "c", "going")],
        "body",
        [held("i", 7, []), held("c", 9, []), held("s", 1, [2, 9])],
        [held("going", 9, []), held("after", 1, None)],
        [numpy_helper.from_array(weight, "w")],
    )
    whole = model([node("Loop", "n _ x", "y", body=body)], {"x": [2, 9]}, {"n": np.array(3)})
    made = import_model(whole)
    assert list(made.tensors) == ["y/p/kernel"]
    x = RNG.standard_normal((2, 9)).astype(np.float32)
    expected = np.tanh(np.tanh(np.tanh(x @ weight) @ weight) @ weight)
    np.testing.assert_allclose(compute(made, x=x), expected, rtol=1e-4)
