"""What can be wrong with a model: told in sentences, and all at once."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import FlowscopeError

SHOWN = 20
"""So many problems are told one by one; the rest is counted."""


class ImportRefused(FlowscopeError):
    """A model that was not imported. `problems` holds every reason, each a sentence with the node's name."""

    def __init__(self, what: str, *, problems: Sequence[str] = (), node: str = "", hint: str = "") -> None:
        super().__init__(what, node=node, hint=hint)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        shown = [f"\n- {problem}" for problem in self.problems[:SHOWN]]
        more = len(self.problems) - SHOWN
        return super().__str__() + "".join(shown) + (f"\n- and {more} more." if more > 0 else "")


class Unsupported(Exception):
    """What a translation raises for a node that cannot be drawn: why not, without a full stop."""


class ByDefinition(Exception):
    """What a translation raises for a node that is better drawn as what ONNX defines its operator to be."""
