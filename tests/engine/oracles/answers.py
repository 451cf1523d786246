"""Values, gradients and second derivatives of samples: ours, those of PyTorch, and those of JAX."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import registry
from engine.case import Case
from engine.graph.builder import Graph
from engine.op import Op
from engine.run.session import Session
from engine.settings import settle
from engine.spec import UNKNOWN
from engine.value import Value
from tests.engine.oracles.oracle import Oracle

Answers = list[np.ndarray]
"""The outputs, then the gradients of their weighted sum, then the gradients of the weighted sum of those."""

# XLA compiles fastest where it is not asked for fast code.
QUICK = {"xla_backend_optimization_level": 0, "xla_cpu_use_fusion_emitters": False}


@dataclass(frozen=True)
class Question:
    """One sample of an op: its inputs, and which of them have a gradient."""

    op: Op
    inputs: tuple[np.ndarray | None, ...]
    chosen: tuple[int, ...]
    twice: bool

    @property
    def arrays(self) -> list[np.ndarray]:
        """The inputs that are connected."""
        return [array for array in self.inputs if array is not None]

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the op, those that come by a wire among them."""
        return settle(self.op, self.inputs).settings()

    def taken(self, connected: Sequence[Any]) -> list[Any]:
        """Of what is connected, all but settings: a function of a library takes them otherwise."""
        ports = self.op.ports_for(len(self.inputs))
        pairs = zip(ports, self.inputs, strict=True)
        used = [port for port, array in pairs if array is not None]
        return [x for x, port in zip(connected, used, strict=True) if not port.setting]


def questions(name: str, cases: Sequence[Case], floating: str, *, twice: bool) -> list[Question]:
    """The samples as arrays. Every second one lies in memory with its axes in reverse order."""
    asked = []
    for number, case in enumerate(cases):
        given = case.arrays(floating, seed=number)
        inputs = tuple(x if x is None or number % 2 == 0 else np.asarray(x, order="F") for x in given)
        arrays = [x for x in inputs if x is not None]
        smooth = tuple(i for i, array in enumerate(arrays) if array.dtype.kind in "fc")
        op = registry.get(name).from_attributes(case.attributes)
        judged = case.gradient and op.differentiable
        asked.append(Question(op, inputs, smooth if judged else (), twice and judged))
    return asked


def weight(result: Any, number: int) -> np.ndarray:
    """Random weights for a result, because the gradient of a plain sum can hide errors."""
    dtype = np.dtype(str(result.dtype).removeprefix("torch."))
    parts = np.random.default_rng(number).uniform(0.5, 1.5, (2, *result.shape))
    signs = np.random.default_rng(number + 1).choice([-1.0, 1.0], result.shape)
    return np.asarray(signs * (parts[0] + 1j * parts[1] if dtype.kind == "c" else parts[0])).astype(dtype)


def is_smooth(result: Any) -> bool:
    """Whether a gradient comes from a result: from whole numbers none does."""
    return any(kind in str(result.dtype) for kind in ("float", "complex"))


# ---- ours ------------------------------------------------------------------------------------------------


def our_answers(asked: Sequence[Question]) -> list[Answers]:
    """What the engine computes, all samples in one graph."""
    graph = Graph()
    feeds: dict[Value, object] = {}
    fetches = [_fetches(graph, question, feeds) for question in asked]
    found = iter(Session(graph, device="cpu").run([value for each in fetches for value in each], feeds))
    return [[next(found) for _ in each] for each in fetches]


def _fetches(graph: Graph, question: Question, feeds: dict[Value, object]) -> list[Value]:
    def feed(array: np.ndarray) -> Value:
        value = graph.placeholder(f"x{len(feeds)}", array.shape, array.dtype.name)
        feeds[value] = array
        return value

    inputs = [None if array is None else feed(array) for array in question.inputs]
    connected = [value for value in inputs if value is not None]
    xs = [connected[i] for i in question.chosen]
    results = list(question.op.apply(*inputs))
    if not xs:
        return results

    def slopes(values: Sequence[Value]) -> list[Value]:
        smooth = [value for value in values if value.spec.is_differentiable]
        shaped = _shaped(graph, smooth, feeds)
        weighted = [y * feed(weight(shaped[number], number)) for number, y in enumerate(smooth)]
        sums = [registry.get("ReduceSum")()(registry.get("Real")()(value)) for value in weighted]
        return list(graph.gradients(sum(sums[1:], sums[0]), xs))

    first = slopes(results)
    return [*results, *first, *(slopes(first) if question.twice else [])]


