"""Assert that our answers to the samples of an op are those of another library."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.case import Case
from tests.engine.oracles.answers import our_answers, questions, their_answers
from tests.engine.oracles.oracle import Oracle

FLOATS = ("float64", "float32")


def assert_agreement(name: str, oracle: Oracle, library: str, floating: str) -> None:
    """Values, gradients and, in float64 where the oracle says so, second derivatives of all samples."""
    twice = oracle.twice and floating == "float64"
    assert_agreement_on(oracle.cases(name, library), name, oracle, library, floating, twice=twice)


def assert_agreement_on(
    cases: Sequence[Case], name: str, oracle: Oracle, library: str, floating: str, *, twice: bool = False
) -> None:
    """The same for cases that are given."""
    asked = questions(name, cases, floating, twice=twice)
    ours, theirs = our_answers(asked), their_answers(library, oracle, asked)
    for question, found, expected in zip(asked, ours, theirs, strict=True):
        told = f"{question.op} of {[array.tolist() for array in question.arrays]}"
        for number, (our, their) in enumerate(zip(found, expected, strict=True)):
            compare(our, their, oracle.tolerance[FLOATS.index(floating)], f"answer {number} of {told}")


def compare(found: np.ndarray, expected: np.ndarray, tolerance: float, told: str) -> None:
    """Relative to each element and to the largest one; what rounding leaves of ones counts as zero."""
    assert found.shape == expected.shape, told
    assert found.dtype == expected.dtype, told
    if found.dtype.kind not in "fc":
        np.testing.assert_array_equal(found, expected, err_msg=told)
        return
    largest = float(np.abs(expected[np.isfinite(expected)]).max(initial=0.0))
    rest = tolerance * min(1.0, largest) + 64 * float(np.finfo(found.dtype).eps)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=rest, err_msg=told[:2000])
