"""Signatures: what a graph is given and what it gives, by names on which runs and servers can rely."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from engine.errors import FeedError

SERVING_DEFAULT = "serving_default"
"""The signature that is meant where none is named, as in TensorFlow."""

Ports = Mapping[str, tuple[str, str]]
"""Output ports of nodes, (node, port), each under a name."""


@dataclass(frozen=True)
class Signature:
    """Named inputs and outputs of a graph; both are output ports of its nodes.

    An input is the port of a placeholder, or a column of a data node: what is given takes its place. `extra`
    holds fields of a file that this version does not know.
    """

    name: str
    inputs: Ports = field(default_factory=dict)
    outputs: Ports = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def fetches(self) -> dict[str, str]:
        """What a session fetches for each output."""
        return {name: ".".join(port) for name, port in self.outputs.items()}

    def feeds(self, given: Mapping[str, object]) -> dict[str, object]:
        """What a session is fed for values by the names of the inputs, of which none may be missing."""
        hint = f"Its inputs are {', '.join(self.inputs)}." if self.inputs else "It has no inputs."
        for name in given:
            if name not in self.inputs:
                raise FeedError(f"the signature '{self.name}' has no input '{name}'.", hint=hint)
        for name in self.inputs:
            if name not in given:
                raise FeedError(f"the signature '{self.name}' was not given '{name}'.", hint=hint)
        return {".".join(self.inputs[name]): value for name, value in given.items()}

    def renamed(self, old: str, new: str) -> Signature:
        """The signature after a node got another name; its own names stay, for others rely on them."""
        ends = [*self.inputs.values(), *self.outputs.values()]
        return self.moved({(node, port): (new, port) for node, port in ends if node == old})

    def moved(self, places: Mapping[tuple[str, str], tuple[str, str]]) -> Signature:
        """The signature after what came out of some ports comes out of others."""
        return replace(
            self,
            inputs={name: places.get(port, port) for name, port in self.inputs.items()},
            outputs={name: places.get(port, port) for name, port in self.outputs.items()},
        )

    def without(self, nodes: Collection[str]) -> Signature:
        """The signature after nodes were removed: what stood for them is gone."""

        def rest(ports: Ports) -> Ports:
            return {name: port for name, port in ports.items() if port[0] not in nodes}

        return replace(self, inputs=rest(self.inputs), outputs=rest(self.outputs))
