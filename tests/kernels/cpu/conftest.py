"""The compiled kernels, built where they are not there yet."""

import pytest

from kernels.cpu.tier import Compiled, bring


@pytest.fixture(scope="session")
def compiled() -> Compiled:
    return bring()
