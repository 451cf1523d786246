"""Recurrent cells and layers compute, and give back, what those of PyTorch do with the same variables."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine import registry
from engine.blocks.recurrent_cells import GRUCell, LSTMCell, SimpleRNNCell
from engine.blocks.recurrent_layers import GRU, LSTM, SimpleRNN
from engine.blocks.stacked_recurrence import StackedRNN
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session

pytestmark = [
    pytest.mark.oracle("torch"),
    pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning"),
]
RNG = np.random.default_rng(15)
X, STATE, CELL = RNG.normal(size=(2, 5, 3)), RNG.normal(size=(2, 4)), RNG.normal(size=(2, 4))
Values = dict[str, np.ndarray]


def ours(op: Op, arrays: Sequence[np.ndarray | None]) -> tuple[list[np.ndarray], Values]:
    """All outputs, the gradients of the sum of their squares, and the random variables of the layer."""
    graph = Graph()
    feeds: dict[Any, Any] = {f"x{i}": array for i, array in enumerate(arrays) if array is not None}
    inputs = [
        None if array is None else graph.placeholder(f"x{i}", array.shape, "float64")
        for i, array in enumerate(arrays)
    ]
    outputs = op.apply(*inputs, name="layer")
    squares = [registry.get("ReduceSum")()(y * y) for y in outputs]
    grads = graph.gradients(sum(squares[1:], squares[0]), [x for x in inputs if x is not None])
    session = Session(graph, seed=1, device="cpu")
    session.run(list(outputs), feeds)
    random = np.random.default_rng(6)
    session.restore({path: random.normal(size=value.shape) for path, value in session.values().items()})
    found = session.run([*outputs, *grads], feeds)
    return [np.array(array) for array in found], session.values()


def compare(found: Sequence[np.ndarray], outputs: Sequence[Any], leaves: Sequence[Any]) -> None:
    total = sum(((y * y).sum() for y in outputs[1:]), (outputs[0] * outputs[0]).sum())
    total.backward()
    wanted = [*(y.detach() for y in outputs), *(leaf.grad for leaf in leaves)]
    for array, tensor in zip(found, wanted, strict=True):
        np.testing.assert_allclose(array, tensor.numpy(), rtol=1e-9, atol=1e-11)


def copy_variables(torch: Any, target: Any, values: Values, path: str, suffix: str, kind: str) -> None:
    """Give a recurrent module of PyTorch, whose GRU has the reset gate first, our variables."""
    units = values[f"{path}/recurrent_kernel"].shape[0]
    order = np.arange(values[f"{path}/kernel"].shape[1])
    if kind == "gru":
        order = np.concatenate([order[units : 2 * units], order[:units], order[2 * units :]])
    zeros = np.zeros_like(values[f"{path}/bias"])
    for name, value in (
        ("weight_ih", values[f"{path}/kernel"].T),
        ("weight_hh", values[f"{path}/recurrent_kernel"].T),
        ("bias_ih", values[f"{path}/bias"]),
        ("bias_hh", values.get(f"{path}/recurrent_bias", zeros)),
    ):
        getattr(target, name + suffix).data = torch.tensor(value[order].copy())


@pytest.mark.parametrize("kind", ["simple", "lstm", "gru"])
def test_a_cell_is_that_of_torch(kind: str) -> None:
    import torch

    op, module = {
        "simple": (SimpleRNNCell(units=4), torch.nn.RNNCell),
        "lstm": (LSTMCell(units=4, forget_bias=0.0), torch.nn.LSTMCell),
        "gru": (GRUCell(units=4), torch.nn.GRUCell),
    }[kind]
    arrays = (X[:, 0], STATE, CELL)[: 3 if kind == "lstm" else 2]
    found, values = ours(op, arrays)
    theirs: Any = module(3, 4, dtype=torch.float64)
    copy_variables(torch, theirs, values, "layer", "", kind)
    leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
    outputs = theirs(leaves[0], leaves[1] if kind != "lstm" else tuple(leaves[1:]))
    compare(found, outputs if isinstance(outputs, tuple) else (outputs,), leaves)


@pytest.mark.parametrize("both", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("kind", ["simple", "lstm", "gru"])
def test_a_layer_is_that_of_torch(kind: str, both: bool) -> None:
    import torch

    op, module = {
        "simple": (SimpleRNN(units=4), torch.nn.RNN),
        "lstm": (LSTM(units=4, forget_bias=0.0), torch.nn.LSTM),
        "gru": (GRU(units=4), torch.nn.GRU),
    }[kind]
    states = [STATE, CELL][: 2 if kind == "lstm" else 1]
    states = [np.concatenate([state, state[:, ::-1]], axis=1) if both else state for state in states]
    found, values = ours(dataclasses.replace(op, direction="both" if both else "forward"), [X, None, *states])
    theirs: Any = module(3, 4, batch_first=True, bidirectional=both, dtype=torch.float64)
    for path, suffix in (("forward", "_l0"), ("backward", "_l0_reverse")) if both else (("", "_l0"),):
        copy_variables(torch, theirs, values, f"layer/{path}".rstrip("/"), suffix, kind)
    leaves: list[Any] = [torch.tensor(array, requires_grad=True) for array in (X, *states)]
    given = [torch.stack(leaf.split(4, dim=1)) for leaf in leaves[1:]]
    sequence, last = theirs(leaves[0], tuple(given) if len(given) == 2 else given[0])
    ends = [torch.cat(list(end), dim=-1) for end in (last if isinstance(last, tuple) else (last,))]
    compare(found, [sequence, *ends], leaves)


@pytest.mark.parametrize("both", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("kind", ["simple", "gru"])
def test_layers_on_top_of_each_other_are_those_of_torch(kind: str, both: bool) -> None:
    import torch

    op = StackedRNN(cell=kind, units=(4, 4, 4), direction="both" if both else "forward", dropout=0.5)
    found, values = ours(op, [X, None])
    module = {"simple": torch.nn.RNN, "gru": torch.nn.GRU}[kind]
    theirs: Any = module(3, 4, num_layers=3, batch_first=True, bidirectional=both, dtype=torch.float64)
    for layer in range(3):
        for path, suffix in (("/forward", ""), ("/backward", "_reverse")) if both else (("", ""),):
            copy_variables(torch, theirs, values, f"layer/layer_{layer}{path}", f"_l{layer}{suffix}", kind)
    leaf = torch.tensor(X, requires_grad=True)
    sequence, ends = theirs(leaf)
    top = ends[-2:] if both else ends[-1:]
    compare(found, [sequence, torch.cat(list(top), dim=-1)], [leaf])
