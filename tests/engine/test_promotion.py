"""Where dtypes meet: one lattice, numbers that widen nothing, and casts that lead back to what was drawn."""

import itertools
from typing import Any

import numpy as np
import pytest

from engine.errors import FlowscopeError, SpecError
from engine.graph.builder import Graph
from engine.graph.check import check
from engine.graph.graph import GraphDef, Node
from engine.ops.conversion import Cast
from engine.ops.joining import Concat
from engine.ops.selection import Where
from engine.program.build import build
from engine.program.outline import open_block
from engine.registry import get
from engine.run.eager import Eager
from engine.run.session import Session
from engine.spec import DTYPES, INTEGERS, number_dtype, promote


@pytest.mark.parametrize(
    ("given", "common"),
    [
        ("bool int8", "int8"),
        ("uint8 int8", "int16"),
        ("uint16 int8", "int32"),
        ("uint32 int64", "int64"),
        ("uint64 int8", "float64"),
        ("int64 float16", "float16"),
        ("uint64 bfloat16", "bfloat16"),
        ("bfloat16 float16", "float32"),
        ("float16 float64", "float64"),
        ("int64 complex64", "complex64"),
        ("float64 complex64", "complex128"),
        ("uint64 int8 float32", "float32"),
    ],
)
def test_the_common_dtype_is_that_of_tensorflow(given: str, common: str) -> None:
    assert promote(given.split()) == common


def test_neither_order_nor_grouping_matters() -> None:
    for a, b, c in itertools.product(DTYPES, repeat=3):
        found = promote([a, b, c])
        assert found == promote([c, a, b])
        # Whole numbers that only float64 holds together are the exception: beside a float they never meet.
        if not ({a, b, c} & {"uint64"} and {a, b, c} & {"int8", "int16", "int32", "int64"}):
            assert found == promote([promote([a, b]), c])


@pytest.mark.oracle("jax")
def test_the_lattice_is_that_of_jax() -> None:
    import jax
    import jax.numpy as jnp

    with jax.enable_x64(True):
        for a, b in itertools.product(DTYPES, repeat=2):
            if "uint64" in (a, b) and {a, b} & set(INTEGERS[:4]):
                continue  # a weak float there; float64 here, as in NumPy
            assert promote([a, b]) == jnp.promote_types(a, b).name, (a, b)


@pytest.mark.parametrize(
    ("number", "beside", "dtype"),
    [
        (0.5, "float16", "float16"),
        (0.5, "bfloat16", "bfloat16"),
        (2, "float64", "float64"),
        (2, "uint8", "uint8"),
        (0.5, "int64", "float32"),
        (2, "bool", "int64"),
        (True, "float32", "float32"),
        (0.5, "complex64", "complex64"),
    ],
)
def test_a_number_widens_no_tensor(number: Any, beside: str, dtype: str) -> None:
    assert number_dtype(number, beside) == dtype
    graph = Graph()
    x = graph.placeholder("x", (2,), beside)
    if beside != "bool":
        assert (x * number).spec.dtype == promote([dtype, beside])


def mixed() -> tuple[Graph, dict[str, Any]]:
    graph = Graph()
    a = graph.placeholder("a", (2,), "float64")
    b = graph.placeholder("b", (2,), "float32")
    n = graph.placeholder("n", (2,), "int64")
    get("Multiply")()(a, get("Add")()(b, n, name="sum"), name="product")
    return graph, {"a": np.array([0.1, 0.2]), "b": np.ones(2, np.float32), "n": np.array([1, 2])}


def test_mixed_dtypes_meet_in_the_wider_one() -> None:
    graph, feeds = mixed()
    found = Session(graph, device="cpu").run("product", feeds)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, np.array([0.1, 0.2]) * np.array([2.0, 3.0]))


def test_the_check_tells_each_cast_and_where_it_happens() -> None:
    graph, _ = mixed()
    assert check(graph.definition).casts == {("sum", "b"): "float32", ("product", "b"): "float64"}


