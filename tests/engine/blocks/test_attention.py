"""Attention: what each query sees, what it takes from it, and that it equals PyTorch's."""

from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.attention import ScaledDotProductAttention
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.run.session import Session
from engine.spec import Spec

RNG = np.random.default_rng(11)
QUERY, KEY, VALUE = (RNG.normal(size=(2, 4, steps, size)) for steps, size in ((3, 6), (5, 6), (5, 2)))
SOME = RNG.random((2, 1, 3, 5)) < 0.6
SOME[0, 0, 1] = False
SOME[1] |= ~SOME[1].any(axis=-1, keepdims=True)


def attend(op: ScaledDotProductAttention, *arrays: np.ndarray | None) -> list[np.ndarray]:
    """Both outputs, and the gradients of the sum of the squares of the first."""
    graph, inputs, feeds = Graph(), [], {}
    for index, array in enumerate(arrays):
        shape = () if array is None else array.shape
        inputs.append(None if array is None else graph.placeholder(f"x{index}", shape, array.dtype.name))
        if array is not None:
            feeds[f"x{index}"] = array
    y, weights = op.apply(*inputs)
    grads = graph.gradients(y * y, [x for x in inputs[:3] if x is not None])
    return [np.array(found) for found in Session(graph, device="cpu").run([y, weights, *grads], feeds)]


def weights_of(op: ScaledDotProductAttention, *arrays: np.ndarray | None) -> np.ndarray:
    return attend(op, *arrays)[1]


def test_weights_are_shares_of_what_is_seen() -> None:
    weights = weights_of(ScaledDotProductAttention(causal=True), QUERY, KEY, VALUE)
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0)
    later = np.arange(5) > np.arange(3)[:, None]
    assert (weights[..., later] == 0).all()
    assert (weights[..., ~later] > 0).all()


def test_who_sees_nothing_gets_zeros_and_gives_no_gradient() -> None:
    nothing = np.zeros((3, 5), bool)
    y, weights, *grads = attend(ScaledDotProductAttention(), QUERY, KEY, VALUE, nothing)
    for array in (y, weights, *grads):
        np.testing.assert_array_equal(array, 0.0)


@pytest.mark.parametrize("blocked", ["bool", "infinite"])
def test_a_row_without_keys_leaves_the_others_alone(blocked: str) -> None:
    mask = SOME if blocked == "bool" else np.where(SOME, 0.0, -np.inf)
    with_row = attend(ScaledDotProductAttention(), QUERY, KEY, VALUE, mask)
    np.testing.assert_array_equal(with_row[0][0, :, 1], 0.0)
    alone = attend(ScaledDotProductAttention(), QUERY[:, :, ::2], KEY, VALUE, mask[:, :, ::2])
    np.testing.assert_allclose(with_row[0][:, :, ::2], alone[0], rtol=1e-12)
    assert all(np.isfinite(array).all() for array in with_row)


def test_a_window_reaches_so_many_keys_back_and_ahead() -> None:
    op = ScaledDotProductAttention(keys_before=1, keys_after=2)
    seen = weights_of(op, QUERY, KEY, VALUE)[0, 0] > 0
    distance = np.arange(5) - np.arange(3)[:, None]
    np.testing.assert_array_equal(seen, (distance >= -1) & (distance <= 2))


def test_causal_closes_a_window_that_is_open_ahead() -> None:
    op = ScaledDotProductAttention(keys_after=2, causal=True)
    seen = weights_of(op, QUERY, KEY, VALUE)[0, 0] > 0
    np.testing.assert_array_equal(seen, np.arange(5) <= np.arange(3)[:, None])


@pytest.mark.parametrize("offset", [np.array(2), np.array([2, -1], np.int32)])
def test_an_offset_tells_how_many_keys_came_before(offset: np.ndarray) -> None:
    seen = weights_of(ScaledDotProductAttention(causal=True), QUERY, KEY, VALUE, None, offset)[:, 0] > 0
    place = np.arange(3)[:, None] + np.broadcast_to(offset, 2)[:, None, None]
    np.testing.assert_array_equal(seen, np.arange(5) <= place)


