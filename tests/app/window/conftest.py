"""Only what the tests of the window need beyond the person: nothing of theirs stays in the temporary home."""

from collections.abc import Iterator

import pytest

from engine.project.owner import state_folder


@pytest.fixture(autouse=True)
def no_autosaves() -> Iterator[None]:
    yield
    for file in state_folder().glob("*"):
        file.unlink()
