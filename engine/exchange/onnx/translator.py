"""Walks through the nodes of a model and draws each; what cannot be drawn is collected, not thrown."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from onnx import AttributeProto, FunctionProto, NodeProto, helper

from engine.errors import FlowscopeError
from engine.exchange.onnx import fold, functions, limits
from engine.exchange.onnx.calls import Calls
from engine.exchange.onnx.drawing import Drawing
from engine.exchange.onnx.graphs import Graphs, reads
from engine.exchange.onnx.names import node_label
from engine.exchange.onnx.node import OnnxNode
from engine.exchange.onnx.problems import ByDefinition, ImportRefused, Unsupported
from engine.exchange.onnx.registry import translation
from engine.exchange.onnx.sizes import followed
from engine.exchange.onnx.tensors import Tensor
from engine.exchange.onnx.versions import core, opsets_of

_STUMBLES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What a translation may raise over a node that is not formed as the definition of its operator asks."""

_ON_SEQUENCES = re.compile("Sequence|Optional|SplitToSequence|ConcatFromSequence")
_NO_TENSORS = "lists of tensors, and tensors that may be missing, are no values here; export it without them"

Scope = dict[str, Tensor | None]
"""The values of a model by name; None for one that could not be drawn."""


class Translator:
    """Draws nodes, and the functions that they call, into one drawing."""

    def __init__(self, drawing: Drawing, own_functions: Iterable[FunctionProto], folder: Path | None) -> None:
        self.drawing = drawing
        self.folder = folder
        """Where the model lies, and what it may have put into files of their own."""
        self.problems: list[str] = []
        self._functions = functions.functions_by_key(own_functions)
        self._calls = Calls()
        self._depth = 0
        self._prefix = ""

    def into(self, drawing: Drawing) -> Translator:
        """The same for another drawing: the body of a branch or a loop."""
        other = copy.copy(self)
        other.drawing, other._prefix = drawing, ""
        return other

    @contextmanager
    def deeper(self, what: str) -> Iterator[None]:
        """Draw what lies inside a node; problems there become one of the node."""
        if self._depth >= limits.NESTING:
            raise ImportRefused(f"Functions and graphs lie more than {limits.NESTING} deep, or in a circle.")
        found = len(self.problems)
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
        if len(self.problems) > found:
            inner = "; ".join(problem.rstrip(".") for problem in self.problems[found:])
            del self.problems[found:]
            raise Unsupported(f"{what} cannot be drawn: {inner}")

    def draw(
        self, nodes: Sequence[NodeProto], scope: Scope, opsets: Mapping[str, int], results: Iterable[str]
    ) -> None:
        """Draw nodes in their order, which must be one in which they can be computed."""
        uses = Counter(results)
        uses.update(name for node in nodes for name in reads(node))
        later = {name for node in nodes for name in node.output if name}
        for node in nodes:
            missing = next((name for name in node.input if name and name not in scope), None)
            if missing is not None:
                why = (
                    f"reads '{missing}', which is made later: there is a cycle, or the nodes are out of order"
                    if missing in later
                    else f"reads '{missing}', which nothing makes"
                )
                raise ImportRefused(f"{self._called(node)} {why}.", hint="Export the model again.")
            twice = next((name for name in node.output if name and name in scope), None)
            if twice is not None:
                raise ImportRefused(
                    f"The value '{twice}' is made twice, the second time by {self._called(node)}."
                )
            self._draw_node(node, scope, opsets, uses)

    def _draw_node(
        self, proto: NodeProto, scope: Scope, opsets: Mapping[str, int], uses: Counter[str]
    ) -> None:
        inputs = [scope[name] if name else None for name in proto.input]
        broken = any(name and scope[name] is None for name in proto.input)
        made: tuple[Tensor | None, ...] = ()
        if broken:
            # It cannot be drawn without its inputs, but whether it ever could be is told at once.
            domain = core(proto.domain)
            if not self._is_supported(proto, opsets):
                self._problem(proto, f"{_unsupported(proto.op_type, domain, opsets.get(domain, 0))}.")
        else:
            node = OnnxNode(
                self.drawing,
                proto,
                _without_open_end(inputs),
                {a.name: _plain(a) for a in proto.attribute},
                opsets.get(core(proto.domain), 0),
                uses.__getitem__,
                Graphs(self, scope, opsets),
            )
            label = node_label(proto.name, proto.op_type, next(filter(None, proto.output), ""))
            try:
                with self.drawing.labelled(self._prefix + label):
                    made = self._results(node, opsets)
                self._check_results(node, made)
            except ImportRefused:
                raise
            except Unsupported as problem:
                made = self._problem(proto, f"{problem}.")
            except FlowscopeError as error:
                made = self._problem(proto, str(error))
            except _STUMBLES as error:
                why = f"its inputs and attributes are not what {proto.op_type} takes"
                made = self._problem(proto, f"{why} ({type(error).__name__}: {error}).")
        for index, name in enumerate(proto.output):
            if name:
                scope[name] = made[index] if index < len(made) else None

    def _problem(self, proto: NodeProto, why: str) -> tuple[Tensor | None, ...]:
        self.problems.append(f"{self._called(proto)}: {why}")
        return ()

    def _is_supported(self, proto: NodeProto, opsets: Mapping[str, int]) -> bool:
        domain = core(proto.domain)
        version = opsets.get(domain, 0)
        if (domain, proto.op_type, proto.overload) in self._functions:
            return True
        if translation(domain, proto.op_type, version) is not None:
            return True
        schema = functions.schema_of(proto.op_type, domain, version)
        return schema is not None and functions.can_be_made_of_others(schema)

    def _results(self, node: OnnxNode, opsets: Mapping[str, int]) -> tuple[Tensor | None, ...]:
        proto = node.proto
        domain = core(proto.domain)
        own = self._functions.get((domain, proto.op_type, proto.overload))
        if own is not None:
            settings = functions.settings_of_call(proto, own, None)
            called = self._calls.draw(self, node, own, settings)
            return self._inline(node, own, settings) if called is None else called
        translate = translation(domain, proto.op_type, node.version)
        if translate is None:
            return self._by_definition(node, domain)
        try:
            results = fold.folded(node, translate) if fold.can_fold(node) else translate(node)
        except ByDefinition:
            return self._by_definition(node, domain)
        if isinstance(results, tuple):
            return results
        return (followed(node, results) if not domain else results,)

    def _by_definition(self, node: OnnxNode, domain: str) -> tuple[Tensor | None, ...]:
        """Draw a node by what ONNX defines it as; raises Unsupported where it does not."""
        proto = node.proto
        schema = functions.schema_of(proto.op_type, domain, node.version)
        body = None
        if schema is not None and functions.can_be_made_of_others(schema):
            specs = [None if tensor is None else tensor.spec for tensor in node.inputs]
            body = functions.standard_body(schema, proto, node.version, specs)
        if body is None:
            raise _unsupported(proto.op_type, domain, node.version)
        return self._inline(node, body, functions.settings_of_call(proto, body, schema))

    def _inline(
        self, node: OnnxNode, body: FunctionProto, given: Mapping[str, AttributeProto]
    ) -> tuple[Tensor | None, ...]:
        """Draw what a function is made of in the place of its call."""
        scope: Scope = {n: t for n, t in zip(body.input, node.inputs, strict=False) if t is not None}
        unconnected = frozenset(body.input) - scope.keys()
        nodes = [functions.resolved(child, given, unconnected) for child in body.node]
        outer = self._prefix
        self._prefix = f"{outer}{node_label(node.proto.name, node.proto.op_type, node.proto.output[0])}_"
        try:
            with self.deeper("a part that it is made of"):
                self.draw(nodes, scope, opsets_of(body.opset_import), body.output)
        finally:
            self._prefix = outer
        return tuple(scope.get(name) for name in body.output)

    def _check_results(self, node: OnnxNode, made: Sequence[Tensor | None]) -> None:
        """Raise Unsupported where the model reads an output that the translation does not compute."""
        for index, name in enumerate(node.proto.output):
            if node.wants(index) and (index >= len(made) or made[index] is None):
                raise Unsupported(f"its output '{name}' is not supported")

    def _called(self, node: NodeProto) -> str:
        """The node as sentences name it."""
        name = node.name or next(filter(None, node.output), "")
        return f"{node.op_type} '{self._prefix}{name}'"


def _plain(attribute: AttributeProto) -> Any:
    """The value of an attribute, texts as str."""
    value = helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if attribute.type == AttributeProto.STRINGS:
        return [text.decode("utf-8", "replace") for text in value]
    return value


def _without_open_end(inputs: list[Tensor | None]) -> list[Tensor | None]:
    """Inputs that are left open at the end are the same as none."""
    while inputs and inputs[-1] is None:
        inputs = inputs[:-1]
    return inputs


def _unsupported(op_type: str, domain: str, version: int) -> Unsupported:
    why = f": {_NO_TENSORS}" if _ON_SEQUENCES.match(op_type) else ""
    where = f"domain {domain or 'ai.onnx'} {version}"
    return Unsupported(f"this operator is not supported ({where}){why}")
