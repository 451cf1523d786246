"""`flowscope run --signature`: inputs from files by name, outputs on the screen or in a file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import Graph
from engine.blocks.layers import Dense, Flatten
from engine.data.csv_table import read_csv
from engine.data.npz import read_npy_file, read_npz
from engine.ops.activation import Relu
from engine.ops.data import Digits
from engine.project.files import write_project
from engine.project.project import Project


@pytest.fixture
def affine(tmp_path: Path) -> Path:
    """y = 2 x + b and whether it is positive, for points x of two numbers and a shift b."""
    g = Graph()
    x, b = g.placeholder("x", ("batch", 2)), g.placeholder("b", ())
    y = x * 2.0 + b
    g.signature("serving_default", {"y": y, "positive": y > 0.0}, {"points": x, "shift": b})
    g.signature("bent", {"bent": Relu()(x)})
    write_project(tmp_path / "affine.flowscope", Project(g.definition))
    return tmp_path / "affine.flowscope"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    np.save(tmp_path / "points.npy", np.array([[1.0, -2.0], [3.0, 4.0]]))
    np.savez(tmp_path / "all.npz", points=np.array([[1.0, -2.0], [3.0, 4.0]]), shift=np.float32(1.0))
    (tmp_path / "points.csv").write_text("a,b\n1,-2\n3,4\n")
    (tmp_path / "shift.json").write_text("1")
    (tmp_path / "all.json").write_text('{"points": [[1, -2], [3, 4]], "shift": 1}')
    return tmp_path


ANSWER = {"y": [[3.0, -3.0], [7.0, 9.0]], "positive": [[True, False], [True, True]]}


@pytest.mark.parametrize(
    "feeds",
    [
        ("points={}/points.npy", "shift={}/shift.json"),
        ("points={}/points.csv", "shift={}/shift.json"),
        ("{}/all.npz",),
        ("{}/all.json",),
    ],
)
def test_inputs_come_by_name_from_every_kind_of_file(
    flowscope: Any, affine: Path, files: Path, feeds: tuple[str, ...]
) -> None:
    given = [part for feed in feeds for part in ("--feed", feed.format(files))]
    answer = flowscope("run", affine, "--signature", "serving_default", *given, "--json")
    assert (answer.code, answer.json) == (0, ANSWER)


def test_people_see_the_outputs_by_name(flowscope: Any, affine: Path, files: Path) -> None:
    answer = flowscope("run", affine, "--signature", "bent", "--feed", f"x={files}/points.csv")
    assert answer.out.startswith("bent: 2 x 2 float32\n")


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("--signature", "nobody"), "no signature called 'nobody'. There are serving_default, bent."),
        (("--signature", "bent"), "was not given 'x'"),
        (("--signature", "bent", "--feed", "y={}/points.npy"), "has no input 'y'. Its inputs are x."),
        (("--signature", "bent", "--feed", "x={}/all.npz"), "no file with one array"),
        (("--signature", "bent", "--feed", "{}/points.npy"), "no file with arrays by name"),
        (("--signature", "bent", "--feed", "x={0}/points.npy", "--feed", "x={0}/points.csv"), "fed twice"),
        (("--signature", "bent", "--feed", "x={}/shift.json"), "was fed"),
        (("--fetch", "relu", "--feed", "nobody={}/points.npy"), "no node called 'nobody'"),
        (("--fetch", "relu", "--signature", "bent"), "not allowed with"),
        ((), "--fetch --signature"),
    ],
)
def test_what_does_not_fit_is_a_sentence(
    flowscope: Any, affine: Path, files: Path, arguments: tuple[str, ...], match: str
) -> None:
    answer = flowscope("run", affine, *(argument.format(files) for argument in arguments))
    assert (answer.code, answer.out) == (2, "")
    assert match in answer.err
    assert "Traceback" not in answer.err


def run_to(flowscope: Any, affine: Path, target: Path) -> Any:
    return flowscope(
        "run", affine, "--signature", "serving_default", "--feed", affine.parent / "all.npz", "-o", target
    )


@pytest.mark.usefixtures("files")
def test_outputs_are_written_as_arrays_as_a_table_and_as_json(
    flowscope: Any, affine: Path, tmp_path: Path
) -> None:
    answer = run_to(flowscope, affine, tmp_path / "y.npz")
    assert (answer.code, answer.out) == (0, f"Wrote y, positive to {tmp_path / 'y.npz'}.\n")
    found = read_npz(tmp_path / "y.npz")
    assert list(np.load(tmp_path / "y.npz")) == list(found)
    assert {name: array.tolist() for name, array in found.items()} == ANSWER
    assert found["y"].dtype == np.float32
    assert run_to(flowscope, affine, tmp_path / "y.json").code == 0
    assert json.loads((tmp_path / "y.json").read_text()) == ANSWER
    assert run_to(flowscope, affine, tmp_path / "y.csv").code == 0
    table = read_csv(tmp_path / "y.csv").columns
    assert {name: column.tolist() for name, column in table.items()} == {
        "y_0": [3.0, 7.0], "y_1": [-3.0, 9.0], "positive_0": [1.0, 1.0], "positive_1": [0.0, 1.0]
    }  # fmt: skip


def test_any_name_can_be_that_of_an_array(flowscope: Any, tmp_path: Path) -> None:
    g = Graph()
    value = g.constant(2.5)
    g.signature("s", dict.fromkeys(("file", "größe/x:0"), value))
    write_project(tmp_path / "a.flowscope", Project(g.definition))
    assert flowscope("run", tmp_path / "a.flowscope", "--signature", "s", "-o", tmp_path / "y.npz").code == 0
    for found in (read_npz(tmp_path / "y.npz"), np.load(tmp_path / "y.npz")):
        assert {name: float(found[name]) for name in found} == {"file": 2.5, "größe/x:0": 2.5}


@pytest.mark.usefixtures("files")
def test_a_single_output_fits_a_file_with_one_array(flowscope: Any, affine: Path, tmp_path: Path) -> None:
    feed = ("--feed", f"x={tmp_path}/points.npy")
    target = tmp_path / "bent.npy"
    answer = flowscope("run", affine, "--signature", "bent", *feed, "--output", target, "--json")
    assert answer.json == {"file": str(target)}
    assert read_npy_file(target).tolist() == [[1.0, 0.0], [3.0, 4.0]]


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("name", ["y.npy", "y.txt", "missing/y.npz"])
def test_a_file_that_cannot_hold_the_outputs_is_refused_and_not_written(
    flowscope: Any, affine: Path, tmp_path: Path, name: str
) -> None:
    answer = run_to(flowscope, affine, tmp_path / name)
    assert answer.code == 2
    assert name.rpartition("/")[2] in answer.err
    assert not (tmp_path / name).exists()


def test_a_table_is_for_rows_only(flowscope: Any, demo: Any, tmp_path: Path) -> None:
    digits = demo("digits-mlp")
    for fetches, match in (
        (("digits.images",), "has 3 axes"),
        (("logits", "loss"), "has 0 axes"),
        (("logits", "hidden/kernel"), "different numbers of rows"),
    ):
        asked = [part for fetch in fetches for part in ("--fetch", fetch)]
        answer = flowscope("run", digits, *asked, "-o", tmp_path / "y.csv")
        assert answer.code == 2 and match in answer.err
    assert not (tmp_path / "y.csv").exists()


def test_data_that_nobody_feeds_brings_its_test_examples(flowscope: Any, tmp_path: Path) -> None:
    g = Graph()
    images, _ = g.source(Digits(), name="digits")
    g.signature("serving_default", {"logits": Dense(units=10)(Flatten()(images), name="logits")})
    write_project(tmp_path / "digits.flowscope", Project(g.definition))
    np.save(tmp_path / "images.npy", np.zeros((2, 8, 8), np.float32))
    asked = ("run", tmp_path / "digits.flowscope", "--signature", "serving_default", "--json")
    assert len(flowscope(*asked).json["logits"]) == len(Digits().load().test["images"])
    fed = flowscope(*asked, "--feed", f"images={tmp_path / 'images.npy'}")
    assert np.shape(fed.json["logits"]) == (2, 10)
