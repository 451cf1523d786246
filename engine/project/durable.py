"""The one way to write a file that a user could miss: it is replaced whole, or left as it was."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.errors import FlowscopeError


class FileError(FlowscopeError):
    """A file that cannot be read or written."""


class ConflictError(FileError):
    """A file that somebody else changed after it was read."""


@dataclass(frozen=True)
class FileStamp:
    """By what a change of a file is noticed."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @staticmethod
    def of(path: Path) -> FileStamp | None:
        """The stamp of a file as it is now; None where there is no file."""
        try:
            return FileStamp.from_stat(path.stat())
        except FileNotFoundError:
            return None

    @staticmethod
    def from_stat(found: os.stat_result) -> FileStamp:
        return FileStamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def durable_replace(
    path: Path, content: bytes | Iterable[bytes], *, expected: FileStamp | None = None
) -> FileStamp:
    """Write a file so that after a crash or a power cut it holds all of the old or all of the new content.

    A symbolic link stays, and its target is replaced. With `expected`, a file that is no longer the one that
    was read raises ConflictError and is left alone. Any failure before the new file takes the name leaves the
    old one untouched; every failure raises FileError. Returns the stamp of the new file.
    """
    chunks = (content,) if isinstance(content, bytes) else content
    try:
        target = path.resolve()
        old = _old_file(target)
        # Nothing of the target's name: who looks for files by name must not find what a crash left behind.
        temporary = target.with_name(f".flowscope-{secrets.token_hex(8)}.tmp")
        with _removed_on_failure(temporary):
            _write_new(temporary, chunks, stat.S_IMODE(old.st_mode) if old else None)
            _check_unchanged(path, target, expected)
            stamp = FileStamp.from_stat(temporary.stat())
            temporary.replace(target)
        _sync_folder(target.parent)
        return stamp
    except OSError as error:
        raise FileError(f"Cannot write '{path}': {reason(error)}.", hint=_advice(error)) from error


def reason(error: OSError) -> str:
    """What the operating system says, as the end of a sentence."""
    return (error.strerror or str(error) or type(error).__name__).rstrip(".").lower()


def _old_file(target: Path) -> os.stat_result | None:
    """What is known of the file that will be replaced; only a regular file may be."""
    try:
        found = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
    # A rename would replace a write-protected file without asking.
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return found


@contextlib.contextmanager
def _removed_on_failure(temporary: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _write_new(temporary: Path, chunks: Iterable[bytes], mode: int | None) -> None:
    """Write a file that must not exist yet, and wait until the disk has it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        for chunk in chunks:
            rest = memoryview(chunk).cast("B")
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.chmod(_default_mode() if mode is None else mode)


def _default_mode() -> int:
    """The mode of a file that is created in the ordinary way."""
    if os.name == "nt":
        return 0o666
    # The mask can be read only by setting it, which all threads share; /proc tells it without that.
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii", errors="replace").splitlines():
            if line.startswith("Umask:"):
                return 0o666 & ~int(line.split()[1], 8)
    return 0o644


def _check_unchanged(path: Path, target: Path, expected: FileStamp | None) -> None:
    if expected is None:
        return
    found = FileStamp.of(target)
    if found != expected:
        happened = "is gone" if found is None else "was changed by another program"
        raise ConflictError(
            f"'{path}' {happened} after it was opened; it was not overwritten.",
            hint="Open it again, or save under another name.",
        )


def _sync_folder(folder: Path) -> None:
    """Wait until the disk has the new name. Windows has no such call and does not need it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder; what was renamed is there all the same.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _advice(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return "Free some space on the disk, or save in another place."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Save in a folder that you may write to."
    return ""
