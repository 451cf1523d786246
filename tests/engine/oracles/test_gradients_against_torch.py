"""Values and gradients of every op beside PyTorch's, on samples that are drawn for it."""

import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
from tests.engine.oracles.comparison import FLOATS, assert_agreement
from tests.engine.oracles.table import ORACLES

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
    # It warns of the variance of no elements even where there is none to compute.
    pytest.mark.filterwarnings("ignore:.*degrees of freedom:UserWarning"),
    # And of grids of one place, whose meaning it has changed once.
    pytest.mark.filterwarnings("ignore:Since version 1.3.0:UserWarning"),
]


@pytest.mark.parametrize("floating", FLOATS)
@pytest.mark.parametrize("name", ORACLES)
def test_values_and_gradients_are_those_of_torch(name: str, floating: str) -> None:
    assert_agreement(name, ORACLES[name], "torch", floating)
