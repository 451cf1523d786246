"""Windows written out, and put together again, beside PyTorch's unfold and fold: values and gradients."""

from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine.graph.builder import Graph
from engine.op import Op
from engine.ops.unfolding import Col2Im, Im2Col
from engine.run.session import Session

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]
SETTINGS = [
    ({"window": (2, 3)}, {"kernel_size": (2, 3)}),
    (
        {"window": (3, 2), "strides": (2, 1), "dilations": (1, 2), "pads": (1, 2, 1, 2)},
        {"kernel_size": (3, 2), "stride": (2, 1), "dilation": (1, 2), "padding": (1, 2)},
    ),
]
X = np.random.default_rng(1).normal(size=(2, 6, 5, 3))


@pytest.mark.parametrize(("ours", "theirs"), SETTINGS, ids=["plain", "all"])
def test_windows_are_written_out(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    import torch

    leaf: Any = torch.tensor(X, requires_grad=True)
    expected = written(torch.nn.functional.unfold(leaf.movedim(-1, 1), **theirs))
    compare(Im2Col(**ours), X, leaf, expected)


@pytest.mark.parametrize(("ours", "theirs"), SETTINGS, ids=["plain", "all"])
def test_windows_are_put_together(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    import torch

    columns = torch.nn.functional.unfold(torch.tensor(X).movedim(-1, 1), **theirs)
    given = written(columns).numpy()
    leaf: Any = torch.tensor(given, requires_grad=True)
    rows = leaf.permute(0, 3, 2, 1).reshape(columns.shape)
    expected: Any = torch.nn.functional.fold(rows, (6, 5), **theirs).movedim(1, -1)
    compare(Col2Im(sizes=(6, 5), **ours), given, leaf, expected)


def written(columns: Any) -> Any:
    """Theirs is batch x (channels and window) x places, ours batch x places x window x channels."""
    batch, _, places = columns.shape
    return columns.reshape(batch, 3, -1, places).permute(0, 3, 2, 1)


def compare(op: Op, x: np.ndarray, leaf: Any, expected: Any) -> None:
    (expected * expected).sum().backward()
    graph = Graph()
    fed = graph.placeholder("x", x.shape, "float64")
    y = op(fed)
    found = Session(graph, device="cpu").run([y, *graph.gradients(y * y, [fed])], {fed: x})
    np.testing.assert_allclose(found[0], expected.detach().numpy(), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(found[1], leaf.grad.numpy(), rtol=1e-11, atol=1e-12)
