"""Edits of project variables: pure functions from project to project. After each, everything is computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.errors import GraphError
from engine.graph.function import reachable
from engine.graph.graph import GraphDef
from engine.project import limits
from engine.project.named_values import resolved, used_in, values_of, with_expression, with_renamed
from engine.project.project import Project


def define(project: Project, name: str, expression: str) -> Project:
    """Add a project variable; raises FlowscopeError for what cannot be its name or its value."""
    _check_free(project, name)
    return set_value(project, name, expression)


def set_value(project: Project, name: str, expression: str) -> Project:
    """Give a project variable another value, of which other project variables may be part.

    Raises FlowscopeError for an expression that has no value.
    """
    named = {**project.named_values, name: expression.strip()}
    if problem := values_of(named).problems.get(name):
        raise problem
    return resolved(replace(project, named_values=named))


def rename_value(project: Project, old: str, new: str) -> Project:
    """Give a project variable another name; all expressions follow."""
    if old == new:
        return project
    _check_free(project, new)
    return resolved(with_renamed(project, old, new))


def remove_value(project: Project, name: str) -> Project:
    """Remove a project variable. What refers to it has no value then, which the check of the graph tells."""
    named = {other: text for other, text in project.named_values.items() if other != name}
    return resolved(replace(project, named_values=named))


def set_expression(project: Project, nodes: Iterable[str], attribute: str, expression: str) -> Project:
    """Let an attribute of some nodes be computed; raises FlowscopeError for a value that it cannot have."""
    for node in nodes:
        project = with_expression(project, node, attribute, expression)
    return project


def with_needed_values(project: Project, part: Project) -> Project:
    """The project with the variables that a part brings; what it has already keeps its value."""
    return resolved(replace(project, named_values={**part.named_values, **project.named_values}))


def needed_values(project: Project, graph: GraphDef) -> dict[str, str]:
    """The project variables that a part of the graph and the functions it uses need."""
    whole = replace(graph, functions=reachable(graph, project.graph.functions))
    return used_in(whole, project.named_values)


def _check_free(project: Project, name: str) -> None:
    if not name.isidentifier() or len(name) > limits.NAME_CHARACTERS:
        raise GraphError(
            f"'{name[:40]}' cannot be the name of a project variable.",
            hint="Use letters, digits and underscores, and begin with a letter.",
        )
    if name in project.named_values:
        raise GraphError(f"there is already a project variable called '{name}'.", hint="Choose another name.")
