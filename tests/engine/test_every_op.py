"""Every primitive op, found by itself: declaration, shape rule, kernel and gradient must tell one story."""

import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
import kernels
from engine import registry
from engine.case import Case
from engine.errors import FlowscopeError
from engine.graph.builder import Graph
from engine.op import Block, DataSource, Op
from engine.run.session import Session
from engine.settings import settle, without_settings
from engine.spec import UNKNOWN, Dim, Spec, same_shape, spec_of
from engine.value import Value

OPS = [op for op in registry.all_ops() if op.__module__.startswith("engine.")]
PRIMITIVES = [op for op in OPS if not issubclass(op, Block | DataSource) and op.input_ports]
Arrays = list[Any]
FLOATS = ("float32", "float64", "float16", "bfloat16")


def cases(ops: list[type[Op]]) -> list[Any]:
    return [
        pytest.param(op, case, id=f"{op.__name__}-{number}")
        for op in ops
        for number, case in enumerate(op.cases)
    ]


SMOOTH = [op for op in PRIMITIVES if op.differentiable and any(case.gradient for case in op.cases)]
STRICT = [op for op in PRIMITIVES if not op.internal]


def make(op: type[Op], case: Case) -> Op:
    return op.from_attributes(case.attributes)


def compute(op: Op, arrays: Arrays, out: tuple[np.ndarray, ...] | None = None) -> tuple[np.ndarray, ...]:
    """All outputs of the kernel, which takes and returns an array for one output, and else a tuple."""
    extra = {} if out is None else {"out": out if len(out) > 1 else out[0]}
    arrays = brought_together(op, arrays)
    dtypes = [array.dtype.name for array in arrays if array is not None]
    outputs = [spec.dtype for spec in op.output_specs(specs(arrays))]
    function = kernels.fitting(kernels.find(op.kernel_name(), "cpu"), dtypes, outputs)
    inputs, op = without_settings(op, arrays), settled(op, arrays)
    with np.errstate(all="ignore"):
        result = function(np, *inputs, **op.settings(), **extra)
    return tuple(np.asarray(array) for array in (result if isinstance(result, tuple) else (result,)))


def brought_together(op: Op, arrays: Arrays) -> Arrays:
    """The arrays after the casts that the program inserts before the op."""
    with np.errstate(all="ignore"):
        return [
            array if dtype is None else array.astype(dtype)
            for array, dtype in zip(arrays, op.casts(specs(arrays)), strict=True)
        ]


def settled(op: Op, arrays: Arrays) -> Op:
    """The op with the arrays at its setting ports as attributes, checked as they are when it runs."""
    found = settle(op, arrays)
    if found is not op:
        found.output_specs(specs(without_settings(op, arrays)))
    return found


def agrees(inferred: tuple[Spec, ...], real: tuple[Spec, ...], op: Op, arrays: Arrays) -> bool:
    """Whether the specs are the real ones; only what values decide may have been left open."""
    ports = op.ports_for(len(arrays))
    by_values = any(p.setting and a is not None for p, a in zip(ports, arrays, strict=True))
    if not by_values and not op.sizes_depend_on_values:
        return inferred == real
    pairs = list(zip(inferred, real, strict=True))
    return all(a.dtype == b.dtype and same_shape(a.shape, b.shape) for a, b in pairs)


def real_specs(arrays: tuple[np.ndarray, ...]) -> tuple[Spec, ...]:
    return tuple(spec_of(array) for array in arrays)


def sample(case: Case, floating: str) -> Arrays:
    """The inputs of a case; what float16 cannot hold becomes infinite there."""
    with np.errstate(over="ignore"):
        return case.arrays(floating)


def comparable(array: np.ndarray) -> np.ndarray:
    """NumPy's comparison knows that two NaN are alike in the dtypes of its own only."""
    return array.astype(np.float32) if array.dtype.name == "bfloat16" else array


def specs(arrays: Arrays) -> list[Spec | None]:
    return [None if array is None else spec_of(array) for array in arrays]


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.__name__)
def test_is_documented(op: type[Op]) -> None:
    help_text = op.documentation()
    assert help_text, "an op without a docstring has no help"
    assert help_text.splitlines()[0].endswith((".", ":")), help_text
    assert op.category in registry.CATEGORIES
    for declared in op.attributes():
        assert declared.help.endswith("."), f"{declared.name} has no help"


