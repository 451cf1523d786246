"""Branches and loops of a model become nodes with bodies; what they use from outside enters by wires."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from onnx import GraphProto, NodeProto, TensorProto, helper

from engine.exchange.onnx.importing import import_model
from engine.exchange.onnx.problems import ImportRefused

FLOAT, INT, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
RNG = np.random.default_rng(0)
WEIGHT = RNG.standard_normal((3, 3)).astype(np.float32)


def value(name: str, kind: int = FLOAT, shape: Sequence[int] | None = None) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)


def node(op: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    return helper.make_node(op, inputs.split(), outputs.split(), name=outputs.split()[0], **attributes)


def graph(nodes: list[NodeProto], inputs: list[Any], outputs: list[Any]) -> GraphProto:
    return helper.make_graph(nodes, "inner", inputs, outputs)


def branches() -> tuple[GraphProto, GraphProto]:
    return (
        graph([node("MatMul", "x w", "p"), node("Tanh", "p", "then")], [], [value("then")]),
        graph([node("Neg", "x", "otherwise")], [], [value("otherwise")]),
    )


def choice(predicate: str) -> NodeProto:
    then, otherwise = branches()
    return node("If", predicate, "y", then_branch=then, else_branch=otherwise)


def test_a_branch_is_taken_while_the_graph_runs(model: Any, compute: Any) -> None:
    made = import_model(model([choice("b")], {"x": [2, 3], "b": []}, {"w": WEIGHT}))
    assert made.project.graph.nodes["y"].op == "If"
    assert set(made.project.graph.functions) == {"y_then", "y_otherwise"}
    x = RNG.standard_normal((2, 3)).astype(np.float32)
    np.testing.assert_allclose(compute(made, x=x, b=np.array(True)), np.tanh(x @ WEIGHT), rtol=1e-5)
    np.testing.assert_array_equal(compute(made, x=x, b=np.array(False)), -x)


def test_a_branch_that_the_model_chooses_is_drawn_in_the_place_of_the_node(model: Any) -> None:
    made = import_model(model([choice("always")], {"x": [2, 3]}, {"w": WEIGHT, "always": np.array(False)}))
    assert [n.op for n in made.project.graph.nodes.values()] == ["Placeholder", "Negate"]


def test_weights_that_a_loop_uses_can_go_on_training(model: Any, compute: Any) -> None:
    body = graph(
        [
            node("MatMul", "s w", "p"),
            node("Add", "p step", "q"),
            node("Tanh", "q", "n"),
            node("Identity", "n", "o"),
        ],
        [value("s", FLOAT, [1, 3]), value("step", FLOAT, [3])],
        [value("n"), value("o")],
    )
    scan = node("Scan", "start x", "last y", body=body, num_scan_inputs=1)
    held = {"w": WEIGHT, "start": np.zeros((1, 3), np.float32)}
    made = import_model(model([scan], {"x": [5, 3]}, held))
    assert made.project.graph.nodes["w"].op == "Variable"
    x = RNG.standard_normal((5, 3)).astype(np.float32)
    state, expected = held["start"], []
    for row in x:
        state = np.tanh(state @ WEIGHT + row)
        expected.append(state)
    np.testing.assert_allclose(compute(made, x=x), np.stack(expected), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("backwards", [0, 1])
def test_before_opset_9_each_example_of_a_batch_is_scanned_on_its_own(
    backwards: int, model: Any, compute: Any
) -> None:
    body = graph(
        [
            node("Mul", "s w", "p"),
            node("Add", "p step", "n"),
            node("Identity", "n", "o"),
        ],
        [value("s", FLOAT, [3]), value("step", FLOAT, [3])],
        [value("n"), value("o")],
    )
    scan = helper.make_node(
        "Scan", ["", "start", "x"], ["last", "y"], "y", body=body, num_scan_inputs=1, directions=[backwards]
    )
    held = {"w": WEIGHT[0], "start": RNG.standard_normal((2, 3)).astype(np.float32)}
    given = model([scan], {"x": [2, 5, 3]}, held)
    given.opset_import[0].version = 8
    x = RNG.standard_normal((2, 5, 3)).astype(np.float32)
    state, expected = held["start"], []
    for step in range(5)[:: -1 if backwards else 1]:
        state = state * WEIGHT[0] + x[:, step]
        expected.append(state)
    # Going backwards, what is stacked is in the order in which it was computed.
    np.testing.assert_allclose(compute(import_model(given), x=x), np.stack(expected, axis=1), rtol=1e-5)


def test_sequences_with_lengths_of_their_own_are_refused(model: Any) -> None:
    body = graph([node("Identity", "step", "o")], [value("step", FLOAT, [3])], [value("o")])
    scan = helper.make_node("Scan", ["lengths", "x"], ["y"], "y", body=body, num_scan_inputs=1)
    given = model([scan], {"x": [2, 5, 3]}, {"lengths": np.array([5, 4])})
    given.opset_import[0].version = 8
    with pytest.raises(ImportRefused, match="Scan 'y': its sequences have lengths of their own"):
        import_model(given)


def counted() -> GraphProto:
    """Doubles what is carried, and stacks up what it was."""
    return graph(
        [node("Add", "s s", "n"), node("Identity", "s", "o"), node("Identity", "going", "on")],
        [value("i0", INT, []), value("going", BOOL, []), value("s", FLOAT, [3])],
        [value("on", BOOL), value("n"), value("o")],
    )


def test_a_counted_loop_stacks_up_what_each_iteration_gives(model: Any, compute: Any) -> None:
    loop = node("Loop", "count  x".replace("  ", " always "), "last y", body=counted())
    made = import_model(model([loop], {"x": [3]}, {"count": np.array(4), "always": np.array(True)}))
    x = RNG.standard_normal(3).astype(np.float32)
    np.testing.assert_allclose(compute(made, x=x), np.stack([x * 2**k for k in range(4)]), rtol=1e-6)


def test_a_loop_ends_when_its_condition_says_so(model: Any, compute: Any) -> None:
    body = graph(
        [
            node("Add", "s s", "n"),
            node("ReduceMax", "n", "most", keepdims=0),
            node("Less", "most limit", "on"),
        ],
        [value("i0", INT, []), value("going", BOOL, []), value("s", FLOAT, [3])],
        [value("on", BOOL), value("n")],
    )
    loop = helper.make_node("Loop", ["", "always", "x"], ["y"], name="y", body=body)
    held = {"always": np.array(True), "limit": np.array(100.0, np.float32)}
    made = import_model(model([loop], {"x": [3]}, held))
    assert made.project.graph.nodes["y"].op == "While"
    np.testing.assert_array_equal(compute(made, x=np.array([1, 2, 3], np.float32)), [64.0, 128.0, 192.0])


def test_what_is_not_supported_inside_a_branch_is_told_with_the_node(model: Any) -> None:
    odd = graph([node("StringSplit", "x", "then n", delimiter=" ")], [], [value("then")])
    wrong = node("If", "b", "y", then_branch=odd, else_branch=branches()[1])
    with pytest.raises(ImportRefused) as caught:
        import_model(model([wrong], {"x": [2, 3], "b": []}))
    (problem,) = caught.value.problems
    assert problem.startswith("If 'y'") and "StringSplit 'then'" in problem
