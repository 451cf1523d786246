"""Which Python the user has trusted on this computer, remembered by the fingerprint of the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import platformdirs

from engine.graph.graph import GraphDef
from engine.ops.python import Python
from engine.project.durable import durable_replace
from kernels import python_code

MOST = 10_000
"""So many texts are remembered, the newest first."""


class TrustStore:
    """The fingerprints, and the file that they are kept in. What comes with the program needs no trust."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or platformdirs.user_config_path("flowscope") / "trusted-code.json"
        self._known = self._read()

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """What the engine is told."""
        return self._known

    def trusts(self, code: str) -> bool:
        """Whether this very text may run."""
        return python_code.is_trusted(code) or python_code.fingerprint(code) in self._known

    def trust(self, *codes: str) -> None:
        """Let these texts run from now on. Raises FileError where that cannot be remembered."""
        added = [python_code.fingerprint(code) for code in codes if not self.trusts(code)]
        if not added:
            return
        self._known = (*dict.fromkeys(added), *self._known)[:MOST]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        durable_replace(self.path, msgspec.json.encode(self._known))

    def _read(self) -> tuple[str, ...]:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=tuple[str, ...])
        except (OSError, msgspec.MsgspecError):
            return ()  # nothing is trusted, which is safe


def codes_of(graph: GraphDef) -> Iterator[tuple[str, str]]:
    """Every Python node with its code, also inside functions: its name, or `function/name`."""
    for name, node in graph.nodes.items():
        if node.op == Python.__name__:
            yield name, str(node.attributes.get("code", Python.attribute("code").default))
    for function, held in graph.functions.items():
        yield from ((f"{function}/{name}", code) for name, code in codes_of(held.graph))
