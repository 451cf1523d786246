"""What PyTorch or JAX refuses for its shapes, we refuse as well, and in a sentence."""

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
from engine.errors import FlowscopeError
from engine.graph.builder import Graph
from tests.engine.oracles.answers import Question, questions
from tests.engine.oracles.oracle import Oracle
from tests.engine.oracles.table import ORACLES

# Where we take more than the libraries do, or where it is values that they refuse.
NOT_FOR_SHAPES = {
    "Cholesky": "numbers that are not positive definite",
    "Cross": "stacks of vectors are broadcast to each other",
    "CTC": "by its formula: more labels than steps are of no probability",
    "CtcLoss": "by its formula: more labels than steps are of no probability",
    "GatherND": "positions outside",
    "Glu": "PyTorch divides one element into one part",
    "GridSample": "a grid of one place more than the image has axes",
    "Inverse": "matrices that are singular",
    "LocalResponseNormalization": "images without height and width",
    "MatrixPower": "matrices that are singular",
    "PickAlong": "indices for a part of the other axes",
    "Resize": "one size for all axes",
    "ScaledDotProductAttention": "stacks of heads, and masks, are broadcast",
    "Solve": "matrices that are singular",
}
# Given wrong sizes, these of PyTorch read memory that is not theirs.
NATIVE = ("SimpleRNNSequence", "LSTMSequence", "GRUSequence")


def wrong(x: np.ndarray) -> Iterator[np.ndarray]:
    """The same input with an axis more, an axis less, and another size."""
    for shape in (
        (1, *x.shape),
        (2, *x.shape),
        *([x.shape[1:], (x.shape[0] + 1, *x.shape[1:]), (*x.shape[:-1], x.shape[-1] + 1)] if x.ndim else []),
    ):
        yield (np.ones if x.dtype.kind in "fc" else np.zeros)(shape, x.dtype)


def spoilt(asked: Sequence[Question]) -> Iterator[Question]:
    """Each sample with one input after the other spoilt."""
    for question in asked:
        for position, x in enumerate(question.inputs):
            for other in [] if x is None else wrong(x):
                given = (*question.inputs[:position], other, *question.inputs[position + 1 :])
                yield Question(question.op, given, question.chosen, twice=False)


def is_refused(library: str, oracle: Oracle, question: Question) -> bool:
    """Whether the library raises, whatever it raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (in_torch if library == "torch" else in_jax)(oracle, question)
    except Exception:  # noqa: BLE001 - a library may refuse as it likes
        return True
    return False


def in_torch(oracle: Oracle, question: Question) -> None:
    import torch

    tensors = [torch.from_numpy(np.array(array, order="C")) for array in question.arrays]
    oracle.function("torch", torch)(question.settings, *question.taken(tensors))


def in_jax(oracle: Oracle, question: Question) -> None:
    """By shapes alone, which takes no time."""
    import jax
    import jax.scipy.linalg
    import jax.scipy.special

    function, arrays = oracle.function("jax", jax), question.arrays
    smooth = [i for i, array in enumerate(arrays) if array.dtype.kind in "fc"]

    def call(*given: Any) -> Any:
        inputs: list[Any] = list(arrays)
        for position, x in zip(smooth, given, strict=True):
            inputs[position] = x
        return function(question.settings, *question.taken(inputs))

    jax.eval_shape(call, *(arrays[i] for i in smooth))


def assert_refused(question: Question) -> None:
    graph = Graph()
    inputs = [
        None if array is None else graph.placeholder(f"x{i}", array.shape, array.dtype.name)
        for i, array in enumerate(question.inputs)
    ]
    with pytest.raises(FlowscopeError, match=r"\."):
        question.op.apply(*inputs)
        shapes = [array.shape for array in question.arrays]
        pytest.fail(f"{question.op} takes {shapes}", pytrace=False)


def refusals(library: str, name: str) -> None:
    oracle = ORACLES[name]
    for question in spoilt(questions(name, oracle.cases(name, library)[:4], "float32", twice=False)):
        if is_refused(library, oracle, question):
            assert_refused(question)


@pytest.mark.oracle("torch")
@pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning")
@pytest.mark.parametrize("name", [name for name in ORACLES if name not in {*NOT_FOR_SHAPES, *NATIVE}])
def test_what_torch_refuses_is_refused(name: str) -> None:
    refusals("torch", name)


@pytest.mark.oracle("jax")
@pytest.mark.parametrize("name", [name for name in ORACLES if name not in NOT_FOR_SHAPES])
def test_what_jax_refuses_is_refused(name: str) -> None:
    refusals("jax", name)
