"""Sparsemax gives the nearest point among probabilities."""

import numpy as np

import engine.blocks  # noqa: F401 - registers the blocks
from engine.blocks.gating import Sparsemax
from engine.graph.builder import Graph
from engine.run.session import Session


def test_sparsemax_is_the_nearest_point_among_probabilities() -> None:
    """Its conditions of optimality: sums of one, and equal gaps to the logits wherever it is not zero."""
    logits = np.random.default_rng(0).normal(size=(50, 7)) * 2
    graph = Graph()
    y = Sparsemax()(graph.placeholder("x", (50, 7), "float64"))
    found = Session(graph, device="cpu").run(y, {"x": logits})
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-12)
    assert (found == 0).any() and (found >= 0).all()
    gap = logits - found
    tau = np.where(found > 0, gap, -np.inf).max(axis=1, keepdims=True)
    np.testing.assert_allclose(np.where(found > 0, gap, tau), np.broadcast_to(tau, gap.shape), atol=1e-12)
    assert (np.where(found == 0, logits, -np.inf) <= tau).all()


def test_what_is_infinitely_unlikely_has_no_probability() -> None:
    graph = Graph()
    x = graph.placeholder("x", (1, 3), "float64")
    y = Sparsemax()(x)
    slopes = graph.gradients(y * graph.constant([1.0, 2.0, 3.0], "float64"), [x])
    found = Session(graph, device="cpu").run([y, *slopes], {x: np.array([[0.0, -np.inf, 0.5]])})
    np.testing.assert_array_equal(found[0], [[0.25, 0.0, 0.75]])
    np.testing.assert_array_equal(found[1], [[-1.0, 0.0, 1.0]])
