"""What lies around a node is the same as what the whole graph says."""

from app.document.nearby import Nearby
from engine.graph.graph import GraphDef, Node


def chain() -> GraphDef:
    graph = GraphDef({name: Node(name, "Add") for name in "abcd"})
    for source, target in (("a", "b"), ("b", "c"), ("a", "c")):
        graph = graph.connect((source, "y"), (target, "a" if source == "b" else "b"))
    return graph


def test_a_part_holds_the_wires_into_a_node_and_where_they_come_from() -> None:
    part = Nearby(chain()).part("c", "d")
    assert set(part.nodes) == {"a", "b", "c", "d"}
    assert part.wires == {("c", "a"): ("b", "y"), ("c", "b"): ("a", "y")}
    assert set(Nearby(chain()).part("a").nodes) == {"a"}


def test_a_cycle_is_seen_from_both_ends() -> None:
    graph = chain()
    nearby = Nearby(graph)
    for source in graph.nodes:
        for target in graph.nodes:
            assert nearby.would_cycle(source, target) is (source in graph.downstream([target]))
