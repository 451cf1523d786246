"""Linear attention: what is written into the matrix, and a sequence that is read in parts."""

from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - registers the primitives
from engine.blocks.linear_attention import LinearAttention
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.spec import Spec

RNG = np.random.default_rng(17)
QUERY, KEY, VALUE = RNG.normal(size=(2, 5, 12)), RNG.normal(size=(2, 5, 6)), RNG.normal(size=(2, 5, 4))
DECAY, BETA = -RNG.random((2, 5, 2)), RNG.random((2, 5, 2))
RULES = ["linear", "gated", "delta", "gated_delta"]


def run(op: Op, *arrays: np.ndarray | None) -> list[np.ndarray]:
    graph = Graph()
    inputs = [None if array is None else graph.constant(array, array.dtype.name) for array in arrays]
    return [np.array(y) for y in Session(graph, device="cpu").run([*op.apply(*inputs)])]


def layer(rule: str) -> LinearAttention:
    return LinearAttention(heads=4, key_heads=2, rule=rule)


def gates(rule: str) -> tuple[np.ndarray | None, np.ndarray | None]:
    return DECAY if "gated" in rule else None, BETA if "delta" in rule else None


@pytest.mark.parametrize("rule", RULES)
def test_a_query_reads_what_keys_and_values_have_written(rule: str) -> None:
    y, present = run(layer(rule), QUERY, KEY, VALUE, None, *gates(rule))
    for example in range(2):
        for head in range(4):
            matrix, shared = np.zeros((3, 2)), head // 2
            for step in range(5):
                key = KEY[example, step, 3 * shared : 3 * shared + 3]
                value = VALUE[example, step, 2 * shared : 2 * shared + 2]
                if "gated" in rule:
                    matrix = matrix * np.exp(DECAY[example, step, shared])
                if "delta" in rule:
                    value = BETA[example, step, shared] * (value - key @ matrix)
                matrix = matrix + np.outer(key, value)
                query = QUERY[example, step, 3 * head : 3 * head + 3]
                expected = query @ matrix / np.sqrt(3)
                np.testing.assert_allclose(y[example, step, 2 * head : 2 * head + 2], expected)
            np.testing.assert_allclose(present[example, shared], matrix)


@pytest.mark.parametrize("rule", RULES)
def test_a_sequence_may_be_read_in_parts(rule: str) -> None:
    op, arrays = layer(rule), [QUERY, KEY, VALUE]

    def read(steps: slice, past: np.ndarray | None) -> list[np.ndarray]:
        found: list[Any] = [gate if gate is None else gate[:, steps] for gate in gates(rule)]
        return run(op, *(array[:, steps] for array in arrays), past, *found)

    whole, last = read(slice(None), None)
    first, between = read(slice(2), None)
    second, present = read(slice(2, None), between)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, rtol=1e-12)
    np.testing.assert_allclose(present, last, rtol=1e-12)


def test_narrow_numbers_are_summed_in_wider_ones() -> None:
    many = np.ones((1, 3000, 4), np.float16)
    y, present = run(LinearAttention(scale=1.0), many, many, many)
    assert y.dtype == present.dtype == np.float16
    np.testing.assert_array_equal(present, 3000)


@pytest.mark.parametrize(
    ("op", "given", "words"),
    [
        (LinearAttention(rule="gated"), 3, "the rule gated needs decay"),
        (LinearAttention(key_heads=3), 3, "4 heads cannot share 3 heads of keys"),
        (LinearAttention(heads=8, key_heads=8), 3, "cannot be divided into 8 heads"),
        (LinearAttention(), 5, "the rule linear has no use for decay"),
    ],
)
def test_what_does_not_fit_is_refused(op: Op, given: int, words: str) -> None:
    specs = [Spec("float32", (2, 5, 12))] * 3
    more = [None, Spec("float32", (2, 5, 4))][: given - 3]
    with pytest.raises(SpecError, match=words):
        op.output_specs([*specs, *more])
