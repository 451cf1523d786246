"""A model becomes a graph that one can read, with layers where they are certain, and computes the same."""

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from engine.exchange.onnx.importing import Imported, import_model
from engine.exchange.onnx.names import node_label, value_label
from engine.graph.check import check
from engine.graph.graph import GraphDef
from engine.run.session import Session

RNG = np.random.default_rng(0)


def weights(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape).astype(np.float32)


def model(
    nodes: list[NodeProto],
    shapes: dict[str, list[int | str | None]],
    initial: dict[str, np.ndarray],
    outputs: tuple[str, ...] = ("y",),
) -> ModelProto:
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    tensors = [numpy_helper.from_array(array, name) for name, array in initial.items()]
    graph = helper.make_graph(nodes, "graph", inputs, results, tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def run(imported: Imported, **feeds: np.ndarray) -> list[np.ndarray]:
    session = Session(imported.project.graph)
    session.restore(imported.tensors)
    found: list[np.ndarray] = session.run(
        list(imported.outputs.values()), {imported.inputs[name]: array for name, array in feeds.items()}
    )
    return found


def ops(graph: GraphDef) -> dict[str, str]:
    return {name: node.op for name, node in graph.nodes.items()}


def mlp() -> tuple[ModelProto, dict[str, np.ndarray]]:
    held = {"w1": weights(5, 4), "b1": weights(5), "w2": weights(5, 3), "b2": weights(3)}
    nodes = [
        helper.make_node("Gemm", ["x", "w1", "b1"], ["h"], name="/hidden/Gemm", transB=1),
        helper.make_node("Relu", ["h"], ["a"], name="/Relu"),
        helper.make_node("MatMul", ["a", "w2"], ["m"], name="/logits/MatMul"),
        helper.make_node("Add", ["m", "b2"], ["y"], name="/logits/Add"),
    ]
    return model(nodes, {"x": ["batch", 4]}, held), held


def test_products_with_bias_and_activation_become_dense_layers() -> None:
    imported = import_model(mlp()[0])
    assert ops(imported.project.graph) == {"x": "Placeholder", "hidden": "Dense", "logits": "Dense"}
    assert imported.project.graph.nodes["hidden"].attributes == {"units": 5, "activation": "relu"}
    assert set(imported.tensors) == {"hidden/kernel", "hidden/bias", "logits/kernel", "logits/bias"}
    assert (imported.inputs, imported.outputs) == ({"x": "x"}, {"y": "logits.y"})


def test_an_imported_network_computes_what_the_model_says() -> None:
    graph, held = mlp()
    x = weights(7, 4)
    expected = np.maximum(x @ held["w1"].T + held["b1"], 0) @ held["w2"] + held["b2"]
    np.testing.assert_allclose(run(import_model(graph), x=x)[0], expected, rtol=1e-5)


def test_the_names_of_the_model_are_those_of_the_signature() -> None:
    x = weights(3, 4)
    nodes = [
        helper.make_node("Relu", ["input:0"], ["h"], name="a"),
        helper.make_node("Neg", ["h"], ["out/\u200b"], name="b"),
    ]
    graph = model(nodes, {"input:0": ["batch", 4]}, {}, ("h", "out/\u200b"))
    imported = import_model(graph)
    signature = imported.project.graph.signatures["serving_default"]
    assert list(signature.inputs) == ["input:0"]
    assert list(signature.outputs) == ["h", "out"]  # what cannot be seen is no part of a name
    assert check(imported.project.graph).problems == ()
    found = Session(imported.project.graph).call({"input:0": x})
    np.testing.assert_array_equal(found["out"], -np.maximum(x, 0))


def test_a_product_that_is_read_twice_stays_as_it_is() -> None:
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["m"], name="product"),
        helper.make_node("Relu", ["m"], ["r"], name="active"),
        helper.make_node("Add", ["m", "r"], ["y"], name="both"),
    ]
    graph = import_model(model(nodes, {"x": ["batch", 4]}, {"w": weights(4, 3)})).project.graph
    assert ops(graph) == {"x": "Placeholder", "product": "Dense", "active": "Relu", "both": "Add"}


def test_a_shared_weight_stays_one_variable() -> None:
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["m"], name="first"),
        helper.make_node("MatMul", ["m", "w"], ["y"], name="second"),
    ]
    graph = import_model(model(nodes, {"x": ["batch", 4]}, {"w": weights(4, 4)})).project.graph
    assert ops(graph) == {"x": "Placeholder", "w": "Variable", "first": "MatMul", "second": "MatMul"}


