"""Aligned and distributed boxes: shared edges, equal gaps, the grid, and what stays where it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.aligning import EDGES, Edge, aligned, distributed

BOXES = {"a": (0.0, 0.0, 160.0, 80.0), "b": (240.0, 48.0, 96.0, 160.0), "c": (400.0, 400.0, 80.0, 40.0)}


@pytest.mark.parametrize(
    ("edge", "places"),
    [
        ("left", {"a": (0, 0), "b": (0, 48), "c": (0, 400)}),
        ("right", {"a": (320, 0), "b": (384, 48), "c": (400, 400)}),
        ("centre", {"a": (160, 0), "b": (192, 48), "c": (200, 400)}),
        ("top", {"a": (0, 0), "b": (240, 0), "c": (400, 0)}),
        ("bottom", {"a": (0, 360), "b": (240, 280), "c": (400, 400)}),
        ("middle", {"a": (0, 180), "b": (240, 140), "c": (400, 200)}),
    ],
)
def test_boxes_share_an_edge(edge: Edge, places: dict[str, tuple[float, float]]) -> None:
    found = aligned(BOXES, edge)
    for name, (x, y) in places.items():
        assert abs(found[name][0] - x) <= 4 and abs(found[name][1] - y) <= 4
        assert found[name][0] % 8 == 0 and found[name][1] % 8 == 0


def test_gaps_become_equal_and_the_ends_stay() -> None:
    found = distributed(BOXES, "across")
    assert found["a"] == (0, 0) and found["c"] == (400, 400)
    assert found["b"][0] - 160 == 400 - (found["b"][0] + 96)
    down = distributed(BOXES, "down")
    assert down["a"][1] == 0 and down["c"][1] == 400
    assert abs((down["b"][1] - 80) - (400 - down["b"][1] - 160)) <= 8


boxes = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(
        *[st.integers(-50, 50).map(lambda n: 8.0 * n)] * 2, *[st.integers(1, 20).map(lambda n: 8.0 * n)] * 2
    ),
    min_size=1,
)


@given(boxes, st.sampled_from(EDGES))
def test_aligning_again_changes_nothing(
    given_boxes: dict[str, tuple[float, float, float, float]], edge: Edge
) -> None:
    once = aligned(given_boxes, edge)
    moved = {name: (*once[name], *given_boxes[name][2:]) for name in given_boxes}
    again = aligned(moved, edge)
    assert all(abs(a - b) <= 8 for name in once for a, b in zip(once[name], again[name], strict=True))
