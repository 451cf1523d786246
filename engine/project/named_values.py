"""Project variables: numbers with names (`hidden = 128`), and the attributes that are computed from them.

They are called named values here, because a variable of the graph is what training updates. A node keeps the
expressions of its attributes beside the values that these have now, so that whatever runs the graph finds
plain numbers; an expression that has no value stands there itself, and the check of the graph refuses it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine import registry
from engine.arithmetic import Number, calculate, names_in, with_name
from engine.attribute import Attribute
from engine.errors import AttributeProblem, ExpressionProblem, FlowscopeError
from engine.graph.graph import GraphDef, Node
from engine.project.project import Project

COMPUTED = ("int", "float", "ints", "floats")
"""The kinds of attributes that may be computed."""


@dataclass(frozen=True)
class Values:
    """What each name stands for, and why one has no value."""

    numbers: Mapping[str, Number] = field(default_factory=dict)
    problems: Mapping[str, FlowscopeError] = field(default_factory=dict)


def values_of(named: Mapping[str, str]) -> Values:
    """The values of named expressions, which may refer to each other."""
    return _values_of(tuple(named.items()))


@functools.lru_cache(maxsize=64)
def _values_of(items: tuple[tuple[str, str], ...]) -> Values:
    named = dict(items)
    numbers: dict[str, Number] = {}
    problems: dict[str, FlowscopeError] = {}
    waiting = {name: set(names_in(text)) & named.keys() for name, text in named.items()}
    while ready := [name for name, needs in waiting.items() if not needs & waiting.keys()]:
        for name in ready:
            del waiting[name]
            try:
                numbers[name] = calculate(named[name], numbers)
            except ExpressionProblem as problem:
                problems[name] = problem
    for name in waiting:
        problems[name] = ExpressionProblem(f"'{name}' depends on itself.", hint="Change its expression.")
    return Values(numbers, problems)


def value_in(expression: str, kind: str, numbers: Mapping[str, Number]) -> object:
    """The JSON value of an attribute's expression; a list is written with commas.

    Raises ExpressionProblem where it has none.
    """
    if kind in ("int", "float"):
        return calculate(expression, numbers)
    return [calculate(part, numbers) for part in expression.strip().strip("[]").split(",")]


def resolved(project: Project) -> Project:
    """The project with the present values of all expressions in its attributes."""
    numbers = values_of(project.named_values).numbers
    functions = {
        name: replace(function, graph=_resolved(function.graph, numbers))
        for name, function in project.graph.functions.items()
    }
    return replace(project, graph=replace(_resolved(project.graph, numbers), functions=functions))


def with_expression(project: Project, node: str, attribute: str, expression: str) -> Project:
    """Let an attribute of a node be computed; raises FlowscopeError for a value that it cannot have."""
    before = project.graph.nodes[node]
    declared = _declared(before, attribute)
    if declared is None:
        raise AttributeProblem(f"{attribute} of '{node}' cannot be computed.", hint="Set it to a value.")
    numbers = values_of(project.named_values).numbers
    declared.parse(value_in(expression, declared.kind, numbers))
    after = replace(before, expressions={**before.expressions, attribute: expression})
    return replace(project, graph=project.graph.replace_node(_resolved_node(after, numbers)))


def with_renamed(project: Project, old: str, new: str) -> Project:
    """The project in which a named value has another name, in all expressions too."""
    named = {
        new if name == old else name: with_name(text, old, new) for name, text in project.named_values.items()
    }
    functions = {
        name: replace(function, graph=_renamed(function.graph, old, new))
        for name, function in project.graph.functions.items()
    }
    graph = replace(_renamed(project.graph, old, new), functions=functions)
    return replace(project, graph=graph, named_values=named)


def used_in(graph: GraphDef, named: Mapping[str, str]) -> dict[str, str]:
    """The named values that the expressions of a graph need, directly or by way of others."""
    graphs = [graph, *(function.graph for function in graph.functions.values())]
    expressions = [
        text for each in graphs for node in each.nodes.values() for text in node.expressions.values()
    ]
    needed: set[str] = set()
    while expressions:
        for name in names_in(expressions.pop()):
            if name in named and name not in needed:
                needed.add(name)
                expressions.append(named[name])
    return {name: text for name, text in named.items() if name in needed}


def _resolved(graph: GraphDef, numbers: Mapping[str, Number]) -> GraphDef:
    changed = {name: _resolved_node(node, numbers) for name, node in graph.nodes.items() if node.expressions}
    return replace(graph, nodes={**graph.nodes, **changed}) if changed else graph


def _resolved_node(node: Node, numbers: Mapping[str, Number]) -> Node:
    attributes = dict(node.attributes)
    for name, expression in node.expressions.items():
        declared = _declared(node, name)
        try:
            value = value_in(expression, declared.kind if declared else "float", numbers)
            attributes[name] = value
            if declared is not None:
                parsed = declared.parse(value)
                attributes[name] = list(parsed) if isinstance(parsed, tuple) else parsed
                if declared.is_default(parsed):
                    del attributes[name]
        except ExpressionProblem:
            attributes[name] = expression
        except AttributeProblem:
            pass  # a value that the attribute cannot have stays, and the check of the graph says why not
    return replace(node, attributes=attributes)


def _declared(node: Node, attribute: str) -> Attribute | None:
    op = registry.find(node.op)
    known = () if op is None else op.attributes()
    return next((each for each in known if each.name == attribute and each.kind in COMPUTED), None)


def _renamed(graph: GraphDef, old: str, new: str) -> GraphDef:
    nodes = {
        name: replace(
            node, expressions={a: with_name(text, old, new) for a, text in node.expressions.items()}
        )
        if node.expressions
        else node
        for name, node in graph.nodes.items()
    }
    return replace(graph, nodes=nodes)
