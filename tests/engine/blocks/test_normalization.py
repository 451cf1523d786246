"""Normalizing layers and Embedding: what they learn, what they keep, and that they equal PyTorch's."""

from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.embedding import Embedding
from engine.blocks.losses import MeanSquaredError
from engine.blocks.magnitude import RMSNormalization, UnitNormalization
from engine.blocks.normalization import BatchNormalization, GroupNormalization, LayerNormalization
from engine.blocks.optimizers import SGD
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec, spec_of

X = np.random.default_rng(3).normal(3.0, 2.0, (16, 5))


def session(op: Op, x: np.ndarray) -> Session:
    graph = Graph()
    op(graph.placeholder("x", ("batch", *x.shape[1:]), x.dtype.name), name="layer")
    return Session(graph, seed=1, device="cpu")


def step(run: Session, x: np.ndarray) -> np.ndarray:
    """One step of training."""
    return np.array(
        run.prepare(("layer",), {"x": spec_of(x)}, training=True, effects=True)({"x": x})["layer"]
    )


def test_batch_normalization_normalizes_by_the_batch_while_training() -> None:
    y = step(session(BatchNormalization(epsilon=0.0), X), X)
    np.testing.assert_allclose(y.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=0), 1.0, atol=1e-12)


def test_batch_normalization_moves_its_averages_towards_those_of_the_batch() -> None:
    run = session(BatchNormalization(momentum=0.75), X)
    step(run, X)
    np.testing.assert_allclose(run.values()["layer/moving_mean"], 0.25 * X.mean(axis=0))
    np.testing.assert_allclose(run.values()["layer/moving_variance"], 0.75 + 0.25 * X.var(axis=0))


def test_batch_normalization_predicts_by_its_averages_and_leaves_them_alone() -> None:
    run = session(BatchNormalization(epsilon=0.0), X)
    for _ in range(300):
        step(run, X)
    before = run.values()
    y = run.run("layer", {"x": X[:1]})
    np.testing.assert_allclose(y, (X[:1] - X.mean(axis=0)) / X.std(axis=0), rtol=1e-9)
    for path, value in run.values().items():
        np.testing.assert_array_equal(value, before[path])


def test_optimizers_change_gamma_and_beta_and_no_averages() -> None:
    run = session(BatchNormalization(), X)
    program = run.program(("layer",), training=True, effects=True)
    trained = {path for path, read in program.variables.items() if read.op.trainable}
    assert trained == {"layer/gamma", "layer/beta"}


def test_layer_normalization_looks_at_each_row_alone() -> None:
    run = session(LayerNormalization(), X)
    whole = run.run("layer", {"x": X})
    np.testing.assert_allclose(whole[:1], run.run("layer", {"x": X[:1]}), rtol=1e-12)
    np.testing.assert_allclose(whole.mean(axis=1), 0.0, atol=1e-12)


def test_group_normalization_wants_groups_that_divide_the_channels() -> None:
    with pytest.raises(SpecError, match="Choose groups so that it divides 5"):
        GroupNormalization(groups=2).output_specs([Spec("float32", ("batch", 5))])


def test_embedding_learns_only_the_vectors_that_were_asked_for() -> None:
    graph = Graph()
    indices = graph.placeholder("indices", ("batch",), "int64")
    vectors = Embedding(input_size=6, output_size=3)(indices, name="layer")
    loss = MeanSquaredError()(vectors, graph.placeholder("wanted", ("batch", 3)), name="loss")
    graph.minimize(loss, SGD(learning_rate=1.0))
    run = Session(graph, seed=1, device="cpu")
    feeds = {"indices": np.array([1, 4, 1]), "wanted": np.ones((3, 3), np.float32)}
    specs = {name: spec_of(array) for name, array in feeds.items()}
    learn = run.prepare(("loss",), specs, training=True, effects=True)
    before = run.values()["layer/table"]
    first = float(learn(feeds)["loss"])
    changed = np.flatnonzero((run.values()["layer/table"] != before).any(axis=1))
    assert changed.tolist() == [1, 4]
    assert float(learn(feeds)["loss"]) < first


def theirs(torch: Any, name: str, channels: int) -> Any:
    """PyTorch's layer, which has the channels behind the batch."""
    return {
        "batch": lambda: torch.nn.BatchNorm2d(channels, eps=1e-3, momentum=0.1),
        "layer": lambda: torch.nn.LayerNorm(channels, eps=1e-3),
        "group": lambda: torch.nn.GroupNorm(2, channels, eps=1e-3),
    }[name]()


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:.torch.distributed.reduce_op. is deprecated:FutureWarning")
@pytest.mark.parametrize(
    ("name", "op"),
    [
        ("batch", BatchNormalization()),
        ("layer", LayerNormalization()),
        ("group", GroupNormalization(groups=2)),
    ],
)
def test_values_and_gradients_while_training_are_those_of_torch(name: str, op: Op) -> None:
    import torch

    x = np.random.default_rng(4).normal(size=(3, 4, 5, 6))
    weights = np.random.default_rng(5).normal(size=x.shape)
    graph = Graph()
    fed = graph.placeholder("x", x.shape, "float64")
    y = op(fed, name="layer")
    (gradient,) = graph.gradients(y * graph.constant(weights, "float64"), [fed])
    found = Session(graph, device="cpu").run([y, gradient], {"x": x}, training=True)

    leaf = torch.tensor(x, requires_grad=True)
    layer = theirs(torch, name, 6).double()
    expected = layer(leaf) if name == "layer" else layer(leaf.movedim(-1, 1)).movedim(1, -1)
    (expected * torch.tensor(weights)).sum().backward()
    assert leaf.grad is not None
    np.testing.assert_allclose(found[0], expected.detach().numpy(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found[1], leaf.grad.numpy(), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(
    "op",
    [LayerNormalization(), GroupNormalization(groups=1), RMSNormalization(), UnitNormalization()],
    ids=lambda op: type(op).__name__,
)
def test_large_numbers_of_half_precision_have_a_square(op: Op) -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 8)) * 1000
    narrow = session(op, x.astype(np.float16)).run("layer", {"x": x.astype(np.float16)})
    assert narrow.dtype == np.float16
    np.testing.assert_allclose(narrow, session(op, x).run("layer", {"x": x}), atol=3e-3)


@pytest.mark.parametrize("op", [RMSNormalization(), UnitNormalization()], ids=lambda op: type(op).__name__)
def test_zeros_stay_zeros_in_half_precision(op: Op) -> None:
    x = np.zeros((2, 3), np.float16)
    np.testing.assert_array_equal(session(op, x).run("layer", {"x": x}), x)


def test_a_batch_of_large_numbers_is_normalized_in_half_precision() -> None:
    x = np.random.default_rng(0).normal(size=(16, 3)) * 1000
    narrow = step(session(BatchNormalization(), x.astype(np.float16)), x.astype(np.float16))
    assert narrow.dtype == np.float16
    np.testing.assert_allclose(narrow, step(session(BatchNormalization(), x), x), atol=3e-3)
