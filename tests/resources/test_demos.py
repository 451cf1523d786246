"""Every demo opens, is in order, runs and trains; and each reaches what it promises."""

import gzip
import struct
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops
import engine.ops.data  # noqa: F401 - registers the data nodes
from engine.graph.check import check
from engine.graph.graph import GraphDef, Node
from engine.project.files import read_project, write_project
from engine.project.project import Project
from engine.run.session import Session
from engine.train.progress import History
from engine.train.trainer import Trainer

DEMOS = sorted(Path(str(files("resources"))).glob("demos/*.flowscope"))
NAMES = [path.stem for path in DEMOS]
TRAINED = [name for name in NAMES if name not in ("arithmetic", "newton")]


def demo(name: str) -> Project:
    return read_project(DEMOS[NAMES.index(name)]).project


@pytest.fixture
def mnist_folder(tmp_path: Path) -> str:
    """A folder with a small MNIST: in each picture a bar, whose height says which digit it stands for."""
    random = np.random.default_rng(0)
    for part, count in (("train", 400), ("t10k", 100)):
        labels = random.integers(0, 10, count).astype(np.uint8)
        rows = np.arange(28)[None, :, None] // 2
        images = np.broadcast_to((rows <= labels[:, None, None]) * np.uint8(255), (count, 28, 28))
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
            path = tmp_path / f"{part}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(header + array.tobytes()))
    return str(tmp_path)


def runnable(name: str, mnist_folder: str) -> GraphDef:
    """The graph of a demo, with data that are on this computer."""
    graph = demo(name).graph
    for node in graph.nodes.values():
        if node.op == "Mnist":
            graph = graph.set_attribute(node.name, "folder", mnist_folder)
    return graph


def train(name: str, seed: int, **settings: Any) -> History:
    project = demo(name)
    return Trainer(project.graph, replace(project.training, seed=seed, **settings)).fit()


def test_the_demos_are_there() -> None:
    assert set(NAMES) == {
        "adding-lstm",
        "arithmetic",
        "digits-mlp",
        "linear-regression",
        "linear-regression-by-hand",
        "mnist-mlp",
        "newton",
        "reversing-attention",
        "spiral",
    }


@pytest.mark.parametrize("name", NAMES)
def test_is_in_order(name: str) -> None:
    project = demo(name)
    checked = check(project.graph)
    assert [str(problem) for problem in checked.problems] == []
    assert checked.runs


@pytest.mark.parametrize("name", NAMES)
def test_is_written_as_the_program_writes_it(name: str, tmp_path: Path) -> None:
    write_project(tmp_path / "again.flowscope", demo(name), as_json=True)
    assert (tmp_path / "again.flowscope").read_bytes() == DEMOS[NAMES.index(name)].read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_is_laid_out_with_room_and_says_what_to_try(name: str) -> None:
    project = demo(name)
    assert set(project.positions) == set(project.graph.nodes)
    places = list(project.positions.values())
    assert all(x % 8 == 0 and y % 8 == 0 for x, y in places)
    for i, (x, y) in enumerate(places):
        assert all(abs(x - a) >= 144 or abs(y - b) >= 150 for a, b in places[:i])
    for (target, _), (source, _) in project.graph.wires.items():
        assert project.positions[source][0] < project.positions[target][0], "wires run from left to right"
    assert project.notes
    for note in project.notes:
        for x, y in places:
            apart_x = note.x + note.width <= x or note.x >= x + 200
            assert apart_x or note.y + note.height <= y or note.y >= y + 140, f"{note.id} covers a node"


@pytest.mark.parametrize("name", NAMES)
def test_every_output_can_be_computed(name: str, mnist_folder: str) -> None:
    graph = runnable(name, mnist_folder)
    session = Session(graph, device="cpu")
    checked = check(graph)
    feeds: dict[str, np.ndarray] = {}
    for node, op in checked.ops.items():
        if not op.input_ports and op.category == "Data" and hasattr(op, "load"):
            data = op.load()
            feeds |= {f"{node}.{column}": array[:4] for column, array in data.train.items()}
    fetches = [f"{node}.{port}" for node, port in checked.outputs]
    for array in session.run(fetches, feeds):
        assert array.dtype.kind != "f" or np.isfinite(array).all()