@pytest.mark.parametrize("op", [op for op in OPS if op.promotes], ids=lambda op: op.__name__)
def test_brings_ports_of_its_own_to_one_dtype(op: type[Op]) -> None:
    assert set(op.promotes) <= {port.name for port in op.input_ports if not port.variable}


@pytest.mark.parametrize("op", PRIMITIVES, ids=lambda op: op.__name__)
def test_has_worked_cases(op: type[Op]) -> None:
    assert op.cases or op.has_effect


@pytest.mark.parametrize("op", PRIMITIVES, ids=lambda op: op.__name__)
def test_kernel_takes_what_the_op_declares(op: type[Op]) -> None:
    parameters = list(inspect.signature(kernels.find(op.kernel_name(), "cpu").function).parameters.values())
    names = [port.name for port in op.input_ports if not port.setting]
    assert [p.name for p in parameters[: 1 + len(names)]] == ["xp", *names]
    taken = [port for port in op.input_ports if not port.setting]
    for port, parameter in zip(taken, parameters[1:], strict=False):
        assert (parameter.kind is parameter.VAR_POSITIONAL) == port.many
    settings = parameters[1 + len(names) :]
    wanted = [declared.name for declared in op.attributes()]
    assert [p.name for p in settings if p.name != "out"] == wanted
    assert all(p.kind is p.KEYWORD_ONLY for p in settings)
    assert op.is_view != ("out" in [p.name for p in settings])


@pytest.mark.parametrize("op", PRIMITIVES, ids=lambda op: op.__name__)
def test_a_setting_may_come_by_wire_after_all_other_inputs(op: type[Op]) -> None:
    ports = list(op.input_ports)
    assert sorted(ports, key=lambda port: port.setting) == ports
    for port in ports:
        if port.setting:
            assert port.optional and port.name in [declared.name for declared in op.attributes()]


@pytest.mark.parametrize("floating", FLOATS)
@pytest.mark.parametrize(("op", "case"), cases(PRIMITIVES))
def test_inferred_spec_is_the_real_one(op: type[Op], case: Case, floating: str) -> None:
    arrays = sample(case, floating)
    inferred = make(op, case).output_specs(specs(arrays))
    assert agrees(inferred, real_specs(compute(make(op, case), arrays)), make(op, case), arrays)


@pytest.mark.parametrize(("op", "case"), cases(PRIMITIVES))
def test_named_and_unknown_sizes_agree_with_the_real_ones(op: type[Op], case: Case) -> None:
    arrays = case.arrays("float32")
    real = real_specs(compute(make(op, case), arrays))
    for veiled, size in veils(specs(arrays)):
        try:
            inferred = make(op, case).output_specs(veiled)
        except FlowscopeError as error:
            assert str(error).endswith("."), "what is not known yet may be refused, in a sentence"
            continue
        for found, expected in zip(inferred, real, strict=True):
            assert found.dtype == expected.dtype
            assert same_shape(found.bind({"batch": size}).shape, expected.shape), (veiled, inferred)


def veils(given: list[Spec | None]) -> Iterator[tuple[list[Spec | None], int]]:
    """The specs with the first size named, with it unknown, and with nothing known of the shapes."""
    sizes = {spec.shape[0] for spec in given if spec is not None and spec.shape}
    for name in ("batch", UNKNOWN):
        for size in sizes - {1}:
            yield [_veil(spec, size, str(name)) for spec in given], int(size)
    yield [spec and spec.with_shape(None) for spec in given], 0


def _veil(spec: Spec | None, size: Dim, name: str) -> Spec | None:
    if spec is None or not spec.shape or spec.shape[0] != size:
        return spec
    return spec.with_shape((name, *spec.shape[1:]))