def test_a_cast_is_a_call_below_the_node_that_was_drawn() -> None:
    graph, _ = mixed()
    casts = [call for call in build(graph.definition, ["product"]).calls if isinstance(call.op, Cast)]
    assert [call.path for call in casts] == ["sum/b_cast", "product/b_cast"]
    assert [call.node for call in casts] == ["sum", "product"]


def test_gradients_come_back_in_the_dtype_of_each_input() -> None:
    graph, feeds = mixed()
    a, b = (graph_value(graph, name) for name in ("a", "b"))
    grads = graph.gradients(graph_value(graph, "product"), [a, b])
    found = Session(graph, device="cpu").run(list(grads), feeds)
    assert [g.dtype.name for g in found] == ["float64", "float32"]
    np.testing.assert_allclose(found[0], [2.0, 3.0])
    np.testing.assert_allclose(found[1], [0.1, 0.2], rtol=1e-6)


def graph_value(graph: Graph, name: str) -> Any:
    from engine.value import Value

    return Value(graph, (name, "y"), check(graph.definition).outputs[name, "y"])


def test_the_spreadsheet_casts_as_well() -> None:
    graph, feeds = mixed()
    found = Eager(device="cpu").evaluate(graph.definition, feeds)
    assert not found.failures
    assert found.arrays["product", "y"].dtype == np.float64


def test_a_block_that_meets_two_dtypes_opens() -> None:
    graph = Graph()
    p = graph.placeholder("p", ("batch", 2))
    t = graph.placeholder("t", ("batch", 2), "int64")
    get("MeanSquaredError")()(p, t, name="loss")
    assert check(graph.definition).casts == {("loss", "target"): "float32"}
    inside = open_block(graph.definition, "loss")
    assert check(inside.graph).runs
    feeds = {"p": np.array([[1.0, 2.0]], np.float32), "t": np.array([[1, 4]])}
    assert Session(graph, device="cpu").run("loss", feeds) == pytest.approx(2.0)


def test_a_cast_inside_a_block_is_shown_when_it_is_opened() -> None:
    graph = Graph()
    a, b = graph.placeholder("a", (2,)), graph.placeholder("b", (2,), "float64")
    weight = graph.placeholder("weight", ())
    get("Lerp")()(a, b, weight, name="between")
    inside = open_block(graph.definition, "between")
    assert "Cast" in {node.op for node in inside.graph.nodes.values()}
    assert check(inside.graph).runs


def test_many_tensors_are_joined_in_the_widest_dtype() -> None:
    graph = Graph()
    xs = [graph.placeholder(f"x{i}", (1,), dtype) for i, dtype in enumerate(("int8", "uint8", "bfloat16"))]
    y = Concat().apply(*xs)[0]
    assert y.spec.dtype == "bfloat16"
    found = Session(graph, device="cpu").run(y, {x: [i] for i, x in enumerate(xs)})
    assert found.astype(float).tolist() == [0.0, 1.0, 2.0]


def test_a_number_beside_a_condition_takes_the_dtype_of_the_other_branch() -> None:
    graph = Graph()
    x = graph.placeholder("x", (2,), "float16")
    y = Where()(x > 0, x, 0.25)
    assert y.spec.dtype == "float16"
    assert Session(graph, device="cpu").run(y, {x: [-1.0, 1.0]}).tolist() == [0.25, 1.0]


def test_truth_is_no_number_unasked() -> None:
    graph = Graph()
    x, flag = graph.placeholder("x", (2,)), graph.placeholder("flag", (2,), "bool")
    with pytest.raises(SpecError, match="b is 2 bool; expected numbers"):
        get("Multiply")()(x, flag)
    with pytest.raises(SpecError, match="dtypes differ: float32 meets bool"):
        get("Equal")()(x, flag)


