"""The drawn graph: edits give new graphs, and what is impossible is refused."""

import itertools

import pytest

from engine.errors import GraphError
from engine.graph.graph import GraphDef, Node
from engine.ops.state import Constant


def chain(*names: str) -> GraphDef:
    graph = GraphDef()
    for name in names:
        graph = graph.add(Node(name, "Relu"))
    for source, target in itertools.pairwise(names):
        graph = graph.connect((source, "y"), (target, "x"))
    return graph


def test_an_edit_leaves_the_older_graph_as_it_was() -> None:
    before = chain("a", "b")
    after = before.add(Node("c", "Relu"))
    assert "c" not in before.nodes
    assert "c" in after.nodes


def test_a_taken_name_is_refused() -> None:
    with pytest.raises(GraphError, match="already a node called 'a'"):
        chain("a").add(Node("a", "Relu"))


@pytest.mark.parametrize("name", ["", "a/b", "a.b", "a:0", "a b", "x" * 129])
def test_a_name_that_no_path_could_carry_is_refused(name: str) -> None:
    with pytest.raises(GraphError, match="cannot be the name"):
        GraphDef().add(Node(name, "Relu"))


def test_a_wire_that_closes_a_cycle_is_refused() -> None:
    with pytest.raises(GraphError, match="would form a cycle"):
        chain("a", "b", "c").connect(("c", "y"), ("a", "x"))


def test_a_wire_replaces_the_one_that_ended_in_the_same_input() -> None:
    graph = chain("a", "b").add(Node("c", "Relu")).connect(("c", "y"), ("b", "x"))
    assert graph.wires == {("b", "x"): ("c", "y")}


def test_removing_a_node_removes_its_wires() -> None:
    assert chain("a", "b", "c").remove(["b"]).wires == {}


def test_wires_follow_a_renamed_node() -> None:
    graph = chain("a", "b", "c").rename("b", "middle")
    assert graph.wires == {("middle", "x"): ("a", "y"), ("c", "x"): ("middle", "y")}
    assert list(graph.nodes) == ["a", "middle", "c"]


def test_the_order_puts_every_node_behind_what_it_depends_on() -> None:
    graph = chain("a", "b", "c", "d").connect(("a", "y"), ("d", "x"))
    order = graph.order()
    assert sorted(order) == ["a", "b", "c", "d"]
    assert all(order.index(source[0]) < order.index(target[0]) for target, source in graph.wires.items())


def test_a_cycle_is_named() -> None:
    graph = GraphDef(chain("a", "b").nodes, {("a", "x"): ("b", "y"), ("b", "x"): ("a", "y")})
    assert set(graph.cycle() or []) == {"a", "b"}
    with pytest.raises(GraphError, match=r"a -> b -> a|b -> a -> b"):
        graph.order()


def test_a_deep_graph_needs_no_recursion() -> None:
    graph = GraphDef(
        {f"n{i}": Node(f"n{i}", "Relu") for i in range(20_000)},
        {(f"n{i + 1}", "x"): (f"n{i}", "y") for i in range(19_999)},
    )
    assert graph.order()[-1] == "n19999"
    assert graph.cycle() is None
    assert len(graph.upstream(["n19999"])) == 20_000


def test_free_names_count_up() -> None:
    graph = chain("dense", "dense_1")
    assert graph.free_name("dense") == "dense_2"
    assert graph.free_name("dense_1") == "dense_2"
    assert graph.free_name("relu") == "relu"


def test_the_ports_of_a_variadic_input_close_up() -> None:
    graph = GraphDef().add(Node("join", "Concat"))
    for index, name in enumerate("abc"):
        graph = graph.add(Node(name, "Constant")).connect((name, "y"), ("join", f"values:{index}"))
    wires = graph.disconnect(("join", "values:0")).wires
    assert wires == {("join", "values:0"): ("b", "y"), ("join", "values:1"): ("c", "y")}


def test_a_default_value_is_not_written_down() -> None:
    graph = GraphDef().add(Node("drop", "Dropout", {"rate": 0.2}))
    default = 0.5
    assert graph.set_attribute("drop", "rate", 0.3).nodes["drop"].attributes == {"rate": 0.3}
    assert graph.set_attribute("drop", "rate", default).nodes["drop"].attributes == {}


def test_a_negative_zero_is_kept_where_zero_is_the_default() -> None:
    graph = GraphDef().add(Node("c", "Constant")).set_attribute("c", "value", -0.0)
    assert str(graph.nodes["c"].attributes["value"]) == "-0.0"
    assert graph.set_attribute("c", "value", 0.0).nodes["c"].attributes == {}
    assert str(Constant(value=-0.0).to_attributes()["value"]) == "-0.0"
