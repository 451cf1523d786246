"""Regions of images: what is read of them, what their gradients give back, and which boxes remain."""

from typing import Any

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine.errors import FlowscopeError
from engine.graph.builder import Graph
from engine.op import Op
from engine.ops.regions import NonMaxSuppression, RoiAlign, RoiPool
from engine.run.session import Session

RNG = np.random.default_rng(6)
X = RNG.normal(size=(2, 5, 6, 2))
BOXES = np.array([[0.4, 0.3, 4.6, 3.7], [-1.3, 0.9, 1.8, 5.2], [2.2, 2.1, 2.9, 2.4]])
IMAGES = np.array([1, 0, 1])
PLANE = np.arange(30.0).reshape(1, 5, 6, 1)


def drawn(op: Op, x: np.ndarray, boxes: np.ndarray, images: np.ndarray) -> tuple[Graph, Any, dict[Any, Any]]:
    graph = Graph()
    fed = [
        graph.placeholder(n, a.shape, a.dtype.name)
        for n, a in (("x", x), ("boxes", boxes), ("images", images))
    ]
    return graph, op.apply(*fed), dict(zip(fed, (x, boxes, images), strict=True))


def run(op: Op, x: np.ndarray, boxes: np.ndarray, images: np.ndarray) -> Any:
    graph, outputs, feeds = drawn(op, x, boxes, images)
    return Session(graph, device="cpu").run(list(outputs), feeds)


@pytest.mark.parametrize(
    "op",
    [
        RoiAlign(size=(2, 3)),
        RoiAlign(size=(3, 2), samples=0, half_pixel=False, scale=0.8),
        RoiAlign(size=(2, 3), reduction="max"),
        RoiAlign(size=(3, 2), samples=0, half_pixel=False, scale=0.8, reduction="max"),
        RoiPool(size=(2, 3)),
        RoiPool(size=(4, 4), scale=0.6),
    ],
    ids=str,
)
def test_gradients_of_images_are_those_of_finite_differences(op: Op) -> None:
    graph, outputs, feeds = drawn(op, X, BOXES, IMAGES)
    x = next(iter(feeds))
    (gradient,) = graph.gradients(outputs[0] * outputs[0], [x])
    session = Session(graph, device="cpu")
    found = session.run(gradient, feeds)
    for place in np.ndindex(X.shape):
        step = np.zeros_like(X)
        step[place] = 1e-6
        up, down = (session.run(outputs[0], {**feeds, x: X + sign * step}) for sign in (1, -1))
        slope = (np.sum(up * up) - np.sum(down * down)) / 2e-6
        np.testing.assert_allclose(found[place], slope, rtol=1e-5, atol=1e-6)


def test_a_box_on_a_plane_is_read_exactly() -> None:
    """On a plane the mean of what is read around a point is the value of the point."""
    (y,) = run(
        RoiAlign(size=(1, 2), half_pixel=False), PLANE, np.array([[1.0, 1.0, 3.0, 2.0]]), np.array([0])
    )
    np.testing.assert_allclose(y.ravel(), [6 * 1.5 + 1.5, 6 * 1.5 + 2.5])


def test_the_largest_pixel_of_each_part_is_kept_with_its_place() -> None:
    y, places = run(RoiPool(size=(2, 2)), PLANE, np.array([[1.0, 0.0, 4.0, 3.0]]), np.array([0]))
    assert y.ravel().tolist() == [8, 10, 20, 22]
    assert places.ravel().tolist() == [8, 10, 20, 22]


def test_a_part_outside_the_image_is_zero_and_has_no_place() -> None:
    y, places = run(RoiPool(size=(1, 2)), PLANE, np.array([[3.0, 0.0, 8.0, 4.0]]), np.array([0]))
    assert y.ravel().tolist() == [29, 0]
    assert places.ravel().tolist() == [29, -1]


def test_a_box_that_lies_outside_gives_nothing_and_gets_nothing() -> None:
    graph, outputs, feeds = drawn(RoiAlign(reduction="max"), X, BOXES[:1] - 90.0, IMAGES[:1])
    (gradient,) = graph.gradients(outputs[0], [next(iter(feeds))])
    for found in Session(graph, device="cpu").run([outputs[0], gradient], feeds):
        assert (found == 0).all()


@pytest.mark.parametrize(
    ("boxes", "images", "sentence"),
    [
        (np.array([[0.0, 0.0, 1e9, 1.0]]), np.array([0]), "Check boxes and scale"),
        (np.array([[0.0, 0.0, np.nan, 1.0]]), np.array([0]), "Check boxes and scale"),
        (BOXES, np.array([0, 1, 2]), "lies outside 0 to 1"),
    ],
    ids=["far", "nan", "image"],
)
def test_impossible_boxes_are_refused_in_a_sentence(
    boxes: np.ndarray, images: np.ndarray, sentence: str
) -> None:
    for op in (RoiAlign(), RoiPool()):
        with pytest.raises(FlowscopeError, match=sentence):
            run(op, X, boxes, images)


SQUARES = np.array([[[0.0, 0.0, 2.0, 2.0], [0.0, 0.5, 2.0, 2.5], [3.0, 3.0, 4.0, 4.0], [2.0, 2.0, 0.0, 0.0]]])
SCORES = np.array([[[0.8, 0.9, 0.1, 0.8]]])


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({}, [1, 2]),
        ({"overlap": 0.7}, [1, 0, 2]),
        ({"overlap": 1.0}, [1, 0, 3, 2]),
        ({"count": 1}, [1]),
        ({"count": 0}, []),
        ({"least_score": 0.1}, [1]),
    ],
    ids=str,
)
def test_of_boxes_that_overlap_the_best_remains(settings: dict[str, Any], kept: list[int]) -> None:
    graph = Graph()
    boxes, scores = (graph.placeholder(n, a.shape, "float64") for n, a in (("b", SQUARES), ("s", SCORES)))
    found = Session(graph, device="cpu").run(
        NonMaxSuppression(**settings)(boxes, scores), {boxes: SQUARES, scores: SCORES}
    )
    assert found.tolist() == [[0, 0, box] for box in kept]


def test_areas_of_half_precision_do_not_overflow() -> None:
    squares = np.array([[[0, 0, 400, 400], [0, 0, 400, 300], [0, 0, 400, 100]]], np.float16)
    scores = np.array([[[0.9, 0.8, 0.7]]], np.float16)
    graph = Graph()
    fed = [
        graph.placeholder(name, a.shape, "float16") for name, a in (("boxes", squares), ("scores", scores))
    ]
    y = NonMaxSuppression(count=3, overlap=0.5)(*fed)
    found = Session(graph, device="cpu").run(y, dict(zip(fed, (squares, scores), strict=True)))
    np.testing.assert_array_equal(found, [[0, 0, 0], [0, 0, 2]])