def test_an_error_after_a_cast_names_the_drawn_node() -> None:
    definition = GraphDef()
    for name, dtype, size in (("a", "float32", 2), ("b", "int64", 3)):
        definition = definition.add(Node(name, "Placeholder", {"shape": [size], "dtype": dtype}))
    definition = definition.add(Node("sum", "Add")).connect(("a", "y"), ("sum", "a"))
    definition = definition.connect(("b", "y"), ("sum", "b"))
    (problem,) = check(definition).problems
    assert problem.node == "sum"
    assert "shapes do not broadcast: 2 meets 3" in problem.what
    with pytest.raises(FlowscopeError) as caught:
        build(definition, ["sum"])
    assert caught.value.node == "sum"


def with_number(number: object, beside: str, **settings: object) -> GraphDef:
    """A drawn number times a tensor."""
    definition = GraphDef().add(Node("x", "Placeholder", {"shape": [2], "dtype": beside}))
    definition = definition.add(Node("number", "Constant", {"value": number, **settings}))
    definition = definition.add(Node("product", "Multiply")).connect(("number", "y"), ("product", "a"))
    return definition.connect(("x", "y"), ("product", "b"))


@pytest.mark.parametrize(
    ("number", "settings", "beside", "dtype"),
    [
        (2.0, {}, "float16", "float16"),
        (2, {}, "bfloat16", "bfloat16"),
        (2.0, {}, "float64", "float64"),
        (2.0, {}, "complex64", "complex64"),
        (2.0, {}, "int64", "float32"),
        (2, {}, "int8", "float32"),
        (2, {"dtype": "int64"}, "float16", "float16"),
        (2.0, {"dtype": "float32"}, "float16", "float32"),
        ([2.0, 2.0], {}, "float16", "float32"),
    ],
)
def test_a_drawn_number_without_a_dtype_widens_no_float(
    number: object, settings: dict[str, object], beside: str, dtype: str
) -> None:
    definition = with_number(number, beside, **settings)
    checked = check(definition)
    assert checked.outputs["product", "y"].dtype == dtype
    assert (("product", "b") in checked.casts) == (beside != dtype), "the cast is seen on the wire of x"
    own = checked.outputs["number", "y"].dtype
    assert checked.casts.get(("product", "a"), own) == dtype, "and on that of the number"
    x = np.array([1, 3]).astype(beside)
    found = Session(definition, device="cpu").run("product", {"x": x})
    eager = Eager(device="cpu").evaluate(definition, {"x": x})
    assert not eager.failures
    for array in (found, eager.arrays["product", "y"]):
        assert array.dtype.name == dtype
        np.testing.assert_array_equal(array.astype(complex), [2, 6])


def test_numbers_alone_are_float32_and_weak_no_longer_once_computed() -> None:
    graph = Graph()
    total = graph.constant(0.5) + graph.constant(0.25)
    assert total.spec.dtype == "float32"
    x = graph.placeholder("x", (2,), "float16")
    assert (x * graph.constant(0.5)).spec.dtype == "float16"
    assert (x * total).spec.dtype == "float32"
    assert Session(graph, device="cpu").run(x * total, {x: [2.0, 4.0]}).tolist() == [1.5, 3.0]


@pytest.mark.oracle("jax")
def test_a_drawn_number_behaves_as_a_number_of_python_does_in_jax() -> None:
    import jax
    import jax.numpy as jnp

    with jax.enable_x64(True):
        for beside in DTYPES:
            if beside != "bool" and beside not in INTEGERS:  # beside whole numbers JAX takes its widest float
                found = check(with_number(0.5, beside)).outputs["product", "y"].dtype
                assert found == (0.5 * jnp.zeros(2, beside)).dtype.name


def test_a_number_meets_tensors_inside_a_branch_and_a_block() -> None:
    graph = Graph()
    x, flag = graph.placeholder("x", (2,), "float16"), graph.placeholder("flag", (), "bool")
    y = graph.cond(flag, lambda: x * graph.constant(2.0), lambda: x)
    z = get("SquaredDifference")()(x, graph.constant(0.5))
    assert (y.spec.dtype, z.spec.dtype) == ("float16", "float16")
    found = Session(graph, device="cpu").run([y, z], {x: [1.0, 2.0], flag: True})
    assert [array.dtype.name for array in found] == ["float16", "float16"]
