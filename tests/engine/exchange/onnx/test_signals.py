"""Signals of a model whose windows, steps and lengths the model itself says."""

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from engine.exchange.onnx.importing import import_model
from engine.run.session import Session

SIGNAL = np.random.default_rng(0).normal(size=(2, 12, 1)).astype(np.float32)


def computed(nodes: list[NodeProto], x: np.ndarray = SIGNAL, **known: object) -> np.ndarray:
    """What an imported model makes of a signal."""
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in known.items()]
    fed = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", *x.shape[1:]])
    made = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "graph", [fed], [made], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    imported = import_model(model)
    session = Session(imported.project.graph, device="cpu")
    session.restore(imported.tensors)
    result: np.ndarray = session.run(imported.outputs["y"], {imported.inputs["x"]: x})
    return result


def pairs(waves: np.ndarray) -> np.ndarray:
    return np.stack([waves.real, waves.imag], axis=-1)


def test_pieces_under_a_window_that_the_model_makes() -> None:
    found = computed(
        [
            helper.make_node("HammingWindow", ["size"], ["window"]),
            helper.make_node("STFT", ["x", "step", "window"], ["y"]),
        ],
        size=np.int64(4),
        step=np.int64(2),
    )
    window = 25 / 46 - 21 / 46 * np.cos(2 * np.pi * np.arange(4) / 4)
    pieces = np.lib.stride_tricks.sliding_window_view(SIGNAL[..., 0], 4, axis=1)[:, ::2]
    np.testing.assert_allclose(found, pairs(np.fft.rfft(pieces * window)), rtol=1e-5, atol=1e-5)


def test_a_transform_of_a_length_that_the_model_says_and_the_way_back() -> None:
    found = computed(
        [
            helper.make_node("DFT", ["x", "length", "axis"], ["waves"]),
            helper.make_node("DFT", ["waves", "", "axis"], ["y"], inverse=1),
        ],
        length=np.int64(16),
        axis=np.int64(1),
    )
    filled = np.pad(SIGNAL[..., 0], ((0, 0), (0, 4)))
    np.testing.assert_allclose(found, pairs(filled.astype(complex)), rtol=1e-5, atol=1e-5)


def test_bands_that_the_model_says() -> None:
    spectrum = np.ones((1, 9), np.float32)
    found = computed(
        [
            helper.make_node("MelWeightMatrix", ["bands", "length", "rate", "low", "high"], ["mel"]),
            helper.make_node("MatMul", ["x", "mel"], ["y"]),
        ],
        spectrum,
        bands=np.int64(3),
        length=np.int64(16),
        rate=np.int64(8192),
        low=np.float32(0),
        high=np.float32(4096),
    )
    assert found.shape == (1, 3)
    assert (found >= 1).all(), "each band has a peak of one"
