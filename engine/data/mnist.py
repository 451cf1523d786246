"""MNIST: from files that the user has, or downloaded once into the user's cache and checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import platformdirs

from engine.data.dataset import FEATURES, LABELS, Array, DataError, Dataset
from engine.data.download import Progress, RemoteFile, download
from engine.data.idx import read_idx
from engine.data.npz import read_npz

_MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
_FILES = {
    "train_images": RemoteFile(
        "train-images-idx3-ubyte.gz",
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    "train_labels": RemoteFile(
        "train-labels-idx1-ubyte.gz",
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    "test_images": RemoteFile(
        "t10k-images-idx3-ubyte.gz",
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    "test_labels": RemoteFile(
        "t10k-labels-idx1-ubyte.gz",
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
}
_NPZ_NAMES = {
    "train_images": "x_train",
    "train_labels": "y_train",
    "test_images": "x_test",
    "test_labels": "y_test",
}
_HINT = (
    "Put mnist.npz, with the arrays x_train, y_train, x_test and y_test, or the four IDX files ({files}), "
    "packed or not, into the folder '{folder}'."
)


def cache_folder() -> Path:
    """Where downloaded files are kept, and where a user can put them by hand."""
    return Path(platformdirs.user_cache_dir("flowscope", appauthor=False)) / "datasets" / "mnist"


def mnist(
    folder: Path | None = None, *, allow_download: bool = True, progress: Progress | None = None
) -> Dataset:
    """70,000 handwritten digits of 28 x 28 pixels from 0 (paper) to 1 (ink), 10,000 of them to test on.

    Reads what `folder`, or else the cache, has. Only where nothing is there and no folder was named, the
    files are downloaded.
    """
    where = folder or cache_folder()
    arrays = _from_folder(where)
    if arrays is None and folder is None and allow_download:
        try:
            arrays = {
                part: read_idx(download(file, _MIRRORS, where, progress)) for part, file in _FILES.items()
            }
        except DataError as error:
            raise DataError(f"MNIST is not on this computer. {error.what}", hint=_hint(where)) from error
    if arrays is None:
        raise DataError(f"The folder '{where}' does not have the files of MNIST.", hint=_hint(where))
    return _dataset(arrays, where)


def _from_folder(folder: Path) -> dict[str, Array] | None:
    """The four arrays, if the folder has them in one of the known forms."""
    paths = {part: _idx_path(folder, file.name) for part, file in _FILES.items()}
    if all(paths.values()):
        return {part: read_idx(path) for part, path in paths.items() if path is not None}
    archive = folder / "mnist.npz"
    if archive.is_file():
        found = read_npz(archive, names=tuple(_NPZ_NAMES.values()))
        return {part: found[name] for part, name in _NPZ_NAMES.items()}
    return None


def _idx_path(folder: Path, packed_name: str) -> Path | None:
    """The file, packed or not; unpacking tools write a dot before "idx" or a hyphen."""
    plain = packed_name.removesuffix(".gz")
    candidates = (packed_name, plain, plain.replace("-idx", ".idx"))
    return next((folder / name for name in candidates if (folder / name).is_file()), None)


def _dataset(arrays: dict[str, Array], where: Path) -> Dataset:
    parts = {}
    for part in ("train", "test"):
        images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
        if images.ndim != 3 or labels.shape != images.shape[:1] or images.dtype != np.uint8:
            raise DataError(
                f"The files in '{where}' are not MNIST: the {part} images are {images.dtype} of shape "
                f"{images.shape}, the labels have shape {labels.shape}."
            )
        if labels.dtype.kind not in "iu" or (labels.size and not 0 <= labels.min() <= labels.max() <= 9):
            raise DataError(
                f"The files in '{where}' are not MNIST: the {part} labels are not numbers from 0 to 9."
            )
        parts[part] = {
            FEATURES: images.astype(np.float32) / np.float32(255),
            LABELS: labels.astype(np.int64),
        }
    return Dataset(
        "mnist",
        parts["train"],
        parts["test"],
        class_names=tuple("0123456789"),
        about="70,000 handwritten digits of 28 x 28 pixels, in ten classes.",
    )


def _hint(folder: Path) -> str:
    return _HINT.format(files=", ".join(file.name for file in _FILES.values()), folder=folder)
