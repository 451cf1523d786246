"""Gamma numbers, counts and hits: distributed as they say, and each element drawn for itself."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import kernels
from kernels.generic import draws

COUNT = 50_000


class OtherDevice:
    """NumPy under another name: what is computed for it is computed as on a GPU."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def draw(name: str, *parameters: Any, seed: int = 1, xp: Any = np, **settings: Any) -> np.ndarray:
    arrays = [np.asarray(parameter, np.float64) for parameter in parameters]
    counter = np.array([seed, 0], np.uint64)
    with np.errstate(all="ignore"):
        result: np.ndarray = kernels.find(name, "cpu").function(xp, *arrays, counter, stream=3, **settings)
    return result


def gamma(concentration: Any, *, logarithm: bool = False, **settings: Any) -> np.ndarray:
    return draw("random_gamma", concentration, logarithm=logarithm, **settings)


def erlang(k: int) -> Callable[[float], float]:
    """The distribution of the k-th event."""
    return lambda x: 1 - sum(math.exp(-x + n * math.log(x) - math.lgamma(n + 1)) for n in range(k))


@pytest.mark.parametrize(
    ("concentration", "distribution"),
    [
        (0.5, lambda x: math.erf(math.sqrt(x))),
        (1.0, erlang(1)),
        (2.0, erlang(2)),
        (30.0, erlang(30)),
    ],
)
def test_gamma_numbers_lie_where_their_distribution_says(
    concentration: float, distribution: Callable[[float], float]
) -> None:
    numbers = np.sort(gamma(np.full(COUNT, concentration)))
    expected = np.array([distribution(x) for x in numbers])
    distance = np.abs(expected - (np.arange(COUNT) + 0.5) / COUNT).max()
    assert distance < 1.95 / math.sqrt(COUNT), "so far off lies one in a thousand"
    logarithms = np.sort(gamma(np.full(COUNT, concentration), logarithm=True))
    np.testing.assert_allclose(numbers, np.exp(logarithms), rtol=1e-14)


def test_logarithms_tell_what_numbers_are_too_small_for() -> None:
    logarithms = gamma(np.full(COUNT, 1e-4), logarithm=True)
    assert np.isfinite(logarithms).all()
    assert (gamma(np.full(COUNT, 1e-4)) == 0).mean() > 0.9
    # Times the concentration they wait as long as until the first event, to less than a thousandth.
    assert abs(-logarithms.mean() * 1e-4 - 1) < 0.02


def poisson(rate: float) -> Callable[[np.ndarray], list[float]]:
    return lambda counts: [math.exp(k * math.log(rate) - rate - math.lgamma(k + 1)) for k in counts]


def binomial(n: int, p: float) -> Callable[[np.ndarray], list[float]]:
    def ways(k: float) -> float:
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    return lambda counts: [math.exp(ways(k) + k * math.log(p) + (n - k) * math.log1p(-p)) for k in counts]


@pytest.mark.parametrize(
    ("name", "parameters", "chances"),
    [
        *(("random_poisson", (rate,), poisson(rate)) for rate in (0.05, 3.0, 9.9, 10.1, 400.0)),
        *(
            ("random_binomial", (n, p), binomial(n, p))
            for n, p in [(1, 0.3), (20, 0.5), (100, 0.97), (40, 0.3), (1000, 0.6), (100_000, 0.001)]
        ),
    ],
)
def test_counts_come_as_often_as_their_chance(
    name: str, parameters: tuple[float, ...], chances: Callable[[np.ndarray], list[float]]
) -> None:
    drawn = draw(name, *(np.full(COUNT, parameter) for parameter in parameters))
    counts, found = np.unique(drawn, return_counts=True)
    expected = np.array(chances(counts)) * COUNT
    often = expected > 10
    freedom = max(int(often.sum()) - 1, 1)
    surprise = ((found - expected)[often] ** 2 / expected[often]).sum()
    assert surprise < freedom + 4 * math.sqrt(2 * freedom) + 8, "chi-squared"
    assert found[often].sum() > 0.98 * COUNT


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("random_gamma", (np.linspace(0.01, 20.0, 999),)),
        ("random_poisson", (np.linspace(0.01, 90.0, 999),)),
        ("random_binomial", (np.linspace(1, 400, 999).round(), np.linspace(0.01, 0.9, 999))),
    ],
)
class TestEachElementIsDrawnForItself:
    def test_and_stays_what_it_is_when_others_change(
        self, name: str, parameters: tuple[np.ndarray, ...]
    ) -> None:
        settings = {"logarithm": False} if name == "random_gamma" else {}
        before = draw(name, *parameters, **settings)
        changed = [parameter.copy() for parameter in parameters]
        changed[0][::2] += 5
        after = draw(name, *changed, **settings)
        np.testing.assert_array_equal(after[1::2], before[1::2])
        assert (after[::2] != before[::2]).mean() > 0.5

    def test_with_the_same_result_on_another_device(
        self, name: str, parameters: tuple[np.ndarray, ...]
    ) -> None:
        settings = {"logarithm": False} if name == "random_gamma" else {}
        here, there = (draw(name, *parameters, xp=xp, **settings) for xp in (np, OtherDevice()))
        np.testing.assert_array_equal(here, there)

    def test_and_otherwise_with_another_seed(self, name: str, parameters: tuple[np.ndarray, ...]) -> None:
        settings = {"logarithm": False} if name == "random_gamma" else {}
        one, other = (draw(name, *parameters, seed=seed, **settings) for seed in (1, 2))
        assert (one != other).mean() > 0.5


def test_where_every_proposal_is_refused_a_number_near_the_mean_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(draws, "TURNS", 0)
    np.testing.assert_allclose(gamma([4.0, 0.5]), [4 - 1 / 3, 1.5 - 1 / 3])
    np.testing.assert_array_equal(draw("random_poisson", [12.7]), [12.0])
    np.testing.assert_array_equal(draw("random_binomial", [100.0], [0.253]), [25.0])
    np.testing.assert_array_equal(draw("random_binomial", [100.0], [0.747]), [75.0])


def test_edges_are_what_they_must_be() -> None:
    nan, inf = math.nan, math.inf
    np.testing.assert_array_equal(gamma([0.0, -1.0, nan, inf]), [0.0, nan, nan, inf])
    np.testing.assert_array_equal(draw("random_poisson", [0.0, -1.0, nan, inf]), [0.0, nan, nan, inf])
    np.testing.assert_array_equal(
        draw("random_binomial", [0.0, 5.0, 5.0, -1.0, inf, 5.0, 5.0], [0.5, 0.0, 1.0, 0.5, 0.5, 1.1, nan]),
        [0.0, 0.0, 5.0, nan, nan, nan, nan],
    )
