"""Project files: both forms, saved and opened without loss, and never over somebody else's work."""

import random
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.graph import GraphDef, Node
from engine.project.durable import ConflictError, FileError, FileStamp
from engine.project.files import read_project, write_project
from engine.project.project import Project


def test_an_archive_holds_project_and_variables(
    tmp_path: Path, project: Project, variables: dict[str, np.ndarray]
) -> None:
    path = tmp_path / "p.flowscope"
    stamp = write_project(path, project, variables)
    loaded = read_project(path)
    assert loaded.project == project
    assert loaded.stamp == stamp == FileStamp.of(path)
    assert set(loaded.variables) == set(variables)
    for name, array in variables.items():
        found = loaded.variables[name]
        assert (found.dtype, found.shape) == (array.dtype, array.shape)
        assert np.array_equal(found, array)


def test_any_zip_program_can_open_an_archive(
    tmp_path: Path, project: Project, variables: dict[str, np.ndarray]
) -> None:
    path = tmp_path / "p.flowscope"
    write_project(path, project, variables)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["manifest.json", "project.json", "variables.safetensors"]


def test_json_holds_the_same_project(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "p.flowscope"
    write_project(path, project, as_json=True)
    assert read_project(path).project == project
    lines = path.read_text("utf-8").splitlines()
    assert '    "images": {"op": "Dataset", "attributes": {"name": "digits"}, "position": [0, 0]},' in lines
    assert '    "hidden.x": "images.features",' in lines


@pytest.mark.parametrize("as_json", [False, True])
def test_saving_what_was_opened_gives_the_same_bytes(
    tmp_path: Path, project: Project, variables: dict[str, np.ndarray], as_json: bool
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_project(first, project, None if as_json else variables, as_json=as_json)
    loaded = read_project(first)
    write_project(second, loaded.project, loaded.variables, as_json=as_json)
    assert first.read_bytes() == second.read_bytes()


def test_json_with_variables_is_refused(
    tmp_path: Path, project: Project, variables: dict[str, np.ndarray]
) -> None:
    with pytest.raises(FileError, match="cannot be saved as JSON with 3 trained variables"):
        write_project(tmp_path / "p", project, variables, as_json=True)
    assert not list(tmp_path.iterdir())


def test_a_change_by_somebody_else_is_not_overwritten(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "p.flowscope"
    write_project(path, project)
    loaded = read_project(path)
    write_project(path, replace(project, notes=()))
    before = path.read_bytes()
    with pytest.raises(ConflictError):
        write_project(path, loaded.project, expected=loaded.stamp)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"x": float("nan")}, "a value in it has no form in JSON"),
        ({"x": {1, 2}}, "a value in it has no form in JSON"),
        ({"x": np.float32(1)}, "a value in it has no form in JSON"),
        ({"bad\x00name": 1}, "has the character U+0000"),
        ({"x": 10**21}, "a whole number of 22 digits"),
    ],
)
def test_what_could_not_be_opened_again_is_not_saved(
    tmp_path: Path, project: Project, attributes: dict[str, object], sentence: str
) -> None:
    path = tmp_path / "p.flowscope"
    write_project(path, project)
    before = path.read_bytes()
    bad = replace(project, graph=project.graph.replace_node(Node("hidden", "Dense", attributes)))
    with pytest.raises(FileError) as caught:
        write_project(path, bad)
    assert sentence in caught.value.what
    assert path.read_bytes() == before


def test_variables_that_no_file_can_hold_are_refused(tmp_path: Path, project: Project) -> None:
    with pytest.raises(FileError, match="cannot be saved"):
        write_project(tmp_path / "p", project, {"x": np.array([object()])})
    with pytest.raises(FileError, match=r"Variable '\?' cannot be saved: its name has the character"):
        write_project(tmp_path / "p", project, {"\x00": np.zeros(1)})


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "complex64", "bool", "uint64"])
def test_variables_of_every_dtype_come_back_equal(tmp_path: Path, project: Project, dtype: str) -> None:
    value = np.array([[0, 1, 3]]).astype(dtype)
    write_project(tmp_path / "p", project, {"x": value})
    found = read_project(tmp_path / "p").variables["x"]
    assert found.dtype == value.dtype
    np.testing.assert_array_equal(found, value)


def test_a_dtype_that_the_file_does_not_know_is_refused_by_name(tmp_path: Path, project: Project) -> None:
    with pytest.raises(FileError, match=r"Variable 'x' cannot be saved: .* holds no complex128"):
        write_project(tmp_path / "p", project, {"x": np.zeros(1, "complex128")})


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z_0-9]{1,8}", fullmatch=True),
        st.sampled_from(["Dense", "Relu", "Unknown"]),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_random_graphs_are_saved_and_opened_without_loss(
    nodes: dict[str, str], chance: random.Random
) -> None:
    names = list(nodes)
    wires = {
        (target, f"values:{k}"): (chance.choice(names[:i]), "y")
        for i, target in enumerate(names)
        if i
        for k in range(chance.randrange(3))
    }
    positions = {name: (chance.uniform(-1e6, 1e6), float(chance.randrange(1000))) for name in names[::2]}
    project = Project(GraphDef({name: Node(name, op) for name, op in nodes.items()}, wires), positions)
    from engine.project.codec import project_from_dict, project_to_dict

    assert project_from_dict(project_to_dict(project), "x") == project
