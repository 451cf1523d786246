"""Passes on imported models: each alone, all, and all that keep every bit compute what no pass computes."""

from collections.abc import Collection

import numpy as np
import pytest

from engine.exchange.onnx.importing import import_model
from engine.program.passes import NAMES, PASSES
from engine.run.session import Session
from tests.conformance.misses import MISSES
from tests.conformance.suite import SuiteCase, suite

ROUNDING = {each.name for each in PASSES if each.rounds}
CHOICES: dict[str, set[str]] = {"all": set(), **{f"only {name}": set(NAMES) - {name} for name in NAMES}}
WHOLE = [case for case in suite() if case.kind == "pytorch-converted" and case.name not in MISSES]
LIGHT = [case for case in suite() if case.name in ("test_shufflenet", "test_squeezenet")]


def outputs(case: SuiteCase, without: Collection[str]) -> list[np.ndarray]:
    """What a model computes for the first inputs that the suite has for it."""
    imported = import_model(case.model())
    session = Session(imported.project.graph, device="cpu", without=without)
    session.restore(imported.tensors)
    inputs, _ = next(iter(case.data()))
    feeds = dict(zip(imported.inputs.values(), inputs, strict=True))
    found: list[np.ndarray] = session.run(list(imported.outputs.values()), feeds)
    return found


@pytest.mark.parametrize("case", [*WHOLE, *LIGHT], ids=lambda case: case.name)
def test_a_model_computes_the_same_whatever_passes_run(case: SuiteCase) -> None:
    plain = outputs(case, NAMES)
    choices = {"all": CHOICES["all"]} if case in LIGHT else CHOICES
    for name, without in choices.items():
        for found, expected in zip(outputs(case, without), plain, strict=True):
            assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
            if ROUNDING.issubset(without):
                np.testing.assert_array_equal(found, expected, err_msg=name)
            else:
                np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5, err_msg=name)


def test_there_are_models() -> None:
    assert len(WHOLE) > 70 and len(LIGHT) == 2
