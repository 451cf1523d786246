"""Ops that move, part and pass on elements beside PyTorch's, on every worked case of each op."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.case import Case

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
    # The real part is what a complex number is cast to, and PyTorch says so.
    pytest.mark.filterwarnings("ignore:Casting complex values to real:UserWarning"),
]
Settings = dict[str, Any]


def reshaped(_: Any, settings: Settings, x: Any) -> Any:
    """A size of 0 may stand for the one that is there."""
    sizes = settings["shape"]
    if settings["keep"]:
        sizes = [x.shape[axis] if size == 0 else size for axis, size in enumerate(sizes)]
    return x.reshape(tuple(sizes))


def broadcast(_: Any, settings: Settings, x: Any) -> Any:
    return x.expand(tuple(settings["shape"]))


def products(torch: Any, settings: Settings, x: Any) -> Any:
    """Axis by axis, from the last on: PyTorch multiplies along one only."""
    for axis in sorted((axis % x.ndim for axis in settings["axes"] or range(x.ndim)), reverse=True):
        x = torch.prod(x, axis, settings["keep_dims"], dtype=x.dtype)
    return x


def running_sum(torch: Any, settings: Settings, x: Any) -> Any:
    turned = (settings["axis"],) if settings["reverse"] else ()
    whole = torch.cumsum(torch.flip(x, turned), settings["axis"], dtype=x.dtype)
    return torch.flip(whole - torch.flip(x, turned) if settings["exclusive"] else whole, turned)


def unsqueezed(_: Any, settings: Settings, x: Any) -> Any:
    rank = x.ndim + len(settings["axes"])
    for axis in sorted(axis % rank for axis in settings["axes"]):
        x = x.unsqueeze(axis)
    return x


def squeezed(_: Any, settings: Settings, x: Any) -> Any:
    return x.squeeze(tuple(settings["axes"])) if settings["axes"] else x.squeeze()


def gathered(torch: Any, settings: Settings, x: Any, indices: Any) -> Any:
    axis = settings["axis"] % x.ndim
    rows = torch.index_select(x, axis, indices.reshape(-1).long() % x.shape[axis])
    return rows.reshape((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))


def cut(_: Any, settings: Settings, x: Any) -> Any:
    for axis, (begin, size) in enumerate(zip(settings["begin"], settings["size"], strict=True)):
        first = begin % x.shape[axis] if begin < 0 else begin
        x = x.narrow(axis, first, x.shape[axis] - first if size < 0 else size)
    return x


def corner(start: Any, whole: Any, sizes: Any) -> list[int]:
    """Where a part of that size begins, moved so that it lies inside."""
    limits = [size - part for size, part in zip(whole.shape, sizes, strict=True)]
    return [min(max(int(s), 0), limit) for s, limit in zip(start, limits, strict=True)]


def slid(_: Any, settings: Settings, x: Any, start: Any) -> Any:
    for axis, first in enumerate(corner(start, x, settings["size"])):
        x = x.narrow(axis, first, settings["size"][axis])
    return x


def replaced(_: Any, settings: Settings, x: Any, update: Any, start: Any) -> Any:
    first = corner(start, x, update.shape)
    places = tuple(slice(begin, begin + size) for begin, size in zip(first, update.shape, strict=True))
    result = x.clone()
    result[places] = update
    return result


def cached(torch: Any, settings: Settings, cache: Any, update: Any, indices: Any = None) -> Any:
    """Example by example."""
    axis = settings["axis"] % cache.ndim
    size, more = cache.shape[axis], update.shape[axis]
    result = cache.clone()
    for number in range(cache.shape[0]):
        first = 0 if indices is None else int(indices[number])
        places = torch.arange(first, first + more) % size
        result[number] = cache[number].index_copy(axis - 1, places, update[number])
    return result


def parted(torch: Any, settings: Settings, x: Any) -> Any:
    """A size of -1 is an equal share of what the other sizes leave."""
    sizes, axis = settings["sizes"], settings["axis"]
    left = x.shape[axis] - sum(size for size in sizes if size >= 0)
    return torch.split(x, [left // sizes.count(-1) if size < 0 else size for size in sizes], axis)


def placed(torch: Any, settings: Settings, x: Any, indices: Any) -> Any:
    """Channel by channel, into an image whose size follows from the window."""
    sizes = settings["sizes"]
    if not sizes:
        rank = x.ndim - 2
        window = settings["window"] * (rank if len(settings["window"]) == 1 else 1)
        steps = settings["strides"] * (rank if len(settings["strides"]) == 1 else 1) or window
        sizes = [(n - 1) * s + w for n, s, w in zip(x.shape[1:-1], steps, window, strict=True)]
    flat = torch.zeros(x.shape[0], torch.Size(sizes).numel(), x.shape[-1], dtype=x.dtype)
    flat = flat.scatter(1, indices.long().flatten(1, -2), x.flatten(1, -2))
    return flat.reshape(x.shape[0], *sizes, x.shape[-1])


def clipped_back(_: Any, settings: Settings, x: Any) -> Any:
    y = x.clone()
    if y.requires_grad:
        y.register_hook(lambda slope: slope.clamp(-settings["limit"], settings["limit"]))
    return y


# What PyTorch computes for an op, from the module torch, the attributes and the tensors.
ORACLES: dict[str, Callable[..., Any]] = {
    "Cast": lambda t, a, x: x.to(getattr(t, a["dtype"])),
    "Identity": lambda _, a, x: x.clone(),
    "Reshape": reshaped,
    "ExpandDims": lambda _, a, x: x.unsqueeze(a["axis"]),
    "Unsqueeze": unsqueezed,
    "Squeeze": squeezed,
    "BroadcastTo": broadcast,
    "ReduceProd": products,
    "CumSum": running_sum,
    "Gather": gathered,
    "Slice": cut,
    "DynamicSlice": slid,
    "DynamicUpdateSlice": replaced,
    "TensorScatter": cached,
    "MaxUnpool": placed,
    "Split": parted,
    "Unstack": lambda _, a, x: x.unbind(a["axis"]),
    "Meshgrid": lambda t, _, *rows: t.meshgrid(*rows, indexing="ij"),
    "TopK": lambda t, a, x: t.topk(x, a["k"], a["axis"], a["largest"]),
    "Complex": lambda t, _, a, b: t.complex(*t.broadcast_tensors(a, b)),
}
# What passes on as it is and changes the slope only: finite differences cannot judge it.
PASSING_ORACLES: dict[str, Callable[..., Any]] = {
    "StopGradient": lambda _, a, x: x.detach(),
    "ScaleGradient": lambda _, a, x: x.detach() + a["factor"] * (x - x.detach()),
    "ClipGradient": clipped_back,
    "SurrogateGradient": lambda _, a, value, other: value.detach() + (other - other.detach()),
}
# Casts of what the new dtype cannot hold, bfloat16, which NumPy does not take from PyTorch, and places of
# equal elements, of which PyTorch promises none.
LEFT_OUT = {("Cast", 6), ("Cast", 7), ("Cast", 8), ("Cast", 9), ("Cast", 10), ("Cast", 11), ("TopK", 4)}
CASES = [
    pytest.param(name, case, floating, id=f"{name}-{number}-{floating}")
    for name in ORACLES
    for number, case in enumerate(registry.get(name).cases)
    for floating in ("float32", "float64")
    if (name, number) not in LEFT_OUT
]


@pytest.mark.parametrize(("name", "case", "floating"), CASES)
def test_values_and_gradients_are_those_of_torch(
    name: str, case: Case, floating: str, agrees_with_torch: Any
) -> None:
    agrees_with_torch(registry.get(name), case, floating, ORACLES[name])


@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(
    ("name", "case"),
    [
        pytest.param(name, case, id=f"{name}-{number}")
        for name in PASSING_ORACLES
        for number, case in enumerate(registry.get(name).cases)
    ],
)
def test_what_is_passed_on_has_the_gradient_of_torch(
    name: str, case: Case, floating: str, agrees_with_torch: Any
) -> None:
    judged = dataclasses.replace(case, gradient=True)
    agrees_with_torch(registry.get(name), judged, floating, PASSING_ORACLES[name])
