"""Layers, losses and the paths of optimizers equal those of PyTorch."""

from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.layers import Dense
from engine.blocks.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Huber,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from engine.blocks.optimizers import SGD, Adam, Optimizer
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import spec_of

pytestmark = [
    pytest.mark.oracle("torch"),
    # The check for what a test leaves behind looks at all objects, and so touches an old name of torch.
    pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning"),
]
RNG = np.random.default_rng(7)
LOGITS, NUMBERS = RNG.normal(size=(6, 4)) * 3, RNG.normal(size=(6, 4))
CLASSES, CHANCES = RNG.integers(0, 4, 6), RNG.dirichlet(np.ones(4), 6)
TOLERANCE = {"float64": 1e-12, "float32": 2e-6}


def torch_loss(name: str) -> Any:
    import torch.nn.functional as functional

    return {
        "mse": functional.mse_loss,
        "mae": functional.l1_loss,
        "huber": lambda a, b: functional.huber_loss(a, b, delta=0.7),
        "binary": lambda a, b: functional.binary_cross_entropy_with_logits(a, b.to(a.dtype)),
        "soft": functional.cross_entropy,
        "sparse": functional.cross_entropy,
    }[name]


@pytest.mark.parametrize("floating", ["float64", "float32"])
@pytest.mark.parametrize(
    ("name", "op", "target"),
    [
        ("mse", MeanSquaredError(), NUMBERS),
        ("mae", MeanAbsoluteError(), NUMBERS),
        ("huber", Huber(delta=0.7), NUMBERS),
        ("binary", BinaryCrossentropy(), (NUMBERS > 0).astype(np.int64)),
        ("soft", CategoricalCrossentropy(), CHANCES),
        ("sparse", SparseCategoricalCrossentropy(), CLASSES),
    ],
)
def test_loss_and_gradient(name: str, op: Op, target: np.ndarray, floating: str) -> None:
    import torch

    first = LOGITS.astype(floating)
    second = target.astype(floating) if target.dtype.kind == "f" else target
    graph = Graph()
    a = graph.placeholder("a", first.shape, first.dtype.name)
    b = graph.placeholder("b", second.shape, second.dtype.name)
    loss = op(a, b)
    (gradient,) = graph.gradients(loss, [a])
    found = Session(graph, device="cpu").run([loss, gradient], {"a": first, "b": second})

    leaf = torch.tensor(first, requires_grad=True)
    expected = torch_loss(name)(leaf, torch.tensor(second))
    expected.backward()
    np.testing.assert_allclose(found[0], expected.item(), rtol=TOLERANCE[floating])
    assert leaf.grad is not None
    np.testing.assert_allclose(found[1], leaf.grad.numpy(), rtol=1e-5, atol=TOLERANCE[floating])


def torch_optimizer(optimizer: Optimizer, parameters: Any) -> Any:
    import torch

    if isinstance(optimizer, Adam):
        betas = (optimizer.beta_1, optimizer.beta_2)
        return torch.optim.Adam(parameters, optimizer.learning_rate, betas, optimizer.epsilon)
    assert isinstance(optimizer, SGD)
    return torch.optim.SGD(
        parameters, optimizer.learning_rate, optimizer.momentum, nesterov=optimizer.nesterov
    )


@pytest.mark.parametrize("floating", ["float64", "float32"])
@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(learning_rate=0.1),
        SGD(learning_rate=0.05, momentum=0.9),
        SGD(learning_rate=0.05, momentum=0.9, nesterov=True),
        Adam(learning_rate=0.01),
        Adam(learning_rate=0.05, beta_1=0.8, beta_2=0.99, epsilon=1e-3),
    ],
    ids=["sgd", "momentum", "nesterov", "adam", "adam-settings"],
)
def test_training_takes_the_same_path(optimizer: Optimizer, floating: str) -> None:
    import torch

    x = RNG.normal(size=(16, 4)).astype(floating)
    labels = np.arange(16) % 3
    graph = Graph()
    a, b = graph.placeholder("a", x.shape, floating), graph.placeholder("b", labels.shape, "int64")
    hidden = Dense(units=5, activation="tanh")(a, name="hidden")
    loss = SparseCategoricalCrossentropy()(Dense(units=3)(hidden, name="logits"), b, name="loss")
    graph.minimize(loss, optimizer)
    session = Session(graph, seed=4, device="cpu")
    feeds = {"a": x, "b": labels}
    step = session.prepare(("loss",), {k: spec_of(v) for k, v in feeds.items()}, training=True, effects=True)

    leaves = {path: torch.tensor(v, requires_grad=True) for path, v in session.values().items()}
    trained = [leaves[f"{layer}/{name}"] for layer in ("hidden", "logits") for name in ("kernel", "bias")]
    theirs = torch_optimizer(optimizer, trained)
    for _ in range(60):
        theirs.zero_grad()
        bent = torch.tanh(torch.tensor(x) @ trained[0] + trained[1])
        expected = torch.nn.functional.cross_entropy(bent @ trained[2] + trained[3], torch.tensor(labels))
        torch.autograd.backward(expected)
        theirs.step()
        found = float(step(feeds)["loss"])
        np.testing.assert_allclose(found, expected.item(), rtol=1e-10 if floating == "float64" else 1e-4)
