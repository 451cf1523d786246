"""The fields of the form: what the attributes of one node, or those that several nodes share, look like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from app.presenters import text
from engine import registry
from engine.arithmetic import Number, calculate
from engine.attribute import Attribute
from engine.errors import FlowscopeError
from engine.graph.graph import GraphDef, Node
from engine.op import DataSource
from engine.ops.state import Placeholder
from engine.policy import POLICY_ATTRIBUTES
from engine.project.named_values import value_in
from widgets.form.looks import FieldKind, FieldLook, FieldValue

WIRED = "A wire brings it; remove the wire to set it here."


def node_fields(
    nodes: Sequence[Node], graph: GraphDef, errors: Mapping[str, str], values: Mapping[str, Number]
) -> tuple[FieldLook, ...]:
    """The settings of a node, or those that all of several nodes have, and where and how they run."""
    names = {node.name for node in nodes}
    wired = {port for name, port in graph.wires if name in names}
    looks = []
    for declared in _shared(nodes):
        shown = _offering(declared, nodes[-1], graph)
        given = [node.attributes.get(declared.name, declared.default) for node in nodes]
        look = field(shown, given[-1], errors.get(declared.name, ""), values, wired=declared.name in wired)
        look = _computed(look, shown, nodes[-1], values)
        is_mixed = any(_tuples(value) != _tuples(given[-1]) for value in given)
        looks.append(replace(look, mixed=is_mixed or len({_expression(node, shown) for node in nodes}) > 1))
    return (*looks, *_policy_fields(nodes, errors))


def field(
    declared: Attribute, value: object, error: str, values: Mapping[str, Number], *, wired: bool = False
) -> FieldLook:
    """One declared setting with its value; `values` are what its expressions may refer to."""
    return FieldLook(
        name=declared.name,
        label=text.label(declared.name),
        kind=cast(FieldKind, declared.kind),
        value=cast(FieldValue, _tuples(value)),
        default=cast(FieldValue, declared.default),
        low=declared.low,
        high=declared.high,
        choices=declared.choices,
        unit=declared.unit,
        help=WIRED if wired else declared.help,
        error=error,
        enabled=not wired,
        calculate=_calculator(values),
    )


def _shared(nodes: Sequence[Node]) -> Iterable[Attribute]:
    """The attributes that all nodes have, within limits that suit all."""
    declared = [_visible(op) for op in dict.fromkeys(node.op for node in reversed(nodes))]
    for name, attribute in declared[0].items():
        same = [each[name] for each in declared if name in each and _is_alike(each[name], attribute)]
        if len(same) < len(declared) or (attribute.kind == "array" and len(nodes) > 1):
            continue
        low = [each.low for each in same if each.low is not None]
        high = [each.high for each in same if each.high is not None]
        yield replace(attribute, low=max(low, default=None), high=min(high, default=None))


def _visible(kind: str) -> dict[str, Attribute]:
    op = registry.find(kind)
    return {} if op is None else {each.name: each for each in op.attributes() if not each.hidden}


def _is_alike(one: Attribute, other: Attribute) -> bool:
    return (one.kind, one.choices, one.unit) == (other.kind, other.choices, other.unit)


def _expression(node: Node, declared: Attribute) -> str:
    return node.expressions.get(declared.name, "")


def _computed(look: FieldLook, declared: Attribute, node: Node, values: Mapping[str, Number]) -> FieldLook:
    """The look of an attribute that is computed; where it has no value any more, it says why."""
    expression = _expression(node, declared)
    if not expression:
        return look
    if look.value == expression:
        look = replace(look, value=look.default)
    try:
        declared.parse(value_in(expression, declared.kind, values))
    except FlowscopeError as error:
        return replace(look, expression=expression, error=look.error or text.sentence(error))
    return replace(look, expression=expression)


def _policy_fields(nodes: Sequence[Node], errors: Mapping[str, str]) -> Iterable[FieldLook]:
    """Where and how nodes run; what comes from outside runs nowhere."""
    for op in {node.op for node in nodes}:
        kind = registry.find(op)
        if kind is not None and issubclass(kind, DataSource | Placeholder):
            return
    for declared in POLICY_ATTRIBUTES:
        given = [getattr(node.policy, declared.name) for node in nodes]
        look = field(declared, given[-1], errors.get(declared.name, ""), {})
        yield replace(look, mixed=any(each != given[-1] for each in given))


def _offering(declared: Attribute, node: Node, graph: GraphDef) -> Attribute:
    """The attribute as the form shows it: where it names a function, a choice among them."""
    if declared.kind != "function":
        return declared
    present = node.attributes.get(declared.name, declared.default)
    names = dict.fromkeys([*graph.functions, str(present)])
    return replace(declared, kind="choice", choices=tuple(names))


def _calculator(values: Mapping[str, Number]) -> Callable[[str], Number]:
    def calculated(expression: str) -> Number:
        try:
            return calculate(expression, values)
        except FlowscopeError as error:
            raise ValueError(error.what) from None

    return calculated


def _tuples(value: object) -> object:
    return tuple(_tuples(part) for part in value) if isinstance(value, list | tuple) else value
