"""Every error of the engine: a sentence with the node, what was found, what was expected, and what to do."""

from __future__ import annotations

from typing import Self


class FlowscopeError(Exception):
    """A mistake that the user can mend.

    `what` says in one sentence where, what was found and what was expected; `hint` says what to do;
    `node` is the path of the drawn node, or empty when no node is at fault.
    """

    def __init__(self, what: str, *, node: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = self.reason = what
        self.node = node
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()

    def at(self, node: str, op: str) -> Self:
        """Return the same error, telling also where it happened.

        The outermost place is told: the user drew that node, and knows nothing yet of what lies inside it.
        """
        placed = type(self)(f"{op} '{node}': {self.reason}", node=node.partition("/")[0], hint=self.hint)
        placed.reason = self.reason
        return placed


class GraphError(FlowscopeError):
    """An edit that would make the graph impossible: an unknown node, an occupied name, a cycle."""


class SpecError(FlowscopeError):
    """Shapes or dtypes that do not fit an op."""


class AttributeProblem(FlowscopeError):
    """An attribute of a node whose value has the wrong type or lies outside its limits."""


class ExpressionProblem(FlowscopeError):
    """An expression in the place of a number that cannot be read or has no value."""


class FeedError(FlowscopeError):
    """A feed or a fetch that does not fit the graph."""


class KernelError(FlowscopeError):
    """A kernel that failed while the graph was running."""


class DeviceError(FlowscopeError):
    """A device that was asked for and is not there."""


class OutOfMemory(FlowscopeError):
    """The graph needs more memory than there is."""


class Interrupted(FlowscopeError):
    """The user stopped the run."""
