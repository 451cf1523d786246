"""Passes: each alone, all and none compute the same on every demo; and each rule does what it says."""

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
from engine import Graph
from engine.errors import GraphError
from engine.ops.activation import Relu, Softmax
from engine.ops.arithmetic import Maximum, Multiply, Power
from engine.ops.comparison import LogicalNot
from engine.ops.conversion import Cast, Identity
from engine.ops.cutting import PadLike, Slice
from engine.ops.elementwise import Abs, Exp, Log, Negate, Reciprocal, Sqrt, Square
from engine.ops.linear import MatMul
from engine.ops.ordering import Reverse
from engine.ops.padding import Pad
from engine.ops.pointwise import Pointwise
from engine.ops.random import RandomUniform
from engine.ops.shaping import Reshape, Transpose
from engine.ops.tiling import Tile
from engine.program.build import build
from engine.program.passes import NAMES, PASSES, explain, optimise
from engine.program.program import Program, verify
from engine.project.files import read_project
from engine.run.session import Session
from engine.train.trainer import Trainer
from engine.value import Value

DEMOS = sorted(Path(str(files("resources"))).glob("demos/*.flowscope"))
ROUNDING = {each.name for each in PASSES if each.rounds}
CHOICES = {
    "none": set(NAMES),
    "all": set[str](),
    "all that keep every bit": ROUNDING,
    **{f"only {name}": set(NAMES) - {name} for name in NAMES},
}


def offline(path: Path) -> bool:
    return path.stem != "mnist-mlp"  # its data are downloaded


def results(path: Path, without: set[str]) -> dict[str, np.ndarray]:
    """All variables after three steps of training, and all that the graph computes without training."""
    project = read_project(path).project
    settings = replace(project.training, epochs=1, device="cpu")
    session = Session(project.graph, seed=1, device="cpu", without=without)
    try:
        trainer = Trainer(project.graph, settings, session=session)
    except GraphError:  # nothing to train: run it
        return {name: np.asarray(session.run(name)) for name in project.graph.nodes}
    steps = trainer.steps()
    for _ in range(3):
        next(steps)
    return session.values()


@pytest.mark.parametrize("choice", [name for name in CHOICES if name != "none"])
@pytest.mark.parametrize("path", [p for p in DEMOS if offline(p)], ids=lambda p: p.stem)
def test_every_demo_computes_the_same(path: Path, choice: str) -> None:
    plain, found = results(path, CHOICES["none"]), results(path, CHOICES[choice])
    assert found.keys() == plain.keys()
    for name, expected in plain.items():
        if ROUNDING - CHOICES[choice]:
            np.testing.assert_allclose(found[name], expected, rtol=1e-4, atol=1e-6, err_msg=name)
        else:
            np.testing.assert_array_equal(found[name], expected, err_msg=name)


Rule = tuple[str, Callable[[Value], Value], list[str]]


def parts(x: Value, *pieces: tuple[int, int, int]) -> Value:
    """The sum of pieces of rows amid zeros: so many columns from one place, put at another."""
    cut = [Slice(begin=(0, begin), size=(-1, count))(x) for begin, count, _ in pieces]
    padded = [PadLike(begin=(0, to))(y, x) for y, (_, _, to) in zip(cut, pieces, strict=True)]
    return sum(padded[1:], padded[0])