def convolutional() -> ModelProto:
    held = {
        "w1": weights(4, 3, 3, 3),
        "b1": weights(4),
        "scale": weights(4),
        "shift": weights(4),
        "mean": weights(4),
        "variance": np.abs(weights(4)),
        "w2": weights(2, 4, 3, 3),
    }
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["c1"], name="conv1", pads=[1, 1, 1, 1]),
        helper.make_node(
            "BatchNormalization", ["c1", "scale", "shift", "mean", "variance"], ["n"], name="norm"
        ),
        helper.make_node("Relu", ["n"], ["r1"], name="relu1"),
        helper.make_node("MaxPool", ["r1"], ["p"], name="pool", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["p", "w2"], ["c2"], name="conv2", strides=[2, 2]),
        helper.make_node("Sigmoid", ["c2"], ["r2"], name="active"),
        helper.make_node("GlobalAveragePool", ["r2"], ["g"], name="mean"),
        helper.make_node("Flatten", ["g"], ["y"], name="flat"),
    ]
    return model(nodes, {"x": ["batch", 3, 8, 8]}, held)


def test_axes_are_exchanged_once_and_not_around_every_layer() -> None:
    found = ops(import_model(convolutional()).project.graph)
    assert [name for name, op in found.items() if op in ("Conv2D", "BatchNormalization", "MaxPool")] == [
        "conv1",
        "norm",
        "pool",
        "conv2",
    ]
    assert list(found.values()).count("Transpose") == 2, found


def test_an_imported_image_network_agrees_with_the_reference() -> None:
    graph, x = convolutional(), weights(2, 3, 8, 8)
    expected = list(ReferenceEvaluator(graph).run(None, {"x": x}))
    np.testing.assert_allclose(run(import_model(graph), x=x), np.asarray(expected), rtol=1e-4, atol=1e-6)


def test_sizes_keep_their_names_and_open_ones_get_one() -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    graph = import_model(model(nodes, {"x": ["batch", "2*n", None, 5]}, {})).project.graph
    assert graph.nodes["x"].attributes["shape"] == ["batch", "x_1", "x_2", 5]


def test_an_input_with_a_value_of_its_own_becomes_a_variable() -> None:
    shapes: dict[str, list[int | str | None]] = {"x": [2, 3], "b": [3]}
    graph = model([helper.make_node("Add", ["x", "b"], ["y"], name="sum")], shapes, {"b": weights(3)})
    imported = import_model(graph)
    assert imported.inputs == {"x": "x"}
    assert ops(imported.project.graph) == {"x": "Placeholder", "b": "Variable", "sum": "Add"}


def test_sizes_that_follow_from_the_model_are_not_drawn() -> None:
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Constant", [], ["two"], value_ints=[2]),
        helper.make_node("Mul", ["s", "two"], ["twice"]),
        helper.make_node("Expand", ["one", "twice"], ["y"], name="wide"),
    ]
    imported = import_model(model(nodes, {"x": [2, 3]}, {"one": np.ones((1, 1), np.float32)}))
    assert run(imported, x=weights(2, 3))[0].shape == (4, 6)
    assert "Multiply" not in ops(imported.project.graph).values()


def test_an_imported_graph_has_no_problems_and_every_node_a_place() -> None:
    project = import_model(convolutional()).project
    assert check(project.graph).runs
    assert set(project.positions) == set(project.graph.nodes)
    for (target, _), (source, _) in project.graph.wires.items():
        assert project.positions[source][0] < project.positions[target][0]
    assert len(set(project.positions.values())) == len(project.positions)


def test_names_say_the_place_in_the_model_once_and_its_op_where_there_is_no_other() -> None:
    assert node_label("/block/block.0/Conv", "Conv", "y") == "block_0"
    assert node_label("/layers.1/mlp/mlp.2/Gemm_3", "Gemm", "y") == "layers_1_mlp_2"
    assert node_label("/blocks/head/MatMul", "MatMul", "y") == "blocks_head"
    assert node_label("/Add_4", "Add", "y") == "add_4"
    assert value_label("/layers.1/Constant_10_output_0", "Constant") == "layers_1"


def test_what_a_node_computes_has_its_name_also_where_axes_are_exchanged_behind_it() -> None:
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["a"], name="conv", pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["a", "a"], ["b"], name="/Add"),
        helper.make_node("Flatten", ["b"], ["y"], name="flat"),
    ]
    found = ops(import_model(model(nodes, {"x": [1, 3, 8, 8]}, {"k": weights(4, 3, 3, 3)})).project.graph)
    assert found["add"] == "Add"


def test_nodes_of_any_height_and_width_keep_clear_of_each_other() -> None:
    project = import_model(convolutional()).project
    spots = list(project.positions.values())
    for i, (x, y) in enumerate(spots):
        assert not any(abs(x - a) < 240 and abs(y - b) < 112 for a, b in spots[:i])
