"""Values and gradients of every op beside JAX's, on samples that are drawn for it."""

import pytest

import engine.blocks
import engine.ops  # noqa: F401 - both register ops
from tests.engine.oracles.comparison import FLOATS, assert_agreement
from tests.engine.oracles.table import ORACLES

pytestmark = pytest.mark.oracle("jax")


@pytest.mark.parametrize("floating", FLOATS)
@pytest.mark.parametrize("name", ORACLES)
def test_values_and_gradients_are_those_of_jax(name: str, floating: str) -> None:
    assert_agreement(name, ORACLES[name], "jax", floating)
