"""Metrics beside scikit-learn's, and where there is nothing to count."""

from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.metrics import CategoricalAccuracy, TopKCategoricalAccuracy
from engine.blocks.metrics_of_numbers import RMSE, CosineSimilarity, R2Score
from engine.blocks.precision_and_recall import F1Score, FBetaScore, Precision, Recall
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec

RNG = np.random.default_rng(0)
LOGITS, CLASSES = RNG.normal(size=(50, 6)), RNG.integers(0, 6, 50)
ANSWERS, TRUTH = RNG.normal(size=(80, 1)), RNG.integers(0, 2, 80)
NUMBERS, TARGETS = RNG.normal(size=(30, 2)), RNG.normal(size=(30, 2)) + 3


def value(op: Op, *arrays: np.ndarray) -> float:
    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", a.shape, a.dtype.name) for i, a in enumerate(arrays)]
    return float(Session(graph, device="cpu").run(op(*inputs), dict(zip(inputs, arrays, strict=True))))


@pytest.mark.oracle("sklearn")
def test_metrics_are_those_of_scikit_learn() -> None:
    from sklearn import metrics

    said = (ANSWERS[:, 0] > 0.2).astype(int)
    expected: list[tuple[Op, np.ndarray, np.ndarray, Any]] = [
        (Precision(threshold=0.2), ANSWERS, TRUTH, metrics.precision_score(TRUTH, said)),
        (Recall(threshold=0.2), ANSWERS, TRUTH, metrics.recall_score(TRUTH, said)),
        (F1Score(threshold=0.2), ANSWERS, TRUTH, metrics.f1_score(TRUTH, said)),
        (FBetaScore(threshold=0.2, beta=2.0), ANSWERS, TRUTH, metrics.fbeta_score(TRUTH, said, beta=2.0)),
        (TopKCategoricalAccuracy(k=3), LOGITS, CLASSES, metrics.top_k_accuracy_score(CLASSES, LOGITS, k=3)),
        (CategoricalAccuracy(), LOGITS, np.eye(6)[CLASSES], (LOGITS.argmax(axis=1) == CLASSES).mean()),
        (RMSE(), NUMBERS, TARGETS, metrics.root_mean_squared_error(TARGETS.ravel(), NUMBERS.ravel())),
        (R2Score(), NUMBERS[:, :1], TARGETS[:, 0], metrics.r2_score(TARGETS[:, 0], NUMBERS[:, 0])),
        (
            CosineSimilarity(),
            NUMBERS,
            TARGETS,
            np.diagonal(metrics.pairwise.cosine_similarity(NUMBERS, TARGETS)).mean(),
        ),
    ]
    for op, first, second, wanted in expected:
        assert value(op, first, second) == pytest.approx(float(wanted), rel=1e-6), type(op).__name__


@pytest.mark.parametrize("op", [Precision(), Recall(), F1Score(), FBetaScore()])
def test_nothing_to_count_gives_zero(op: Op) -> None:
    assert value(op, np.array([-1.0, -2.0]), np.array([0, 0])) == 0.0


def test_more_guesses_than_classes_are_refused() -> None:
    with pytest.raises(SpecError, match="fewer than 5 elements"):
        TopKCategoricalAccuracy().output_specs([Spec("float32", ("batch", 3)), Spec("int64", ("batch",))])
