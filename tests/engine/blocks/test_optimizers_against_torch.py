"""Every optimizer takes the path of PyTorch's, or of its paper's formula where PyTorch has none."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.adaptive_optimizers import Adadelta, Adagrad, Adamax, Ftrl, Lamb, Lion, Nadam
from engine.blocks.optimizers import SGD, Adam, AdamW, RMSprop
from engine.blocks.optimizing import Optimizer
from engine.graph.builder import Graph
from engine.ops.reduction import ReduceMean
from engine.run.session import Session
from engine.spec import spec_of

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(16, 4)), RNG.normal(size=(16, 2))
STEPS = 40
Path = list[np.ndarray]


def start() -> np.ndarray:
    return np.ones((4, 2)) * 0.5


def gradient(w: np.ndarray) -> np.ndarray:
    return np.asarray(2 * X.T @ (X @ w - Y) / Y.size)


def our_path(optimizer: Optimizer) -> Path:
    graph = Graph()
    x, y = graph.placeholder("x", X.shape, "float64"), graph.placeholder("y", Y.shape, "float64")
    w = graph.variable("w", (4, 2), dtype="float64", initializer="constant")
    error = x @ w - y
    graph.minimize(ReduceMean()(error * error), optimizer)
    session = Session(graph, device="cpu")
    feeds = {"x": X, "y": Y}
    session.restore({"w": start()})
    step = session.prepare((), {k: spec_of(v) for k, v in feeds.items()}, training=True, effects=True)
    path = []
    for _ in range(STEPS):
        step(feeds)
        path.append(session.values()["w"])
    return path


THEIRS: dict[str, tuple[Optimizer, Callable[[Any, Any], Any]]] = {
    "decayed": (
        SGD(learning_rate=0.1, momentum=0.5, weight_decay=0.1),
        lambda o, p: o.SGD(p, 0.1, 0.5),
    ),
    "amsgrad": (Adam(learning_rate=0.1, amsgrad=True), lambda o, p: o.Adam(p, 0.1, amsgrad=True)),
    "adamw": (AdamW(learning_rate=0.1, weight_decay=0.3), lambda o, p: o.AdamW(p, 0.1, weight_decay=0.3)),
    "rmsprop": (
        RMSprop(learning_rate=0.01, epsilon=0.0, momentum=0.5),
        lambda o, p: o.RMSprop(p, 0.01, 0.9, 0.0, momentum=0.5),
    ),
    "centered": (
        RMSprop(learning_rate=0.01, rho=0.8, epsilon=0.0, centered=True),
        lambda o, p: o.RMSprop(p, 0.01, 0.8, 0.0, centered=True),
    ),
    "adagrad": (
        Adagrad(learning_rate=0.1, start=0.3, epsilon=0.0),
        lambda o, p: o.Adagrad(p, 0.1, initial_accumulator_value=0.3, eps=0.0),
    ),
    "adadelta": (
        Adadelta(learning_rate=1.0, rho=0.9, epsilon=1e-3),
        lambda o, p: o.Adadelta(p, 1.0, 0.9, 1e-3),
    ),
    "adamax": (Adamax(learning_rate=0.05, epsilon=0.0), lambda o, p: o.Adamax(p, 0.05, eps=0.0)),
    "nadam": (
        Nadam(learning_rate=0.05, epsilon=1e-6),
        lambda o, p: o.NAdam(p, 0.05, eps=1e-6, momentum_decay=1.0),
    ),
}


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning")
@pytest.mark.parametrize("name", THEIRS)
def test_takes_the_path_of_torch(name: str) -> None:
    import torch

    relative = 1e-6 if name == "nadam" else 1e-9  # PyTorch keeps the product of its momenta as float32
    ours, make = THEIRS[name]
    leaf = torch.tensor(start(), requires_grad=True)
    theirs = make(torch.optim, [leaf])
    for found in our_path(ours):
        leaf.grad = torch.from_numpy(gradient(leaf.detach().numpy()))
        if name == "decayed":
            # PyTorch's decay is part of the gradient; ours, as Keras', is taken off before the step.
            leaf.data *= 1 - 0.1 * 0.1
        theirs.step()
        np.testing.assert_allclose(found, leaf.detach().numpy(), rtol=relative, atol=1e-12)


def lion(w: np.ndarray) -> Path:
    mean, path = np.zeros_like(w), []
    for _ in range(STEPS):
        g = gradient(w)
        w = w - 0.01 * np.sign(0.9 * mean + 0.1 * g)
        mean = 0.99 * mean + 0.01 * g
        path.append(w)
    return path


def lamb(w: np.ndarray) -> Path:
    mean, square, path = np.zeros_like(w), np.zeros_like(w), []
    for step in range(1, STEPS + 1):
        g = gradient(w)
        mean, square = 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g * g
        move = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-6)
        w = w - 0.01 * np.linalg.norm(w) / np.linalg.norm(move) * move
        path.append(w)
    return path


def ftrl(w: np.ndarray) -> Path:
    total, linear, path = np.full_like(w, 0.1), np.zeros_like(w), []
    for _ in range(STEPS):
        g = gradient(w)
        new = total + g * g
        linear = linear + g + 2 * 0.01 * w - (np.sqrt(new) - np.sqrt(total)) / 0.1 * w
        w = (np.clip(linear, -0.02, 0.02) - linear) / ((np.sqrt(new) + 0.1) / 0.1 + 2 * 0.03)
        total = new
        path.append(w)
    return path


@pytest.mark.parametrize(
    ("ours", "formula"),
    [
        (Lion(learning_rate=0.01), lion),
        (Lamb(learning_rate=0.01, epsilon=1e-6), lamb),
        (Ftrl(learning_rate=0.1, l1=0.02, l2=0.03, l2_shrinkage=0.01, beta=0.1), ftrl),
    ],
    ids=["lion", "lamb", "ftrl"],
)
def test_takes_the_path_of_its_formula(ours: Optimizer, formula: Callable[[np.ndarray], Path]) -> None:
    for found, expected in zip(our_path(ours), formula(start()), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_a_gradient_is_kept_within_limits() -> None:
    g = gradient(start())
    norm = np.linalg.norm(g)
    for limit, expected in [
        ({"clip_value": 0.1}, np.clip(g, -0.1, 0.1)),
        ({"clip_norm": 0.5}, g * 0.5 / norm),
        ({"clip_norm": 5e3}, g),
        ({"global_clip_norm": 0.5}, g * 0.5 / norm),
    ]:
        moved = our_path(SGD.from_attributes({"learning_rate": 1.0, **limit}))[0] - start()
        np.testing.assert_allclose(moved, -expected, rtol=1e-12)


def test_an_average_follows_and_overwrites() -> None:
    plain = our_path(SGD(learning_rate=0.1))
    followed = our_path(SGD(learning_rate=0.1, average=0.5, overwrite_every=2))
    np.testing.assert_array_equal(followed[0], plain[0])
    np.testing.assert_allclose(followed[1], 0.5 * plain[0] + 0.5 * plain[1], rtol=1e-12)
