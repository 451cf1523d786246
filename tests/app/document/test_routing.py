"""Dots and portals: they follow their wires through every edit, live in the file, and change no graph."""

from dataclasses import replace

import pytest

from app.document import clipboard, edits, routing
from app.document.functions import closed, opened, renamed
from app.document.grouping import grouped
from app.document.inserting import put_between
from app.document.ungrouping import ungrouped
from engine.errors import GraphError
from engine.graph.check import check
from engine.graph.graph import GraphDef
from engine.project.canonical_json import dump
from engine.project.codec import project_from_dict, project_to_dict
from engine.project.project import Project, Route
from engine.project.strict_json import parse

WIRE = ("tanh", "x")


def chain() -> Project:
    """A constant through relu and tanh to sigmoid; the wire to tanh has a dot and is a portal."""
    project = Project(GraphDef())
    for number, op in enumerate(("Constant", "Relu", "Tanh", "Sigmoid")):
        project, _ = edits.add_node(project, op, 200.0 * number, 0)
    for source, target in (("constant", "relu"), ("relu", "tanh"), ("tanh", "sigmoid")):
        project = edits.connect(project, (source, "y"), (target, "x"))
    project = routing.add_dot(project, WIRE, 0, (301.0, 99.0))
    return routing.set_portals(project, [WIRE], True)


def read_again(project: Project) -> Project:
    return project_from_dict(parse(dump(project_to_dict(project)), "the file"), "the file")


def test_dots_lie_on_the_grid_and_in_order() -> None:
    project = routing.add_dot(chain(), WIRE, 1, (350, 40))
    project = routing.add_dot(project, WIRE, 1, (330, 80))
    assert project.routes[WIRE].dots == ((304, 96), (328, 80), (352, 40))
    project = routing.move_dot(project, WIRE, 1, (320, 64))
    assert project.routes[WIRE].dots[1] == (320, 64)
    project = routing.remove_dot(project, WIRE, 0)
    assert project.routes[WIRE].dots == ((320, 64), (352, 40))
    assert routing.straighten(project, [WIRE]).routes[WIRE] == Route(portal="relu")


def test_the_graph_stays_as_it_is() -> None:
    plain = replace(chain(), routes={})
    assert chain().graph == plain.graph
    assert check(chain().graph) == check(plain.graph)


def test_a_file_keeps_them_and_one_without_has_no_field() -> None:
    assert read_again(chain()) == chain()
    assert project_to_dict(chain())["routes"] == {"tanh.x": {"dots": [[304, 96]], "portal": "relu"}}
    assert "routes" not in project_to_dict(replace(chain(), routes={}))


def test_unknown_fields_of_a_route_survive() -> None:
    document = project_to_dict(chain())
    document["routes"]["tanh.x"]["colour"] = "red"
    project = routing.move_dot(project_from_dict(document, "the file"), WIRE, 0, (0, 0))
    assert project_to_dict(project)["routes"]["tanh.x"] == {
        "dots": [[0, 0]], "portal": "relu", "colour": "red",
    }  # fmt: skip


def test_the_route_of_a_wire_that_another_version_deleted_is_dropped() -> None:
    document = project_to_dict(chain())
    del document["wires"]["tanh.x"]
    assert project_from_dict(document, "the file").routes == {}


@pytest.mark.parametrize(
    "route",
    [{"dots": [[1]]}, {"dots": "here"}, {"portal": 3}, {"portal": "a\nb"}, [1], {"dots": [[0, 0]] * 300}],
)
def test_a_damaged_route_is_a_sentence(route: object) -> None:
    document = project_to_dict(chain())
    document["routes"]["tanh.x"] = route
    with pytest.raises(Exception, match=r"the file: .*tanh\.x"):
        project_from_dict(document, "the file")