def test_a_cap_bounds_the_scores_but_opens_no_mask() -> None:
    op = ScaledDotProductAttention(softcap=0.5, weights_after="mask")
    scores = weights_of(op, QUERY * 100, KEY, VALUE, SOME)
    mask = np.broadcast_to(SOME, scores.shape)
    assert (np.abs(scores[mask]) <= 0.5).all()
    assert (scores[~mask] == -np.inf).all()


@pytest.mark.parametrize(("step", "finite"), [("product", True), ("softcap", True), ("mask", False)])
def test_scores_can_be_seen_after_each_step(step: str, finite: bool) -> None:
    scores = weights_of(ScaledDotProductAttention(weights_after=step, scale=2.0), QUERY, KEY, VALUE, SOME)
    mask = np.broadcast_to(SOME, scores.shape)
    np.testing.assert_allclose(scores[mask], (QUERY @ KEY.swapaxes(-1, -2) * 2.0)[mask])
    assert np.isfinite(scores).all() == finite


def test_fewer_heads_of_keys_serve_neighbouring_heads_of_queries() -> None:
    key, value = KEY[:, :2], VALUE[:, :2]
    found = attend(ScaledDotProductAttention(), QUERY, key, value, SOME)
    repeated = attend(ScaledDotProductAttention(), QUERY, *(np.repeat(x, 2, 1) for x in (key, value)), SOME)
    for ours, theirs in zip(found[:3], repeated[:3], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    np.testing.assert_allclose(found[3], repeated[3].reshape(2, 2, 2, 5, 6).sum(axis=2), atol=1e-12)


def test_softmax_may_be_computed_in_a_wider_dtype() -> None:
    narrow = [array.astype(np.float16) for array in (QUERY, KEY, VALUE)]
    scores = weights_of(ScaledDotProductAttention(weights_after="product"), *narrow)
    shares = np.exp(scores.astype(np.float32))
    expected = (shares / shares.sum(axis=-1, keepdims=True)).astype(np.float16)
    wide, plain = (weights_of(ScaledDotProductAttention(precision=p), *narrow) for p in ("float32", "same"))
    assert wide.dtype == np.float16
    assert np.abs(wide - expected).max() <= np.finfo(np.float16).eps / 4
    assert (wide == expected).mean() > (plain == expected).mean()


@pytest.mark.parametrize(
    ("query", "key", "value", "words"),
    [
        ((2, 3, 4), (2, 5, 3), (2, 5, 4), "one last size"),
        ((2, 3, 4), (2, 5, 4), (2, 6, 4), "as many values as keys"),
        ((1, 4, 3, 2), (1, 3, 5, 2), (1, 3, 5, 2), "does not divide"),
        ((4,), (5, 4), (5, 4), "at least steps x size"),
        (None, (5, 4), (5, 4), "at least steps x size"),
    ],
)
def test_what_does_not_fit_is_refused(query: Any, key: Any, value: Any, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        ScaledDotProductAttention().output_specs([Spec("float32", shape) for shape in (query, key, value)])


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning")
@pytest.mark.parametrize("floating", ["float64", "float32"])
@pytest.mark.parametrize("kind", ["plain", "causal", "bool", "float", "grouped", "scale"])
def test_is_that_of_torch(kind: str, floating: str) -> None:
    import torch

    theirs: Any = torch
    arrays = [array.astype(floating) for array in (QUERY, KEY, VALUE)]
    if kind == "grouped":
        arrays[1:] = [array[:, :2] for array in arrays[1:]]
    mask = {"bool": SOME[1:], "float": np.where(SOME, 0.3, -1.0).astype(floating)}.get(kind)
    op = ScaledDotProductAttention(causal=kind == "causal", scale=0.7 if kind == "scale" else 0.0)
    found = attend(op, *arrays, mask)
    leaves = [theirs.tensor(array, requires_grad=True) for array in arrays]
    expected = theirs.nn.functional.scaled_dot_product_attention(
        *leaves,
        attn_mask=None if mask is None else theirs.from_numpy(mask),
        is_causal=op.causal,
        scale=op.scale or None,
        enable_gqa=kind == "grouped",
    )
    (expected * expected).sum().backward()
    tolerance = {"float64": 1e-11, "float32": 2e-5}[floating]
    wanted = [expected.detach(), *(leaf.grad for leaf in leaves)]
    for ours, other in zip([found[0], *found[2:]], wanted, strict=True):
        np.testing.assert_allclose(ours, other.numpy(), rtol=tolerance, atol=tolerance)
