"""Placement: pinned nodes run where they are pinned to, what crosses is copied, and no bit changes."""

import operator
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kernels
from engine import Graph, Trainer
from engine.blocks.layers import Dense
from engine.blocks.losses import MeanSquaredError
from engine.blocks.optimizers import SGD, Adam
from engine.errors import FlowscopeError, GraphError
from engine.graph.graph import GraphDef
from engine.ops.activation import Relu
from engine.ops.finding import NonZero
from engine.ops.indexing import Gather
from engine.ops.joining import Stack
from engine.ops.random import RandomUniform
from engine.ops.reduction import ReduceSum
from engine.ops.shaping import Reshape, Squeeze
from engine.ops.sizes import Shape
from engine.policy import Policy
from engine.program.build import build
from engine.program.outline import open_block
from engine.program.passes import NAMES, explain, optimise
from engine.program.place import misplaced, place
from engine.program.program import Program, verify
from engine.project.files import read_project
from engine.run.session import Session
from engine.spec import Spec
from engine.value import Call, Value
from kernels import registry

DEMOS = sorted(Path(str(files("resources"))).glob("demos/*.flowscope"))
X = np.arange(6, dtype=np.float32).reshape(2, 3) / 7 - 0.3


def placed(g: Graph, wanted: str, device: str = "cpu", *, effects: bool = False) -> Program:
    """The program of a fetch with all passes, for a session on a device."""
    program = build(g.definition, [wanted], training=effects, effects=effects)
    program = optimise(replace(program, device=device))
    verify(program)
    return program


def where(program: Program) -> dict[str, str]:
    """The device of each call, and of each variable, by its path."""
    found = {call.path: call.device or program.device for call in _calls(program)}
    for path, read in program.variables.items():
        assert isinstance(read.value.key, int)
        found[path] = program.places.get(read.value.key, program.device)
    return found


def _calls(program: Program) -> Iterator[Call]:
    for call in program.calls:
        yield call
        for body in call.bodies:
            yield from _calls(body.program)


def two_layers() -> Graph:
    g = Graph()
    hidden = Dense(units=4, activation="relu")(g.placeholder("x", ("batch", 3)), name="hidden")
    with g.policy(device="gpu"):
        Dense(units=2)(hidden, name="pinned")
    return g


@pytest.mark.usefixtures("mirror")
def test_the_second_device_of_these_tests_refuses_what_lies_on_the_host() -> None:
    xp = kernels.array_module("gpu")
    there = kernels.brought(X, "gpu")
    for add in (operator.add, xp.add, np.add):
        with pytest.raises(TypeError):
            add(there, X)
        with pytest.raises(TypeError):
            add(X, there)
    np.testing.assert_array_equal(kernels.to_host(there + xp.asarray(X)), X + X)


def test_without_pins_nothing_changes_on_the_cpu() -> None:
    g = Graph()
    Dense(units=2)(g.placeholder("x", ("batch", 3)), name="y")
    program = replace(build(g.definition, ["y"]), device="cpu")
    assert place(program) is program


@pytest.mark.skipif(kernels.gpu_status().available, reason="there is a GPU")
def test_a_pin_to_what_is_not_there_runs_on_what_is_and_says_so() -> None:
    session = Session(two_layers(), device="cpu")
    assert session.run("pinned", {"x": X}).shape == (2, 2)
    (sentence,) = session.notes
    assert sentence.startswith("'pinned' runs on cpu, because gpu is not there. GPU off: ")
    program = replace(build(two_layers().definition, ["pinned"]), device="cpu")
    assert place(program) is program


@pytest.mark.skipif(kernels.gpu_status().available, reason="there is a GPU")
def test_an_optimizer_is_not_said_to_be_pinned_with_the_node_whose_gradients_it_holds() -> None:
    g = two_layers()
    y = Value(g, ("pinned", "y"), Spec("float32", ("batch", 2)))
    g.minimize(MeanSquaredError()(y, g.placeholder("t", ("batch", 2))), SGD(), name="sgd")
    program = replace(build(g.definition, training=True, effects=True), device="cpu")
    (sentence,) = misplaced(program)
    assert sentence.startswith("'pinned' runs on cpu")


@pytest.mark.usefixtures("mirror")
def test_a_pinned_block_runs_there_with_its_variables_and_what_crosses_is_copied_once() -> None:
    program = placed(two_layers(), "pinned")
    devices = where(program)
    assert {device for path, device in devices.items() if path.startswith("pinned/")} == {"gpu"}
    assert {device for path, device in devices.items() if path.startswith("hidden/relu")} >= {"cpu"}
    copies = [call.path for call in program.calls if type(call.op).__name__ == "CopyTo"]
    assert copies == ["hidden/relu/to_gpu"]
    assert not misplaced(program)


