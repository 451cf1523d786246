"""Sizes that a model computes from sizes end as settings: exporters write a dozen nodes for one reshape."""

from typing import Any

import numpy as np
from onnx import NodeProto, helper

from engine.exchange.onnx.importing import import_model

RNG = np.random.default_rng(0)


def node(op: str, inputs: str, output: str, **attributes: Any) -> NodeProto:
    return helper.make_node(op, inputs.split(), [output], name=output, **attributes)


def constant(name: str, *numbers: int) -> NodeProto:
    return helper.make_node("Constant", [], [name], value_ints=list(numbers))


def heads() -> list[NodeProto]:
    """x of batch x steps x 8, as batch x steps x 2 x 4: the sizes are taken apart, and put together again."""
    return [
        node("Shape", "x", "s"),
        helper.make_node("Constant", [], ["zero"], value_int=0),
        helper.make_node("Constant", [], ["one"], value_int=1),
        constant("axis", 0),
        constant("two", 2),
        node("Gather", "s zero", "batch"),
        node("Gather", "s one", "steps"),
        node("Unsqueeze", "batch axis", "batch1"),
        node("Unsqueeze", "steps axis", "steps1"),
        constant("last", 2),
        constant("end", 3),
        node("Slice", "s last end", "width"),
        node("Div", "width two", "size"),
        node("Concat", "batch1 steps1 two size", "wanted", axis=0),
        node("Reshape", "x wanted", "y"),
    ]


def test_sizes_that_stay_are_kept_and_the_others_are_numbers(model: Any, compute: Any) -> None:
    made = import_model(model(heads(), {"x": ["batch", "steps", 8]}))
    assert {name: node.op for name, node in made.project.graph.nodes.items()} == {
        "x": "Placeholder",
        "y": "Reshape",
    }
    assert made.project.graph.nodes["y"].attributes == {"shape": [0, 0, 2, 4], "keep": True}
    for batch, steps in ((1, 3), (2, 5)):
        x = RNG.standard_normal((batch, steps, 8)).astype(np.float32)
        np.testing.assert_array_equal(compute(made, x=x), x.reshape(batch, steps, 2, 4))


def test_one_computed_size_is_left_open(model: Any, compute: Any) -> None:
    nodes = [
        node("Shape", "x", "s"),
        constant("first", 0),
        constant("second", 1),
        constant("third", 2),
        node("Slice", "s first second", "batch"),
        node("Slice", "s second third", "steps"),
        node("Mul", "batch steps", "rows"),
        constant("eight", 8),
        node("Concat", "rows eight", "wanted", axis=0),
        node("Reshape", "x wanted", "y"),
    ]
    made = import_model(model(nodes, {"x": ["batch", "steps", 8]}))
    assert made.project.graph.nodes["y"].attributes == {"shape": [-1, 8]}
    x = RNG.standard_normal((2, 3, 8)).astype(np.float32)
    np.testing.assert_array_equal(compute(made, x=x), x.reshape(6, 8))


def test_two_computed_sizes_are_left_to_the_run(model: Any, compute: Any) -> None:
    nodes = [
        node("Shape", "x", "s"),
        constant("order", 1, 0),
        node("Gather", "s order", "wanted"),
        node("Reshape", "x wanted", "y"),
    ]
    made = import_model(model(nodes, {"x": ["rows", "columns"]}))
    x = RNG.standard_normal((2, 3)).astype(np.float32)
    np.testing.assert_array_equal(compute(made, x=x), x.reshape(3, 2))


def test_sizes_of_unknown_axes_are_never_mistaken_for_each_other(model: Any, compute: Any) -> None:
    """Both have a size that is not known; they are not equal for that."""
    nodes = [
        node("NonZero", "x", "p"),
        node("Cast", "p", "q", to=1),
        node("Shape", "q", "s"),
        node("Shape", "x", "t"),
        constant("one", 1),
        constant("two", 2),
        node("Slice", "s one two", "count"),
        node("Mul", "count one", "same"),
        constant("ones", 1, 1),
        node("Concat", "same one", "wanted", axis=0),
        node("Expand", "big wanted", "y"),
    ]
    held = {"big": np.ones((1, 1), np.float32)}
    made = import_model(model(nodes, {"x": [2, 3]}, held))
    x = np.array([[1, 0, 1], [0, 0, 1]], np.float32)
    assert compute(made, x=x).shape == (3, 1)


def test_a_normalized_row_is_the_layer(model: Any, compute: Any) -> None:
    gamma, beta = (RNG.standard_normal(8).astype(np.float32) for _ in range(2))
    made = import_model(
        model([node("LayerNormalization", "x g b", "y")], {"x": ["batch", 3, 8]}, {"g": gamma, "b": beta})
    )
    assert [n.op for n in made.project.graph.nodes.values()] == ["Placeholder", "LayerNormalization"]
    assert set(made.tensors) == {"y/gamma", "y/beta"}
    x = RNG.standard_normal((2, 3, 8)).astype(np.float32)
    centred = x - x.mean(-1, keepdims=True)
    expected = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * gamma + beta
    np.testing.assert_allclose(compute(made, x=x), expected, rtol=1e-4, atol=1e-5)


def test_margins_of_a_convolution_are_those_of_the_layer(model: Any) -> None:
    kernel = RNG.standard_normal((4, 3, 3, 3)).astype(np.float32)
    conv = node("Conv", "x w", "y", strides=[2, 2], pads=[1, 1, 1, 1])
    graph = import_model(model([conv], {"x": ["batch", 3, 8, 8]}, {"w": kernel})).project.graph
    (layer,) = (n for n in graph.nodes.values() if n.op == "Conv2D")
    assert layer.attributes["pads"] == [1, 1, 1, 1]


def test_exchanges_that_follow_each_other_are_one(model: Any, compute: Any) -> None:
    nodes = [
        node("Transpose", "x", "a", perm=[1, 2, 0]),
        node("Transpose", "a", "b", perm=[2, 0, 1]),
        node("Relu", "b", "y"),
    ]
    made = import_model(model(nodes, {"x": [2, 3, 4]}))
    assert [n.op for n in made.project.graph.nodes.values()] == ["Placeholder", "Relu"]
    x = RNG.standard_normal((2, 3, 4)).astype(np.float32)
    np.testing.assert_array_equal(compute(made, x=x), np.maximum(x, 0))
