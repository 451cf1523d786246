"""MNIST: from the user's files, or downloaded and checked; and what to do where neither works."""

import gzip
import hashlib
import io
import struct
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest

from engine.data import mnist as module
from engine.data.dataset import FEATURES, LABELS, DataError
from engine.data.download import RemoteFile, download
from engine.data.mnist import cache_folder, mnist

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 28, 28), dtype=np.uint8)
LABEL = np.arange(12, dtype=np.uint8) % 10
PARTS = {
    "train-images-idx3-ubyte": IMAGES[:9],
    "train-labels-idx1-ubyte": LABEL[:9],
    "t10k-images-idx3-ubyte": IMAGES[9:],
    "t10k-labels-idx1-ubyte": LABEL[9:],
}


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


FILES = {f"{name}.gz": gzip.compress(idx(array), mtime=0) for name, array in PARTS.items()}
Serve = Callable[[dict[str, bytes]], list[str]]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Answer downloads with the given files, and list what was asked for; nothing reaches the network."""

    def answer_with(files: dict[str, bytes]) -> list[str]:
        asked: list[str] = []

        def urlopen(request: urllib.request.Request, timeout: float) -> Any:
            asked.append(request.full_url)
            name = request.full_url.rpartition("/")[2]
            if name not in files:
                raise URLError("network is unreachable")
            return io.BytesIO(files[name])

        monkeypatch.setattr(urllib.request, "urlopen", urlopen)
        return asked

    return answer_with


@pytest.fixture
def small_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expect the small files of this test in place of the real ones."""
    parts = zip(("train_images", "train_labels", "test_images", "test_labels"), FILES.items(), strict=True)
    small = {
        part: RemoteFile(name, len(data), hashlib.sha256(data).hexdigest()) for part, (name, data) in parts
    }
    monkeypatch.setattr(module, "_FILES", small)


def put(folder: Path, form: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if form == "npz":
        names: dict[str, Any] = dict(
            zip(("x_train", "y_train", "x_test", "y_test"), PARTS.values(), strict=True)
        )
        np.savez_compressed(folder / "mnist.npz", **names)
    for name, data in FILES.items() if form != "npz" else ():
        plain = name.removesuffix(".gz")
        path = {"packed": name, "plain": plain, "dotted": plain.replace("-idx", ".idx")}[form]
        (folder / path).write_bytes(data if form == "packed" else gzip.decompress(data))


@pytest.mark.parametrize("form", ["packed", "plain", "dotted", "npz"])
def test_the_users_own_files_are_read(tmp_path: Path, serve: Serve, form: str) -> None:
    asked = serve({})
    put(tmp_path, form)
    data = mnist(tmp_path)
    assert (data.train_size, data.test_size) == (9, 3)
    assert np.array_equal(np.rint(data.train[FEATURES] * 255), IMAGES[:9])
    assert data.train[FEATURES].dtype == np.float32 and data.train[FEATURES].max() <= 1
    assert data.test[LABELS].tolist() == LABEL[9:].tolist()
    assert asked == []


@pytest.mark.usefixtures("small_mnist")
def test_what_is_missing_is_downloaded_once(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path / "cache")
    asked = serve(FILES)
    told: list[tuple[int, int]] = []
    data = mnist(progress=lambda done, total: told.append((done, total)))
    assert data.train_size == 9
    assert len(asked) == 4
    assert all(0 < done <= total for done, total in told)
    mnist()
    assert len(asked) == 4


@pytest.mark.usefixtures("small_mnist")
def test_without_a_network_it_says_which_files_to_put_where(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path / "cache")
    serve({})
    with pytest.raises(DataError) as caught:
        mnist()
    said = str(caught.value)
    assert "MNIST is not on this computer" in said
    assert "network is unreachable" in said
    assert str(tmp_path / "cache") in said
    for name in FILES:
        assert name in said
    with pytest.raises(DataError, match="does not have the files of MNIST"):
        mnist(allow_download=False)


def test_a_folder_of_the_user_is_never_filled(tmp_path: Path, serve: Serve) -> None:
    asked = serve(FILES)
    with pytest.raises(DataError, match=f"The folder '{tmp_path}' does not have the files of MNIST"):
        mnist(tmp_path)
    assert asked == [] and list(tmp_path.iterdir()) == []


def test_files_of_something_else_are_refused(tmp_path: Path) -> None:
    for arrays in (
        {"x_train": IMAGES[:9], "y_train": LABEL[:8], "x_test": IMAGES[9:], "y_test": LABEL[9:]},
        {"x_train": IMAGES[:9] / 2, "y_train": LABEL[:9], "x_test": IMAGES[9:], "y_test": LABEL[9:]},
        {"x_train": IMAGES[:9], "y_train": LABEL[:9] + 5, "x_test": IMAGES[9:], "y_test": LABEL[9:]},
        {"x_train": IMAGES[:9], "y_train": LABEL[:9] / 2, "x_test": IMAGES[9:], "y_test": LABEL[9:]},
    ):
        np.savez(tmp_path / "mnist.npz", **arrays)
        with pytest.raises(DataError, match="are not MNIST"):
            mnist(tmp_path)


GOOD = RemoteFile("file", 5, hashlib.sha256(b"12345").hexdigest())


@pytest.mark.parametrize("content", [b"", b"1234", b"12346", b"123456", b"x" * 10_000_000])
def test_another_file_than_expected_is_not_kept(tmp_path: Path, serve: Serve, content: bytes) -> None:
    asked = serve({"file": content})
    with pytest.raises(DataError, match="'file' could not be downloaded: sent another file"):
        download(GOOD, ("http://a/", "http://b/"), tmp_path)
    assert asked == ["http://a/file", "http://b/file"]
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_in_the_cache_is_fetched_again(tmp_path: Path, serve: Serve) -> None:
    (tmp_path / "file").write_bytes(b"1234")
    asked = serve({"file": b"12345"})
    assert download(GOOD, ("http://a/",), tmp_path).read_bytes() == b"12345"
    download(GOOD, ("http://a/",), tmp_path)
    assert len(asked) == 1


def test_a_download_can_be_cancelled(tmp_path: Path, serve: Serve) -> None:
    serve({"file": b"12345"})

    def cancel(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(GOOD, ("http://a/",), tmp_path, cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_breaks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise TimeoutError("timed out")

    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: Breaks())
    with pytest.raises(DataError, match="the connection broke: timed out"):
        download(GOOD, ("http://a/",), tmp_path)


def test_the_cache_is_the_users_own_and_the_real_files_are_pinned() -> None:
    assert cache_folder().parts[-3:] == ("flowscope", "datasets", "mnist")
    assert all(len(file.sha256) == 64 and file.size > 4000 for file in module._FILES.values())
    assert all(mirror.startswith("https://") for mirror in module._MIRRORS)
