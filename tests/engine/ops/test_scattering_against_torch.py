"""Picking, putting, cutting and counting beside PyTorch, in values and gradients, on every worked case."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.case import Case

pytestmark = [
    pytest.mark.oracle("torch"),
    pytest.mark.filterwarnings("ignore:.*scatter_reduce.*:UserWarning"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]

REDUCTIONS = {"add": "sum", "multiply": "prod", "maximum": "amax", "minimum": "amin"}
Settings = dict[str, Any]


def place(torch: Any, settings: Settings, x: Any, indices: Any) -> tuple[Any, ...]:
    """The index of PyTorch's that rows of positions stand for."""
    rank = indices.ndim - 1
    batch = [
        torch.arange(x.shape[axis]).reshape([-1 if at == axis else 1 for at in range(rank)])
        for axis in range(settings["batch_axes"])
    ]
    return (*batch, *indices.long().unbind(-1))


def scattered(torch: Any, settings: Settings, x: Any, indices: Any, updates: Any) -> Any:
    """By the flat numbers of the elements, so that one function of PyTorch's serves for all reductions."""
    numbers = torch.arange(x.numel()).reshape(x.shape)[place(torch, settings, x, indices)].reshape(-1)
    return reduced(torch, settings, x.reshape(-1), 0, numbers, updates.reshape(-1)).reshape(x.shape)


def put_along(torch: Any, settings: Settings, x: Any, indices: Any, updates: Any) -> Any:
    axis = settings["axis"]
    return reduced(torch, settings, x, axis, indices.long() % x.shape[axis], updates)


def reduced(torch: Any, settings: Settings, x: Any, axis: int, indices: Any, updates: Any) -> Any:
    if settings["reduction"] == "none":
        return torch.scatter(x, axis, indices, updates)
    return torch.scatter_reduce(x, axis, indices, updates, REDUCTIONS[settings["reduction"]])


def repeated(torch: Any, settings: Settings, x: Any) -> Any:
    counts = settings["repeats"]
    return torch.repeat_interleave(
        x, counts[0] if len(counts) == 1 else torch.tensor(counts), settings["axis"]
    )


def strided(torch: Any, settings: Settings, x: Any) -> Any:
    """By the numbers of the elements: PyTorch's own slices take no step backwards."""
    starts, ends = settings["starts"], settings["ends"]
    steps = settings["steps"] or (1,) * len(starts)
    axes = settings["axes"] or range(len(starts))
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        numbers = list(range(x.shape[axis]))[start:end:step]
        x = torch.index_select(x, axis, torch.tensor(numbers, dtype=torch.int64))
    return x


def padded(torch: Any, settings: Settings, x: Any) -> Any:
    """By the numbers of the elements, as NumPy continues them; behind the last one lies the constant."""
    axes = settings["axes"] or range(len(settings["before"]))
    for axis, before, after in zip(axes, settings["before"], settings["after"], strict=True):
        size = x.shape[axis]
        numbers = np.arange(size)[max(-before, 0) : size + min(after, 0)]
        outside: Settings = {"constant_values": size} if settings["mode"] == "constant" else {}
        numbers = np.pad(numbers, (max(before, 0), max(after, 0)), settings["mode"], **outside)
        margin = torch.full_like(x.sum(axis, keepdim=True, dtype=x.dtype), settings["value"])
        x = torch.index_select(torch.cat([x, margin], axis), axis, torch.from_numpy(numbers))
    return x


def counted(torch: Any, settings: Settings, x: Any) -> Any:
    flat = x.reshape(-1).long()
    inside = flat[(flat >= 0) & (flat < settings["count"])]
    return torch.bincount(inside, minlength=settings["count"])


def turned_round(torch: Any, settings: Settings, x: Any, lengths: Any) -> Any:
    """Sequence by sequence."""
    whole = x.movedim((settings["batch_axis"], settings["axis"]), (0, 1))
    rows = [
        torch.cat([row[:length].flip(0), row[length:]])
        for row, length in zip(whole, lengths.tolist(), strict=True)
    ]
    turned = torch.stack(rows) if rows else whole
    return turned.movedim((0, 1), (settings["batch_axis"], settings["axis"]))


ORACLES: dict[str, Callable[..., Any]] = {
    "GatherND": lambda t, a, x, indices: x[place(t, a, x, indices)],
    "ScatterND": scattered,
    "PutAlong": put_along,
    "Repeat": repeated,
    "StridedSlice": strided,
    "Pad": padded,
    "ReverseSequence": turned_round,
    "Bincount": counted,
    "Histogram": lambda t, a, x: t.histc(x.double(), a["bins"], a["low"], a["high"]).long(),
    "SearchSorted": lambda t, a, row, values: t.searchsorted(row, values, right=a["right"]),
    "NonZero": lambda t, _, x: t.nonzero(x),
}


def comparable(name: str, case: Case) -> Case | None:
    """The case as PyTorch can judge it: there an update that was replaced by another has a gradient."""
    if any(given is None for given in case.inputs):
        return None
    replaced = name in ("ScatterND", "PutAlong") and "reduction" not in case.attributes
    return Case(case.inputs, case.attributes, case.low, case.high, case.gradient and not replaced)


CASES = [
    pytest.param(name, found, id=f"{name}-{number}")
    for name in ORACLES
    for number, case in enumerate(registry.get(name).cases)
    if (found := comparable(name, case)) is not None
]


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("name", "case"), CASES)
def test_values_and_gradients_are_those_of_torch(
    name: str, case: Case, floating: str, agrees_with_torch: Callable[..., None]
) -> None:
    agrees_with_torch(registry.get(name), case, floating, ORACLES[name])