X = np.array([[-1.5, 0.0, -0.0], [np.inf, np.nan, 2.0]], np.float32)
EXACT: list[Rule] = [
    ("x * 1", lambda x: x * 1.0, []),
    ("1 * x", lambda x: 1.0 * x, []),
    ("x / 1", lambda x: x / 1.0, []),
    ("x - 0", lambda x: x - 0.0, []),
    ("x ** 1", lambda x: x**1.0, []),
    ("x + 0 keeps the sign of zero", lambda x: x + 0.0, ["Add"]),
    ("x - -0 loses the sign of zero", lambda x: x - (-0.0), ["Subtract"]),
    ("x * 0 keeps what is no number", lambda x: x * 0.0, ["Multiply"]),
    ("-(-x)", lambda x: Negate()(-x), []),
    ("|-x|", lambda x: Abs()(-x), ["Abs"]),
    ("||x||", lambda x: Abs()(Abs()(x)), ["Abs"]),
    ("(-x)^2", lambda x: Square()(-x), ["Square"]),
    ("x * x", lambda x: x * x, ["Square"]),
    ("x + -y", lambda x: x + (-Exp()(x)), ["Exp", "Subtract"]),
    ("x - -y", lambda x: x - (-Exp()(x)), ["Exp", "Add"]),
    ("relu(relu(x))", lambda x: Relu()(Relu()(x)), ["Relu"]),
    ("max(x, x)", lambda x: Maximum()(x, x), []),
    ("not not x", lambda x: LogicalNot()(LogicalNot()(x > 0)), ["Greater"]),
    ("transposed twice", lambda x: Transpose()(Transpose()(x)), []),
    ("reshaped twice", lambda x: Reshape(shape=(6,))(Reshape(shape=(3, 2))(x)), ["Reshape"]),
    ("reshaped and back", lambda x: Reshape(shape=(2, 3))(Reshape(shape=(6,))(x)), []),
    ("cast wide and back", lambda x: Cast(dtype="float32")(Cast(dtype="float64")(x)), []),
    ("cast narrow and back", lambda x: Cast()(Cast(dtype="int8")(x > 0)), ["Greater", "Cast", "Cast"]),
    ("a copy", Identity(), []),
    ("a margin of nothing", Pad(before=(0,), after=(0,)), []),
    ("one tile", Tile(multiples=(1, 1)), []),
    ("two of one", lambda x: Exp()(x) + Exp()(x), ["Exp", "Add"]),
    ("a transpose through relu", lambda x: Transpose()(Relu()(Transpose()(x))), ["Relu"]),
    (
        "transposes through a sum",
        lambda x: Transpose()(Transpose()(x) + Relu()(Transpose()(x))),
        ["Relu", "Add"],
    ),
    ("numbers fold", lambda x: x.builder.constant(2.0) * 3.0 + x, ["Add"]),
]
ROUNDED: list[Rule] = [
    ("x + 0", lambda x: x + 0.0, []),
    ("x ** 2", lambda x: x**2.0, ["Square"]),
    ("x ** 0.5", lambda x: Power()(Abs()(x), x.builder.constant(0.5)), ["Abs", "Sqrt"]),
    ("x / 3", lambda x: x / 3.0, ["Multiply"]),
    ("x / 1e-42 does not overflow", lambda x: x / 1e-42, ["Divide"]),
    ("x * 2 * 3", lambda x: x * 2.0 * 3.0, ["Multiply"]),
    ("1 / sqrt(x)", lambda x: Reciprocal()(Sqrt()(Abs()(x))), ["Abs", "Rsqrt"]),
    ("y / sqrt(x)", lambda x: x / Sqrt()(Abs()(x) + 1.0), ["Abs", "Add", "Rsqrt", "Multiply"]),
    ("log(softmax(x))", lambda x: Log()(Softmax()(x)), ["LogSoftmax"]),
    ("log(1 + |x|)", lambda x: Log()(1.0 + Abs()(x)), ["Abs", "Log1p"]),
    ("exp(x) - 1", lambda x: Exp()(x) - 1.0, ["Expm1"]),
    ("parts that fill a row", lambda x: parts(x, (0, 2, 1), (2, 1, 0)), ["Slice", "Slice", "Concat"]),
    ("parts by ones", lambda x: parts(x, (2, 1, 0), (0, 1, 2), (1, 1, 1)), ["Slice"] * 3 + ["Concat"]),
    ("parts with a gap", lambda x: parts(x, (0, 1, 0), (2, 1, 2)), ["Slice"] * 2 + ["PadLike"] * 2 + ["Add"]),
    ("parts that meet", lambda x: parts(x, (0, 2, 0), (1, 2, 1)), ["Slice"] * 2 + ["PadLike"] * 2 + ["Add"]),
    ("a product with its transpose", lambda x: MatMul()(Transpose()(x), x), ["MatMul"]),
]


@pytest.mark.parametrize(("say", "draw", "left"), EXACT, ids=[rule[0] for rule in EXACT])
def test_a_rule_that_keeps_every_bit(say: str, draw: Callable[[Value], Value], left: list[str]) -> None:
    found, expected = both(draw, without=ROUNDING, left=left)
    np.testing.assert_array_equal(found, expected)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(found[numbers]), np.signbit(expected[numbers]))


@pytest.mark.parametrize(("say", "draw", "left"), ROUNDED, ids=[rule[0] for rule in ROUNDED])
def test_a_rule_that_may_round(say: str, draw: Callable[[Value], Value], left: list[str]) -> None:
    found, expected = both(draw, without=set(), left=left)
    np.testing.assert_allclose(found, expected, rtol=2e-6)


def both(draw: Callable[[Value], Value], *, without: set[str], left: list[str]) -> tuple[Any, Any]:
    """What is computed with passes and without any; `left` are the ops that the passes leave."""
    g = Graph()
    y = draw(g.placeholder("x", X.shape))
    name = ".".join(map(str, y.key)) if isinstance(y.key, tuple) else ""
    program = optimise(build(g.definition, [name]), without)
    verify(program)
    assert ops(program) == left
    feeds = {"x": X}
    return (
        Session(g, device="cpu", without=without).run(name, feeds),
        Session(g, device="cpu", without=NAMES).run(name, feeds),
    )