@pytest.mark.parametrize("floating", FLOATS)
@pytest.mark.parametrize(("op", "case"), cases([op for op in PRIMITIVES if not op.is_view]))
def test_writes_the_same_result_into_out(op: type[Op], case: Case, floating: str) -> None:
    arrays = sample(case, floating)
    results = compute(make(op, case), arrays)
    out = tuple(np.full(result.shape, 1, result.dtype) for result in results)
    compute(make(op, case), arrays, out)
    for written, result in zip(out, results, strict=True):
        np.testing.assert_array_equal(comparable(written), comparable(result))


@pytest.mark.parametrize(("op", "case"), cases(PRIMITIVES))
def test_leaves_its_inputs_alone(op: type[Op], case: Case) -> None:
    arrays = case.arrays("float32")
    for array in arrays:
        if array is not None:
            array.flags.writeable = False
    results = compute(make(op, case), arrays)
    if not op.is_view:
        assert not any(
            array is not None and np.shares_memory(result, array) for array in arrays for result in results
        )


@pytest.mark.parametrize(("op", "case"), cases(OPS))
def test_attributes_survive_json(op: type[Op], case: Case) -> None:
    made = make(op, case)
    assert op.from_attributes(json.loads(json.dumps(made.to_attributes()))) == made


@pytest.mark.parametrize(("op", "case"), cases(STRICT))
def test_what_the_shape_rule_accepts_the_kernel_can_compute(op: type[Op], case: Case) -> None:
    """Wrong ranks, sizes and dtypes are refused in a sentence; nothing else may fail in the kernel."""
    made = make(op, case)
    arrays = case.arrays("float32")
    for position, array in enumerate(arrays):
        if array is None or op.input_ports[min(position, len(op.input_ports) - 1)].hidden:
            continue
        for wrong in mutations(array):
            given = [*arrays[:position], wrong, *arrays[position + 1 :]]
            try:
                inferred = made.output_specs(specs(given))
            except FlowscopeError as error:
                assert str(error).endswith("."), str(error)
                continue
            try:
                results = compute(made, given)
            except (kernels.Refusal, FlowscopeError) as error:
                assert error.what.endswith("."), "values may be refused when it runs, in a sentence"
                continue
            assert agrees(inferred, real_specs(results), made, given), specs(given)


def mutations(array: np.ndarray) -> Iterator[np.ndarray]:
    """The same tensor with another dtype, another rank, another size."""
    for dtype in ("bool", "int64", "int8", "float64", "float16", "bfloat16", "complex64"):
        yield np.zeros(array.shape, dtype)
    zeros = np.zeros(array.shape, array.dtype)
    yield zeros[None]
    if array.ndim:
        yield np.zeros(array.shape[1:], array.dtype)
        yield np.zeros((array.shape[0] + 1, *array.shape[1:]), array.dtype)
        yield np.zeros((*array.shape[:-1], array.shape[-1] + 1), array.dtype)


@pytest.mark.parametrize(("op", "case"), [param for param in cases(SMOOTH) if param.values[1].gradient])
def test_gradient_matches_finite_differences(op: type[Op], case: Case) -> None:
    made, arrays = make(op, case), case.arrays("float64")
    chosen = smooth_inputs(made, arrays)
    graph, weights = Differentiated(made, arrays, chosen), case_weights(made, arrays)
    found = graph.gradients(arrays, weights)
    for position, gradient in zip(chosen, found, strict=True):
        expected = central_differences(
            lambda given: weighted_sum(compute(made, given), weights), arrays, position
        )
        # What the difference of two large sums loses in the last digits is no error of the gradient.
        noise = 1e-9 * sum(float(np.sum(np.abs(result))) for result in smooth(compute(made, arrays)))
        np.testing.assert_allclose(
            gradient, expected, rtol=2e-5, atol=2e-7 + noise, err_msg=f"input {position}"
        )


@pytest.mark.parametrize("op", SMOOTH, ids=lambda op: op.__name__)
def test_gradient_can_be_differentiated_again(op: type[Op]) -> None:
    case = next(case for case in op.cases if case.gradient)
    made, arrays = make(op, case), case.arrays("float64")
    chosen = smooth_inputs(made, arrays)
    weights = case_weights(made, arrays)
    graph = Differentiated(made, arrays, chosen, twice=True)
    second = graph.second(arrays, weights)
    for position, gradient in zip(chosen, second, strict=True):
        expected = central_differences(
            lambda given: sum(float(np.sum((g * g).real)) for g in graph.gradients(given, weights)),
            arrays,
            position,
        )
        np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-6, err_msg=f"input {position}")


