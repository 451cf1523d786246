"""Trust in code: remembered across starts, in the very text, and never taken from a file that is damaged."""

from pathlib import Path

from app.trust import TrustStore, codes_of
from engine.coding.examples import TEMPLATE
from engine.graph.function import Function
from engine.graph.graph import GraphDef, Node


def test_it_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "settings" / "trusted-code.json"
    code = "def forward(x):\n    return x + 1.25\n"
    store = TrustStore(path)
    assert not store.trusts(code)
    store.trust(code)
    assert store.trusts(code) and TrustStore(path).trusts(code)
    assert not TrustStore(path).trusts(code + " ")
    assert code not in path.read_text()


def test_a_damaged_file_trusts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "trusted-code.json"
    path.write_text("{")
    assert TrustStore(path).fingerprints == ()


def test_what_comes_with_the_program_needs_no_trust(tmp_path: Path) -> None:
    assert TrustStore(tmp_path / "none.json").trusts(TEMPLATE)


def test_code_inside_functions_is_found() -> None:
    inner = GraphDef().add(Node("deep", "Python", {"code": "b"}))
    graph = GraphDef().add(Node("top", "Python")).define("f", Function(inner))
    assert dict(codes_of(graph)) == {"top": TEMPLATE, "f/deep": "b"}
