"""Spectral normalization: the largest singular value becomes one while training, and rests otherwise."""

from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.spectral_normalization import SpectralNormalization
from engine.errors import SpecError
from engine.spec import Spec

KERNEL = np.random.default_rng(0).normal(size=(3, 3, 2, 5))


def largest(kernel: Any) -> float:
    return float(np.linalg.norm(np.asarray(kernel).reshape(-1, kernel.shape[-1]), 2))


@pytest.mark.parametrize("iterations", [1, 3])
def test_training_finds_the_largest_singular_value(iterations: int) -> None:
    graph = Graph()
    kernel = graph.placeholder("kernel", KERNEL.shape, "float64")
    y = SpectralNormalization(iterations=iterations)(kernel, name="gentle")
    session = Session(graph, seed=1, device="cpu")
    start = largest(session.run(y, {kernel: KERNEL}))
    assert start > 1.05, "nothing is known of the kernel yet"
    for _ in range(60):
        trained = session.run(y, {kernel: KERNEL}, training=True)
    assert largest(trained) == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(trained, KERNEL / largest(KERNEL), rtol=1e-9)
    before = session.values()["gentle/direction"]
    np.testing.assert_allclose(session.run(y, {kernel: KERNEL}), trained, rtol=1e-9)
    np.testing.assert_array_equal(session.values()["gentle/direction"], before)


def test_more_iterations_come_nearer_in_one_step() -> None:
    found = []
    for iterations in (1, 20):
        graph = Graph()
        kernel = graph.placeholder("kernel", KERNEL.shape, "float64")
        y = SpectralNormalization(iterations=iterations)(kernel, name="gentle")
        found.append(largest(Session(graph, seed=1, device="cpu").run(y, {kernel: KERNEL}, training=True)))
    assert abs(found[1] - 1) < abs(found[0] - 1) / 10


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning")
def test_the_gradient_is_that_of_torch() -> None:
    import torch

    graph = Graph()
    kernel = graph.placeholder("kernel", (4, 3), "float64")
    y = SpectralNormalization()(kernel, name="gentle")
    (gradient,) = graph.gradients(y * y * y, [kernel])
    session, data = Session(graph, seed=1, device="cpu"), KERNEL[0, 0, :, :3].repeat(2, axis=0) + np.eye(4, 3)
    session.run(y, {kernel: data}, training=True)
    found = session.run([y, gradient], {kernel: data})
    leaf = torch.tensor(data, requires_grad=True)
    u = torch.tensor(session.values()["gentle/direction"])
    v = torch.nn.functional.normalize(leaf.detach() @ u, dim=0)
    expected = leaf / (v.T @ leaf @ u)
    total: Any = (expected**3).sum()
    total.backward()
    np.testing.assert_allclose(found[0], expected.detach().numpy(), rtol=1e-10)
    assert leaf.grad is not None
    np.testing.assert_allclose(found[1], leaf.grad.numpy(), rtol=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_kernel_of_zeros_stays_zero_and_the_next_is_normalized(dtype: str) -> None:
    graph = Graph()
    kernel = graph.placeholder("kernel", (4, 3), dtype)
    y = SpectralNormalization(iterations=20)(kernel)
    session = Session(graph, device="cpu")
    np.testing.assert_array_equal(session.run(y, {kernel: np.zeros((4, 3), dtype)}, training=True), 0.0)
    large = (1000 * np.random.default_rng(1).normal(size=(4, 3))).astype(dtype)
    assert largest(session.run(y, {kernel: large}, training=True).astype(float)) == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize("shape", [(3, "n"), (3,), None])
def test_the_number_of_outputs_must_be_known(shape: Any) -> None:
    with pytest.raises(SpecError, match="in the last of two or more axes a known number"):
        SpectralNormalization().output_specs([Spec("float32", shape)])