def smooth_inputs(op: Op, arrays: Arrays) -> list[int]:
    """The inputs that have a gradient: the numbers that take the place of no setting."""
    ports = op.ports_for(len(arrays))
    pairs = enumerate(zip(ports, arrays, strict=True))
    return [i for i, (p, a) in pairs if a is not None and a.dtype.kind in "fc" and not p.setting]


def smooth(results: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    """The outputs that a gradient comes from: whole numbers have none."""
    return [result for result in results if result.dtype.kind in "fc"]


def case_weights(op: Op, arrays: Arrays) -> Arrays:
    """Random weights for the results, because the gradient of a plain sum can hide errors."""
    rng = np.random.default_rng(1)
    results = smooth(compute(op, arrays))
    weights = [rng.uniform(0.5, 1.5, result.shape) for result in results]
    parts = [rng.uniform(0.5, 1.5, r.shape) * 1j if r.dtype.kind == "c" else 0.0 for r in results]
    return [weight + part for weight, part in zip(weights, parts, strict=True)]


def weighted_sum(results: tuple[np.ndarray, ...], weights: Arrays) -> float:
    pairs = zip(smooth(results), weights, strict=True)
    return sum(float(np.sum((result * weight).real)) for result, weight in pairs)


def central_differences(f: Callable[[Arrays], float], arrays: Arrays, position: int) -> np.ndarray:
    """The slope along each real number; of a complex one along both axes, the second times i."""
    base = arrays[position]
    result: np.ndarray = np.zeros_like(base)
    for place in np.ndindex(base.shape):
        step = 1e-6 * max(1.0, abs(base[place]))
        for direction in (1, 1j) if base.dtype.kind == "c" else (1,):
            values = []
            for sign in (1, -1):
                moved = base.copy()
                moved[place] += sign * step * direction
                values.append(f([*arrays[:position], moved, *arrays[position + 1 :]]))
            result[place] += direction * (values[0] - values[1]) / (2 * step)
    return result


def real_sum(x: Value) -> Value:
    return registry.get("Real")()(registry.get("ReduceSum")()(x))


class Differentiated:
    """An op between placeholders, the weighted sum of its results, and the gradients of that."""

    def __init__(self, op: Op, arrays: Arrays, chosen: list[int], *, twice: bool = False) -> None:
        graph = Graph()
        self.inputs = [
            None if array is None else graph.placeholder(f"x{i}", array.shape, array.dtype.name)
            for i, array in enumerate(arrays)
        ]
        results = [value for value in graph.emit(op, self.inputs) if value.spec.is_differentiable]
        found = smooth(compute(op, arrays))
        self.weights = [graph.placeholder(f"w{i}", y.shape, y.dtype.name) for i, y in enumerate(found)]
        weighted = [y * w for y, w in zip(results, self.weights, strict=True)]
        sums = [real_sum(value) for value in weighted]
        total = sum(sums[1:], sums[0])
        xs = [x for i in chosen if (x := self.inputs[i]) is not None]
        self.first = graph.gradients(total, xs)
        if twice:
            squares = [real_sum(grad * grad) for grad in self.first]
            self.seconds = graph.gradients(sum(squares[1:], squares[0]), xs)
        self.session = Session(graph, device="cpu")

    def feeds(self, arrays: Arrays, weights: Arrays) -> dict[Any, Any]:
        pairs = zip([*self.inputs, *self.weights], [*arrays, *weights], strict=True)
        return {placeholder: array for placeholder, array in pairs if placeholder is not None}

    def gradients(self, arrays: Arrays, weights: Arrays) -> Arrays:
        return [*self.session.run(list(self.first), self.feeds(arrays, weights))]

    def second(self, arrays: Arrays, weights: Arrays) -> Arrays:
        return [*self.session.run(list(self.seconds), self.feeds(arrays, weights))]
