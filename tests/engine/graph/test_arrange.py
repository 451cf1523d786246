"""Automatic layout: left to right, nothing overlaps, fixed nodes stay."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine.blocks  # noqa: F401 - registers the ops
from engine.graph.arrange import DEFAULT_SIZE, arrange, edges_of
from engine.graph.graph import GraphDef, Node

NAMES = [f"n{i}" for i in range(9)]
pairs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20)


def overlaps(places: dict[str, tuple[float, float]]) -> bool:
    """Whether two nodes of the default size cover each other."""
    w, h = DEFAULT_SIZE
    spots = list(places.values())
    return any(abs(a[0] - b[0]) < w and abs(a[1] - b[1]) < h for i, a in enumerate(spots) for b in spots[:i])


def test_a_chain_is_a_straight_row() -> None:
    places = arrange(["a", "b", "c"], [("a", "b"), ("b", "c")])
    assert places["a"][0] < places["b"][0] < places["c"][0]
    assert len({y for _, y in places.values()}) == 1


def test_wires_that_would_cross_do_not() -> None:
    places = arrange(["a", "b", "c", "d"], [("a", "d"), ("b", "c")])
    assert (places["a"][1] < places["b"][1]) == (places["d"][1] < places["c"][1])


def test_what_feeds_the_upper_input_lies_above() -> None:
    """In whatever order the nodes come, the wires of one node do not cross."""
    edges = [("left", "sum"), ("right", "sum"), ("x", "left"), ("x", "right")]
    for names in (["x", "left", "right", "sum"], ["x", "right", "left", "sum"]):
        places = arrange(names, edges)
        assert places["left"][1] < places["right"][1]
    for names in (["a", "b", "product"], ["b", "a", "product"]):
        assert arrange(names, [("a", "product"), ("b", "product")])["a"][1] == 0.0


def test_edges_come_in_the_order_of_the_inputs() -> None:
    nodes = {"a": Node("a", "Constant"), "b": Node("b", "Constant"), "d": Node("d", "Subtract")}
    graph = GraphDef(nodes, {("d", "b"): ("a", "y"), ("d", "a"): ("b", "y")})
    assert edges_of(graph) == [("b", "d"), ("a", "d")]
    unknown = GraphDef({"a": nodes["a"], "d": Node("d", "NoSuchOp")}, {("d", "x"): ("a", "y")})
    assert edges_of(unknown) == [("a", "d")]


def test_a_constant_stands_beside_its_consumer() -> None:
    places = arrange(["x", "h", "kernel", "y"], [("x", "h"), ("h", "y"), ("kernel", "y")])
    assert places["kernel"][0] == places["h"][0]


def test_wide_nodes_push_the_next_column() -> None:
    places = arrange(["a", "b"], [("a", "b")], {"a": (240.0, 90.0), "b": (100.0, 90.0)})
    assert places["b"][0] >= 240 + 40


def test_fixed_nodes_stay_and_others_keep_clear() -> None:
    fixed = {"a": (160.0, 80.0)}
    places = arrange(["a", "b", "c"], [("a", "b"), ("a", "c")], fixed=fixed)
    assert places["a"] == (160.0, 80.0)
    assert places["b"][0] > 160
    assert not overlaps(places)


@given(pairs)
def test_any_graph_is_laid_out_without_overlap(edges: list[tuple[str, str]]) -> None:
    places = arrange(NAMES, edges)
    assert set(places) == set(NAMES)
    assert not overlaps(places)
    assert all(x % 8 == 0 and y % 8 == 0 for x, y in places.values())
    assert places == arrange(NAMES, edges)


def test_nothing_is_laid_out_as_nothing() -> None:
    assert arrange([], []) == {}


def test_a_long_chain_takes_no_recursion() -> None:
    names = [str(i) for i in range(3000)]
    places = arrange(names, pairwise(names))
    assert places["2999"][0] == pytest.approx(2999 * 232, rel=0.02)
