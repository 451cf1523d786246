"""Losses of sequences beside PyTorch's and a sum over all ways; losses of pairs beside their formula."""

import itertools
from typing import Any

import numpy as np
import pytest

import engine.blocks  # noqa: F401 - registers the blocks
from engine.blocks.structured_losses import CTC, Circle
from engine.case import Case, Sample
from engine.errors import FlowscopeError
from engine.graph.builder import Graph
from engine.op import Op
from engine.ops.ctc import CtcLoss
from engine.run.session import Session

LOGITS = np.random.default_rng(0).normal(size=(3, 5, 3))
LABELS = np.array([[1, 2], [1, 1], [2, 0]])


def value(op: Op, *arrays: np.ndarray) -> Any:
    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", a.shape, a.dtype.name) for i, a in enumerate(arrays)]
    feeds = dict(zip(inputs, arrays, strict=True))
    return Session(graph, device="cpu").run(op(*inputs), feeds)


def spelled(way: tuple[int, ...]) -> list[int]:
    """The labels that a way stands for: repetitions are one, blanks are none."""
    return [label for label, _ in itertools.groupby(way) if label]


def test_ctc_is_the_sum_over_all_ways() -> None:
    chances = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=-1, keepdims=True)
    expected = []
    for chance, labels in zip(chances, LABELS, strict=True):
        wanted = [label for label in labels if label]
        ways = [way for way in itertools.product(range(3), repeat=5) if spelled(way) == wanted]
        expected.append(-np.log(sum(np.prod(chance[range(5), way]) for way in ways)))
    np.testing.assert_allclose(value(CTC(reduction="none"), LOGITS, LABELS), expected, rtol=1e-12)


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning")
@pytest.mark.parametrize("floating", ["float32", "float64"])
def test_ctc_is_that_of_torch(floating: str, agrees_with_torch: Any) -> None:
    def oracle(torch: Any, settings: Any, x: Any, labels: Any, steps: Any, lengths: Any) -> Any:
        logs = torch.log_softmax(x, -1).movedim(1, 0)
        return torch.nn.functional.ctc_loss(logs, labels, steps, lengths, blank=4, reduction="sum")

    labels = Sample((3, 3), "int64", values=[[0, 1, 1], [3, 3, 3], [2, 0, 0]])
    steps, lengths = (Sample((3,), "int64", values=values) for values in ([12, 7, 9], [3, 3, 1]))
    case = Case(
        [(3, 12, 5), labels, None, steps, lengths], {"blank": 4, "reduction": "sum"}, low=-3.0, high=3.0
    )
    agrees_with_torch(CTC, case, floating, oracle)


def test_all_steps_of_half_precision_are_counted() -> None:
    logits, labels = np.zeros((1, 2101, 3), np.float16), np.array([[1]])
    graph = Graph()
    x, y = graph.placeholder("x", logits.shape, "float16"), graph.placeholder("y", (1, 1), "int64")
    (slope,) = graph.gradients(CTC()(x, y), [x])
    found = Session(graph, device="cpu").run(slope, {x: logits, y: labels})
    assert found[0, -1].any(), "the last step takes part"


def test_too_few_steps_cost_infinitely_much_and_teach_nothing() -> None:
    graph = Graph()
    x = graph.placeholder("x", (1, 2, 3), "float64")
    labels = graph.placeholder("labels", (1, 2), "int64")
    loss = CTC()(x, labels)
    (gradient,) = graph.gradients(loss, [x])
    feeds = {x: LOGITS[:1, :2], labels: np.array([[1, 1]])}
    found = Session(graph, device="cpu").run([loss, gradient], feeds)
    assert found[0] == np.inf
    assert (found[1] == 0).all()


def test_what_is_not_a_number_is_not_hidden_by_the_gradient() -> None:
    logs = LOGITS[:2].copy()
    logs[0, 1, 1] = np.nan
    feeds = [logs, LABELS[:2], np.array([5, 5]), np.array([2, 2])]
    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", a.shape, a.dtype.name) for i, a in enumerate(feeds)]
    (gradient,) = graph.gradients(CtcLoss(blank=0)(*inputs), [inputs[0]])
    found = Session(graph, device="cpu").run(gradient, dict(zip(inputs, feeds, strict=True)))
    assert np.isnan(found[0]).any()
    assert np.isfinite(found[1]).all()


def test_lengths_that_the_tensors_do_not_have_are_refused() -> None:
    graph = Graph()
    x, labels = graph.placeholder("x", (1, 2, 3)), graph.placeholder("labels", (1, 1), "int64")
    steps = graph.placeholder("steps", (1,), "int64")
    loss = CTC()(x, labels, None, steps, name="loss")
    feeds = {x: np.zeros((1, 2, 3), np.float32), labels: np.array([[1]]), steps: np.array([3])}
    with pytest.raises(FlowscopeError, match=r"'loss.*has 3 to 3 steps; expected 1 to 2"):
        Session(graph, device="cpu").run(loss, feeds)


@pytest.mark.parametrize("margin", [0.25, 0.4])
def test_circle_is_its_formula(margin: float) -> None:
    vectors = np.random.default_rng(1).normal(size=(6, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = np.array([0, 1, 0, 2, 1, 0])
    d = np.maximum(1 - vectors @ vectors.T, 0)
    same = labels[:, None] == labels
    alike = same & ~np.eye(6, dtype=bool)
    pull = np.where(alike, np.exp(5 * (d + margin) * (d - margin)), 0).sum(axis=1)
    push = np.where(~same, np.exp(5 * np.maximum(1 + margin - d, 0) * (1 - margin - d)), 0).sum(axis=1)
    found = value(Circle(gamma=5.0, margin=margin, reduction="none"), vectors, labels)
    np.testing.assert_allclose(found, np.log1p(pull * push), rtol=1e-12)
    assert found[3] == 0, "what has no partner asks for nothing"


def test_circle_counts_more_examples_than_its_labels_could() -> None:
    vectors, labels = np.random.default_rng(2).normal(size=(300, 3)), np.arange(300) % 2
    found, expected = (value(Circle(gamma=2.0), vectors, labels.astype(dtype)) for dtype in ("int8", "int64"))
    np.testing.assert_array_equal(found, expected)
