"""Weights in other files: only in the model's folder, and only as many bytes as the tensor needs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper

from engine.exchange.onnx.importing import import_file
from engine.exchange.onnx.problems import ImportRefused

WEIGHTS = np.arange(200, dtype=np.float32)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a model whose weight lies elsewhere, as its fields say."""

    def make(**fields: str) -> Path:
        folder = tmp_path / "model"
        folder.mkdir(exist_ok=True)
        tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[200])
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in fields.items():
            tensor.external_data.add(key=key, value=value)
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [200])
        y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [200])
        graph = helper.make_graph([helper.make_node("Add", ["x", "w"], ["y"])], "g", [x], [y], [tensor])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
        (folder / "model.onnx").write_bytes(model.SerializeToString())
        (folder / "data.bin").write_bytes(b"head" + WEIGHTS.tobytes())
        (tmp_path / "secret.bin").write_bytes(b"s" * 1000)
        return folder / "model.onnx"

    return make


def test_weights_beside_the_model_are_read(write: Write) -> None:
    imported = import_file(write(location="data.bin", offset="4", length="800"))
    assert np.array_equal(imported.tensors["w"], WEIGHTS)


@pytest.mark.parametrize(
    "fields, sentence",
    [
        ({"location": "../secret.bin"}, "outside the model's folder"),
        ({"location": "sub/../../secret.bin"}, "outside the model's folder"),
        ({"location": "..\\secret.bin"}, "outside the model's folder"),
        ({"location": "/etc/passwd"}, "outside the model's folder"),
        ({"location": "C:\\secret.bin"}, "outside the model's folder"),
        ({"location": ""}, "outside the model's folder"),
        ({}, "outside the model's folder"),
        ({"location": "missing.bin"}, "cannot be read from 'missing.bin'"),
        ({"location": "."}, "outside the model's folder"),
        ({"location": "data.bin", "offset": "-4"}, "offset is '-4'; expected a whole number"),
        ({"location": "data.bin", "offset": "1e3"}, "offset is '1e3'; expected a whole number"),
        ({"location": "data.bin", "offset": "9" * 30}, "expected a whole number"),
        ({"location": "data.bin", "length": "-800"}, "length is '-800'; expected a whole number"),
        ({"location": "data.bin", "length": "804"}, "800 bytes expected, 804 declared"),
        ({"location": "data.bin", "offset": "8"}, "reach to byte 808, and 'data.bin' has 804"),
        ({"location": "data.bin", "owner": "me"}, "unknown field 'owner'"),
    ],
)
def test_what_is_not_beside_the_model_is_refused(write: Write, fields: dict[str, str], sentence: str) -> None:
    with pytest.raises(ImportRefused, match=sentence.replace("(", r"\(")):
        import_file(write(**fields))


def test_links_are_refused(write: Write, tmp_path: Path) -> None:
    path = write(location="link.bin")
    link = path.parent / "link.bin"
    link.symlink_to(tmp_path / "secret.bin")
    with pytest.raises(ImportRefused, match="symbolic link"):
        import_file(path)
    link.unlink()
    link.hardlink_to(tmp_path / "secret.bin")
    with pytest.raises(ImportRefused, match="several hard links"):
        import_file(path)


def test_a_folder_that_is_a_link_is_refused(write: Write, tmp_path: Path) -> None:
    path = write(location="inner/secret.bin")
    (path.parent / "inner").symlink_to(tmp_path)
    with pytest.raises(ImportRefused, match="symbolic link"):
        import_file(path)
