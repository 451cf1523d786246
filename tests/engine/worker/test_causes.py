"""Why a process ended, in words."""

import signal

import pytest

from engine.worker.causes import death_of


@pytest.mark.parametrize(
    ("code", "cause", "sentence"),
    [
        (-signal.SIGKILL, "memory", "The engine was killed (SIGKILL), perhaps because memory ran out."),
        (-signal.SIGSEGV, "crashed", "The engine crashed (SIGSEGV)."),
        (-signal.SIGABRT, "crashed", "The engine crashed (SIGABRT)."),
        (-signal.SIGTERM, "killed", "The engine was ended from outside (SIGTERM)."),
        (3, "exited", "The engine ended by itself (exit code 3)."),
        (0xC0000005, "crashed", "The engine crashed (exception 0xC0000005)."),
        (-250, "killed", "The engine was ended from outside (signal 250)."),
    ],
)
def test_an_exit_code_becomes_a_sentence(code: int, cause: str, sentence: str) -> None:
    death = death_of(code)
    assert (death.cause, death.sentence) == (cause, sentence)


def test_garbage_explains_itself() -> None:
    death = death_of(-signal.SIGKILL, "Received b'hello' where a message was expected.")
    assert death.cause == "garbage"
    assert "hello" in death.sentence
