"""Where everything lies: each function is found once, at a path that opens it."""

import resources
from app.document.places import places
from engine.program.function_view import look_inside
from engine.project.files import read_project


def test_every_function_of_the_demos_is_found_at_a_path_that_opens_it() -> None:
    count = 0
    for file in resources.demo_files():
        graph = read_project(file).project.graph
        found = places(graph)
        assert found[""] == graph
        names = []
        for path in found.keys() - {""}:
            inside = look_inside(graph, path)
            assert inside.function and graph.functions[inside.function].graph == found[path]
            names.append(inside.function)
        assert sorted(names) == sorted(graph.functions)
        count += len(names)
    assert count >= 3