def ops(program: Program) -> list[str]:
    """The names of all ops in order, those that were made one included."""
    found: list[str] = []
    for call in program.calls:
        found += call.op.computes if isinstance(call.op, Pointwise) else [type(call.op).__name__]
    return found


def test_the_square_of_a_complex_size_is_not_that_of_the_number() -> None:
    graph = Graph()
    x = graph.placeholder("x", (2,), "complex128")
    y = Square()(Abs()(x))
    found = Session(graph, device="cpu").run(y, {x: [3 + 4j, 1j]})
    assert found.dtype == "float64"
    np.testing.assert_allclose(found, [25, 1])


@pytest.mark.parametrize(
    ("dtype", "wide", "kept"),
    [
        ("int64", "float64", True),
        ("int32", "float64", False),
        ("int32", "float32", True),
        ("uint8", "bfloat16", False),
        ("int16", "float16", True),
        ("int64", "complex128", True),
    ],
)
def test_whole_numbers_that_a_float_cannot_hold_are_rounded_on_their_way(
    dtype: str, wide: str, kept: bool
) -> None:
    graph = Graph()
    y = Cast(dtype=dtype)(Cast(dtype=wide)(graph.placeholder("x", (2,), dtype)))
    largest = np.iinfo(dtype).max
    feeds = {"x": np.array([largest // 2 + 2, 1], dtype)}
    found = Session(graph, device="cpu").run(y, feeds)
    np.testing.assert_array_equal(found, Session(graph, device="cpu", without=NAMES).run(y, feeds))
    assert bool(optimise(build(graph.definition, ["cast_1"])).calls) is kept


def test_a_product_with_one_keeps_what_infinity_does_to_a_complex_number() -> None:
    graph = Graph()
    y = graph.placeholder("x", (1,), "complex64") * graph.constant([1 + 0j], "complex64")
    feeds = {"x": np.array([complex(np.inf, 1)], np.complex64)}
    with np.errstate(invalid="ignore"):
        plain = Session(graph, device="cpu", without=NAMES).run(y, feeds)
    np.testing.assert_array_equal(Session(graph, device="cpu").run(y, feeds), plain)


def test_random_numbers_are_never_shared() -> None:
    g = Graph()
    x = g.placeholder("x", (4,))
    y = RandomUniform()(x) + RandomUniform()(x)
    assert isinstance(y.key, tuple)
    program = optimise(build(g.definition, [".".join(y.key)]))
    assert ops(program) == ["RandomUniform", "RandomUniform", "Add"]


def test_what_two_wires_read_is_not_computed_again_in_another_way() -> None:
    g = Graph()
    p = Softmax()(g.placeholder("x", X.shape), name="p")
    Multiply()(Log()(p), p, name="y")
    assert ops(optimise(build(g.definition, ["y"]))) == ["Softmax", "Log", "Multiply"]


def test_a_report_shows_each_call_before_and_after() -> None:
    g = Graph()
    x = g.placeholder("x", ("batch", 3))
    Negate()(Negate()(x, name="inner"), name="outer")
    Identity()(Value(g, ("outer", "y"), x.spec), name="y")
    reports = {report.name: report for report in explain(build(g.definition, ["y"]))}
    assert [(c.path, c.before, c.after) for c in reports["identity"].changes] == [
        ("y", "Identity(outer)", "")
    ]
    assert (reports["identity"].calls_before, reports["identity"].calls_after) == (3, 2)
    (change,) = reports["simplify"].changes
    assert change.path == "outer" and change.before == "Negate(inner)" and change.after == ""
    assert "fold" in reports and not reports["fold"].changes


def test_a_pass_that_is_switched_off_does_not_run() -> None:
    g = Graph()
    y = g.placeholder("x", (2,)) * 1.0
    assert isinstance(y.key, tuple)
    program = build(g.definition, [".".join(y.key)])
    assert "simplify" not in {report.name for report in explain(program, {"simplify"})}
    assert len(optimise(program, {"simplify"}).calls) == 1


def test_every_pass_explains_itself() -> None:
    for each in PASSES:
        assert each.title[0].isupper() and each.help.endswith("."), each.name
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_quotients_of_short_dtypes_are_rounded_once(dtype: str) -> None:
    g = Graph()
    x = g.placeholder("x", (64,), dtype)
    values = np.arange(64, dtype=np.float32).astype(dtype)
    found = Session(g).run(x / 3.0, {x: values})
    np.testing.assert_array_equal(found, (values.astype(np.float32) / 3.0).astype(dtype))


def test_an_exchange_stays_before_what_names_axes() -> None:
    g = Graph()
    x = g.placeholder("x", (2, 3))
    y = Reverse(axes=(0,))(Transpose(permutation=(1, 0))(x))
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(Session(g).run(y, {x: values}), values.T[::-1])
