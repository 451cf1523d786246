"""The cases of ONNX's own test suite: models with inputs and what they must give."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.backend.test
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, numpy_helper
from onnx.backend.test.loader import load_model_tests
from onnx.backend.test.runner import Runner

from tests.conformance.stages import stage_of

_KINDS = ("node", "simple", "pytorch-converted", "pytorch-operator", "real")
_FOREIGN = re.compile(r"FLOAT8|FLOAT4|INT4|INT2|STRING|sequence|optional|map")
"""Types of values that the engine does not have."""
_OTHERS_CHANCE = re.compile(r"^test_(bernoulli|training_dropout(?!_zero_ratio))")
"""What is expected here comes from a stream of random numbers that no definition fixes."""

Data = list[tuple[list[np.ndarray], list[np.ndarray]]]


@dataclass(frozen=True, eq=False)
class SuiteCase:
    """One model of the suite. `op` is the operator that it is about; models of several have none."""

    name: str
    kind: str
    op: str
    stage: int
    foreign: bool
    """Whether its inputs or outputs are of types that the engine does not have."""
    source: Any

    @property
    def by_chance(self) -> bool:
        """Whether the expected values are those of another random stream."""
        return bool(_OTHERS_CHANCE.match(self.name))

    @property
    def counts(self) -> bool:
        """Whether it counts for the goals: node cases of types that every engine has."""
        low = any(name.startswith("BFLOAT") for name in _types(self.model()))
        return self.kind == "node" and not (self.foreign or self.by_chance or low)

    def model(self) -> ModelProto:
        return _model(self.source)

    def data(self) -> Data:
        """Inputs and expected outputs, as often as the case has some."""
        if self.source.data_sets is not None:
            return [([*map(_array, i)], [*map(_array, o)]) for i, o in self.source.data_sets]
        return _real_data(self.source) if self.kind == "real" else list(_stored(self.source))


@functools.cache
def suite() -> tuple[SuiteCase, ...]:
    """All cases; those of single nodes are made by running the suite's own Python, for some seconds."""
    found = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for kind in _KINDS:
            cases = sorted(load_model_tests(kind=kind), key=lambda case: str(case.name))
            first = {c.name: next(iter(_model(c).graph.node)) for c in cases if "_expanded" not in c.name}
            found += [_case(kind, case, first) for case in cases]
    return tuple(found)


def _case(kind: str, source: Any, first: dict[str, NodeProto]) -> SuiteCase:
    model = _model(source)
    if kind == "node":
        node = first[source.name.partition("_expanded")[0]]
        op, stage = node.op_type, stage_of(node.op_type, node.domain)
        kind = "expanded" if "_expanded" in source.name else kind
    else:
        op, stage = "", max(stage_of(node.op_type, node.domain) for node in model.graph.node)
    foreign = any(_FOREIGN.search(name) for name in _types(model))
    return SuiteCase(source.name, kind, op, stage, foreign, source)


def _model(source: Any) -> ModelProto:
    return source.model if source.model is not None else onnx.load(_path(source))


def _path(source: Any) -> Path:
    if source.model_dir:
        return Path(source.model_dir) / "model.onnx"
    light = Path(onnx.backend.test.__file__).parent / "data" / "light"
    return light / Path(source.url).name


def _types(model: ModelProto) -> set[str]:
    return {_type(value) for value in [*model.graph.input, *model.graph.output]}


def _type(value: ValueInfoProto) -> str:
    kind = value.type.WhichOneof("value")
    if kind == "tensor_type":
        return str(TensorProto.DataType.Name(value.type.tensor_type.elem_type))
    return kind or "none"


def _array(value: Any) -> Any:
    """What a runtime gets from a file: where the suite has numbers of NumPy, arrays without axes."""
    if isinstance(value, TensorProto):
        return numpy_helper.to_array(value)
    return np.asarray(value) if isinstance(value, np.generic) else value


def _real_data(source: Any) -> Data:
    """The light models are fed with numbers that follow from a seed."""
    graph, path = _model(source).graph, _path(source)
    own = {tensor.name for tensor in graph.initializer}
    inputs = [
        Runner.generate_dummy_data(value, seed=0, name=source.model_name, random=False)
        for value in graph.input
        if value.name not in own
    ]
    files = [path.with_name(f"{path.stem}_output_{place}.pb") for place in range(len(graph.output))]
    return [(inputs, [_tensor(file) for file in files])]


def _stored(source: Any) -> Iterator[tuple[list[np.ndarray], list[np.ndarray]]]:
    graph = _model(source).graph
    for folder in sorted(Path(source.model_dir).glob("test_data_set*")):
        if any(value.type.WhichOneof("value") != "tensor_type" for value in [*graph.input, *graph.output]):
            yield [], []
            continue
        yield _tensors(folder, "input"), _tensors(folder, "output")


def _tensors(folder: Path, what: str) -> list[np.ndarray]:
    return [_tensor(folder / f"{what}_{place}.pb") for place in range(len([*folder.glob(f"{what}_*.pb")]))]


def _tensor(file: Path) -> np.ndarray:
    return np.asarray(numpy_helper.to_array(TensorProto.FromString(file.read_bytes())))
