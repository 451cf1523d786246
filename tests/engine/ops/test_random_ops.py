"""Random nodes in a graph: new numbers at each step, the same ones again from the same seed."""

import numpy as np
import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.run.session import Session


def noisy(name: str = "noise") -> Graph:
    graph = Graph()
    op = registry.get("RandomUniform").from_attributes({"shape": [4]})
    graph.source(op, name)
    return graph


def test_each_step_draws_new_numbers_and_a_new_session_the_same_ones() -> None:
    session, again = Session(noisy(), seed=3, device="cpu"), Session(noisy(), seed=3, device="cpu")
    steps = [session.run("noise") for _ in range(3)]
    assert len({step.tobytes() for step in steps}) == 3
    for step in steps:
        np.testing.assert_array_equal(again.run("noise"), step)


def test_another_seed_and_another_name_give_other_numbers() -> None:
    numbers = {
        Session(noisy(name), seed=seed, device="cpu").run(name).tobytes()
        for seed, name in [(0, "noise"), (1, "noise"), (0, "more")]
    }
    assert len(numbers) == 3


def test_a_node_elsewhere_leaves_the_numbers_alone() -> None:
    graph = Graph()
    op = registry.get("RandomUniform").from_attributes({"shape": [4]})
    graph.source(op, "before")
    graph.source(op, "noise")
    alone = Session(noisy(), device="cpu").run("noise")
    np.testing.assert_array_equal(Session(graph, device="cpu").run(["before", "noise"])[1], alone)


def test_noise_takes_shape_and_dtype_of_what_is_connected() -> None:
    graph = Graph()
    x = graph.placeholder("x", ("batch", 2), "float64")
    noise = registry.get("RandomNormal")()(x)
    assert (noise.spec.dtype, noise.spec.shape) == ("float64", ("batch", 2))
    assert Session(graph, device="cpu").run(noise, {x: np.zeros((3, 2))}).shape == (3, 2)


def test_noise_has_no_dtype_of_whole_numbers() -> None:
    graph = Graph()
    labels = graph.placeholder("labels", ("batch",), "int64")
    with pytest.raises(SpecError, match="like is batch int64; expected a float dtype"):
        registry.get("RandomNormal")()(labels)