@pytest.mark.usefixtures("mirror")
def test_the_report_shows_copies_and_devices() -> None:
    program = replace(build(two_layers().definition, ["pinned"]), device="cpu")
    report = next(report for report in explain(program) if report.name == "placement")
    changes = {change.path: (change.before, change.after) for change in report.changes}
    assert changes["hidden/relu/to_gpu"] == ("", "CopyTo(hidden/relu, device=gpu) on gpu")
    before, after = changes["pinned/mat_mul"]
    assert not before.endswith(" on gpu") and after.endswith(" on gpu")
    assert report.calls_after == report.calls_before + 1


@pytest.mark.usefixtures("mirror")
def test_what_is_read_on_both_devices_has_the_same_bits() -> None:
    g = two_layers()
    found = Session(g, device="cpu").run(["hidden", "pinned"], {"x": X})
    expected = Session(g, device="cpu", without=NAMES).run(["hidden", "pinned"], {"x": X})
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_array_equal(found[1], expected[1])


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize("home", ["cpu", "gpu"])
def test_gradients_and_updates_run_beside_what_they_are_of(home: str) -> None:
    other = "cpu" if home == "gpu" else "gpu"
    g = Graph()
    with g.policy(device=other):
        y = Dense(units=2)(g.placeholder("x", ("batch", 3)), name="dense")
    loss = MeanSquaredError()(y, g.placeholder("t", ("batch", 2)), name="loss")
    g.minimize(loss, Adam(weight_decay=0.01, average=0.9), name="adam")
    devices = where(placed(g, "loss", home, effects=True))
    chosen = {p: d for p, d in devices.items() if "dense_kernel" in p or "dense_mat_mul" in p}
    assert len(chosen) > 5 and set(chosen.values()) == {other}, chosen
    assert devices["dense/kernel"] == devices["adam/dense_kernel/mean"] == other
    assert devices["adam/step"] == home
    session = Session(g, device=home)
    session.run("adam", {"x": X, "t": X[:, :2]}, training=True)
    plain = Session(g, device="cpu", without=NAMES)
    plain.run("adam", {"x": X, "t": X[:, :2]}, training=True)
    for path, expected in plain.values().items():
        np.testing.assert_array_equal(session.values()[path], expected, err_msg=path)


@pytest.mark.usefixtures("mirror")
def test_variables_can_be_restored_on_their_devices() -> None:
    g = two_layers()
    session = Session(g, device="cpu")
    before = session.run("pinned", {"x": X})
    other = Session(g, device="cpu", seed=5)
    other.restore(session.values())
    np.testing.assert_array_equal(other.run("pinned", {"x": X}), before)
    other.restore({path: value * 0 for path, value in session.values().items()})
    np.testing.assert_array_equal(other.run("pinned", {"x": X}), np.zeros((2, 2)))


@pytest.mark.usefixtures("mirror")
def test_what_has_no_kernel_on_a_device_runs_where_it_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = registry.find("relu", "cpu")
    monkeypatch.delitem(registry._kernels, ("relu", registry.GENERIC))
    monkeypatch.setitem(registry._kernels, ("relu", "cpu"), entry)
    g = Graph()
    with g.policy(device="gpu"):
        Relu()(-g.placeholder("x", (2, 3)), name="y")
    program = replace(build(g.definition, ["y"]), device="cpu")
    assert misplaced(program) == ("'y' runs on cpu: Relu has no kernel for gpu.",)
    assert where(place(program)) == {
        "negate": "gpu",
        "negate/to_cpu": "cpu",
        "y": "cpu",
        "x/to_gpu": "gpu",
    }
    for home in ("cpu", "gpu"):
        np.testing.assert_array_equal(Session(g, device=home).run("y", {"x": X}), np.maximum(-X, 0))


