"""What tells attention where a step stands, and which steps count."""

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.masking import Masking, SequenceMask
from engine.blocks.position import PositionEmbedding, RotaryEmbedding, SinePositionEncoding
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec

RNG = np.random.default_rng(13)
X = RNG.normal(size=(2, 2, 5, 6))
PLACES = np.array([[3, 0, 1, 8, 2], [2, 2, 3, 4, 9]])


def run(op: Op, *arrays: np.ndarray | None) -> list[np.ndarray]:
    graph = Graph()
    inputs = [None if array is None else graph.constant(array, array.dtype.name) for array in arrays]
    return [np.array(y) for y in Session(graph, device="cpu").run([*op.apply(*inputs)])]


def test_sine_encoding_has_the_fastest_wave_first() -> None:
    (y,) = run(SinePositionEncoding(), np.zeros((1, 5, 6)))
    steps = np.arange(5)
    np.testing.assert_allclose(y[0, :, 0], np.sin(steps))
    np.testing.assert_allclose(y[0, :, 1], np.cos(steps))
    np.testing.assert_allclose(y[0, :, 4], np.sin(steps / 10_000 ** (4 / 6)))


@pytest.mark.parametrize("op", [SinePositionEncoding(), RotaryEmbedding()])
def test_far_positions_are_exact_in_half_precision(op: Op) -> None:
    many = np.ones((1, 4001, 4))
    (narrow,), (exact,) = run(op, many.astype(np.float16)), run(op, many)
    assert narrow.dtype == np.float16
    np.testing.assert_allclose(narrow, exact, atol=2e-3)


def test_position_embedding_adds_a_row_of_the_table() -> None:
    graph = Graph()
    PositionEmbedding(length=7)(graph.placeholder("x", ("batch", "steps", 6), "float64"), name="layer")
    session = Session(graph, seed=1, device="cpu")
    y = session.run("layer", {"x": X[0]})
    np.testing.assert_allclose(y, X[0] + session.values()["layer/table"][:5])


def test_a_sequence_longer_than_the_table_is_refused() -> None:
    with pytest.raises(SpecError, match="x has 9 steps, and the table has 8 positions"):
        PositionEmbedding(length=8).output_specs([Spec("float32", ("batch", 9, 6))])


def rotated(x: np.ndarray, angles: np.ndarray, interleaved: bool) -> np.ndarray:
    """By complex numbers: each pair is one of them."""
    half = x.shape[-1] // 2
    pairs = x.reshape(*x.shape[:-1], half, 2) if interleaved else x.reshape(*x.shape[:-1], 2, half)
    pairs = pairs if interleaved else pairs.swapaxes(-1, -2)
    turned = (pairs[..., 0] + 1j * pairs[..., 1]) * np.exp(1j * angles)
    parts = np.stack([turned.real, turned.imag], axis=-1)
    return (parts if interleaved else parts.swapaxes(-1, -2)).reshape(x.shape)


@pytest.mark.parametrize("interleaved", [False, True])
def test_rotary_embedding_turns_pairs(interleaved: bool) -> None:
    rates = 10_000.0 ** (-np.arange(3) / 3)
    (y,) = run(RotaryEmbedding(interleaved=interleaved), X)
    np.testing.assert_allclose(y, rotated(X, np.arange(5)[:, None] * rates, interleaved))
    (y,) = run(RotaryEmbedding(interleaved=interleaved), X, None, None, PLACES)
    np.testing.assert_allclose(y, rotated(X, (PLACES[..., None] * rates)[:, None], interleaved))


@pytest.mark.parametrize("interleaved", [False, True])
def test_angles_may_be_given_as_a_table_and_for_a_part(interleaved: bool) -> None:
    table = RNG.uniform(-3, 3, (10, 2))
    op = RotaryEmbedding(size=4, interleaved=interleaved)
    (y,) = run(op, X, np.cos(table), np.sin(table), PLACES)
    np.testing.assert_allclose(y[..., :4], rotated(X[..., :4], table[PLACES][:, None], interleaved))
    np.testing.assert_array_equal(y[..., 4:], X[..., 4:])
    (again,) = run(op, X, np.cos(table[PLACES]), np.sin(table[PLACES]))
    np.testing.assert_array_equal(again, y)


def test_products_of_turned_vectors_depend_on_their_distance_alone() -> None:
    same = np.broadcast_to(X[:1, :1, :1], (1, 1, 5, 6)).copy()
    (y,) = run(RotaryEmbedding(base=10.0), same)
    products = y[0, 0] @ y[0, 0].T
    for distance in range(5):
        np.testing.assert_allclose(np.diagonal(products, distance), products[0, distance])


def test_half_of_the_angles_is_refused() -> None:
    with pytest.raises(SpecError, match="only one of cos and sin"):
        run(RotaryEmbedding(), X, np.ones((5, 3)))
    with pytest.raises(SpecError, match="3 of 6 elements cannot be turned in pairs"):
        run(RotaryEmbedding(size=3), X)


def test_a_sequence_mask_ends_with_the_sequence() -> None:
    (mask,) = run(SequenceMask(), np.array([2, 0, 9]), np.zeros((3, 4, 1)))
    np.testing.assert_array_equal(mask, [[True, True, False, False], [False] * 4, [True] * 4])


def test_masking_finds_what_only_fills_up() -> None:
    x = np.array([[[1.0, 2.0], [0.0, 5.0], [0.0, 0.0]]])
    y, mask = run(Masking(), x)
    np.testing.assert_array_equal(mask, [[True, True, False]])
    np.testing.assert_array_equal(y, x)
    y, mask = run(Masking(value=-1.0), np.array([[[-1.0], [0.0]]]))
    np.testing.assert_array_equal(mask, [[False, True]])
    np.testing.assert_array_equal(y, 0.0)
