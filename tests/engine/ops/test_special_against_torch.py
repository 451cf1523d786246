"""Special functions and further arithmetic beside PyTorch's, on every worked case of each op."""

from collections.abc import Callable
from typing import Any

import pytest

import engine.ops  # noqa: F401 - registers the ops
from engine import registry
from engine.case import Case

pytestmark = [
    pytest.mark.oracle("torch"),
    # An object of torch warns when it is asked for its class, as the search for forgotten threads does.
    pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning"),
]

ORACLES: dict[str, Callable[..., Any]] = {
    "Erfc": lambda t, _, x: t.special.erfc(x),
    "Erfinv": lambda t, _, x: t.special.erfinv(x),
    "LogGamma": lambda t, _, x: t.lgamma(x),
    "Digamma": lambda t, _, x: t.digamma(x),
    "Polygamma": lambda t, a, x: t.polygamma(a["order"], x),
    "Sinc": lambda t, _, x: t.sinc(x),
    "Trunc": lambda t, _, x: t.trunc(x),
    "Fmod": lambda t, _, a, b: t.fmod(a, b),
    "CopySign": lambda t, _, a, b: t.copysign(a, b),
    "LogAddExp": lambda t, _, a, b: t.logaddexp(a, b),
    "Xlogy": lambda t, _, a, b: t.xlogy(a, b),
}
# PyTorch's trigamma is right to ten digits only, also in float64; a test of its own asks for all of ours.
ROUGH = ("Digamma", "Polygamma")
# And at a pole it is only large.
REFUSED = {("Polygamma", 6)}
CASES = [
    pytest.param(name, case, floating, id=f"{name}-{number}-{floating}")
    for name in ORACLES
    for number, case in enumerate(registry.get(name).cases)
    for floating in ("float32", "float64")
    if (floating == "float32" or name not in ROUGH) and (name, number) not in REFUSED
]


@pytest.mark.parametrize(("name", "case", "floating"), CASES)
def test_values_and_gradients_are_those_of_torch(
    name: str, case: Case, floating: str, agrees_with_torch: Any
) -> None:
    agrees_with_torch(registry.get(name), case, floating, ORACLES[name])
