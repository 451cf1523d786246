"""Draws in a graph: the gradient of gamma numbers beside those of PyTorch and JAX, and what shares are."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine import Graph, Session
from engine.blocks.draws import RandomBeta, RandomDirichlet
from engine.errors import FlowscopeError
from engine.ops.draws import RandomBinomial, RandomGamma, RandomPoisson
from engine.value import Value

CONCENTRATIONS = np.geomspace(0.02, 3e4, 400)


def drawn_and_slope(*, logarithm: bool) -> tuple[np.ndarray, np.ndarray]:
    graph = Graph()
    concentration = graph.placeholder("concentration", CONCENTRATIONS.shape, "float64")
    y = RandomGamma(logarithm=logarithm)(concentration)
    (slope,) = graph.gradients(y, [concentration])
    return tuple(Session(graph, device="cpu").run([y, slope], {concentration: CONCENTRATIONS}))


def of_torch(y: np.ndarray) -> np.ndarray:
    import torch

    slope = torch._standard_gamma_grad(torch.from_numpy(CONCENTRATIONS), torch.from_numpy(y))
    return np.asarray(slope)


def of_jax(y: np.ndarray) -> np.ndarray:
    import jax

    with jax.enable_x64(True):
        return np.asarray(jax.lax.random_gamma_grad(CONCENTRATIONS, y))


@pytest.mark.parametrize(
    ("theirs", "relative"),
    [
        # PyTorch takes a rational approximation of three digits.
        pytest.param(of_torch, 2e-3, marks=pytest.mark.oracle("torch")),
        pytest.param(of_jax, 1e-6, marks=pytest.mark.oracle("jax")),
    ],
)
@pytest.mark.filterwarnings("ignore:`torch.distributed.reduce_op`:FutureWarning")
def test_the_gradient_of_a_gamma_number_is_theirs(
    theirs: Callable[[np.ndarray], np.ndarray], relative: float
) -> None:
    y, slope = drawn_and_slope(logarithm=False)
    expected = theirs(y)
    clear = y > 1e-250  # where y is next to nothing, its slope is as well
    assert clear.mean() > 0.95
    np.testing.assert_allclose(slope[clear], expected[clear], rtol=relative)


def test_the_gradient_of_the_logarithm_is_that_of_the_number_divided_by_it() -> None:
    y, slope = drawn_and_slope(logarithm=False)
    logarithm, its_slope = drawn_and_slope(logarithm=True)
    clear = y > 1e-250
    np.testing.assert_allclose(np.log(y[clear]), logarithm[clear], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(slope[clear] / y[clear], its_slope[clear], rtol=1e-9)
    assert np.isfinite(its_slope).all()


def test_the_second_gradient_is_refused_in_a_sentence() -> None:
    graph = Graph()
    concentration = graph.placeholder("concentration", (3,))
    (slope,) = graph.gradients(RandomGamma()(concentration), [concentration])
    (again,) = graph.gradients(slope, [concentration])
    with pytest.raises(FlowscopeError, match="gamma number is not differentiated again"):
        Session(graph, device="cpu").run(again, {concentration: np.ones(3, np.float32)})


def shares(block: Any, *parameters: np.ndarray) -> np.ndarray:
    graph = Graph()
    inputs = [graph.placeholder(f"x{i}", array.shape, "float64") for i, array in enumerate(parameters)]
    feeds: dict[str | Value, object] = dict(zip(inputs, parameters, strict=True))
    return np.asarray(Session(graph, device="cpu").run(block(*inputs), feeds))


def test_shares_of_beta_have_their_mean_and_variance() -> None:
    found = shares(RandomBeta(), np.full((50_000, 1), 2.0), np.array([0.5, 6.0]))
    assert found.min() >= 0 and found.max() <= 1
    np.testing.assert_allclose(found.mean(axis=0), [0.8, 0.25], atol=0.01)
    np.testing.assert_allclose(found.var(axis=0), [0.16 / 3.5, 0.1875 / 9], atol=0.002)
    assert abs(np.corrcoef(found.T)[0, 1]) < 0.02


def test_shares_of_dirichlet_add_up_to_one_also_where_all_but_one_are_nothing() -> None:
    concentration = np.array([[1.0, 2.0, 3.0]]) * np.repeat([1.0, 1e-5], 20_000)[:, None]
    found = shares(RandomDirichlet(), concentration)
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    for half in np.split(found, 2):
        np.testing.assert_allclose(half.mean(axis=0), [1 / 6, 1 / 3, 1 / 2], atol=0.015)
    assert (found[20_000:].max(axis=1) > 0.999).mean() > 0.99


@pytest.mark.parametrize(
    ("draw", "sentence"),
    [
        (lambda n, x: RandomPoisson()(n), "rate is batch int64; expected a float dtype"),
        (lambda n, x: RandomGamma()(n), "concentration is batch int64; expected a float dtype"),
        (lambda n, x: RandomBinomial()(n, n), "probability is batch int64; expected a float dtype"),
        (lambda n, x: RandomBinomial()(x, n), "do not broadcast"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(draw: Callable[[Value, Value], Value], sentence: str) -> None:
    graph = Graph()
    n, x = graph.placeholder("n", ("batch",), "int64"), graph.placeholder("x", (3, 4))
    with pytest.raises(FlowscopeError, match=sentence):
        draw(n, x)