def test_a_route_goes_with_its_wire_and_follows_names() -> None:
    assert edits.disconnect(chain(), WIRE).routes == {}
    assert edits.delete(chain(), ["relu"]).routes == {}
    assert edits.rename(chain(), "tanh", "bend").routes == {("bend", "x"): chain().routes[WIRE]}


def test_another_wire_at_the_same_input_runs_straight() -> None:
    assert edits.connect(chain(), ("relu", "y"), WIRE).routes == chain().routes
    assert edits.connect(chain(), ("constant", "y"), WIRE).routes == {}
    project, name = edits.add_node(chain(), "Abs", 0, 0)
    between = put_between(project, name, ("relu", "y"), WIRE, ("x", "y"))
    assert between.routes == {}


def test_routes_change_places_with_their_wires() -> None:
    project, name = edits.add_node(chain(), "Add", 0, 0)
    project = edits.connect(project, ("relu", "y"), (name, "a"))
    project = edits.connect(project, ("tanh", "y"), (name, "b"))
    project = routing.add_dot(project, (name, "a"), 0, (8, 16))
    swapped = edits.swap(project, name, "a", "b")
    assert swapped.graph.wires[name, "b"] == ("relu", "y")
    assert swapped.routes[name, "b"].dots == ((8, 16),)
    assert (name, "a") not in swapped.routes


def test_dots_go_along_where_both_ends_move() -> None:
    both = edits.move(chain(), {"relu": (240.0, 80.0), "tanh": (440.0, 80.0)})
    assert both.routes[WIRE].dots == ((344, 176),)
    one = edits.move(chain(), {"relu": (240.0, 80.0)})
    assert one.routes[WIRE].dots == ((304, 96),)


def test_copies_bring_their_routes() -> None:
    text = clipboard.to_text(chain(), ["relu", "tanh"])
    project, names = clipboard.paste(chain(), text, None)
    assert names == ("relu_1", "tanh_1")
    assert project.routes["tanh_1", "x"].dots == ((336, 128),)
    assert project.routes[WIRE] == chain().routes[WIRE]
    alone = clipboard.paste(chain(), clipboard.to_text(chain(), ["tanh"]), None)[0]
    assert alone.routes == chain().routes


def test_portals_of_one_output_share_a_name_and_others_have_their_own() -> None:
    project, extra = edits.add_node(chain(), "Abs", 0, 0)
    project = edits.connect(project, ("relu", "y"), (extra, "x"))
    project = routing.set_portals(project, [(extra, "x"), ("sigmoid", "x")], True)
    assert project.routes[extra, "x"].portal == "relu"
    assert project.routes["sigmoid", "x"].portal == "tanh"
    project = routing.name_portal(project, (extra, "x"), "features")
    assert project.routes[WIRE].portal == project.routes[extra, "x"].portal == "features"
    with pytest.raises(GraphError, match="already a portal called 'features'"):
        routing.name_portal(project, ("sigmoid", "x"), "features")
    with pytest.raises(GraphError, match="is empty"):
        routing.name_portal(project, WIRE, "  ")
    assert routing.set_portals(project, [WIRE], False).routes[WIRE] == Route(((304, 96),))


def test_functions_have_routes_of_their_own() -> None:
    project = edits.disconnect(chain(), ("relu", "x"))
    project = edits.connect(project, ("constant", "y"), ("relu", "x"))
    project, call = grouped(project, ["relu", "tanh"], check(project.graph))
    (name,) = project.graph.functions
    assert project.routes == {}
    assert project.function_routes[name][WIRE] == chain().routes[WIRE]
    assert read_again(project) == project
    inside = opened(project, name)
    project = closed(project, name, routing.move_dot(inside, WIRE, 0, (320, 80)))
    assert project.function_routes[name][WIRE].dots == ((320, 80),)
    project = renamed(project, name, "bends")
    assert list(project.function_routes) == ["bends"]
    written, _ = ungrouped(project, call)
    assert written.routes[WIRE].portal == "relu"
