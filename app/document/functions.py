"""Functions of a project: edited as projects of their own, and carried along with the nodes that use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.errors import GraphError
from engine.graph.function import Function, reachable, used_by
from engine.graph.graph import GraphDef, Node, PortKey, check_name, free_name
from engine.project.project import Project

INPUT, OUTPUT = "Placeholder", "Identity"
"""Inside a function every placeholder is an input, and an identity that leads nowhere is an output."""


def opened(project: Project, name: str) -> Project:
    """A function as a project: its nodes lie on the canvas, and the same edits are made to them."""
    function = project.graph.functions[name]
    graph = replace(function.graph, functions=project.graph.functions)
    routes = project.function_routes.get(name, {})
    positions = project.layouts.get(name, {})
    return replace(project, graph=graph, positions=positions, notes=(), frames=(), routes=routes)


def closed(project: Project, name: str, edited: Project) -> Project:
    """Put an edited function back into its project. Where it is used, wires follow its ports."""
    before = project.graph.functions[name]
    graph = replace(edited.graph, functions={})
    renamed = _renamed(before.graph, graph)
    after = replace(
        before,
        graph=graph,
        inputs=_inputs(before, graph, renamed),
        outputs=_outputs(before, graph, renamed),
    )
    functions = {**edited.graph.functions, name: after}
    functions = {
        other: replace(function, graph=_followed(function.graph, name, after, renamed))
        for other, function in functions.items()
    }
    whole = _followed(replace(project.graph, functions=functions), name, after, renamed)
    layouts = {**edited.layouts, name: edited.positions}
    routes = {**edited.function_routes, name: edited.routes}
    return replace(
        project, graph=whole, layouts=layouts, function_routes=routes, named_values=edited.named_values
    )


def tidied(project: Project, before: Project) -> Project:
    """Leave out the functions of deleted nodes, where nothing else uses them."""
    graphs = [(before.graph, project.graph)]
    graphs += [
        (function.graph, project.graph.functions[name].graph)
        for name, function in before.graph.functions.items()
        if name in project.graph.functions
    ]
    deleted = {name: node for old, new in graphs for name, node in old.nodes.items() if name not in new.nodes}
    if not deleted:
        return project
    functions = project.graph.functions
    gone = set(reachable(GraphDef(deleted), functions)) - set(reachable(project.graph, functions))
    functions = {name: function for name, function in project.graph.functions.items() if name not in gone}
    layouts = {name: layout for name, layout in project.layouts.items() if name not in gone}
    return replace(project, graph=replace(project.graph, functions=functions), layouts=layouts)


def brought(project: Project, part: Project) -> tuple[Project, dict[str, str]]:
    """Add the functions that a part brings; one that is there already is used again, others get free names.

    Returns also the name that each has now.
    """
    functions, layouts = dict(project.graph.functions), dict(project.layouts)
    routes = dict(project.function_routes)
    names: dict[str, str] = {}
    for name, function in part.graph.functions.items():
        names[name] = name if functions.get(name) == function else free_name(functions, name)
        functions[names[name]] = function
        if name in part.layouts:
            layouts[names[name]] = part.layouts[name]
        if name in part.function_routes:
            routes[names[name]] = part.function_routes[name]
    for name in names.values():
        if name not in project.graph.functions:
            functions[name] = replace(functions[name], graph=_calling(functions[name].graph, names))
    graph = replace(project.graph, functions=functions)
    return replace(project, graph=graph, layouts=layouts, function_routes=routes), names


def renamed(project: Project, old: str, new: str) -> Project:
    """Give a function another name; all nodes that use it follow. Raises GraphError for one that is taken."""
    functions = project.graph.functions
    if new in functions and new != old:
        raise GraphError(f"there is already a function called '{new}'.", hint="Choose another name.")
    check_name(new, "a function")
    names = {old: new}
    followed = {
        names.get(name, name): replace(function, graph=_calling(function.graph, names))
        for name, function in functions.items()
    }
    layouts = {names.get(name, name): layout for name, layout in project.layouts.items()}
    routes = {names.get(name, name): inner for name, inner in project.function_routes.items()}
    graph = replace(_calling(project.graph, names), functions=followed)
    return replace(project, graph=graph, layouts=layouts, function_routes=routes)


def unused(project: Project) -> tuple[str, ...]:
    """The functions that no node uses, not even inside of a function that is used."""
    used = reachable(project.graph, project.graph.functions)
    return tuple(name for name in project.graph.functions if name not in used)


def without_unused(project: Project) -> Project:
    """Leave out the functions that no node uses."""
    gone = unused(project)
    functions = {name: function for name, function in project.graph.functions.items() if name not in gone}
    layouts = {name: layout for name, layout in project.layouts.items() if name not in gone}
    return replace(project, graph=replace(project.graph, functions=functions), layouts=layouts)


def _calling(graph: GraphDef, names: Mapping[str, str]) -> GraphDef:
    """The graph with other names for the functions that its nodes use."""
    return replace(graph, nodes={name: calling(node, names) for name, node in graph.nodes.items()})


def calling(node: Node, names: Mapping[str, str]) -> Node:
    """The node with other names for the functions that it uses."""
    used = {attribute: names.get(name, name) for attribute, name in used_by(node)}
    return replace(node, attributes={**node.attributes, **used}) if used else node


def _renamed(before: GraphDef, after: GraphDef) -> dict[str, str]:
    """Which node has another name now: an edit renames one, which keeps its place."""
    pairs = zip(before.nodes, after.nodes, strict=False)
    changed = [(old, new) for old, new in pairs if old != new]
    same = len(before.nodes) == len(after.nodes) and len(changed) == 1
    return dict(changed) if same and changed[0][0] not in after.nodes else {}


def _inputs(before: Function, graph: GraphDef, renamed: Mapping[str, str]) -> tuple[str, ...]:
    found = [node.name for node in graph.nodes.values() if node.op == INPUT]
    kept = [port for old in before.inputs if (port := renamed.get(old, old)) in found]
    return tuple(dict.fromkeys([*kept, *found]))


def _outputs(before: Function, graph: GraphDef, renamed: Mapping[str, str]) -> dict[str, PortKey]:
    outputs: dict[str, PortKey] = {}
    for name, (node, port) in before.outputs.items():
        if (end := renamed.get(node, node)) in graph.nodes:
            outputs[end if name == node else name] = (end, port)
    inner = {start[0] for start in graph.wires.values()} | {node for node, _ in outputs.values()}
    loose = [node.name for node in graph.nodes.values() if node.op == OUTPUT and node.name not in inner]
    return {**outputs, **{name: (name, "y") for name in loose if name not in outputs}}


def _followed(graph: GraphDef, name: str, function: Function, renamed: Mapping[str, str]) -> GraphDef:
    """Let wires and signatures follow a function's renamed ports."""
    users = {n.name for n in graph.nodes.values() if any(used == name for _, used in used_by(n))}
    if not users:
        return graph
    wires: dict[PortKey, PortKey] = {}
    inputs = {old: new for old, new in renamed.items() if new in function.inputs}
    outputs = {old: new for old, new in renamed.items() if new in function.outputs}
    for (target, end), (source, start) in graph.wires.items():
        into = inputs.get(end, end) if target in users else end
        wires[target, into] = (source, outputs.get(start, start) if source in users else start)
    moved = {(user, old): (user, new) for user in users for old, new in outputs.items()}
    signatures = {name: signature.moved(moved) for name, signature in graph.signatures.items()}
    return replace(graph, wires=wires, signatures=signatures)
