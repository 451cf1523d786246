"""Axes split and merged where sizes are named, and caches written at places of their own."""

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the primitives
from engine.errors import FlowscopeError, SpecError
from engine.graph.builder import Graph
from engine.ops.axes import MergeAxes, Positions, SplitAxis
from engine.ops.caching import TensorScatter
from engine.run.session import Session
from engine.spec import Dim, Spec

CACHE, STEPS = np.zeros((2, 4, 3)), np.arange(12.0).reshape(2, 2, 3) + 1


@pytest.mark.parametrize(
    ("shape", "sizes", "expected"),
    [
        (("batch", "steps", 12), (3, 4), ("batch", "steps", 3, 4)),
        (("batch", "steps", 12), (-1, 4), ("batch", "steps", 3, 4)),
        (("batch", "steps"), (-1, 1, 1), ("batch", "steps", 1, 1)),
        (("batch", "steps"), (-1, 2), ("batch", "?", 2)),
    ],
)
def test_sizes_in_front_of_a_split_axis_may_be_named(
    shape: tuple[Dim, ...], sizes: tuple[int, ...], expected: tuple[Dim, ...]
) -> None:
    (found,) = SplitAxis(sizes=sizes).output_specs([Spec("float32", shape)])
    assert found.shape == expected


def test_merging_keeps_the_names_of_the_other_sizes() -> None:
    (found,) = MergeAxes().output_specs([Spec("float32", ("batch", "steps", 3, 4))])
    assert found.shape == ("batch", "steps", 12)


def test_what_does_not_make_up_the_axis_is_refused() -> None:
    with pytest.raises(SpecError, match=r"has size 12, which sizes \[5, -1\] do not make up"):
        SplitAxis(sizes=(5, -1)).output_specs([Spec("float32", (2, 12))])
    with pytest.raises(SpecError, match="from axis 1 on there are 1 axes; expected 2"):
        MergeAxes(axis=-1).output_specs([Spec("float32", (2, 12))])


def test_positions_of_a_named_axis_have_its_name() -> None:
    (found,) = Positions().output_specs([Spec("float32", ("batch", "steps", 3))])
    assert found == Spec("int64", ("steps",))


def written(op: TensorScatter, cache: np.ndarray, indices: list[int]) -> np.ndarray:
    graph = Graph()
    y = op(graph.constant(cache), graph.constant(STEPS), graph.constant(np.array(indices)))
    return np.array(Session(graph, device="cpu").run(y))


def test_each_example_is_written_at_its_own_place() -> None:
    found = written(TensorScatter(), CACHE, [2, 0])
    np.testing.assert_array_equal(found[0], [[0] * 3, [0] * 3, *STEPS[0]])
    np.testing.assert_array_equal(found[1], [*STEPS[1], [0] * 3, [0] * 3])


def test_a_circular_cache_goes_on_at_its_beginning() -> None:
    found = written(TensorScatter(circular=True), CACHE, [3, 5])
    np.testing.assert_array_equal(found[0], [STEPS[0, 1], [0] * 3, [0] * 3, STEPS[0, 0]])
    np.testing.assert_array_equal(found[1], [[0] * 3, *STEPS[1], [0] * 3])


def test_writing_beyond_the_end_is_refused() -> None:
    with pytest.raises(FlowscopeError, match="written to the places 0 to 4 of a cache of 4"):
        written(TensorScatter(), CACHE, [3, 0])
