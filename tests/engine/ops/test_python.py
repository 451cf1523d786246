"""Operations in Python: ports from the signature, values, gradients; and nothing runs that is not trusted."""

import inspect
from typing import Any

import numpy as np
import pytest

import kernels
from engine import Graph, Session
from engine.coding.checking import check_code
from engine.coding.examples import TEMPLATE
from engine.errors import FlowscopeError, GraphError, KernelError, SpecError
from engine.graph.check import check, input_ports, output_ports
from engine.graph.graph import GraphDef, Node
from engine.ops.python import Python, PythonGradient
from engine.ops.reduction import ReduceSum
from engine.program.build import build
from kernels import python_code


def trusted(code: str) -> str:
    python_code.trust(code)
    return code


CASES = [pytest.param(case, id=str(i)) for i, case in enumerate(Python.cases)]


@pytest.mark.parametrize("floating", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("case", CASES)
def test_the_inferred_spec_is_the_real_one(case: Any, floating: str) -> None:
    op, g = Python.from_attributes(case.attributes), Graph()
    arrays = case.arrays(floating)
    xs = [g.placeholder(f"x{i}", a.shape, a.dtype.name) for i, a in enumerate(arrays)]
    ys = op.apply(*xs, name="node")
    found = Session(g, device="cpu").run(list(ys), dict(zip(xs, arrays, strict=True)))
    for value, array in zip(ys, found, strict=True):
        assert array.dtype.name == value.spec.dtype
        assert len(array.shape) == value.spec.rank
        if value.spec.is_static:
            assert array.shape == value.spec.shape


def test_the_ports_follow_from_the_signature() -> None:
    graph = GraphDef().add(Node("node", "Python", {"signature": "x[..., n], w[n, m] -> y[..., m], n_of[]"}))
    assert [port.name for port in input_ports(graph, "node")] == ["x", "w"]
    assert [port.name for port in output_ports(graph, "node")] == ["y", "n_of"]


def test_wires_stay_while_the_signature_is_wrong() -> None:
    graph = GraphDef().add(Node("c", "Constant")).add(Node("node", "Python", {"signature": "x[..."}))
    graph = graph.connect(("c", "y"), ("node", "x"))
    assert [port.name for port in input_ports(graph, "node")] == ["x"]
    (problem,) = check(graph).problems
    assert problem.node == "node" and problem.hint.endswith(".")


@pytest.mark.parametrize("case", [case for case in Python.cases if case.gradient])
def test_its_gradient_is_that_of_the_check(case: Any) -> None:
    assert check_code(Python.from_attributes(case.attributes)) == ()


def test_training_goes_through_it() -> None:
    g = Graph()
    x = g.placeholder("x", (4,), "float64")
    dx = g.gradients(ReduceSum()(Python(arguments="slope=0.5")(x)), [x])[0]
    given = np.array([-2.0, -0.1, 0.3, 2.0])
    slope = np.where(given > 0, 1.0, 0.5 * (1 - np.tanh(given) ** 2))
    np.testing.assert_allclose(Session(g, device="cpu").run(dx, {x: given}), slope)


def test_code_that_is_not_trusted_does_not_run() -> None:
    code = "ran = []\n\n\ndef forward(x):\n    ran.append(1)\n    return x\n"
    g = Graph()
    y = Python(code=code)(g.placeholder("x", (2,)), name="node")
    build(g.definition, ["node"])
    with pytest.raises(KernelError, match="has not been trusted on this computer") as caught:
        Session(g, device="cpu").run(y, {"x": np.zeros(2, np.float32)})
    assert caught.value.node == "node" and caught.value.hint
    trusted(code)
    assert Session(g, device="cpu").run(y, {"x": np.ones(2, np.float32)}).tolist() == [1.0, 1.0]


def test_trust_is_in_the_very_text() -> None:
    code = "def forward(x):\n    return x * 3\n"
    trusted(code)
    assert python_code.is_trusted(code) and not python_code.is_trusted(code + "\n")


def test_an_input_cannot_be_changed_by_the_code() -> None:
    code = trusted("def forward(x):\n    x += 1\n    return x * 1\n")
    g = Graph()
    x = g.placeholder("x", (2,))
    given = np.zeros(2, np.float32)
    total = Python(code=code)(x) + x
    assert Session(g, device="cpu").run(total, {x: given}).tolist() == [1.0, 1.0]
    assert given.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    return 1 / 0\n", "line 3 of its code failed: ZeroDivisionError: division by zero."),
        ("    return x[:1]\n", "forward gave 1 for y; expected 2."),
        ("    return x, x\n", "forward gave 2 tensors; expected 1: y."),
        ("    return 'text'\n", "forward gave <U4 for y."),
        ("    raise SystemExit(3)\n", "line 3 of its code failed: SystemExit: 3."),
    ],
)
def test_what_goes_wrong_in_the_code_is_told_with_its_line(body: str, said: str) -> None:
    code = trusted(f"\ndef forward(x):\n{body}")
    g = Graph()
    y = Python(code=code)(g.placeholder("x", (2,)), name="node")
    with pytest.raises(KernelError) as caught:
        Session(g, device="cpu").run(y, {"x": np.ones(2, np.float32)})
    assert caught.value.what == f"Python 'node': {said}"


