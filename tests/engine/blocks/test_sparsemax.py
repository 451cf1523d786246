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
