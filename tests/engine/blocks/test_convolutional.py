"""Convolutional and pooling layers: their variables, what they refuse, and that a network of them learns."""

from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.convolutional import Conv1D, Conv2D
from engine.blocks.depthwise import DepthwiseConv2D
from engine.blocks.global_pooling import GlobalAveragePooling2D, GlobalMaxPooling2D
from engine.blocks.layers import Dense, Flatten
from engine.blocks.losses import SparseCategoricalCrossentropy
from engine.blocks.margins import ZeroPadding2D
from engine.blocks.metrics import Accuracy
from engine.blocks.optimizers import Adam
from engine.blocks.pooling import AveragePooling2D, MaxPooling2D
from engine.blocks.transposed import Conv2DTranspose
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.ops.data import Digits
from engine.ops.shaping import ExpandDims
from engine.project.project import TrainingSettings
from engine.run.session import Session
from engine.spec import Spec
from engine.train.trainer import Trainer

IMAGES = np.random.default_rng(0).normal(size=(2, 6, 8, 4)).astype(np.float32)


def ran(op: Op, x: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The result of a layer, and its variables."""
    graph = Graph()
    op(graph.placeholder("x", ("batch", *x.shape[1:])), name="layer")
    session = Session(graph, device="cpu")
    return session.run("layer", {"x": x}), session.values()


@pytest.mark.parametrize(
    ("op", "x", "kernel", "bias", "result"),
    [
        (Conv2D(filters=5, kernel_size=(3, 2)), IMAGES, (3, 2, 4, 5), (5,), (2, 4, 7, 5)),
        (Conv2D(filters=6, groups=2, padding="same"), IMAGES, (3, 3, 2, 6), (6,), (2, 6, 8, 6)),
        (DepthwiseConv2D(depth_multiplier=2), IMAGES, (3, 3, 1, 8), (8,), (2, 4, 6, 8)),
        (
            Conv2DTranspose(filters=3, strides=(2,), padding="same"),
            IMAGES,
            (3, 3, 3, 4),
            (3,),
            (2, 12, 16, 3),
        ),
        (Conv1D(filters=2), IMAGES[:, 0], (3, 4, 2), (2,), (2, 6, 2)),
    ],
)
def test_a_layer_keeps_a_kernel_and_a_bias(
    op: Op, x: np.ndarray, kernel: Any, bias: Any, result: Any
) -> None:
    y, variables = ran(op, x)
    assert {path: value.shape for path, value in variables.items()} == {
        "layer/kernel": kernel,
        "layer/bias": bias,
    }
    assert y.shape == result


def test_pooling_reduces_images() -> None:
    windows = IMAGES.reshape(2, 3, 2, 4, 2, 4)
    np.testing.assert_array_equal(ran(MaxPooling2D(), IMAGES)[0], windows.max(axis=(2, 4)))
    np.testing.assert_allclose(ran(AveragePooling2D(), IMAGES)[0], windows.mean(axis=(2, 4)), atol=1e-6)
    np.testing.assert_array_equal(ran(GlobalMaxPooling2D(), IMAGES)[0], IMAGES.max(axis=(1, 2)))
    np.testing.assert_allclose(ran(GlobalAveragePooling2D(), IMAGES)[0], IMAGES.mean(axis=(1, 2)), atol=1e-6)


def test_zero_padding_puts_the_margins_where_they_belong() -> None:
    (y, _) = ran(ZeroPadding2D(top=1, bottom=0, left=2, right=3), IMAGES)
    np.testing.assert_array_equal(y, np.pad(IMAGES, ((0, 0), (1, 0), (2, 3), (0, 0))))


@pytest.mark.parametrize(
    ("op", "spec", "sentence"),
    [
        (Conv2D(), Spec("float32", ("batch", 8, 8)), "Insert ExpandDims"),
        (Conv2D(), Spec("float32", ("batch", 8, 8, "?")), "expected batch x height x width x channels"),
        (Conv2D(groups=2), Spec("float32", ("batch", 8, 8, 3)), "Choose groups so that it divides 3"),
        (Conv2D(kernel_size=(3, 3, 3)), Spec("float32", ("batch", 8, 8, 3)), "kernel_size has 3 numbers"),
        (Conv2D(kernel_size=(9,)), Spec("float32", ("batch", 8, 8, 3)), "Choose a smaller window"),
        (Conv1D(), Spec("int64", ("batch", 8, 3)), "Insert Cast to float32"),
        (MaxPooling2D(), Spec("float32", ("batch", 8, 3)), "expected batch x height x width x channels"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(op: Op, spec: Spec, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        op.output_specs([spec])


def test_a_small_network_learns_to_read_digits() -> None:
    graph = Graph()
    images, labels = graph.source(Digits(), name="digits")
    seen = Conv2D(filters=8, activation="relu")(ExpandDims(axis=-1)(images), name="conv")
    rows = Flatten()(MaxPooling2D()(seen, name="pool"), name="flatten")
    logits = Dense(units=10)(rows, name="logits")
    loss = SparseCategoricalCrossentropy()(logits, labels, name="loss")
    Accuracy()(logits, labels, name="accuracy")
    graph.minimize(loss, Adam(learning_rate=0.01), name="adam")
    history = Trainer(graph.definition, TrainingSettings(batch_size=32, device="cpu")).fit(epochs=10)
    assert history.test["accuracy"] >= 0.95
