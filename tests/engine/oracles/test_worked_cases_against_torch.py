"""The worked cases of the primitives beside PyTorch: whole numbers, what is not finite, settings by wire."""

import dataclasses

import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
from engine import registry
from engine.case import Case
from engine.op import Block
from tests.engine.oracles import activations, arithmetic
from tests.engine.oracles.comparison import FLOATS, assert_agreement_on
from tests.engine.oracles.table import ORACLES

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*degrees of freedom:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*scatter_reduce.*:UserWarning"),
    # And of grids of one place, whose meaning it has changed once.
    pytest.mark.filterwarnings("ignore:Since version 1.3.0:UserWarning"),
    # The real part is what a complex number is cast to, and PyTorch says so.
    pytest.mark.filterwarnings("ignore:Casting complex values to real:UserWarning"),
]
# The settings of Resize that PyTorch knows are among its samples.
WORKED = [
    name
    for name in ORACLES
    if name != "Resize"
    and (not issubclass(registry.get(name), Block) or name in {**activations.ORACLES, **arithmetic.ORACLES})
]
# Cases that PyTorch refuses, or answers as no one promised: of nothing, of what another dtype cannot hold,
# of vectors that are not determined, of places of equal elements, at a pole, of squares without a place.
LEFT_OUT = {
    "AffineGrid": (4,),
    "Cast": (6, 7, 8, 9, 10, 11),
    "Convolution": (11,),
    "CtcLoss": (5, 6),
    "Eigh": (3, 5),
    "MaxPool": (14,),
    "OverlapAdd": (4, 5, 7),
    "Polygamma": (6,),
    "PutAlong": (4,),
    "QR": (6,),
    "ReduceMax": (5,),
    "ReduceMin": (5,),
    "ReduceNorm": (7, 8),
    "SVD": (3, 4, 6),
    "TopK": (4,),
}
# There an update has a gradient although another has replaced it.
REPLACED = ("PutAlong", "ScatterND")


def worked(name: str) -> list[Case]:
    cases = registry.get(name).cases
    kept = [case for number, case in enumerate(cases) if number not in LEFT_OUT.get(name, ())]
    return [dataclasses.replace(case, gradient=case.gradient and not replaced(name, case)) for case in kept]


def replaced(name: str, case: Case) -> bool:
    return name in REPLACED and "reduction" not in case.attributes


@pytest.mark.parametrize("floating", FLOATS)
@pytest.mark.parametrize("name", WORKED)
def test_values_and_gradients_of_worked_cases_are_those_of_torch(name: str, floating: str) -> None:
    assert_agreement_on(worked(name), name, ORACLES[name], "torch", floating)
