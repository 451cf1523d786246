"""Bring a project document of an older format version up to the present one, one version at a time."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from typing import Any

from engine.project.durable import FileError
from engine.project.names import shown

FORMAT = "flowscope"
VERSION = 2

Document = dict[str, Any]
Step = Callable[[Document], Document]


def _precision_of_nodes(document: Document) -> Document:
    """Version 1 said in one training setting, by patterns, which nodes stay in float32."""
    training, nodes = document.get("training"), document.get("nodes")
    if not isinstance(training, dict) or not isinstance(nodes, dict):
        return document
    training = dict(training)
    patterns = str(training.pop("full_precision", "")).split(",")
    kept = {name for name in nodes if any(fnmatch.fnmatchcase(name, p.strip()) for p in patterns)}
    changed = {
        name: {**node, "precision": "float32"} if name in kept and isinstance(node, dict) else node
        for name, node in nodes.items()
    }
    return {**document, "training": training, "nodes": changed}


STEPS: Mapping[int, Step] = {1: _precision_of_nodes}
"""From each older version the function that makes the document of the next one, as a new value."""


def migrate(
    document: Document, what: str, *, steps: Mapping[int, Step] = STEPS, version: int = VERSION
) -> Document:
    """The document in the present version; raises FileError for one that is newer, or no project at all."""
    if document.get("format") != FORMAT:
        raise FileError(
            f"{what} is not a Flowscope project: its field 'format' is {_quoted(document.get('format'))}; "
            f"expected '{FORMAT}'."
        )
    found = document.get("version")
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise FileError(f"{what}: the field 'version' is {_quoted(found)}; expected a whole number from 1.")
    if found > version:
        raise FileError(
            f"{what} was saved by a newer Flowscope: its format is version {found}, "
            f"and this program reads up to version {version}.",
            hint="Update Flowscope to open it.",
        )
    for older in range(found, version):
        document = {**steps[older](document), "version": older + 1}
    return document


def _quoted(value: object) -> str:
    if value is None:
        return "missing"
    return f"'{shown(value)}'" if isinstance(value, str) else shown(repr(value))
