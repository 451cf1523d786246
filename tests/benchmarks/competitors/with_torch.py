"""PyTorch: eager, with its fused optimizer, and compiled."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

import torch
from torch import nn
from torch.nn import functional

from tests.benchmarks.competitors.serving import THREADS, Timed, serve
from tests.benchmarks.competitors.workloads import (
    EPSILON,
    FIT_EXAMPLES,
    LEARNING_RATE,
    Array,
    Case,
    Cnn,
    Gpt,
    Lstm,
    Mlp,
    Pointwise,
    Regression,
    Workload,
    batch_of,
    batches,
    examples,
    flat_size,
)

VERSION = f"torch {torch.__version__}"
torch.set_num_threads(THREADS)
# TensorFlow and JAX do so by themselves; a network that has learned its few batches by heart would else be
# timed on denormal moments of Adam.
torch.set_flush_denormal(True)

Tensor = Any
Batch = tuple[Tensor, Tensor]


def modes(case: Case) -> Sequence[str]:
    match case.what:
        case "train":
            return ("eager", "fused", "compiled")
        case "fit":
            return ("loader", "slices")
        case "total":
            return ("eager",)
        case _:
            return ("eager", "compiled")


def build(case: Case, mode: str) -> Timed:
    size = case.size
    torch.manual_seed(0)
    torch._dynamo.reset()
    if isinstance(size, Regression):
        return _regression(size)
    if isinstance(size, Pointwise):
        return _pointwise(size, mode)
    network = _network(size)
    last = isinstance(size, Cnn) and mode != "eager"
    if last:
        network = network.to(memory_format=torch.channels_last)
    if case.what == "infer":
        return _infer(case, network, last, mode)
    step = _step(size, network, mode)
    if case.what == "fit":
        return _fit(case, step, last, mode)
    data = [_tensors(size, x, y, last) for x, y in batches(case)]

    def run(count: int) -> None:
        for index in range(count):
            step(*data[index % len(data)])

    return Timed(run)


class _Block(nn.Module):
    """Causal attention and two dense layers, each normalized before and added to what came in."""

    def __init__(self, size: Gpt) -> None:
        super().__init__()
        width = size.width
        self.heads = size.heads
        self.first, self.second = (nn.LayerNorm(width, eps=EPSILON) for _ in range(2))
        self.projections, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, steps, width = x.shape
        three = self.projections(self.first(x)).view(batch, steps, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q, k, v = three
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.output(seen.transpose(1, 2).reshape(batch, steps, width))
        return x + self.narrow(functional.gelu(self.wide(self.second(x)), approximate="tanh"))


class _Gpt(nn.Module):
    def __init__(self, size: Gpt) -> None:
        super().__init__()
        self.words, self.places = (nn.Embedding(count, size.width) for count in (size.words, size.context))
        self.blocks = nn.Sequential(*(_Block(size) for _ in range(size.blocks)))
        self.normal = nn.LayerNorm(size.width, eps=EPSILON)
        self.head = nn.Linear(size.width, size.words)
        self.register_buffer("steps", torch.arange(size.context))

    def forward(self, words: Tensor) -> Tensor:
        x = self.words(words) + self.places(self.steps)
        return self.head(self.normal(self.blocks(x))).flatten(0, 1)


class _Lstm(nn.Module):
    def __init__(self, size: Lstm) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(size.features, size.units, batch_first=True)
        self.head = nn.Linear(size.units, size.classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.recurrent(x)[0][:, -1])


def _network(size: Workload) -> Any:
    layers: list[nn.Module] = []
    match size:
        case Mlp():
            for before, units in zip(size.units, size.units[1:-1], strict=False):
                layers += [nn.Linear(before, units), nn.ReLU(), nn.Dropout(size.dropout)]
            return nn.Sequential(*layers, nn.Linear(size.units[-2], size.units[-1]))
        case Cnn():
            channels = size.image[2]
            for layer in size.layers:
                layers += [nn.Conv2d(channels, layer, 3), nn.ReLU()] if layer else [nn.MaxPool2d(2)]
                channels = layer or channels
            wide = nn.Linear(flat_size(size), size.dense[0])
            return nn.Sequential(*layers, nn.Flatten(), wide, nn.ReLU(), nn.Linear(*size.dense))
        case Lstm():
            return _Lstm(size)
        case Gpt():
            return _Gpt(size)
    raise AssertionError(size)


def _tensors(size: Workload, x: Array, y: Array, last: bool) -> Batch:
    given, labels = torch.from_numpy(x), torch.from_numpy(y)
    if isinstance(size, Cnn):
        given = given.permute(0, 3, 1, 2)
        given = given.contiguous(memory_format=torch.channels_last) if last else given.contiguous()
    return given, labels


def _infer(case: Case, network: Any, last: bool, mode: str) -> Timed:
    network.eval()
    answer = torch.compile(network) if mode == "compiled" else network
    data = [_tensors(case.size, x, y, last)[0] for x, y in batches(case, 8)]

    def run(count: int) -> None:
        with torch.inference_mode():
            for index in range(count):
                answer(data[index % len(data)])

    return Timed(run)


def _step(size: Workload, network: Any, mode: str) -> Callable[[Tensor, Tensor], Tensor]:
    fused = mode != "eager"
    parameters = network.parameters()
    rule: torch.optim.Optimizer
    if isinstance(size, Gpt):
        decay = size.weight_decay
        rule = torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=decay, fused=fused)
    else:
        rule = torch.optim.Adam(parameters, lr=LEARNING_RATE, fused=fused)
    network.train()

    def loss(x: Tensor, y: Tensor) -> Tensor:
        return functional.cross_entropy(network(x), y.reshape(-1))

    compiled = torch.compile(loss) if mode == "compiled" else loss

    def step(x: Tensor, y: Tensor) -> Tensor:
        rule.zero_grad(set_to_none=True)
        found = compiled(x, y)
        found.backward()
        rule.step()
        return found

    return step


def _fit(case: Case, step: Callable[[Tensor, Tensor], Tensor], last: bool, mode: str) -> Timed:
    """Epochs as users write them: shuffled, with a running loss."""
    count, rows = FIT_EXAMPLES[case.workload], batch_of(case)
    x, y = _tensors(case.size, *examples(case.size, count), last)

    def drawn() -> Iterator[Batch]:
        if mode == "loader":
            data = torch.utils.data.TensorDataset(x, y)
            while True:
                yield from torch.utils.data.DataLoader(data, batch_size=rows, shuffle=True)
        while True:
            order = torch.randperm(count)
            for start in range(0, count, rows):
                chosen = order[start : start + rows]
                yield x[chosen], y[chosen]

    data = drawn()

    def run(steps: int) -> None:
        total = 0.0
        for _ in range(steps):
            total += step(*next(data)).item()

    return Timed(run, -(-count // rows))


def _regression(size: Regression) -> Timed:
    x, y = map(torch.from_numpy, examples(size, 0))
    factor = 2 * size.rate / size.examples

    def run(count: int) -> None:
        with torch.no_grad():
            for _ in range(count):
                slopes, offset = torch.zeros(size.features), torch.zeros(())
                for _ in range(size.steps):
                    error = x @ slopes + offset - y
                    slopes -= factor * (x.T @ error)
                    offset -= factor * error.sum()

    return Timed(run)


def _pointwise(size: Pointwise, mode: str) -> Timed:
    x = torch.from_numpy(examples(size, 0)[0])

    def plain(x: Tensor) -> Tensor:
        return torch.tanh(size.a * x + size.b) * torch.sigmoid(x)

    compute = torch.compile(plain) if mode == "compiled" else plain

    def run(count: int) -> None:
        with torch.inference_mode():
            for _ in range(count):
                compute(x)

    return Timed(run)


if __name__ == "__main__":
    serve(sys.modules["__main__"])
