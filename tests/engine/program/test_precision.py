"""Mixed precision: what goes into 16 bits, what does not, and that the results stay those of float32."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import engine.blocks  # noqa: F401 - registers the blocks
from engine import registry
from engine.blocks.layers import Dense
from engine.blocks.losses import MeanSquaredError, SparseCategoricalCrossentropy
from engine.blocks.normalization import LayerNormalization
from engine.blocks.optimizers import SGD
from engine.graph.builder import Graph
from engine.policy import POLICIES, Policy
from engine.program.build import build
from engine.program.precision import FOLLOWING, LOW, lower_precision
from engine.program.program import Program, verify
from engine.run.session import Session

MIXED = [policy for policy in POLICIES if policy != "float32"]


def network() -> tuple[Graph, dict[str, Any]]:
    graph = Graph()
    x, labels = graph.placeholder("x", ("batch", 8)), graph.placeholder("labels", ("batch",), "int64")
    hidden = LayerNormalization()(Dense(units=16, activation="relu")(x, name="hidden"), name="norm")
    logits = Dense(units=3)(hidden, name="logits")
    loss = SparseCategoricalCrossentropy()(logits, labels, name="loss")
    graph.minimize(loss, SGD(learning_rate=0.1), name="sgd")
    rng = np.random.default_rng(0)
    return graph, {"x": rng.normal(size=(32, 8)).astype(np.float32), "labels": rng.integers(0, 3, 32)}


def lowered(policy: str, **nodes: str) -> Program:
    """The program of the network; `nodes` have a precision of their own."""
    graph = network()[0].definition
    for name, precision in nodes.items():
        graph = graph.replace_node(replace(graph.nodes[name], policy=Policy(precision=precision)))
    program = lower_precision(build(graph, ["logits", "loss"], training=True, effects=True), policy)
    verify(program)
    return program


def dtypes(program: Program, op: str, part: str = "") -> set[str]:
    return {
        value.spec.dtype
        for call in program.calls
        for value in call.outputs
        if type(call.op).__name__ == op and part in call.path
    }


def test_every_op_of_the_lists_exists() -> None:
    for name in LOW | FOLLOWING:
        assert registry.find(name) is not None, name


def test_without_a_policy_the_program_is_the_same() -> None:
    program = build(network()[0].definition, ["loss"])
    assert lower_precision(program, "float32") is program


@pytest.mark.parametrize("policy", MIXED)
def test_products_are_in_16_bits_forward_and_backward(policy: str) -> None:
    assert dtypes(lowered(policy), "MatMul") == {POLICIES[policy]}
    assert dtypes(lowered(policy), "Relu") == {POLICIES[policy]}


@pytest.mark.parametrize("policy", MIXED)
def test_variables_losses_statistics_and_what_is_wanted_stay_in_float32(policy: str) -> None:
    program = lowered(policy)
    wanted = [*program.outputs.values(), *program.updates.values()]
    assert {value.spec.dtype for value in wanted} == {"float32"}
    assert dtypes(program, "ReduceMean") == {"float32"}
    assert dtypes(program, "Subtract", "norm/") == {"float32"}
    assert dtypes(program, "SparseSoftmaxCrossEntropy") == {"float32"}
    updates = {
        v.spec.dtype for c in program.calls if "sgd" in c.path and "update" in c.path for v in c.outputs
    }
    assert updates == {"float32"}


def test_a_node_has_a_precision_of_its_own_and_so_have_its_gradients() -> None:
    program = lowered("mixed_float16", logits="float32")
    assert dtypes(program, "MatMul", "logits/") == dtypes(program, "MatMul", "logits_mat_mul") == {"float32"}
    assert dtypes(program, "MatMul", "hidden/") == dtypes(program, "MatMul", "hidden_mat_mul") == {"float16"}
    program = lowered("float32", hidden="mixed_bfloat16")
    assert dtypes(program, "MatMul", "logits/") == dtypes(program, "MatMul", "logits_mat_mul") == {"float32"}
    assert dtypes(program, "MatMul", "hidden_mat_mul") == {"bfloat16"}


def test_blocks_of_both_kinds_of_16_bits_meet_in_float32() -> None:
    graph = Graph()
    x = graph.placeholder("x", ("batch", 4))
    with graph.policy(precision="mixed_float16"):
        first = Dense(units=4)(x, name="first")
    with graph.policy(precision="mixed_bfloat16"):
        Dense(units=2)(first, name="second")
    program = lower_precision(build(graph.definition, ["second"]), "float32")
    verify(program)
    assert dtypes(program, "MatMul", "first/") == {"float16"}
    assert dtypes(program, "MatMul", "second/") == {"bfloat16"}
    feeds = {"x": np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 4)}
    found = Session(graph, device="cpu").run("second", feeds)
    for node in graph.definition.nodes.values():
        graph.definition = graph.definition.replace_node(replace(node, policy=Policy()))
    np.testing.assert_allclose(found, Session(graph, device="cpu").run("second", feeds), atol=0.05)


@pytest.mark.parametrize(("policy", "error"), [("mixed_float16", 4e-3), ("mixed_bfloat16", 3e-2)])
def test_the_results_are_those_of_float32_within_the_error_of_the_dtype(policy: str, error: float) -> None:
    graph, feeds = network()
    exact, mixed = Session(graph, device="cpu"), Session(graph, device="cpu", precision=policy)
    for _ in range(3):
        expected = exact.run(["logits", "loss", "sgd"], feeds, training=True)
        found = mixed.run(["logits", "loss", "sgd"], feeds, training=True)
        for a, b in zip(expected[:2], found[:2], strict=True):
            assert b.dtype == np.float32
            np.testing.assert_allclose(b, a, rtol=error, atol=error)
    assert not np.array_equal(exact.run("logits", feeds), mixed.run("logits", feeds))
    for path, value in exact.values().items():
        assert mixed.values()[path].dtype == np.float32
        np.testing.assert_allclose(mixed.values()[path], value, rtol=error, atol=error)


def test_a_value_of_which_only_the_shape_is_read_is_not_cast_for_it() -> None:
    graph = Graph()
    x, target = graph.placeholder("x", ("batch", 4)), graph.placeholder("target", ("batch", 2))
    y = Dense(units=2)(x, name="y")
    MeanSquaredError()(y, target, name="loss")
    program = lower_precision(build(graph.definition, ["loss"]), "mixed_float16")
    casts = [call for call in program.calls if type(call.op).__name__ == "Cast"]
    assert all(call.node in ("y", "loss") for call in casts)
    assert len({call.path for call in program.calls}) == len(program.calls)
