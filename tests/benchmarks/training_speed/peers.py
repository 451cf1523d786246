"""The same workloads in PyTorch, where it is installed: eager, with its fused Adam, denormals flushed."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks.training_speed.workloads import CHAIN_LENGTH, NETWORKS, REGRESSION_SIZE, Network

Run = Callable[[int], None]


def runs(case: str) -> dict[str, Run]:
    """The peers that know a case, ready to run."""
    if importlib.util.find_spec("torch") is None:
        return {}
    import torch

    torch.set_flush_denormal(True)
    work, _, what = case.partition(".")
    if work == "W7":
        return {"torch": _regression(torch)}
    if work == "W9":
        return {"torch": _chain(torch)}
    if what == "fit":
        return {"torch": _training(torch, NETWORKS[work], loader=True)}
    if what == "train":
        return {"torch": _training(torch, NETWORKS[work], loader=False)}
    name, batch = ("W1", 1) if work == "W8" else (work, NETWORKS[work].batch)
    return {"torch": _inference(torch, NETWORKS[name], batch)}


def _model(torch: Any, work: Network) -> Any:
    layers: list[Any] = []
    for size, units in zip(work.sizes[:-2], work.sizes[1:-1], strict=True):
        layers += [torch.nn.Linear(size, units), torch.nn.ReLU(), torch.nn.Dropout(work.dropout)]
    return torch.nn.Sequential(*layers, torch.nn.Linear(*work.sizes[-2:]))


def _training(torch: Any, work: Network, *, loader: bool) -> Run:
    """Steps on one batch, or on those of a shuffling loader, as users write it."""
    model = _model(torch, work)
    optimizer = torch.optim.Adam(model.parameters(), lr=work.rate, fused=True)
    loss = torch.nn.CrossEntropyLoss()
    count = 60_000 if loader else work.batch
    data = torch.utils.data.TensorDataset(torch.rand(count, work.sizes[0]), torch.randint(0, 10, (count,)))
    batches = torch.utils.data.DataLoader(data, batch_size=work.batch, shuffle=True)
    kept = [batch for batch, _ in zip(batches, range(1), strict=False)]

    def run(steps: int) -> None:
        left = steps
        while left:
            for x, labels in batches if loader else kept:
                optimizer.zero_grad()
                value = loss(model(x), labels)
                value.backward()
                optimizer.step()
                left -= 1
                if not left:
                    return

    return run


def _inference(torch: Any, work: Network, batch: int) -> Run:
    model, x = _model(torch, work).eval(), torch.rand(batch, work.sizes[0])

    def run(steps: int) -> None:
        with torch.inference_mode():
            for _ in range(steps):
                model(x)

    return run


def _regression(torch: Any) -> Run:
    """A thousand steps of gradient descent by hand."""
    x = torch.from_numpy(np.random.default_rng(0).standard_normal(REGRESSION_SIZE).astype(np.float32))
    y = x @ torch.rand(REGRESSION_SIZE[1])
    factor = 2 * 0.1 / REGRESSION_SIZE[0]

    def run(times: int) -> None:
        with torch.no_grad():
            for _ in range(times):
                slopes, bias = torch.zeros(REGRESSION_SIZE[1]), torch.zeros(())
                for _ in range(1000):
                    error = x @ slopes + bias - y
                    slopes -= factor * (x.T @ error)
                    bias -= factor * error.sum()

    return run


def _chain(torch: Any) -> Run:
    x = torch.from_numpy(np.random.default_rng(0).standard_normal(CHAIN_LENGTH, np.float32))

    def run(steps: int) -> None:
        with torch.inference_mode():
            for _ in range(steps):
                torch.tanh(x * 1.5 + 0.25) * torch.sigmoid(x)

    return run