WRONG = [
    ({"code": "def forward(x:\n"}, "line 1 of the code is no Python"),
    ({"code": "x = 1\n"}, "the code has no function forward."),
    ({"code": "def forward(a):\n    return a\n"}, "forward(a) does not fit the signature."),
    ({"code": TEMPLATE.replace("x, y, dy", "x, dy")}, "backward(x, dy) does not fit the signature."),
    ({"code": "(" * 5000}, "the code"),
    ({"code": "x" * 70_000}, "the code has 70,000 characters"),
    ({"arguments": "slope=open('x')"}, "the argument slope is no plain value."),
    ({"arguments": "slop=1"}, "forward has no argument slop."),
    ({"arguments": "1"}, "have no names."),
    ({"arguments": "a b"}, "cannot be read."),
    ({"code": "def forward(x, *, k):\n    return x\n"}, "the argument k has no value."),
    ({"signature": "x[...]"}, "has no arrow."),
    ({"signature": "x[n] -> y[m]"}, "no input says how large m of y is."),
    ({"signature": "x[n], x[n] -> y[n]"}, "names x twice."),
    ({"signature": "-> y[]"}, "needs an input and an output."),
    ({"signature": "x[n -> y[n]"}, "cannot be read at"),
    ({"signature": "if[n] -> y[n]"}, "cannot be the name of a tensor."),
    ({"signature": "x[n+1] -> y[n]"}, "'n+1' is no size of x."),
    ({"signature": "x[²] -> y[2]"}, "'²' is no size of x."),
]


@pytest.mark.parametrize(("attributes", "said"), WRONG)
def test_what_can_be_seen_without_running_is_told_before(attributes: dict[str, object], said: str) -> None:
    graph = GraphDef().add(Node("c", "Constant", {"value": [1.0]})).add(Node("node", "Python", attributes))
    graph = graph.connect(("c", "y"), ("node", "x"))
    texts = [problem.what for problem in check(graph).problems]
    assert any(said in text and text.startswith("Python 'node': ") for text in texts), texts


def test_sizes_that_do_not_fit_are_refused() -> None:
    g = Graph()
    x, w = g.placeholder("x", (2, 3)), g.placeholder("w", (4, 5))
    op = Python.from_attributes(Python.cases[4].attributes)
    with pytest.raises(SpecError, match="w has a size 4 for n; expected 3"):
        op.apply(x, w)
    with pytest.raises(SpecError, match=r"x is scalar float32; the signature says \[m, n\]"):
        op.apply(g.placeholder("s", ()), w)
    with pytest.raises(GraphError, match="was given 1 tensors"):
        op.apply(x)


def test_without_backward_a_gradient_is_refused_in_a_sentence() -> None:
    code = trusted("def forward(x):\n    return x\n")
    g = Graph()
    x = g.placeholder("x", (2,))
    with pytest.raises(FlowscopeError, match="no backward"):
        grad = g.gradients(Python(code=code)(x, name="node"), [x])[0]
        Session(g, device="cpu").run(grad, {x: np.ones(2, np.float32)})


def test_the_check_finds_a_wrong_gradient() -> None:
    code = trusted("def forward(x):\n    return x * x\n\n\ndef backward(x, y, dy):\n    return dy * x\n")
    (problem,) = check_code(Python(code=code))
    assert problem.startswith("Backward says that the gradient of x at [0] is ")


def test_the_check_finds_chance() -> None:
    code = trusted("def forward(x):\n    return x + np.random.rand(*x.shape)\n")
    (problem,) = check_code(Python(code=code))
    assert "something else each time" in problem


def test_the_check_tells_what_fails() -> None:
    (problem,) = check_code(Python(code=trusted("def forward(x):\n    return y\n")))
    assert problem.startswith("Line 2 of its code failed: NameError")


def test_the_kernels_take_what_the_ops_declare() -> None:
    for op in (Python, PythonGradient):
        parameters = inspect.signature(kernels.find(op.kernel_name(), "cpu").function).parameters
        assert [*parameters][2:-1] == [declared.name for declared in op.attributes()]
