"""Layers of attention and blocks of transformers compute what those of PyTorch do with the same variables."""

from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.attention_layers import (
    AdditiveAttention,
    Attention,
    GroupQueryAttention,
    MultiHeadAttention,
)
from engine.blocks.transformer import GatedFeedForward, TransformerDecoderBlock, TransformerEncoderBlock
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec

RNG = np.random.default_rng(12)
X, OTHER = RNG.normal(size=(2, 4, 6)), RNG.normal(size=(2, 5, 6))
COUNTS = np.array([[True] * 5, [True, True, False, True, False]])
ORACLE = [
    pytest.mark.oracle("torch"),
    pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning"),
    pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning"),
]


def drawn(op: Op, *arrays: np.ndarray | None) -> tuple[Session, dict[str, np.ndarray]]:
    """A session of the layer with random variables, and what is fed to it."""
    graph, feeds = Graph(), {}
    inputs: list[Any] = []
    for index, array in enumerate(arrays):
        shape = () if array is None else ("batch", *array.shape[1:])
        inputs.append(None if array is None else graph.placeholder(f"x{index}", shape, array.dtype.name))
        if array is not None:
            feeds[f"x{index}"] = array
    y = op.apply(*inputs, name="layer")[0]
    graph.gradients(y * y, [inputs[0]])
    session = Session(graph, seed=2, device="cpu")
    session.run("layer", feeds)
    random = np.random.default_rng(5)
    session.restore({path: random.normal(size=value.shape) for path, value in session.values().items()})
    return session, feeds


def run(op: Op, *arrays: np.ndarray | None) -> np.ndarray:
    session, feeds = drawn(op, *arrays)
    return np.array(session.run("layer", feeds))


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def test_attention_compares_what_it_is_given() -> None:
    expected = softmax(X @ OTHER.swapaxes(1, 2)) @ OTHER
    np.testing.assert_allclose(run(Attention(), X, OTHER), expected)
    hidden = np.where(COUNTS[:, None], X @ OTHER.swapaxes(1, 2), -np.inf)
    found = run(Attention(), X, OTHER, None, None, COUNTS)
    np.testing.assert_allclose(found, softmax(hidden) @ OTHER)


def test_additive_attention_sums_before_it_compares() -> None:
    session, feeds = drawn(AdditiveAttention(), X, OTHER)
    scale = session.values()["layer/scale"]
    scores = (scale * np.tanh(X[:, :, None] + OTHER[:, None])).sum(axis=-1)
    np.testing.assert_allclose(session.run("layer", feeds), softmax(scores) @ OTHER)


@pytest.mark.parametrize("op", [Attention(causal=True), AdditiveAttention(causal=True)])
def test_a_causal_layer_does_not_see_the_future(op: Op) -> None:
    session, feeds = drawn(op, X)
    before = np.array(session.run("layer", feeds))
    changed = X.copy()
    changed[:, 2:] += 1.0
    after = session.run("layer", {"x0": changed})
    np.testing.assert_array_equal(after[:, :2], before[:, :2])
    assert not np.allclose(after[:, 2:], before[:, 2:])


@pytest.mark.parametrize("op", [MultiHeadAttention(heads=2, size=3), GroupQueryAttention(heads=4, size=3)])
def test_keys_that_do_not_count_change_nothing(op: Op) -> None:
    session, feeds = drawn(op, X, OTHER, None, None, COUNTS)
    before = np.array(session.run("layer", feeds))
    other = np.where(COUNTS[..., None], OTHER, 7.0)
    np.testing.assert_allclose(session.run("layer", {**feeds, "x1": other}), before)


def test_a_group_of_one_head_each_is_multi_head_attention() -> None:
    grouped, several = GroupQueryAttention(heads=3, size=2, key_heads=3), MultiHeadAttention(heads=3, size=2)
    np.testing.assert_array_equal(run(grouped, X, OTHER), run(several, X, OTHER))


def test_a_gate_opens_and_closes() -> None:
    session, feeds = drawn(GatedFeedForward(units=3), X)
    gate, inner, output = (session.values()[f"layer/{name}/kernel"] for name in ("gate", "inner", "output"))
    opened = X @ gate
    expected = (opened / (1 + np.exp(-opened)) * (X @ inner)) @ output
    np.testing.assert_allclose(session.run("layer", feeds), expected)


def test_heads_that_do_not_fit_are_refused() -> None:
    with pytest.raises(SpecError, match="5 heads cannot share 2 heads of keys"):
        GroupQueryAttention(heads=5).output_specs([Spec("float32", ("batch", 4, 6))])
    with pytest.raises(SpecError, match="6 features cannot be divided into 4 heads"):
        TransformerEncoderBlock().output_specs([Spec("float32", ("batch", "steps", 6))])


