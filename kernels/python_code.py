"""Python that a user wrote, as a kernel: it runs only where that very text has been trusted.

Trust is kept by the text's SHA-256, so that a changed text is another one. There is no sandbox: code that is
trusted may do whatever the program may do.
"""

from __future__ import annotations

import functools
import hashlib
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from kernels.refusal import Refusal

FILE = "<code of the node>"
UNTRUSTED = "its code has not been trusted on this computer."
READ_IT = "Open the node, read the code, and keep it if it is good."
_trusted: set[str] = set()


def fingerprint(code: str) -> str:
    """What a text is known by."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def trust(*codes: str) -> None:
    """Let these texts run in this process."""
    trust_fingerprints(map(fingerprint, codes))


def trust_fingerprints(known: Iterable[str]) -> None:
    """Let the texts with these fingerprints run in this process."""
    _trusted.update(known)


def is_trusted(code: str) -> bool:
    """Whether a text may run in this process."""
    return fingerprint(code) in _trusted


def call(
    code: str, function: str, arrays: Iterable[Any], settings: Mapping[str, object], xp: Any = np
) -> tuple[Any, ...]:
    """Call a function of the code; always a tuple of its results. Refuses code that is not trusted.

    What goes wrong in the code is told with the line where it went wrong.
    """
    if not is_trusted(code):
        raise Refusal(UNTRUSTED, READ_IT)
    try:
        found = _namespace(code, xp)[function](*arrays, **settings)
    except (Exception, SystemExit) as error:
        raise Refusal(_told(error), "Open the node and mend its code.") from error
    return found if isinstance(found, tuple) else (found,)


@functools.lru_cache(maxsize=256)
def _namespace(code: str, xp: Any) -> dict[str, Callable[..., Any]]:
    """What the code defines. `np` is NumPy, or CuPy on a GPU."""
    names: dict[str, Any] = {"np": xp, "__name__": "node"}
    exec(compile(code, FILE, "exec"), names)  # the text has been trusted
    return names


def _told(error: BaseException) -> str:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    where = f"line {line} of its code" if line else "its code"
    what = error.msg if isinstance(error, SyntaxError) else str(error)
    text = " ".join(f"{type(error).__name__}: {what}".split())[:300].rstrip(".: ")
    return f"{where} failed: {text}."
