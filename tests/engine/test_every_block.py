"""Every block, found by itself: its declaration, what it is made of, its shapes and its gradients."""

from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops
from engine import registry
from engine.case import Case
from engine.errors import SpecError
from engine.graph.builder import Graph
from engine.op import Block, Op
from engine.run.session import Session
from engine.spec import Spec, same_shape, spec_of
from engine.value import Value

BLOCKS = [
    op
    for op in registry.all_ops()
    if issubclass(op, Block) and op.__module__.startswith(engine.blocks.__name__)
]
VISIBLE = [op for op in BLOCKS if not op.internal]
NAMED = [(op, case, f"{op.__name__}-{i}") for op in BLOCKS for i, case in enumerate(op.cases)]
CASES = [pytest.param(op, case, id=name) for op, case, name in NAMED]
SMOOTH = [pytest.param(op, case, id=name) for op, case, name in NAMED if case.gradient and op.differentiable]
Arrays = dict[str, np.ndarray]


def draw(op: Op, arrays: list[Any], *, batch: bool) -> tuple[Graph, tuple[Value, ...], Arrays]:
    """A graph with nothing but the block, called `block`, and what is fed to it.

    With `batch` the first size of the first input is a name, and so are the same sizes of the others.
    """
    graph, feeds = Graph(), {}
    inputs: list[Value | None] = []
    for index, array in enumerate(arrays):
        if array is None:
            inputs.append(None)
            continue
        named = batch and array.ndim and len(array) == len(arrays[0])
        shape = ("batch", *array.shape[1:]) if named else array.shape
        inputs.append(graph.placeholder(f"input_{index}", shape, array.dtype.name))
        feeds[f"input_{index}"] = array
    return graph, op.apply(*inputs, name="block"), feeds


def run(graph: Graph, fetch: str, feeds: Arrays, *, training: bool = False) -> Any:
    return Session(graph, seed=1, device="cpu").run(fetch, feeds, training=training)


@pytest.mark.parametrize("op", BLOCKS, ids=lambda op: op.__name__)
def test_is_documented(op: type[Block]) -> None:
    assert op.documentation().splitlines()[0].endswith((".", ":"))
    assert op.category in registry.CATEGORIES
    for declared in op.attributes():
        assert declared.help.endswith("."), f"{declared.name} has no help"


@pytest.mark.parametrize("op", VISIBLE, ids=lambda op: op.__name__)
def test_explains_itself_on_the_canvas(op: type[Block]) -> None:
    assert op.advice.endswith(".")
    assert op.formula or not op.output_ports


@pytest.mark.parametrize("op", VISIBLE, ids=lambda op: op.__name__)
def test_has_worked_cases(op: type[Block]) -> None:
    assert op.cases or op.has_effect


@pytest.mark.parametrize("training", [False, True], ids=["predicting", "training"])
@pytest.mark.parametrize("floating", ["float32", "float64"])
@pytest.mark.parametrize(("op", "case"), CASES)
def test_inferred_spec_is_the_real_one(op: type[Block], case: Case, floating: str, training: bool) -> None:
    arrays = case.arrays(floating)
    first = arrays[0]
    assert first is not None
    for batch in (False, True):
        graph, outputs, feeds = draw(op.from_attributes(case.attributes), arrays, batch=batch)
        for value in outputs:
            assert isinstance(value.key, tuple)
            real = spec_of(run(graph, ".".join(value.key), feeds, training=training))
            inferred = value.spec.bind({"batch": len(first) if first.ndim else 0})
            assert inferred.dtype == real.dtype
            assert same_shape(inferred.shape, real.shape)


@pytest.mark.parametrize(("op", "case"), CASES)
def test_is_made_of_visible_calls_below_its_own_path(op: type[Block], case: Case) -> None:
    graph, outputs, _ = draw(op.from_attributes(case.attributes), case.arrays("float32"), batch=True)
    fetches = tuple(".".join(map(str, value.key)) for value in outputs if isinstance(value.key, tuple))
    program = Session(graph, device="cpu").program(fetches, training=True, effects=False)
    inside = [call for call in program.calls if call.node == "block"]
    assert all(call.path.startswith("block/") for call in inside)
    assert all(not issubclass(type(call.op), Block) for call in inside)


@pytest.mark.parametrize(("op", "case"), SMOOTH)
def test_gradient_is_that_of_finite_differences(op: type[Block], case: Case) -> None:
    arrays = case.arrays("float64")
    graph, (y, *_), feeds = draw(op.from_attributes(case.attributes), arrays, batch=False)
    names = [name for name in feeds if feeds[name].dtype == float]
    xs = [Value(graph, (name, "y"), spec_of(feeds[name])) for name in names]
    assert isinstance(y.key, tuple)
    probe = np.random.default_rng(3).normal(size=np.shape(run(graph, ".".join(y.key), feeds)))
    if not probe.size:
        return
    weighted = y * graph.constant(probe, "float64")
    grads = graph.gradients(weighted, xs)
    session = Session(graph, seed=1, device="cpu")

    def total(changed: Arrays) -> float:
        return float(np.sum(session.run(weighted, changed)))

    for name, grad in zip(names, grads, strict=True):
        found = session.run(grad, feeds)
        for index in np.ndindex(feeds[name].shape):
            step = 1e-6 * max(1.0, abs(float(feeds[name][index])))
            up, down = feeds[name].copy(), feeds[name].copy()
            up[index] += step
            down[index] -= step
            slope = (total({**feeds, name: up}) - total({**feeds, name: down})) / (2 * step)
            np.testing.assert_allclose(found[index], slope, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("op", VISIBLE, ids=lambda op: op.__name__)
def test_says_what_is_wrong_in_a_sentence(op: type[Block]) -> None:
    wrong = [Spec("bool", ("batch", 3, 5)) for _ in op.input_ports]
    with pytest.raises(SpecError) as caught:
        op().output_specs(wrong)
        op().output_specs([Spec("int64", (), False) for _ in op.input_ports])
    assert str(caught.value).rstrip().endswith(".")
