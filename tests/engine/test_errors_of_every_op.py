"""Every op, found by itself, on inputs and settings that do not fit: a sentence that helps, no bare error."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
from engine import registry
from engine.attribute import Attribute
from engine.case import Case
from engine.errors import FlowscopeError
from engine.graph.check import check
from engine.graph.graph import GraphDef, Node
from engine.op import DataSource, Op
from engine.run.session import Session
from engine.spec import spec_of

OPS = [
    op
    for op in registry.all_ops()
    if op.__module__.startswith("engine.") and not op.internal and not issubclass(op, DataSource)
]
DTYPES = ("bool", "int64", "uint8", "float16", "float64")
NODE = "the_node"
FOREIGN = re.compile(
    r"Traceback|ndarray|numpy|ufunc|operands could|broadcast together|object at|Exception|dtype[(]"
    r"|(Value|Type|Index|Key|ZeroDivision|Attribute|Runtime|Recursion|Overflow|Memory|LinAlg)Error"
)


def cases(op: type[Op]) -> list[Case]:
    """The first cases, which are plain, and the one with the most settings."""
    return [*op.cases[:2], *sorted(op.cases[2:], key=lambda case: -len(case.attributes))[:1]]


def drawn(op: type[Op], arrays: list[Any], attributes: dict[str, object]) -> tuple[GraphDef, dict[str, Any]]:
    """The op at placeholders (variables, where it wants those) of the shapes and dtypes of the arrays."""
    graph, feeds = GraphDef().add(Node(NODE, op.__name__, attributes)), {}
    visible = [port for port in op().ports_for(len(arrays)) if not port.hidden]
    for index, (port, array) in enumerate(zip(visible, arrays, strict=False)):
        if array is None:
            continue
        name = f"x{index}"
        settings = {"shape": list(array.shape), "dtype": array.dtype.name}
        kind = "Variable" if port.variable else "Placeholder"
        graph = graph.add(Node(name, kind, settings)).connect((name, "y"), (NODE, port.name))
        if not port.variable:
            feeds[name] = array
    return graph, feeds


def wrong_inputs(arrays: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Each input with another dtype, rank or size, or without elements."""
    for position, array in enumerate(arrays):
        if array is None:
            continue
        rest = [np.zeros(array.shape, dtype) for dtype in DTYPES if dtype != array.dtype.name]
        rest += [np.zeros((), array.dtype), array[None], np.zeros((2, *array.shape, 3), array.dtype)]
        for axis in range(array.ndim):
            for size in (0, array.shape[axis] + 1):
                rest.append(np.zeros((*array.shape[:axis], size, *array.shape[axis + 1 :]), array.dtype))
        for wrong in rest:
            changed = [*arrays[:position], wrong, *arrays[position + 1 :]]
            yield f"input {position} is {spec_of(wrong)}", changed


def wrong_values(declared: Attribute) -> Iterator[object]:
    """JSON values of a wrong type, outside the limits, and far too many or too large."""
    yield from ("no such choice", None, {"a": 1}, [["x"]], [], True, 1.5, -1, 0, 99, float("nan"), [99], [-9])
    yield [1, 2, 3, 4, 5, 6, 7, 8, 9]
    if declared.low is not None:
        yield declared.low - 1
    if declared.high is not None:
        yield declared.high + 1


def judge(graph: GraphDef, feeds: dict[str, Any], what: str) -> None:
    """Either the check finds it, in a sentence; or it runs; or running tells it, in a sentence."""
    checked = check(graph)
    for problem in checked.problems:
        sentence(problem.what, problem.hint, what)
        assert problem.node, what
    if not checked.runs:
        return
    fetches = [f"{NODE}.{port}" for node, port in checked.outputs if node == NODE]
    try:
        Session(graph, device="cpu").run(fetches or [NODE], feeds)
    except FlowscopeError as error:
        sentence(error.what, error.hint, what)


def sentence(text: str, hint: str, what: str) -> None:
    """It names the op and the node, says what was found, and what to do."""
    said = f"{what}: {text!r} {hint!r}"
    assert f"'{NODE}" in text and text.endswith(".") and not FOREIGN.search(text + hint), said
    assert hint.endswith((".", "?")) and hint[0].isupper(), f"no fix: {said}"


@pytest.mark.parametrize("op", [op for op in OPS if op.input_ports], ids=lambda op: op.__name__)
def test_inputs_that_do_not_fit_are_explained(op: type[Op]) -> None:
    for case in cases(op):
        arrays = [
            a
            for a, p in zip(case.arrays("float32"), op().ports_for(len(case.inputs)), strict=True)
            if not p.hidden
        ]
        for what, changed in wrong_inputs(arrays):
            graph, feeds = drawn(op, changed, dict(case.attributes))
            judge(graph, feeds, f"{case.attributes} {what}")


@pytest.mark.parametrize("op", [op for op in OPS if op.attributes()], ids=lambda op: op.__name__)
def test_settings_that_do_not_fit_are_explained(op: type[Op]) -> None:
    for case in cases(op)[:1]:
        arrays = [
            a
            for a, p in zip(case.arrays("float32"), op().ports_for(len(case.inputs)), strict=True)
            if not p.hidden
        ]
        for declared in op.attributes():
            for value in wrong_values(declared):
                graph, feeds = drawn(op, arrays, {**case.attributes, declared.name: value})
                judge(graph, feeds, f"{declared.name} is {value!r}")
        graph, feeds = drawn(op, arrays, {**case.attributes, "no_such_setting": 1})
        assert not check(graph).runs
        judge(graph, feeds, "an unknown setting")


@pytest.mark.parametrize("op", [op for op in OPS if op.input_ports], ids=lambda op: op.__name__)
def test_an_open_input_is_told(op: type[Op]) -> None:
    graph = GraphDef().add(Node(NODE, op.__name__))
    needed = [port for port in op.input_ports if not (port.optional or port.hidden)]
    problems = check(graph).problems
    assert len(problems) >= bool(needed)
    for problem in problems:
        sentence(problem.what, problem.hint, "nothing is connected")
