"""Layers that disturb: what training sees of them, and that predicting sees nothing."""

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.noise import (
    ActivityRegularization,
    AlphaDropout,
    GaussianDropout,
    GaussianNoise,
    Shuffle,
)
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec

X = np.random.default_rng(0).normal(size=(200, 300)).astype(np.float32)


def seen(op: Op, x: np.ndarray = X, *, training: bool = True) -> np.ndarray:
    graph = Graph()
    y = op(graph.placeholder("x", x.shape, x.dtype.name), name="y")
    result: np.ndarray = Session(graph, seed=2, device="cpu").run(y, {"x": x}, training=training)
    return result


@pytest.mark.parametrize("op", [GaussianNoise(), GaussianDropout(), AlphaDropout()])
def test_predicting_passes_everything_on(op: Op) -> None:
    np.testing.assert_array_equal(seen(op, training=False), X)
    assert (seen(op) != X).any()


def test_noise_is_added_with_its_deviation() -> None:
    difference = seen(GaussianNoise(deviation=0.5)) - X
    assert abs(difference.mean()) < 0.01
    assert abs(difference.std() - 0.5) < 0.01


def test_gaussian_dropout_multiplies_by_numbers_around_one() -> None:
    factor = seen(GaussianDropout(rate=0.2), np.ones_like(X))
    assert abs(factor.mean() - 1) < 0.01
    assert abs(factor.var() - 0.25) < 0.01


@pytest.mark.parametrize("rate", [0.1, 0.4])
def test_alpha_dropout_keeps_mean_and_variance(rate: float) -> None:
    y = seen(AlphaDropout(rate=rate))
    assert abs(y.mean() - X.mean()) < 0.02
    assert abs(y.var() - X.var()) < 0.03
    _, counts = np.unique(y, return_counts=True)
    assert abs(counts.max() / y.size - rate) < 0.01, "what is dropped has one value"


def test_a_penalty_is_the_sum_of_sizes_and_squares() -> None:
    penalty = seen(ActivityRegularization(l1=0.5, l2=2.0), np.array([1.0, -3.0], np.float32))
    assert penalty == 0.5 * 4 + 2.0 * 10
    with pytest.raises(SpecError, match="both zero"):
        ActivityRegularization(l1=0.0).output_specs([Spec("float32", (3,))])


def test_shuffling_keeps_every_slice() -> None:
    y = seen(Shuffle())
    assert (y != X).any()
    np.testing.assert_array_equal(y[np.argsort(y[:, 0])], X[np.argsort(X[:, 0])])
