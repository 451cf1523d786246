"""Linear algebra: what holds for any matrix, and what is refused with a sentence."""

import numpy as np
import pytest

from engine import Graph, Session, registry
from engine.errors import KernelError, SpecError
from engine.ops.decompositions import QR
from engine.ops.linear_algebra import Determinant
from engine.spec import Spec

SINGULAR = [[1.0, 2.0], [2.0, 4.0]]
NAN = [[float("nan"), 0.0], [0.0, 1.0]]
WIDE = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def compute(op: str, *arrays: object, dtype: str = "float64") -> list[np.ndarray]:
    graph = Graph()
    values = [np.asarray(array, dtype) for array in arrays]
    inputs = [graph.placeholder(f"x{i}", value.shape, dtype) for i, value in enumerate(values)]
    outputs = graph.emit(registry.get(op)(), inputs)
    return list(Session(graph, device="cpu").run(list(outputs), dict(zip(inputs, values, strict=True))))


@pytest.mark.parametrize(
    ("op", "inputs", "said"),
    [
        ("Inverse", [SINGULAR], "singular"),
        ("Solve", [SINGULAR, [1.0, 2.0]], "singular"),
        ("TriangularSolve", [[[0.0, 0.0], [1.0, 1.0]], [1.0, 2.0]], "zero on its diagonal"),
        ("Cholesky", [[[1.0, 2.0], [2.0, 1.0]]], "not positive definite"),
        ("SVD", [NAN], "not a number"),
        ("PseudoInverse", [NAN], "not a number"),
    ],
)
def test_what_has_no_solution_is_refused_where_it_is_computed(
    op: str, inputs: list[object], said: str
) -> None:
    with pytest.raises(KernelError, match=said) as caught:
        compute(op, *inputs)
    assert caught.value.hint


@pytest.mark.parametrize("op", ["Inverse", "Determinant", "LogDeterminant", "Cholesky", "Eigh"])
@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (Spec("float32", (2, 3)), "as many rows as columns"),
        (Spec("float32", (3,)), "at least 2 axes"),
        (Spec("int64", (3, 3)), "float dtype"),
    ],
)
def test_what_is_no_square_matrix_of_floats_is_refused(op: str, spec: Spec, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        registry.get(op)().output_specs([spec])


@pytest.mark.parametrize("op", ["Solve", "TriangularSolve"])
def test_equations_and_right_sides_must_be_as_many(op: str) -> None:
    with pytest.raises(SpecError, match="3 equations meet 2 right sides"):
        registry.get(op)().output_specs([Spec("float32", (3, 3)), Spec("float32", (2, 4))])


def test_the_determinant_of_a_singular_matrix_is_zero() -> None:
    (determinant,) = compute("Determinant", SINGULAR)
    sign, log = compute("LogDeterminant", SINGULAR)
    assert determinant == sign == 0
    assert log == -np.inf


@pytest.mark.parametrize(
    "matrix", [SINGULAR, [[0.0] * 3] * 3, [[0.0, 1.0, 2.0], [0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]]
)
def test_the_slope_of_a_determinant_is_its_minors_for_singular_matrices_too(
    matrix: list[list[float]],
) -> None:
    size = len(matrix)
    minors = [
        [
            (-1) ** (i + j) * np.linalg.det(np.delete(np.delete(np.asarray(matrix), i, 0), j, 1))
            for j in range(size)
        ]
        for i in range(size)
    ]
    graph = Graph()
    x = graph.placeholder("x", (size, size), "float64")
    slope = graph.gradients(Determinant()(x), [x])[0]
    np.testing.assert_allclose(Session(graph, device="cpu").run(slope, {x: matrix}), minors, atol=1e-12)


def test_a_large_determinant_keeps_its_logarithm() -> None:
    sign, log = compute("LogDeterminant", np.diag([-1e30] * 3), dtype="float32")
    assert sign == -1
    assert log == pytest.approx(3 * np.log(1e30), rel=1e-6)


@pytest.mark.parametrize(
    ("op", "shape"), [("SVD", (2, 5, 3)), ("SVD", (3, 5)), ("QR", (2, 5, 3)), ("QR", (3, 5))]
)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_factors_multiply_to_the_matrix(op: str, shape: tuple[int, ...], dtype: str) -> None:
    matrix = np.random.default_rng(0).normal(size=shape).astype(dtype)
    first, *others = compute(op, matrix, dtype=dtype)
    product = (first * others[0][..., None, :]) @ others[1] if op == "SVD" else first @ others[0]
    np.testing.assert_allclose(product, matrix, atol=40 * float(np.finfo(dtype).eps))


def test_signs_that_are_free_are_chosen() -> None:
    matrix = np.random.default_rng(0).normal(size=(20, 4, 3))
    _, r = compute("QR", matrix)
    assert (np.diagonal(r, axis1=-2, axis2=-1) >= 0).all()
    assert not np.signbit(np.tril(r, -1)).any()
    u, _, _ = compute("SVD", matrix)
    _, vectors = compute("Eigh", matrix @ matrix.swapaxes(-1, -2))
    for found in (u, vectors):
        large = np.abs(found) > np.abs(found).max(-2, keepdims=True) / 2
        first = np.take_along_axis(found, large.argmax(-2, keepdims=True), -2)
        assert (first > 0).all()


@pytest.mark.parametrize("noise", [-1e-15, 0.0, 1e-15])
def test_rounding_turns_no_eigenvector_round(noise: float) -> None:
    _, vectors = compute("Eigh", [[2.0, 1.0], [1.0, 2.0 + noise]])
    np.testing.assert_allclose(vectors, np.array([[1, 1], [-1, 1]]) / np.sqrt(2), atol=1e-12)


def test_a_large_triangle_is_solved_exactly() -> None:
    rng = np.random.default_rng(0)
    triangle = np.tril(rng.uniform(-1, 1, (200, 200))) / 200 + np.eye(200)
    right = rng.normal(size=(200, 3))
    (found,) = compute("TriangularSolve", triangle, right)
    np.testing.assert_allclose(triangle @ found, right, rtol=1e-12, atol=1e-12)


def test_the_gradient_of_qr_needs_to_know_which_side_is_longer() -> None:
    graph = Graph()
    x = graph.placeholder("x", ("batch", 3))
    q, _ = QR().apply(x)
    with pytest.raises(SpecError, match="how many rows and columns"):
        Session(graph, device="cpu").run(graph.gradients(q, [x])[0], {x: WIDE})
