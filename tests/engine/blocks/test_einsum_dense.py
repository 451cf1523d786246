"""EinsumDense: where its kernel and bias lie, and what is said of equations that do not fit."""

from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.einsum_dense import EinsumDense
from engine.errors import SpecError


@pytest.mark.parametrize(
    ("equation", "sizes", "bias_axes", "kernel", "bias"),
    [
        ("abc,cd->abd", [5], "d", (4, 5), (5,)),
        ("abc,cde->abde", [2, 6], "de", (4, 2, 6), (2, 6)),
        ("abc,cde->abde", [2, 6], "e", (4, 2, 6), (6,)),
        ("abc,bd->adc", [7], "d", (3, 7), (7, 1)),
        ("abc,cb->abc", [], "bc", (4, 3), (3, 4)),
    ],
)
def test_computes_the_sum_that_the_letters_say(
    equation: str, sizes: list[int], bias_axes: str, kernel: tuple[int, ...], bias: tuple[int, ...]
) -> None:
    graph = Graph()
    x = graph.placeholder("x", ("batch", 3, 4), "float64")
    layer = EinsumDense(equation=equation, sizes=tuple(sizes), bias_axes=bias_axes, bias_initializer="normal")
    session = Session(graph, seed=1, device="cpu")
    data = np.random.default_rng(0).normal(size=(2, 3, 4))
    found = session.run(layer(x, name="layer"), {x: data})
    values = session.values()
    assert values["layer/kernel"].shape == kernel
    assert values["layer/bias"].shape == bias
    expected = np.einsum(equation, data, values["layer/kernel"]) + values["layer/bias"]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"equation": "abc->abd"}, "equation is 'abc->abd'; expected one comma"),
        (
            {"equation": "ab,bc->ac"},
            "x is batch x 3 x 4 float32; expected 2 axes, one for each letter of 'ab'",
        ),
        ({"sizes": (2, 3)}, "sizes has 2 numbers, and the kernel 1 letters that x lacks"),
        ({"equation": "abc,ad->abcd"}, "the size of a, along which the kernel lies, is not known"),
        ({"bias_axes": "c"}, "bias_axes is 'c': the size of c in the result is not known"),
        ({"bias_axes": "a"}, "the size of a in the result is not known"),
        ({"equation": "abc,cd->abe"}, "e stands only behind the arrow"),
    ],
)
def test_says_what_does_not_fit(settings: dict[str, Any], sentence: str) -> None:
    graph = Graph()
    x = graph.placeholder("x", ("batch", 3, 4))
    with pytest.raises(SpecError, match=sentence):
        EinsumDense(**settings)(x)
