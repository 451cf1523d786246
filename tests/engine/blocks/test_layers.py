"""Layers compute what their formulas say."""

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.layers import ACTIVATIONS, Dense, Dropout, Flatten, Normalization
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.run.session import Session
from engine.spec import Spec

X = np.random.default_rng(0).normal(3.0, 2.0, (64, 5)).astype(np.float32)


def session(op: object, seed: int = 0) -> Session:
    graph = Graph()
    x = graph.placeholder("x", ("batch", 5))
    op(x, name="layer")  # type: ignore[operator]  # any op with one input and one output
    return Session(graph, seed=seed, device="cpu")


def test_dense_is_a_weighted_sum_and_a_bias() -> None:
    run = session(Dense(units=3, bias_initializer="normal"))
    y = run.run("layer", {"x": X})
    kernel, bias = run.values()["layer/kernel"], run.values()["layer/bias"]
    assert kernel.shape == (5, 3)
    np.testing.assert_allclose(y, X @ kernel + bias, rtol=1e-5, atol=1e-5)


def test_dense_without_bias_has_one_variable() -> None:
    run = session(Dense(units=3, use_bias=False))
    run.run("layer", {"x": X})
    assert list(run.values()) == ["layer/kernel"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_dense_applies_every_activation_that_it_offers(activation: str) -> None:
    linear = session(Dense(units=3)).run("layer", {"x": X})
    bent = session(Dense(units=3, activation=activation)).run("layer", {"x": X})
    assert (activation == "linear") == np.array_equal(linear, bent)


def test_a_dense_layer_that_is_not_trainable_has_no_trainable_variable() -> None:
    run = session(Dense(units=3, trainable=False))
    program = run.program(("layer",), training=True, effects=False)
    assert not any(read.op.trainable for read in program.variables.values())


def test_dense_asks_for_a_known_number_of_features() -> None:
    with pytest.raises(SpecError, match="batch x features"):
        Dense().output_specs([Spec("float32", ("batch", "width"))])
    with pytest.raises(SpecError, match="Insert Flatten"):
        Dense().output_specs([Spec("float32", ("batch",))])


def test_flatten_keeps_the_batch() -> None:
    (spec,) = Flatten().output_specs([Spec("float32", ("batch", 8, 8))])
    assert spec == Spec("float32", ("batch", 64))


def test_dropout_passes_everything_on_while_predicting() -> None:
    np.testing.assert_array_equal(session(Dropout(rate=0.5)).run("layer", {"x": X}), X)


def test_dropout_drops_the_rate_and_enlarges_the_rest_while_training() -> None:
    ones = np.ones((2000, 5), np.float32)
    y = session(Dropout(rate=0.2)).run("layer", {"x": ones}, training=True)
    assert set(np.unique(y)) == {np.float32(0), np.float32(1.25)}
    assert 0.18 < float((y == 0).mean()) < 0.22


def test_dropout_draws_anew_at_each_step_and_the_same_again_from_the_same_seed() -> None:
    first, second = session(Dropout(rate=0.5), seed=3), session(Dropout(rate=0.5), seed=3)
    steps = [first.run("layer", {"x": X}, training=True) for _ in range(2)]
    assert not np.array_equal(*steps)
    for step in steps:
        np.testing.assert_array_equal(second.run("layer", {"x": X}, training=True), step)


def learn_statistics(batches: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Show a Normalization some batches in training, as a trainer does."""
    run = session(Normalization())
    for batch in batches:
        feeds = {"x": Spec("float32", batch.shape)}
        run.prepare(("layer",), feeds, training=True, effects=True)({"x": batch})
    return run.values()


@pytest.mark.parametrize("cuts", [[], [1], [10, 11, 40], [63]], ids=str)
def test_normalization_learns_exact_statistics_however_the_examples_are_cut(cuts: list[int]) -> None:
    learned = learn_statistics(np.split(X, cuts))
    assert learned["layer/count"] == len(X)
    np.testing.assert_allclose(learned["layer/mean"], X.mean(axis=0, dtype=np.float64), rtol=1e-5)
    np.testing.assert_allclose(learned["layer/variance"], X.var(axis=0, dtype=np.float64), rtol=1e-5)


def test_normalization_is_exact_far_from_zero() -> None:
    far = X + 1000.0
    learned = learn_statistics(np.split(far, 8))
    np.testing.assert_allclose(learned["layer/variance"], far.var(axis=0, dtype=np.float64), rtol=1e-3)


def test_normalization_gives_mean_0_and_variance_1() -> None:
    graph = Graph()
    Normalization()(graph.placeholder("x", ("batch", 5)), name="layer")
    run = Session(graph, device="cpu")
    run.prepare(("layer",), {"x": Spec("float32", X.shape)}, training=True, effects=True)({"x": X})
    y = run.run("layer", {"x": X})
    np.testing.assert_allclose(y.mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(y.var(axis=0), 1.0, atol=1e-4)


def test_normalization_that_has_seen_nothing_changes_next_to_nothing() -> None:
    np.testing.assert_allclose(session(Normalization()).run("layer", {"x": X}), X, rtol=1e-5)


def test_predicting_does_not_change_what_normalization_has_learned() -> None:
    run = session(Normalization())
    run.prepare(("layer",), {"x": Spec("float32", X.shape)}, training=True, effects=True)({"x": X})
    learned = run.values()
    run.run("layer", {"x": X + 1})
    np.testing.assert_equal(run.values(), learned)