def _shaped(graph: Graph, values: Sequence[Value], feeds: Mapping[Value, object]) -> list[np.ndarray]:
    """Arrays of the shapes and dtypes of values; where a size is open, it is seen when it runs."""
    specs = [value.spec for value in values]
    if any(spec.shape is None or UNKNOWN in spec.shape for spec in specs):
        return [*Session(graph, device="cpu").run([*values], feeds)]
    sizes = [[int(size) for size in spec.shape or ()] for spec in specs]
    return [np.broadcast_to(np.zeros((), spec.dtype), size) for spec, size in zip(specs, sizes, strict=True)]


# ---- theirs ----------------------------------------------------------------------------------------------


def their_answers(library: str, oracle: Oracle, asked: Sequence[Question]) -> list[Answers]:
    """What a library computes for the samples."""
    return {"torch": _torch_answers, "jax": _jax_answers}[library](oracle, asked)


def _torch_answers(oracle: Oracle, asked: Sequence[Question]) -> list[Answers]:
    import torch

    function = oracle.function("torch", torch)

    def slopes(values: Sequence[Any], xs: Sequence[Any]) -> list[Any]:
        smooth = [value for value in values if is_smooth(value)]
        weighed = [(y * torch.from_numpy(weight(y, number))).real.sum() for number, y in enumerate(smooth)]
        total: Any = sum(weighed)
        if not total.requires_grad:
            return [torch.zeros_like(x) for x in xs]
        return list(torch.autograd.grad(total, xs, create_graph=True, materialize_grads=True))

    answers = []
    for question in asked:
        tensors = [torch.from_numpy(np.array(array, order="K")) for array in question.arrays]
        xs = [tensors[i].requires_grad_() for i in question.chosen]
        results = _listed(function(question.settings, *question.taken(tensors)))
        first = slopes(results, xs) if xs else []
        second = slopes(first, xs) if question.twice else []
        answers.append([y.numpy(force=True) for y in (*results, *first, *second)])
    return answers


def _jax_answers(oracle: Oracle, asked: Sequence[Question]) -> list[Answers]:
    """All samples are compiled together: one by one it takes ten times as long."""
    import jax
    import jax.scipy.linalg
    import jax.scipy.special

    function = oracle.function("jax", jax)

    def total(values: Sequence[Any]) -> Any:
        smooth = [value for value in values if is_smooth(value)]
        return sum((y * weight(y, number)).real.sum() for number, y in enumerate(smooth))

    def slopes(f: Callable[..., Any], xs: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The values of f and the gradients; JAX's of a complex number is the conjugate of PyTorch's."""

        def weighed(*given: Any) -> Any:
            values = f(*given)
            return total(values), values

        grads, values = jax.grad(weighed, argnums=tuple(range(len(xs))), has_aux=True)(*xs)
        return values, [grad.conj() for grad in grads]

    def answer(question: Question, xs: Sequence[Any]) -> list[Any]:
        def results(*given: Any) -> list[Any]:
            inputs: list[Any] = list(question.arrays)
            for position, x in zip(question.chosen, given, strict=True):
                inputs[position] = x
            return _listed(function(question.settings, *question.taken(inputs)))

        if not xs:
            return results()
        values, first = slopes(results, xs)
        second = slopes(lambda *given: slopes(results, given)[1], xs)[1] if question.twice else []
        return [*values, *first, *second]

    def all_answers(given: Sequence[Sequence[Any]]) -> list[list[Any]]:
        return [answer(question, xs) for question, xs in zip(asked, given, strict=True)]

    with jax.enable_x64(True):
        found = jax.jit(all_answers, compiler_options=QUICK)(
            [[question.arrays[i] for i in question.chosen] for question in asked]
        )
    return [[np.asarray(array) for array in each] for each in found]


def _listed(results: Any) -> list[Any]:
    """The outputs as a list, also where there is one."""
    return list(results) if isinstance(results, tuple | list) else [results]
