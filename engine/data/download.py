"""Download a file of known size and SHA-256 into a folder, trying one mirror after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from engine.data.dataset import DataError
from engine.data.reading import open_data
from engine.project.durable import durable_replace

_PIECE = 1 << 18
_TIMEOUT_SECONDS = 20.0

Progress = Callable[[int, int], None]
"""Told how many bytes have arrived, and of how many. What it raises ends the download."""


@dataclass(frozen=True)
class RemoteFile:
    """A file that has to be exactly this one, wherever it comes from."""

    name: str
    size: int
    sha256: str


def is_complete(path: Path, wanted: RemoteFile) -> bool:
    """Whether a file is there and is the wanted one."""
    if not path.is_file():
        return False
    digest = hashlib.sha256()
    with open_data(path) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest() == wanted.sha256


def download(
    wanted: RemoteFile, mirrors: tuple[str, ...], folder: Path, progress: Progress | None = None
) -> Path:
    """Fetch a file unless the folder has it; raises DataError saying what failed at each mirror."""
    # Imported here, because few programs that declare data sets ever download one.
    import http.client
    import urllib.request

    path = folder / wanted.name
    if is_complete(path, wanted):
        return path
    failures: dict[str, str] = {}
    for mirror in mirrors:
        try:
            request = urllib.request.Request(mirror + wanted.name, headers={"User-Agent": "flowscope"})
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
                folder.mkdir(parents=True, exist_ok=True)
                durable_replace(path, _checked_pieces(answer, wanted, progress))
            return path
        except (OSError, http.client.HTTPException) as error:
            failures[mirror] = _reason(error)
        except DataError as error:
            failures[mirror] = error.what
    reasons = list(dict.fromkeys(failures.values()))
    told = [f"{mirror}: {reason}" for mirror, reason in failures.items()] if len(reasons) > 1 else reasons
    raise DataError(f"'{wanted.name}' could not be downloaded: {'; '.join(told)}.")


def _reason(error: Exception) -> str:
    """Why a connection failed, without the number that only the system knows."""
    cause = getattr(error, "reason", None) or error
    return str(getattr(cause, "strerror", None) or cause or type(error).__name__)


def _checked_pieces(answer: IO[bytes], wanted: RemoteFile, progress: Progress | None) -> Iterator[bytes]:
    """What arrives; raises at the end if it was not the wanted file, which then is not kept."""
    digest, count = hashlib.sha256(), 0
    while piece := _received(answer):
        digest.update(piece)
        count += len(piece)
        if count > wanted.size:
            break
        if progress is not None:
            progress(count, wanted.size)
        yield piece
    if count != wanted.size or digest.hexdigest() != wanted.sha256:
        raise DataError("sent another file than expected")


def _received(answer: IO[bytes]) -> bytes:
    try:
        return answer.read(_PIECE)
    except OSError as error:
        # Said here, so that it is not taken for a failure to write.
        raise DataError(f"the connection broke: {error}") from error
