"""Several outputs, as many as the settings say: parts and slices, drawn, saved, differentiated and wired."""

import numpy as np
import pytest

from engine import Graph, Session
from engine.errors import FlowscopeError, SpecError
from engine.graph.check import check
from engine.ops.joining import Concat, Stack
from engine.ops.reduction import ReduceSum
from engine.ops.repeating import Meshgrid
from engine.ops.splitting import Split, Unstack

X = np.arange(10.0).reshape(2, 5)


def test_the_settings_say_how_many_outputs_there_are() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 5), "float64")
    parts = Split(sizes=(1, -1, 2)).apply(x, name="split")
    assert [part.spec.shape for part in parts] == [("batch", 1), ("batch", 2), ("batch", 2)]
    assert [part.key for part in parts] == [("split", f"parts:{i}") for i in range(3)]
    found = Session(g, device="cpu").run(list(parts), {x: X})
    np.testing.assert_array_equal(np.concatenate(found, axis=1), X)


def test_a_setting_that_is_changed_changes_the_ports() -> None:
    g = Graph()
    Split(sizes=(1, 4)).apply(g.placeholder("x", ("batch", 5)), name="split")
    changed = g.definition.set_attribute("split", "sizes", [1, 1, 3])
    outputs = check(changed).outputs
    assert [port for node, port in outputs if node == "split"] == ["parts:0", "parts:1", "parts:2"]


def test_what_is_split_and_joined_again_has_the_gradient_of_what_it_was() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 5), "float64")
    first, _, last = Split(sizes=(1, 2, 2)).apply(x)
    (slope,) = g.gradients(ReduceSum()(Concat(axis=-1)(last * last, first * 3.0)), [x])
    found = Session(g, device="cpu").run(slope, {x: X})
    expected = np.zeros_like(X)
    expected[:, 0], expected[:, 3:] = 3.0, 2.0 * X[:, 3:]
    np.testing.assert_array_equal(found, expected)


def test_slices_are_taken_apart_and_stacked() -> None:
    g = Graph()
    x = g.placeholder("x", (2, "n"), "float64")
    rows = Unstack(count=2).apply(x)
    again = Stack()(*rows)
    (slope,) = g.gradients(ReduceSum()(rows[1]), [x])
    found, slopes = Session(g, device="cpu").run([again, slope], {x: X})
    np.testing.assert_array_equal(found, X)
    np.testing.assert_array_equal(slopes, [[0.0] * 5, [1.0] * 5])


def test_sizes_by_wire_keep_the_number_of_parts() -> None:
    g = Graph()
    x, sizes = g.placeholder("x", (2, 5), "float64"), g.placeholder("sizes", ("n",), "int64")
    parts = Split(sizes=(-1, -1)).apply(x, sizes, name="split")
    session = Session(g, device="cpu")
    found = session.run(list(parts), {x: X, sizes: [2, 3]})
    assert [part.shape for part in found] == [(2, 2), (2, 3)]
    with pytest.raises(FlowscopeError, match="sizes came by wire and made 3 outputs; expected 2"):
        session.run(list(parts), {x: X, sizes: [2, 2, 1]})


def test_parts_that_do_not_make_up_the_whole_are_refused() -> None:
    g = Graph()
    x = g.placeholder("x", (2, 5))
    with pytest.raises(SpecError, match="has size 5, which sizes"):
        Split().apply(x)
    with pytest.raises(SpecError, match="Set count to 5"):
        Unstack(count=3, axis=1).apply(x)


def test_a_grid_runs_along_an_axis_for_each_row() -> None:
    g = Graph()
    rows = [g.placeholder(name, (name,), "float64") for name in "nm"]
    across, down = Meshgrid().apply(*rows)
    (slope,) = g.gradients(ReduceSum()(across * down), [rows[0]])
    feeds = {rows[0]: [1.0, 2.0, 3.0], rows[1]: [10.0, 20.0]}
    found = Session(g, device="cpu").run([across, down, slope], feeds)
    np.testing.assert_array_equal(found[0], [[1.0] * 2, [2.0] * 2, [3.0] * 2])
    np.testing.assert_array_equal(found[1], [[10.0, 20.0]] * 3)
    np.testing.assert_array_equal(found[2], [30.0] * 3)
