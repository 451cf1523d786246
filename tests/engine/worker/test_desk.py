"""The desk: orders wait their turn, flags act at once, and the newest evaluation wins."""

import threading
from typing import Any

from engine.worker.desk import Desk
from engine.worker.mailbox import Mailbox
from engine.worker.messages import (
    Evaluate,
    Pause,
    ReadPictures,
    Resume,
    Shutdown,
    StateChanged,
    StepOnce,
    Stop,
    Train,
    Watch,
)

TRAIN = Train(b"", "run")
QUESTION = ReadPictures(1, "a.y", 0, 1)


def desk() -> tuple[Desk, Mailbox]:
    box = Mailbox()
    return Desk(box), box


def no_answer(query: Any) -> None:
    raise AssertionError(f"nobody asked {query}")


def test_questions_are_answered_before_jobs_are_begun() -> None:
    made, _ = desk()
    made.receive(TRAIN)
    made.receive(QUESTION)
    assert made.next_task() == QUESTION
    assert made.next_task() == TRAIN


def test_a_newer_evaluation_takes_the_place_of_one_that_waits() -> None:
    made, _ = desk()
    for request in range(5):
        made.receive(Evaluate(request, b""))
    assert made.next_task() == Evaluate(4, b"")
    made.receive(Shutdown())
    assert made.next_task() is None


def test_a_newer_evaluation_or_a_training_ends_one_that_is_being_done() -> None:
    for order in (Evaluate(2, b""), TRAIN):
        made, _ = desk()
        made.receive(Evaluate(1, b""))
        made.next_task()
        assert not made.interrupted()
        made.receive(order)
        assert made.interrupted()
        made.next_task()
        assert not made.interrupted()


def test_an_evaluation_does_not_end_a_training() -> None:
    made, _ = desk()
    made.receive(TRAIN)
    made.next_task()
    made.receive(Evaluate(1, b""))
    assert not made.interrupted()


def test_a_stop_ends_the_job_and_not_the_next_one() -> None:
    made, _ = desk()
    made.receive(TRAIN)
    made.next_task()
    made.receive(Stop())
    assert made.interrupted()
    assert not made.before_step(no_answer)
    made.receive(TRAIN)
    made.next_task()
    assert not made.interrupted()


def test_a_stop_reaches_a_job_that_has_not_begun() -> None:
    made, _ = desk()
    made.receive(TRAIN)
    made.receive(Stop())
    made.next_task()
    assert made.interrupted()


def test_a_stop_without_a_job_is_forgotten() -> None:
    made, _ = desk()
    made.receive(Stop())
    made.receive(TRAIN)
    made.next_task()
    assert not made.interrupted()


def test_a_pause_that_comes_before_the_job_has_begun_holds() -> None:
    made, box = desk()
    made.receive(TRAIN)
    made.receive(Pause())
    made.next_task()
    waiting = threading.Thread(target=made.before_step, args=(no_answer,))
    waiting.start()
    assert box.take() == [StateChanged("paused")]
    made.receive(Resume())
    waiting.join(timeout=30)
    assert not waiting.is_alive()
    assert box.take() == [StateChanged("running")]


def test_questions_are_answered_during_a_pause() -> None:
    made, box = desk()
    made.receive(Train(b"", "run", start_paused=True))
    made.next_task()
    answered = threading.Event()
    waiting = threading.Thread(target=made.before_step, args=(lambda query: answered.set(),))
    waiting.start()
    assert box.take() == [StateChanged("paused")]
    made.receive(QUESTION)
    assert answered.wait(30)
    made.receive(Stop())
    waiting.join(timeout=30)
    assert not waiting.is_alive()


def test_single_steps_are_counted() -> None:
    made, _ = desk()
    made.receive(Train(b"", "run", one_step=True))
    made.next_task()
    made.receive(StepOnce())
    assert made.before_step(no_answer)
    assert made.before_step(no_answer)
    made.receive(Stop())
    assert not made.before_step(no_answer)


def test_of_what_should_be_watched_only_the_newest_is_looked_up() -> None:
    made, _ = desk()
    made.receive(Watch({}))
    made.receive(Watch({}))
    made.receive(QUESTION)
    assert [type(made.next_task()) for _ in range(2)] == [Watch, ReadPictures]


def test_busy_is_told_only_while_something_is_done() -> None:
    made, _ = desk()
    assert made.busy() is None
    made.receive(TRAIN)
    made.next_task()
    assert made.before_step(no_answer, 7)
    busy = made.busy()
    assert busy is not None
    assert busy.step == 7
    assert busy.seconds >= 0.0
