"""A gradient of one's own: computed, differentiated again, held in bodies, refused where it does not fit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.differentiation import JacobianVectorProduct
from engine.blocks.layers import Dense
from engine.errors import FlowscopeError
from engine.graph.check import check
from engine.graph.function import Function
from engine.graph.graph import Node
from engine.ops.arithmetic import Divide
from engine.ops.conversion import Cast, ZerosLike
from engine.ops.elementwise import Exp, Log, Round
from engine.ops.reduction import ReduceSum
from engine.program.build import ProgramBuilder
from engine.program.function_view import look_inside
from engine.program.outline import open_block
from engine.project.files import read_project, write_project
from engine.project.project import Project
from engine.spec import Spec
from engine.value import Value

Draw = Callable[..., Any]
POINTS = np.array([-3.0, -0.4, 0.0, 1.5, 2.5])


def softplus(x: Value) -> Value:
    return Log()(Exp()(x) + 1.0)


def slope_of_softplus(x: Value, dy: Value) -> Value:
    return dy * (1.0 - Divide()(1.0, Exp()(x) + 1.0))


def sigmoid(x: np.ndarray) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def test_a_rounding_passes_the_gradient_straight_through() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    y = g.custom_gradient(Round(), lambda dy: dy, x)
    (plain,) = g.gradients(ReduceSum()(Round()(x) * 3.0), [x])
    (grad,) = g.gradients(ReduceSum()(y * 3.0), [x])
    found = Session(g, device="cpu").run([y, plain, grad], {x: POINTS.astype(np.float32)})
    np.testing.assert_array_equal(found[0], np.round(POINTS))
    np.testing.assert_array_equal(found[1], 0.0)
    np.testing.assert_array_equal(found[2], 3.0)


def test_the_slope_of_softplus_is_stable_where_that_of_its_formula_is_not() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    (formula,) = g.gradients(softplus(x), [x])
    (stable,) = g.gradients(g.custom_gradient(softplus, slope_of_softplus, x), [x])
    found = Session(g, device="cpu").run([formula, stable], {x: [100.0]})
    assert np.isnan(found[0]).all()
    np.testing.assert_array_equal(found[1], [1.0])


@pytest.mark.parametrize("without", [(), ("inline",)])
def test_it_is_differentiated_again(without: tuple[str, ...]) -> None:
    g = Graph()
    x = g.placeholder("x", ("n",), "float64")
    (first,) = g.gradients(g.custom_gradient(softplus, slope_of_softplus, x), [x])
    (second,) = g.gradients(first, [x])
    along = JacobianVectorProduct()(g.custom_gradient(softplus, slope_of_softplus, x), x, x)
    found = Session(g, device="cpu", without=without).run([first, second, along], {x: POINTS})
    np.testing.assert_allclose(found[0], sigmoid(POINTS), rtol=1e-12)
    np.testing.assert_allclose(found[1], sigmoid(POINTS) * (1 - sigmoid(POINTS)), rtol=1e-12)
    np.testing.assert_allclose(found[2], sigmoid(POINTS) * POINTS, rtol=1e-12)


def test_backward_takes_inputs_outputs_and_their_gradients_by_name() -> None:
    g = Graph()
    a, b, k = g.placeholder("a", ()), g.placeholder("b", ()), g.placeholder("k", (), "int64")

    def forward(a: Value, k: Value, b: Value) -> tuple[Value, Value]:
        return a * b * Cast(dtype="float32")(k), a + b

    def backward(dy_1: Value, y: Value, b: Value, dy: Value) -> tuple[Value, Value]:
        return dy * 100.0 + dy_1, y * b

    first, second = g.custom_gradient(forward, backward, a, k, b)
    of_both = g.gradients(first + second, [a, b])
    of_second = g.gradients(second, [a, b])
    found = Session(g, device="cpu").run([*of_both, *of_second], {a: 2.0, b: 3.0, k: 4})
    assert [float(value) for value in found] == [101.0, 72.0, 1.0, 72.0]


BODIES: dict[str, Draw] = {
    "a scan": lambda b, x, of: b.scan(lambda total, v: (total + of(v), of(v)), b.constant(0.0), x)[1],
    "a map": lambda b, x, of: b.map(of, x),
    "a branch": lambda b, x, of: b.cond(ReduceSum()(x) > -1e9, lambda: of(x), lambda: x),
    "a loop": lambda b, x, of: b.while_loop(lambda v: ReduceSum()(v) < 99.0, lambda v: of(v) + x, x),
    "a custom gradient": lambda b, x, of: b.custom_gradient(of, lambda dy: dy * 7.0, x),
}


@pytest.mark.parametrize("place", BODIES)
@pytest.mark.parametrize("without", [(), ("inline",)])
def test_it_holds_inside_bodies(place: str, without: tuple[str, ...]) -> None:
    """A forward that triples, and a backward that claims a slope of five."""
    results = []
    for factor in (3.0, 5.0):
        g = Graph()
        x = g.placeholder("x", (4,))

        def tripled(v: Value, g: Graph = g) -> Any:
            return g.custom_gradient(lambda v: v * 3.0, lambda dy: dy * 5.0, v)

        def plain(v: Value, factor: float = factor) -> Value:
            return v * factor

        y = BODIES[place](g, x, tripled)
        (grad,) = g.gradients(y, [x])
        (expected,) = g.gradients(BODIES[place](g, x, plain), [x])
        assert not check(g.definition).problems
        feeds = {x: [1.0, 2.0, 3.0, 4.0]}
        results.append(Session(g, device="cpu", without=without).run([grad, expected], feeds))
    if place == "a loop":  # runs equally often only where what is computed is the same: twice
        np.testing.assert_array_equal(results[0][0], 1.0 + 5.0 * (1.0 + 5.0))
    elif place == "a custom gradient":
        np.testing.assert_array_equal(results[0][0], 7.0)
    else:
        np.testing.assert_array_equal(*results[1])


def test_it_holds_in_a_function_that_is_called_twice() -> None:
    g = Graph()
    x = g.placeholder("x", ())
    steep = g.function(
        "steep", lambda v: g.custom_gradient(lambda v: v + 1.0, lambda dy: dy * 5.0, v), Spec("float32", ())
    )
    (grad,) = g.gradients(steep(steep(x)), [x])
    assert float(Session(g, device="cpu").run(grad, {x: 1.0})) == 25.0


def test_a_block_draws_one_as_a_script_does() -> None:
    b = ProgramBuilder()
    x = b.feed("x", Spec("float32", ("n",)))
    y = b.custom_gradient(Round(), lambda dy: dy, x, name="rounded")
    assert [call.path for call in b.calls] == ["rounded"]
    assert y.spec == x.spec
    (grad,) = b.gradients(y, [x])
    assert grad.spec == x.spec


def test_opened_it_shows_both_functions_and_its_gradient_is_drawn_where_gradients_are() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    square = g.function("square", lambda v: v * v, Spec("float32", ("m",)))
    y = g.custom_gradient(
        lambda x: square(x, name="sq"), lambda x, dy: dy * square(x, name="again"), x, name="own"
    )
    (grad,) = g.gradients(y, [x])
    assert set(look_inside(g.definition, "own").graph.nodes) == {"x", "dy", "forward", "backward"}
    forward = look_inside(g.definition, "own/forward")
    assert forward.tensors["sq", "y"] == "own/forward/sq.y"
    assert str(forward.given["x"]) == "n float32"
    assert look_inside(g.definition, "own/backward").function == "own_backward"
    gradients = open_block(g.definition, "gradients").graph
    assert gradients.nodes["again"].op == "Call" and not check(gradients).problems
    found = Session(g, device="cpu").run([grad, "own/forward/sq"], {x: [2.0, 3.0]})
    np.testing.assert_array_equal(found, [[4.0, 9.0], [4.0, 9.0]])


def test_inside_the_gradient_of_a_loop_it_can_be_opened() -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    loop = g.while_loop(
        lambda v: ReduceSum()(v) < 9.0,
        lambda v: g.custom_gradient(lambda v: v * 2.0, lambda y, dy: dy * y, v, name="own"),
        x,
    )
    g.gradients(loop, [x])
    inside = open_block(g.definition, "gradients").graph
    assert not check(inside).problems
    assert any("own" in name for function in inside.functions.values() for name in function.graph.nodes)


REFUSED: dict[str, tuple[Draw, Draw, str]] = {
    "an unknown name": (lambda x: x + 1.0, lambda dz: dz, "backward takes dz. It can take x, y, dy."),
    "too few gradients": (
        lambda x: x + 1.0,
        lambda dy: (),
        "backward gives 0 tensors. It gives one for each",
    ),
    "another shape": (
        lambda x: x + 1.0,
        lambda dy: ReduceSum()(dy * 1.0),
        "backward gives dx as scalar float32, and x is n float32.",
    ),
    "another dtype": (
        lambda x: x + 1.0,
        lambda dy: Cast(dtype="float64")(dy * 1.0),
        "backward gives dx as n float64, and x is n float32.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_in_a_sentence(case: str) -> None:
    forward, backward, sentence = REFUSED[case]
    g = Graph()
    with pytest.raises(FlowscopeError) as found:
        g.custom_gradient(forward, backward, g.placeholder("x", ("n",)), name="own")
    assert str(found.value).startswith("CustomGradient 'own': ") and sentence in str(found.value)


def test_what_lies_outside_must_be_an_input() -> None:
    g = Graph()
    x, w = g.placeholder("x", ()), g.variable("w", ())
    with pytest.raises(FlowscopeError, match=r"forward uses 'w' from outside. Give it to an input"):
        g.custom_gradient(lambda x: x * w, lambda dy: dy, x)
    with pytest.raises(FlowscopeError, match="backward uses 'w' from outside"):
        g.custom_gradient(lambda x: x * 2.0, lambda dy: dy * w, x)
    y = g.custom_gradient(lambda x, w: x * w, lambda x, w, dy: (dy * w, dy * x), x, w)
    assert [float(v) for v in Session(g).run(list(g.gradients(y, [x, w])), {x: 2.0})] == [0.0, 2.0]


def test_variables_inside_are_refused() -> None:
    g = Graph()
    x = g.placeholder("x", ("n", 2))
    with pytest.raises(FlowscopeError, match=r"the variable '.*dense/kernel' would lie inside"):
        g.custom_gradient(Dense(units=2), lambda dy: dy, x)
    with pytest.raises(FlowscopeError, match="backward has a variable of its own, 'dense/kernel'"):
        g.custom_gradient(lambda x: x * 2.0, lambda dy: Dense(units=2)(dy * 1.0), x)


def drawn(backward_inputs: dict[str, str], ends: dict[str, str]) -> Graph:
    """A node on functions as a file has them: forward has x and k, and gives y and n."""
    g = Graph()
    x, k = g.placeholder("x", ("n",)), g.placeholder("k", (), "int64")

    def forward(x: Value, k: Value) -> tuple[Value, Value]:
        return x * 2.0, k + 1

    chosen = g.function("f", forward, x.spec, k.spec)
    chosen(x, k)
    inner = Graph()
    values = {
        n: inner.placeholder(n, ("n",) if d.startswith("float") else (), d)
        for n, d in backward_inputs.items()
    }
    first = next(iter(values.values()))
    for end, of in ends.items():
        ZerosLike()(values.get(of, first), name=end)
    outputs = {end: (end, "y") for end in ends}
    g.define("b", Function(inner.definition, tuple(values), outputs))
    definition = g.definition.add(Node("own", "CustomGradient", {"forward": "f", "backward": "b"}))
    g.definition = definition.connect(("x", "y"), ("own", "x")).connect(("k", "y"), ("own", "k"))
    return g


DRAWN: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "fits": ({"x": "float32", "k": "int64"}, {"dx": "x"}, ""),
    "takes what is not there": (
        {"z": "float32"},
        {"dx": "z"},
        "backward takes z, which forward has not. It can take x, k, y, y_1, dy, dy_1.",
    ),
    "takes the gradient of a whole number": (
        {"x": "float32", "dy_1": "int64"},
        {"dx": "x"},
        "backward takes dy_1, and y_1 is scalar int64, which has no gradient.",
    ),
    "gives none": ({"x": "float32"}, {"d": "x"}, "backward gives no dx, the gradient of x. Add an output dx"),
    "gives too many": (
        {"x": "float32"},
        {"dx": "x", "dk": "x"},
        "backward gives dk, which is the gradient of no input. It gives dx.",
    ),
    "takes another dtype": (
        {"x": "float64"},
        {"dx": "x"},
        "backward: x is n float32, and the function takes n float64.",
    ),
}


@pytest.mark.parametrize("case", DRAWN)
def test_functions_that_do_not_fit_are_problems_of_the_node(case: str) -> None:
    inputs, ends, sentence = DRAWN[case]
    problems = check(drawn(inputs, ends).definition).problems
    assert [p.node for p in problems] == (["own"] if sentence else [])
    assert all(sentence in str(p) for p in problems)


def test_names_that_mean_two_things_are_refused() -> None:
    g = Graph()
    dy = g.placeholder("dy", ())
    with pytest.raises(FlowscopeError, match="what backward can take has the name dy twice"):
        g.custom_gradient(lambda dy: dy * 2.0, lambda dy: dy, dy)


def test_a_file_keeps_both_functions_with_the_node(tmp_path: Path) -> None:
    g = Graph()
    x = g.placeholder("x", ("n",))
    g.custom_gradient(Round(), lambda dy: dy, x, name="own")
    write_project(tmp_path / "own.flowscope", Project(g.definition))
    read = read_project(tmp_path / "own.flowscope").project.graph
    assert read == g.definition
