"""Losses and metrics: exact values, numeric cliffs, and sentences where shapes do not fit."""

import math

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Huber,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from engine.blocks.metrics import Accuracy, BinaryAccuracy, DecisionBoundary
from engine.blocks.metrics_of_numbers import MAE
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec


def value(op: Op, first: object, second: object, second_dtype: str = "float32") -> float:
    """What the op gives for two inputs."""
    arrays = {"a": np.asarray(first, np.float32), "b": np.asarray(second, second_dtype)}
    graph = Graph()
    inputs = [graph.placeholder(name, array.shape, array.dtype.name) for name, array in arrays.items()]
    result = op(*inputs)
    return float(Session(graph, device="cpu").run(result, arrays))


def test_errors_of_numbers() -> None:
    prediction, target = [1.0, 2.0, 6.0], [1.0, 4.0, 2.0]
    assert value(MeanSquaredError(), prediction, target) == pytest.approx(20 / 3)
    assert value(MeanAbsoluteError(), prediction, target) == pytest.approx(2.0)
    assert value(MAE(), prediction, target) == pytest.approx(2.0)
    assert value(Huber(delta=3.0), prediction, target) == pytest.approx((0 + 2 + 3 * (4 - 1.5)) / 3)


@pytest.mark.parametrize("op", [MeanSquaredError(), MeanAbsoluteError(), Huber(), MAE()], ids=repr)
def test_a_column_meets_a_row_without_broadcasting(op: Op) -> None:
    column, row = [[1.0], [2.0], [6.0]], [1.0, 4.0, 2.0]
    assert value(op, column, row) == value(op, [1.0, 2.0, 6.0], row)
    assert value(op, row, column) == value(op, row, [1.0, 2.0, 6.0])


def test_certain_and_right_costs_nothing_and_guessing_costs_the_logarithm_of_the_classes() -> None:
    assert value(SparseCategoricalCrossentropy(), [[0.0] * 10], [3], "int64") == pytest.approx(math.log(10))
    assert value(SparseCategoricalCrossentropy(), [[0.0, 100.0]], [1], "int64") == 0.0
    assert value(CategoricalCrossentropy(), [[0.0, 0.0]], [[0.5, 0.5]]) == pytest.approx(math.log(2))
    assert value(BinaryCrossentropy(), [[0.0]], [1], "int64") == pytest.approx(math.log(2))


@pytest.mark.parametrize("size", [1e2, 1e4, 1e30])
def test_certain_and_wrong_is_finite_however_large_the_logits(size: float) -> None:
    assert value(SparseCategoricalCrossentropy(), [[size, 0.0]], [1], "int64") == pytest.approx(size)
    assert value(BinaryCrossentropy(), [size], [0], "int64") == pytest.approx(size)
    assert value(BinaryCrossentropy(), [-size], [1], "int64") == pytest.approx(size)


@pytest.mark.parametrize(
    ("op", "chances", "labels"),
    [
        (BinaryCrossentropy(from_logits=False), [0.0, 1.0], [1, 0]),
        (SparseCategoricalCrossentropy(from_logits=False), [[0.0, 1.0]], [0]),
        (CategoricalCrossentropy(from_logits=False), [[0.0, 1.0]], [[1, 0]]),
    ],
    ids=["binary", "sparse", "categorical"],
)
def test_a_probability_of_zero_for_the_truth_is_costly_and_finite(
    op: Op, chances: object, labels: object
) -> None:
    assert 15.0 < value(op, chances, labels, "int64") < 17.0


def test_probabilities_give_the_same_loss_as_their_logits() -> None:
    logits = np.random.default_rng(0).normal(size=(6, 4))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = [0, 3, 1, 2, 2, 0]
    for op in (SparseCategoricalCrossentropy, CategoricalCrossentropy):
        truth = labels if op is SparseCategoricalCrossentropy else np.eye(4, dtype=np.int64)[labels]
        expected = value(op(), logits, truth, "int64")
        assert value(op(from_logits=False), chances, truth, "int64") == pytest.approx(expected, rel=1e-5)


def test_accuracy_counts_the_greatest_logit() -> None:
    logits = [[1.0, 2.0], [3.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    assert value(Accuracy(), logits, [1, 0, 0, 1], "int64") == 0.75
    assert value(Accuracy(), logits, [1, 0, 0, 1], "uint8") == 0.75


def test_binary_accuracy_counts_the_right_side_of_the_threshold() -> None:
    logits = [[-1.0], [0.2], [3.0], [0.7]]
    assert value(BinaryAccuracy(), logits, [0, 1, 1, 0], "int64") == 0.75
    assert value(BinaryAccuracy(threshold=0.5), logits, [False, False, True, True], "bool") == 1.0


@pytest.mark.parametrize(
    ("op", "first", "second", "sentence"),
    [
        (MeanSquaredError(), ("batch", 3), ("batch", 2), "different shapes: batch x 3 meets batch x 2"),
        (BinaryCrossentropy(), ("batch", 10), ("batch",), "different shapes: batch x 10 meets batch"),
        (CategoricalCrossentropy(), ("batch", 10), ("batch",), "different shapes"),
    ],
    ids=["numbers", "binary", "categorical"],
)
def test_shapes_that_do_not_fit_are_refused(
    op: Op, first: tuple[int | str, ...], second: tuple[int | str, ...], sentence: str
) -> None:
    with pytest.raises(SpecError, match=sentence):
        op.output_specs([Spec("float32", first), Spec("float32", second)])


def test_labels_of_the_wrong_kind_are_refused() -> None:
    rows = Spec("int64", ("batch", 10))
    with pytest.raises(SpecError, match="ArgMax"):
        Accuracy().output_specs([Spec("float32", ("batch", 10)), Spec("float32", ("batch", 10))])
    for op in (SparseCategoricalCrossentropy(), SparseCategoricalCrossentropy(from_logits=False), Accuracy()):
        with pytest.raises(SpecError, match="one class number for each example"):
            op.output_specs([Spec("float32", ("batch", 10)), rows])


def test_a_boundary_is_drawn_for_two_features_only() -> None:
    logits = Spec("float32", ("batch", 2))
    assert DecisionBoundary().output_specs([Spec("float32", ("batch", 2)), logits]) == ()
    with pytest.raises(SpecError, match="expected batch x 2"):
        DecisionBoundary().output_specs([Spec("float32", ("batch", 64)), logits])