@pytest.mark.parametrize("name", TRAINED)
def test_trains(name: str, mnist_folder: str) -> None:
    project = demo(name)
    trainer = Trainer(runnable(name, mnist_folder), project.training)
    history = trainer.fit(epochs=3)
    losses = history.train("loss")
    assert losses[2] < losses[0]
    assert history.test.keys() == history.epochs[0].train.keys()


def test_newton_finds_the_root_whatever_f_is() -> None:
    graph = demo("newton").graph
    session = Session(graph, device="cpu")
    np.testing.assert_allclose(session.run(["root.x", "check"]), [np.sqrt(2.0), 0.0], atol=1e-4)
    cube = graph.functions["f"].graph
    cube = cube.replace_node(replace(cube.nodes["square"], op="Power"))
    cube = cube.add(Node("three", "Constant", {"value": 3.0})).disconnect(("square", "x"))
    cube = cube.connect(("x", "y"), ("square", "a")).connect(("three", "y"), ("square", "b"))
    changed = graph.define("f", replace(graph.functions["f"], graph=cube))
    np.testing.assert_allclose(Session(changed, device="cpu").run("root.x"), 2.0 ** (1 / 3), atol=1e-4)


def test_arithmetic_gives_23() -> None:
    assert Session(demo("arithmetic").graph, device="cpu").run("result") == np.float32(23.0)


@pytest.mark.parametrize("name", ["linear-regression", "linear-regression-by-hand"])
def test_linear_regression_ends_at_the_least_squares_solution(name: str) -> None:
    project = demo(name)
    trainer = Trainer(project.graph, project.training)
    trainer.fit()
    values = trainer.session.values()
    model = {path.rpartition("/")[2]: array for path, array in values.items()}
    found = [*model["weights" if "weights" in model else "kernel"].ravel(), *model["bias"]]
    features = trainer.examples.train["diabetes.features"].astype(np.float64)
    target = trainer.examples.train["diabetes.target"].astype(np.float64)
    rows = np.concatenate([features, np.ones_like(target)], axis=1)
    np.testing.assert_allclose(features.std(axis=0), 1.0, rtol=1e-5)
    expected = np.linalg.lstsq(rows, target, rcond=None)[0].ravel()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-3)


def test_both_linear_regressions_have_the_same_curve() -> None:
    by_hand, of_blocks = (
        train(name, 0, epochs=500).train("loss")
        for name in ("linear-regression-by-hand", "linear-regression")
    )
    np.testing.assert_allclose(by_hand, of_blocks, rtol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_digits_are_read(seed: int) -> None:
    assert demo("digits-mlp").training.epochs == 20
    assert train("digits-mlp", seed).test["accuracy"] >= 0.97


@pytest.mark.parametrize("seed", range(3))
def test_the_spirals_are_told_apart(seed: int) -> None:
    assert train("spiral", seed).test["accuracy"] >= 0.98


@pytest.mark.parametrize("seed", range(3))
def test_a_memory_adds_what_is_marked(seed: int) -> None:
    assert train("adding-lstm", seed).test["loss"] <= 0.005  # the target's own variance is 0.17


@pytest.mark.parametrize("seed", range(3))
def test_attention_says_digits_backwards(seed: int) -> None:
    assert train("reversing-attention", seed).test["accuracy"] >= 0.999


def test_pictures_of_bars_are_read_by_the_network_for_mnist(mnist_folder: str) -> None:
    trainer = Trainer(runnable("mnist-mlp", mnist_folder), demo("mnist-mlp").training)
    assert trainer.epochs == 5
    assert trainer.fit().test["accuracy"] >= 0.9
