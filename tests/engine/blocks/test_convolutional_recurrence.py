"""Recurrent layers of convolutions beside the same written with convolutions of PyTorch."""

from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.convolutional_recurrence import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from engine.errors import SpecError
from engine.op import Op
from engine.ops.reduction import ReduceSum
from engine.value import Value

LAYERS = {1: ConvLSTM1D, 2: ConvLSTM2D, 3: ConvLSTM3D}
SIZES = (5, 4, 3)


def ours(op: Op, x: np.ndarray, shape: tuple[Any, ...]) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    """All outputs, the gradient of the sum of their squares, and the variables, which are random."""
    graph = Graph()
    fed = graph.placeholder("x", shape, "float64")
    sequence, last, cell = op.apply(fed, name="layer")
    squares = [ReduceSum()(y * y) for y in (sequence, last, cell)]
    (gradient,) = graph.gradients(squares[0] + squares[1] + squares[2], [fed])
    session = Session(graph, device="cpu")
    feeds: dict[str | Value, object] = {fed: x}
    session.run(sequence, feeds)
    random = np.random.default_rng(3)
    session.restore({path: random.normal(size=v.shape) * 0.3 for path, v in session.values().items()})
    return [np.array(a) for a in session.run([sequence, last, cell, gradient], feeds)], session.values()


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning")
@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_computes_the_recurrence_of_convolutions(rank: int, backward: bool) -> None:
    import torch

    x = np.random.default_rng(1).normal(size=(2, 1, *SIZES[:rank], 2))
    x = np.concatenate([x, -x, x * 0.5], axis=1)
    op = LAYERS[rank](filters=2, direction="backward" if backward else "forward")
    found, values = ours(op, x, x.shape)

    convolve = [torch.conv1d, torch.conv2d, torch.conv3d][rank - 1]
    front, back = (0, rank + 1, *range(1, rank + 1)), (0, *range(2, rank + 2), 1)
    kernels = {
        name: torch.tensor(values[f"layer/{name}"]).permute(rank + 1, rank, *range(rank))
        for name in ("kernel", "recurrent_kernel")
    }
    bias = torch.tensor(values["layer/bias"] + np.repeat([0.0, 1.0, 0.0, 0.0], 2))
    leaf: Any = torch.tensor(x, requires_grad=True)
    state: Any = torch.zeros(2, *SIZES[:rank], 2, dtype=torch.float64)
    cell = state
    sequence: list[Any] = [None] * 3
    for step in (2, 1, 0) if backward else (0, 1, 2):
        whole: Any = bias
        for given, name in ((leaf[:, step], "kernel"), (state, "recurrent_kernel")):
            whole = whole + convolve(given.permute(front), kernels[name], padding="same").permute(back)
        i, f, c, o = whole.chunk(4, dim=-1)
        cell = f.sigmoid() * cell + i.sigmoid() * c.tanh()
        state = sequence[step] = o.sigmoid() * cell.tanh()
    outputs = [torch.stack(sequence, dim=1), state, cell]
    total: Any = sum((y**2).sum() for y in outputs)
    total.backward()
    for array, tensor in zip(found, [*(y.detach() for y in outputs), leaf.grad], strict=True):
        np.testing.assert_allclose(array, tensor.numpy(), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(
    ("merge", "expected"),
    [
        ("concat", lambda one, other: np.concatenate([one, other], axis=-1)),
        ("sum", lambda one, other: one + other),
        ("mean", lambda one, other: (one + other) / 2),
        ("product", lambda one, other: one * other),
    ],
)
def test_both_directions_are_two_layers_whose_results_are_merged(merge: str, expected: Any) -> None:
    graph = Graph()
    x = graph.placeholder("x", (2, 3, 4, 1), "float64")
    whole = ConvLSTM1D(filters=2, direction="both", merge=merge).apply(x, name="layer")
    halves = [ConvLSTM1D(filters=2, direction=way).apply(x, name=way) for way in ("forward", "backward")]
    session = Session(graph, seed=1, device="cpu")
    feeds: dict[str | Value, object] = {x: np.random.default_rng(2).normal(size=(2, 3, 4, 1))}
    fetches = [*whole, *halves[0], *halves[1]]
    session.run(fetches, feeds)
    values = session.values()
    session.restore({path: values.get(f"layer/{path}", value) for path, value in values.items()})
    found = session.run(fetches, feeds)
    for both, one, other in zip(found[:3], found[3:6], found[6:], strict=True):
        np.testing.assert_allclose(both, expected(one, other), rtol=1e-12)


def test_as_many_steps_as_are_fed_give_the_same_as_a_known_number() -> None:
    x = np.random.default_rng(1).normal(size=(2, 3, 4, 1))
    known, _ = ours(ConvLSTM1D(filters=1, strides=(2,)), x, x.shape)
    fed, _ = ours(ConvLSTM1D(filters=1, strides=(2,)), x, ("batch", "steps", 4, 1))
    for one, other in zip(known, fed, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize(
    ("shape", "settings", "sentence"),
    [
        ((2, 3, 4), {}, "expected batch x steps x length x channels"),
        ((2, 3, 4, "c"), {}, "expected batch x length x channels"),
        ((2, 3, 4, 1), {"kernel_size": (3, 3)}, "kernel_size has 2 numbers, and there are 1 axes"),
    ],
)
def test_says_what_does_not_fit(shape: tuple[Any, ...], settings: dict[str, Any], sentence: str) -> None:
    graph = Graph()
    with pytest.raises(SpecError, match=sentence):
        ConvLSTM1D(**settings).apply(graph.placeholder("x", shape))
