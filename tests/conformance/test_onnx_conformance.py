"""ONNX's own test suite on our engine: what passes must pass, and what is missing is listed, case by case."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from onnx.backend.test.runner import Runner

from tests.conformance.misses import MISSES
from tests.conformance.onnx_adapter import prepare
from tests.conformance.stages import OTHER
from tests.conformance.suite import SuiteCase, suite

ROOT = Path(__file__).parent.parent.parent
REFUSED = [case for case in suite() if case.foreign or (case.stage == OTHER and case.kind != "expanded")]
"""Of types that the engine does not have, or of operators that are out of its scope."""
EXPECTED = [case for case in suite() if case not in REFUSED and not case.by_chance]

ROUNDING = {"bfloat16": 2.0**-6}
"""Dtypes whose last digit is coarser than what the suite allows."""


def by_name(case: SuiteCase) -> str:
    return case.name


def compute(case: SuiteCase) -> None:
    """Run a case, and compare what comes out with what the suite expects; raises where anything differs."""
    prepared = prepare(case.model())
    for inputs, expected in case.data():
        found = prepared.run(inputs)
        rounding = max(ROUNDING.get(array.dtype.name, 0.0) for array in expected)
        tolerance = max(case.source.rtol, rounding)
        Runner.assert_similar_outputs(plain(expected), plain(found), tolerance, case.source.atol)


def plain(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """bfloat16, which NumPy cannot compare, as float32."""
    return [array.astype(np.float32) if array.dtype.name in ROUNDING else array for array in arrays]


@pytest.mark.parametrize("case", EXPECTED, ids=by_name)
def test_a_case_passes_or_is_a_known_miss(case: SuiteCase) -> None:
    if case.name not in MISSES:
        compute(case)
        return
    try:
        compute(case)
    except Exception as error:  # noqa: BLE001 - whatever a miss raises, it has a sentence
        assert str(error)
    else:
        pytest.fail("it passes: take it off the list of misses")


@pytest.mark.parametrize("case", REFUSED, ids=by_name)
def test_what_is_out_of_scope_is_refused_in_sentences(case: SuiteCase) -> None:
    with pytest.raises(NotImplementedError, match=r"not supported|only tensors"):
        prepare(case.model())


def test_every_known_miss_is_a_case_of_the_suite() -> None:
    assert set(MISSES) <= {case.name for case in EXPECTED}


def passing(wanted: Callable[[SuiteCase], bool]) -> tuple[int, int]:
    """How many of the wanted cases pass, and how many there are."""
    cases = [case for case in suite() if wanted(case)]
    return sum(case.name not in MISSES and case not in REFUSED for case in cases), len(cases)


@pytest.mark.parametrize("stage, least, of", [(1, 790, 807), (2, 235, 275), (3, 70, 101)])
def test_the_goals_of_the_stages(stage: int, least: int, of: int) -> None:
    passed, total = passing(lambda case: case.counts and case.stage == stage)
    assert total == of
    assert passed >= least


def test_the_goal_of_complete_operators() -> None:
    missed = Counter(case.op for case in suite() if case.counts and case.name in MISSES)
    operators = {case.op for case in suite() if case.counts and case.stage == 1}
    assert len(operators) == 133
    assert len(operators - set(missed)) >= 125


@pytest.mark.parametrize(
    "kinds, least, of", [(("real",), 9, 9), (("pytorch-converted", "pytorch-operator"), 115, 117)]
)
def test_the_goals_of_whole_models(kinds: tuple[str, ...], least: int, of: int) -> None:
    passed, total = passing(lambda case: case.kind in kinds)
    assert (total, passed >= least) == (of, True), passed


def test_nothing_but_our_engine_computes() -> None:
    script = (
        "import sys; import engine.exchange.onnx.importing\n"
        "peers = {'onnx.reference', 'onnxruntime', 'torch', 'jax', 'tensorflow'} & set(sys.modules)\n"
        "assert not peers, peers"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