def test_lengths_of_sequences_may_be_named() -> None:
    (found,) = TransformerEncoderBlock(heads=2).output_specs([Spec("float32", ("batch", "steps", 6))])
    assert found == Spec("float32", ("batch", "steps", 6))


def copied(torch: Any, target: Any, values: dict[str, np.ndarray], path: str) -> None:
    """Give a linear layer of PyTorch the variables of a dense one of ours."""
    target.weight.data = torch.tensor(values[f"{path}/kernel"].T.copy())
    target.bias.data = torch.tensor(values[f"{path}/bias"].copy())


def copied_heads(torch: Any, target: Any, values: dict[str, np.ndarray], path: str) -> None:
    """The same for a layer of attention, which keeps queries, keys and values in one matrix."""
    parts = ("query", "key", "value")
    kernels = [values[f"{path}/{part}/kernel"].T for part in parts]
    target.in_proj_weight.data = torch.tensor(np.concatenate(kernels))
    target.in_proj_bias.data = torch.tensor(np.concatenate([values[f"{path}/{p}/bias"] for p in parts]))
    copied(torch, target.out_proj, values, f"{path}/output")


def copied_norm(torch: Any, target: Any, values: dict[str, np.ndarray], path: str) -> None:
    target.weight.data = torch.tensor(values[f"{path}/gamma"])
    target.bias.data = torch.tensor(values[f"{path}/beta"])


def compared(session: Session, feeds: dict[str, np.ndarray], expected: Any, leaf: Any) -> None:
    """Values, and the gradients of the sum of their squares."""
    (expected * expected).sum().backward()
    y, gradient = session.run(["layer", "gradients.grads:0"], feeds)
    np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-9, atol=1e-9)


class TestBesideTorch:
    pytestmark = ORACLE

    @pytest.mark.parametrize("masked", [False, True])
    def test_multi_head_attention(self, masked: bool) -> None:
        import torch

        theirs: Any = torch.nn.MultiheadAttention(6, 2, batch_first=True, dtype=torch.float64)
        session, feeds = drawn(
            MultiHeadAttention(heads=2, size=3), X, OTHER, None, None, COUNTS if masked else None
        )
        copied_heads(torch, theirs, session.values(), "layer")
        leaf, other = torch.tensor(X, requires_grad=True), torch.tensor(OTHER)
        padding = torch.from_numpy(~COUNTS) if masked else None
        expected, _ = theirs(leaf, other, other, key_padding_mask=padding)
        compared(session, feeds, expected, leaf)

    @pytest.mark.parametrize("norm_first", [False, True])
    def test_encoder_block(self, norm_first: bool) -> None:
        import torch

        theirs: Any = torch.nn.TransformerEncoderLayer(
            6, 2, 8, 0.0, batch_first=True, norm_first=norm_first, dtype=torch.float64
        )
        session, feeds = drawn(TransformerEncoderBlock(heads=2, units=8, norm_first=norm_first), X)
        values = session.values()
        copied_heads(torch, theirs.self_attn, values, "layer/attention")
        copied(torch, theirs.linear1, values, "layer/hidden")
        copied(torch, theirs.linear2, values, "layer/output")
        copied_norm(torch, theirs.norm1, values, "layer/attention_norm")
        copied_norm(torch, theirs.norm2, values, "layer/feed_forward_norm")
        leaf = torch.tensor(X, requires_grad=True)
        compared(session, feeds, theirs(leaf), leaf)

    @pytest.mark.parametrize("norm_first", [False, True])
    def test_decoder_block(self, norm_first: bool) -> None:
        import torch

        theirs: Any = torch.nn.TransformerDecoderLayer(
            6, 2, 8, 0.0, batch_first=True, norm_first=norm_first, dtype=torch.float64
        )
        session, feeds = drawn(TransformerDecoderBlock(heads=2, units=8, norm_first=norm_first), X, OTHER)
        values = session.values()
        copied_heads(torch, theirs.self_attn, values, "layer/attention")
        copied_heads(torch, theirs.multihead_attn, values, "layer/cross_attention")
        copied(torch, theirs.linear1, values, "layer/hidden")
        copied(torch, theirs.linear2, values, "layer/output")
        for norm, name in ((theirs.norm1, "attention"), (theirs.norm2, "cross_attention")):
            copied_norm(torch, norm, values, f"layer/{name}_norm")
        copied_norm(torch, theirs.norm3, values, "layer/feed_forward_norm")
        leaf = torch.tensor(X, requires_grad=True)
        future = torch.triu(torch.ones(4, 4, dtype=torch.bool), 1)
        compared(session, feeds, theirs(leaf, torch.tensor(OTHER), tgt_mask=future), leaf)
