"""Tensors in the place of settings: which fit, and what is said of those that do not."""

import numpy as np
import pytest

from engine import Graph, Session
from engine.errors import AttributeProblem, FlowscopeError, SpecError
from engine.ops.complex_numbers import Real
from engine.ops.creation import Fill, Range
from engine.ops.fourier import FFT
from engine.ops.max_pooling import MaxUnpool
from engine.ops.shaping import Reshape
from engine.ops.tiling import Tile
from engine.settings import settle, without_settings
from engine.spec import Spec
from engine.value import Value

X = Spec("float32", (2, 3))


def test_a_wire_takes_the_place_of_an_attribute() -> None:
    assert settle(Reshape(shape=(6,)), [None, np.array([3, 2])]) == Reshape(shape=(3, 2))
    assert settle(Reshape(shape=(6,)), [None, None]) == Reshape(shape=(6,))
    assert settle(Range(), [None, np.array([4], np.int32), np.array(2.0)]) == Range(limit=4, delta=2)


def test_a_kernel_is_given_only_what_is_no_setting() -> None:
    x = np.zeros(6)
    assert without_settings(Reshape(), [x, np.array([3, 2])]) == [x]
    assert without_settings(Fill(), [None]) == []


def test_what_is_not_known_yet_leaves_sizes_open() -> None:
    assert Reshape().output_specs([X, Spec("int64", (3,))])[0].shape == ("?", "?", "?")
    assert Reshape().output_specs([X, Spec("int64", ("n",))])[0].shape is None
    assert Tile().output_specs([X, Spec("int64", ("n",))])[0].shape == ("?", "?")
    assert Range().output_specs([Spec("int64", ())])[0].shape == ("?",)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (Spec("float32", (2,)), "shape is 2 float32; expected whole numbers."),
        (Spec("int64", (2, 1)), "shape is 2 x 1 int64; expected one axis."),
        (Spec("int64", ()), "shape is scalar int64; expected one axis."),
    ],
)
def test_a_tensor_that_can_be_no_setting_is_refused(spec: Spec, sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        Reshape().output_specs([X, spec])
    assert caught.value.what == sentence


def test_a_value_beyond_the_limits_is_refused() -> None:
    with pytest.raises(AttributeProblem, match="multiples is -1; expected at least 0"):
        settle(Tile(), [None, np.array([1, -1])])
    with pytest.raises(SpecError, match="limit is 3 int64; expected a single number"):
        settle(Range(), [None, np.zeros(3, np.int64)])


def test_an_axis_by_wire_transforms_and_its_gradient_asks_for_a_setting() -> None:
    graph, data = Graph(), np.random.default_rng(0).normal(size=(4, 6)) + 0j
    x, axis = graph.placeholder("x", ("n", 6), "complex128"), graph.placeholder("axis", (), "int64")
    y = FFT()(x, None, axis)
    assert y.spec.shape == ("?", "?")
    session = Session(graph, device="cpu")
    for number in (0, 1, -2):
        found = session.run(y, {x: data, axis: np.int64(number)})
        np.testing.assert_allclose(found, np.fft.fft(data, axis=number))
    with pytest.raises(FlowscopeError, match="axis 2 lies outside a tensor of rank 2"):
        session.run(y, {x: data, axis: np.int64(2)})
    (slope,) = graph.gradients(Real()(y), [x])
    with pytest.raises(FlowscopeError, match="axis comes by a wire"):
        session.run(slope, {x: data, axis: np.int64(0)})


def test_sizes_by_wire_reach_the_way_back_of_the_way_back() -> None:
    graph = Graph()
    x, sizes = graph.placeholder("x", (1, 2, 1), "float64"), graph.placeholder("sizes", (1,), "int64")
    y = MaxUnpool()(x, graph.constant([[[6], [0]]]), sizes)
    (first,) = graph.gradients(y * y * y, [x])
    (second,) = graph.gradients(first, [x])
    feeds: dict[str | Value, object] = {x: np.array([[[2.0], [3.0]]]), sizes: np.array([7])}
    found = Session(graph, device="cpu").run([y, first, second], feeds)
    assert [array.ravel().tolist() for array in found] == [[3, 0, 0, 0, 0, 0, 2], [12, 27], [12, 18]]
