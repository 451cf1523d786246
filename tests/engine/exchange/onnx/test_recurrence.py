"""Recurrent networks of ONNX models, drawn with ours, compute what the operators' definitions say."""

from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from engine.exchange.onnx.importing import import_model
from engine.run.session import Session

RNG = np.random.default_rng(19)
STEPS, BATCH, SIZE, UNITS = 5, 3, 4, 2
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}
X = RNG.normal(size=(STEPS, BATCH, SIZE)).astype(np.float32)
LENGTHS = np.array([5, 2, 3], np.int32)
Arrays = dict[str, np.ndarray]


def weights(op: str, directions: int, *, states: bool = False, peephole: bool = False) -> Arrays:
    """Those of an operator, by the names of its inputs."""
    wide = GATES[op] * UNITS
    shapes: dict[str, tuple[int, ...]] = {
        "w": (wide, SIZE),
        "r": (wide, UNITS),
        "b": (2 * wide,),
        "lengths": (),
    }
    if states:
        shapes |= {"h": (BATCH, UNITS)}
        shapes |= {"c": (BATCH, UNITS)} if op == "LSTM" else {}
    if peephole:
        shapes |= {"p": (3 * UNITS,)}
    drawn = {name: RNG.normal(size=(directions, *shape)) for name, shape in shapes.items() if shape}
    return {name: array.astype(np.float32) for name, array in drawn.items()}


def model(op: str, held: Arrays, *, lengths: bool = False, layout: int = 0, **attributes: Any) -> ModelProto:
    """A model of one node, whose weights it holds."""
    order = ["w", "r", "b", "lengths", "h", "c", "p"] if op == "LSTM" else ["w", "r", "b", "lengths", "h"]
    known = {**held, **({"lengths": LENGTHS} if lengths else {})}
    ports = ["x", *(name if name in known else "" for name in order)]
    names = ["y", "y_h", "y_c"][: 3 if op == "LSTM" else 2]
    node = helper.make_node(op, ports, names, name="node", hidden_size=UNITS, layout=layout, **attributes)
    graph = helper.make_graph(
        [node],
        "graph",
        [
            helper.make_tensor_value_info(
                "x", TensorProto.FLOAT, [BATCH, None, SIZE] if layout else [None, BATCH, SIZE]
            )
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names],
        [numpy_helper.from_array(array, name) for name, array in known.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


def ours(made: ModelProto, x: np.ndarray) -> list[np.ndarray]:
    imported = import_model(made)
    session = Session(imported.project.graph, device="cpu")
    session.restore(imported.tensors)
    fed: dict[Any, Any] = {imported.inputs["x"]: x}
    return [np.array(y) for y in session.run(list(imported.outputs.values()), fed)]


def agree(found: list[np.ndarray], expected: Any) -> None:
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
@pytest.mark.parametrize("op", ["LSTM", "GRU"])
def test_reads_in_each_direction(op: str, direction: str) -> None:
    count = 2 if direction == "bidirectional" else 1
    made = model(op, weights(op, count, states=True, peephole=op == "LSTM"), direction=direction)
    agree(ours(made, X), ReferenceEvaluator(made).run(None, {"x": X}))


def test_weights_become_variables_that_go_on_to_learn() -> None:
    imported = import_model(model("GRU", weights("GRU", 1)))
    variables = [node for node in imported.project.graph.nodes.values() if node.op == "Variable"]
    assert sorted(len(imported.tensors[node.name].shape) for node in variables) == [1, 1, 2, 2]


@pytest.mark.parametrize("layout", [0, 1])
@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
@pytest.mark.parametrize("op", ["RNN", "LSTM", "GRU"])
def test_sequences_may_end_early(op: str, direction: str, layout: int) -> None:
    """What a shorter sequence gives does not depend on what fills it up, and is zero behind its end."""
    count = 2 if direction == "bidirectional" else 1
    held = weights(op, count)
    whole = ours(model(op, held, lengths=True, direction=direction), X)
    for example, length in enumerate(LENGTHS):
        alone = ours(model(op, held, direction=direction), np.repeat(X[:length, example : example + 1], 3, 1))
        np.testing.assert_allclose(whole[0][:length, :, example], alone[0][:, :, 0], rtol=1e-5)
        np.testing.assert_array_equal(whole[0][length:, :, example], 0.0)
        np.testing.assert_allclose(whole[1][:, example], alone[1][:, 0], rtol=1e-5)
    if layout:
        turned = ours(model(op, held, lengths=True, direction=direction, layout=1), X.swapaxes(0, 1))
        np.testing.assert_allclose(turned[0].transpose(1, 2, 0, 3), whole[0], rtol=1e-5)
        np.testing.assert_allclose(turned[1].swapaxes(0, 1), whole[1], rtol=1e-5)


def test_activations_take_their_numbers_in_turn() -> None:
    names = ["Sigmoid", "Tanh", "Relu", "HardSigmoid", "Softsign", "LeakyRelu"]
    settings: dict[str, Any] = {"activations": names, "activation_alpha": [0.3], "activation_beta": [0.6]}
    made = model("LSTM", weights("LSTM", 2), direction="bidirectional", **settings)
    forward, backward = (
        node.attributes
        for node in import_model(made).project.graph.nodes.values()
        if node.op == "LSTMSequence"
    )
    assert forward["output_activation"] == "relu"
    assert backward["recurrent_activation"] == "hard_sigmoid"
    assert (backward["activation"], backward["output_activation"]) == ("softsign", "leaky_relu")
    assert backward["alphas"] == pytest.approx([0.3, 0.0, 0.01])
    assert backward["betas"] == pytest.approx([0.6, 0.0, 0.0])
