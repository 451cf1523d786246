"""Examples that are mixed with each other: images and labels by the same shares, and only while training."""

from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.mixing import CutMix, MixUp, RandomErasing
from engine.errors import SpecError
from engine.op import Op

COUNT = 64
LABELS = np.eye(COUNT)
"""Each example is a class of its own, so that the labels tell what it was made of."""
FLAT = np.broadcast_to(np.arange(COUNT)[:, None, None, None], (COUNT, 6, 8, 2)).astype("float64")
"""Each image is filled with its number."""


def mixed(op: Op, x: np.ndarray, *, training: bool = True, seed: int = 1) -> list[Any]:
    graph = Graph()
    fed = graph.placeholder("x", ("batch", *x.shape[1:]), "float64")
    labels = graph.placeholder("labels", ("batch", COUNT), "float64")
    session = Session(graph, seed=seed, device="cpu")
    return list(session.run(list(op.apply(fed, labels)), {fed: x, labels: LABELS}, training=training))


@pytest.mark.parametrize("op", [MixUp(), CutMix()], ids=["MixUp", "CutMix"])
def test_rests_while_predicting_and_differs_by_seed(op: Op) -> None:
    images, labels = mixed(op, FLAT, training=False)
    np.testing.assert_array_equal(images, FLAT)
    np.testing.assert_array_equal(labels, LABELS)
    assert not np.array_equal(mixed(op, FLAT)[0], mixed(op, FLAT, seed=2)[0])


@pytest.mark.parametrize("op", [MixUp(alpha=1.0), CutMix()], ids=["MixUp", "CutMix"])
def test_labels_have_the_shares_of_the_images(op: Op) -> None:
    images, labels = mixed(op, FLAT)
    np.testing.assert_allclose(labels.sum(axis=1), 1.0)
    assert ((labels > 0).sum(axis=1) <= 2).all()
    own = np.diagonal(labels)
    assert own.min() < 0.3 and own.max() > 0.7 and np.unique(own).size > 16
    # An image that holds its number everywhere has as its mean the numbers, weighted by their shares.
    np.testing.assert_allclose(images.mean(axis=(1, 2, 3)), labels @ np.arange(COUNT), rtol=1e-9)


def test_mix_up_mixes_every_pixel_and_cut_mix_takes_whole_ones() -> None:
    blended, _ = mixed(MixUp(alpha=1.0), FLAT)
    np.testing.assert_allclose(blended, np.broadcast_to(blended[:, :1, :1, :1], blended.shape))
    cut, _ = mixed(CutMix(), FLAT)
    np.testing.assert_array_equal(cut, cut.round())
    for number, image in enumerate(cut[..., 0]):
        taken = image != number
        rows, columns = taken.any(axis=1), taken.any(axis=0)
        np.testing.assert_array_equal(taken, rows[:, None] & columns, err_msg="a rectangle")


def test_a_small_alpha_leaves_one_of_both_nearly_alone() -> None:
    _, labels = mixed(MixUp(alpha=0.01), FLAT)
    assert np.median(labels.max(axis=1)) > 0.999


def test_mixes_rows_of_numbers_as_well() -> None:
    rows = FLAT[:, 0, 0]
    mixed_rows, labels = mixed(MixUp(), rows)
    np.testing.assert_allclose(mixed_rows, (labels @ np.arange(COUNT))[:, None].repeat(2, axis=1), atol=1e-9)


def test_a_part_of_the_images_loses_a_rectangle_of_the_wanted_area() -> None:
    graph = Graph()
    fed = graph.placeholder("x", ("batch", 40, 40, 1), "float64")
    op = RandomErasing(chance=0.5, smallest=0.04, largest=0.1, value=-1.0)
    ones = np.ones((200, 40, 40, 1))
    found = np.asarray(Session(graph, seed=1, device="cpu").run(op(fed), {fed: ones}, training=True))
    assert set(np.unique(found)) == {-1.0, 1.0}
    lost = (found[..., 0] < 0).mean(axis=(1, 2))
    assert 60 < (lost > 0).sum() < 140
    assert lost.max() < 0.12, "less where the rectangle reaches over the edge"
    assert np.median(lost[lost > 0]) > 0.03
    for image in found[..., 0] < 0:
        np.testing.assert_array_equal(image, image.any(axis=1)[:, None] & image.any(axis=0))


@pytest.mark.parametrize(
    ("op", "shape", "labels", "sentence"),
    [
        (MixUp(), (4, 3), (4,), "labels are batch float32; expected batch x classes"),
        (CutMix(), (4, 3), (4, 2), "expected batch x height x width x channels"),
    ],
)
def test_what_cannot_be_mixed_is_refused(
    op: Op, shape: tuple[int, ...], labels: tuple[int, ...], sentence: str
) -> None:
    graph = Graph()
    x = graph.placeholder("x", ("batch", *shape[1:]))
    with pytest.raises(SpecError, match=sentence):
        op.apply(x, graph.placeholder("labels", ("batch", *labels[1:])))


def test_limits_that_cross_are_refused() -> None:
    graph = Graph()
    with pytest.raises(SpecError, match=r"smallest is 0.5, above largest, which is 0.33"):
        RandomErasing(smallest=0.5)(graph.placeholder("x", ("batch", 4, 4, 1)))
