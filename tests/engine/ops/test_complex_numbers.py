"""Complex numbers: what constants of them look like, and what is refused."""

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.run.session import Session


def test_a_complex_constant_is_drawn_as_its_two_parts() -> None:
    graph = Graph()
    value = graph.constant(np.array([1 + 2j, -3j], np.complex64), name="z")
    assert value.spec.dtype == "complex64"
    np.testing.assert_array_equal(Session(graph, device="cpu").run(value), [1 + 2j, -3j])


def test_an_infinite_part_stays_in_its_place() -> None:
    graph = Graph()
    y = registry.get("Complex")()(graph.constant(1.0), graph.constant(float("inf")))
    found = Session(graph, device="cpu").run(y)
    assert (found.real, found.imag) == (1.0, np.inf)


def test_what_has_no_order_is_refused_in_a_sentence() -> None:
    graph = Graph()
    z = graph.placeholder("z", (2,), "complex64")
    with pytest.raises(SpecError, match="expected numbers"):
        registry.get("ReduceMax")()(z)
    with pytest.raises(SpecError, match="expected a float dtype"):
        graph.gradients(z, [z])