@pytest.mark.usefixtures("mirror")
def test_sizes_and_counters_stay_on_the_host_beside_a_gpu() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    rows = Gather()(Shape()(x, name="shape"), g.constant(0, "int64"), name="rows")
    noisy = RandomUniform()(x, name="noise") + x
    Reshape()(noisy, Stack(axis=0)(g.constant(3, "int64"), rows), name="y")
    program = placed(g, "y", "gpu")
    devices = where(program)
    assert devices["shape"] == devices["rows"] == "cpu" and devices["noise"] == "gpu"
    assert not any(call.path.startswith("@") for call in program.calls)
    found = Session(g, device="gpu").run("y", {"x": X})
    np.testing.assert_array_equal(found, Session(g, device="cpu").run("y", {"x": X}))


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize("home", ["cpu", "gpu"])
def test_call_by_call_runs_on_several_devices(home: str) -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    with g.policy(device="gpu"):
        places = NonZero()(ReduceSum(axes=(1,))(x) > 0.0)
    with g.policy(device="cpu"):
        rows = Gather()(x, Squeeze(axes=(1,))(places)) * 2.0
    w = g.variable("w", (3, 2), initializer="ones")
    loss = ReduceSum()(rows @ w)
    g.minimize(loss, SGD(momentum=0.5), name="sgd")
    session, plain = Session(g, device=home), Session(g, device="cpu", without=NAMES)
    for _ in range(2):
        found = session.run([rows, loss, "sgd"], {x: X})[:2]
        for one, other in zip(found, plain.run([rows, loss, "sgd"], {x: X})[:2], strict=True):
            np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(session.values()["w"], plain.values()["w"])


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize("home", ["cpu", "gpu"])
@pytest.mark.parametrize("inner", ["inherit", "cpu", "gpu"])
@pytest.mark.parametrize("outer", ["inherit", "cpu", "gpu"])
def test_loops_and_branches_run_where_they_are_pinned(home: str, outer: str, inner: str) -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    w = g.variable("w", (3, 3), initializer="ones")

    def step(total: Value, row: Value) -> tuple[Value, Value]:
        with g.policy(device=inner):
            noisy = RandomUniform(low=0.0, high=1.0)(total) + row @ w
        return noisy * 0.5, noisy - 1.0

    with g.policy(device=outer):
        last, rows = g.scan(step, g.constant([0.0, 0.0, 0.0]), x, name="scan")
        n, y = g.while_loop(
            lambda n, y: n < 4.0, lambda n, y: (n + 1.0, y @ w), g.constant(0.0), rows, name="loop"
        )
        chosen = g.cond(ReduceSum()(y) > 0.0, lambda: Relu()(y) * last, lambda: y - 1.0, name="choice")
    loss = ReduceSum()(chosen)
    (slope,) = g.gradients(loss, [w])
    found = Session(g, device=home, seed=3).run([chosen, n, slope], {x: X})
    expected = Session(g, device="cpu", seed=3, without=NAMES).run([chosen, n, slope], {x: X})
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def results(graph: GraphDef, settings: Any, home: str, without: set[str]) -> dict[str, np.ndarray]:
    """All variables after two steps of training, or what the nodes compute where nothing trains."""
    session = Session(graph, seed=1, device=home, without=without)
    try:
        trainer = Trainer(graph, replace(settings, epochs=1), session=session)
    except GraphError:
        return {name: np.asarray(session.run(name)) for name in graph.nodes}
    steps = trainer.steps()
    for _ in range(2):
        next(steps)
    return session.values()


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize("home", ["cpu", "gpu"])
@pytest.mark.parametrize("path", [p for p in DEMOS if p.stem != "mnist-mlp"], ids=lambda p: p.stem)
def test_a_demo_whose_nodes_lie_on_two_devices_computes_the_same(path: Path, home: str) -> None:
    project = read_project(path).project
    graph = project.graph
    for index, node in enumerate(graph.nodes.values()):
        device = ("gpu", "inherit", "cpu")[index % 3]
        graph = graph.replace_node(replace(node, policy=Policy(device=device)))
    everything, only = set(NAMES), {*NAMES} - {"placement"}
    plain, found = (results(graph, project.training, *each) for each in (("cpu", everything), (home, only)))
    assert found.keys() == plain.keys()
    for name, expected in plain.items():
        np.testing.assert_array_equal(found[name], expected, err_msg=name)


def test_an_unknown_device_is_a_problem_of_its_node() -> None:
    g = two_layers()
    node = replace(g.definition.nodes["hidden"], policy=Policy(device="tpu"))
    with pytest.raises(
        FlowscopeError, match="Dense 'hidden': device is 'tpu'; expected one of inherit, cpu, gpu"
    ):
        Session(g.definition.replace_node(node), device="cpu").run("hidden", {"x": X})


def test_the_inside_of_a_pinned_block_says_where_it_runs_and_so_do_its_gradients() -> None:
    g = two_layers()
    y = Value(g, ("pinned", "y"), Spec("float32", ("batch", 2)))
    g.minimize(MeanSquaredError()(y, g.placeholder("t", ("batch", 2))), SGD(), name="sgd")
    inside = open_block(g.definition, "pinned").graph.nodes
    assert {inside[name].policy.device for name in ("kernel", "bias", "mat_mul")} == {"gpu"}
    gradients = open_block(g.definition, "sgd/gradients").graph.nodes
    devices = {name: node.policy.device for name, node in gradients.items() if "mat_mul" in name}
    assert {device for name, device in devices.items() if name.startswith("pinned_")} == {"gpu"}
    assert {device for name, device in devices.items() if name.startswith("hidden_")} == {"inherit"}
