"""The mailbox: order is kept, newer values replace older ones, nothing else is lost, and it does not grow."""

import threading

from engine.worker.mailbox import HURRY_AT, MOST_MESSAGES, MOST_POINTS, Mailbox
from engine.worker.messages import Checkpointed, Log, Observed, Point, Progress, Scalars, StateChanged


def progress(step: int) -> Progress:
    return Progress("train", step, 100, 1, 1, 0.0)


def observed(port: str, revision: int) -> Observed:
    return Observed(port, revision, 0, "float32", ())


def point(step: int) -> Point:
    return Point("loss", "train", step, 0, 0.0, 0.5)


def test_order_is_kept() -> None:
    box = Mailbox()
    messages = [StateChanged("running"), Log("info", "a"), Checkpointed("c", 1), StateChanged("paused")]
    for message in messages:
        box.put(message)
    assert box.take() == messages


def test_only_the_newest_progress_is_kept_and_stands_where_it_is_newest() -> None:
    box = Mailbox()
    box.put(progress(1))
    box.put(Log("info", "between"))
    box.put(progress(2))
    assert box.take() == [Log("info", "between"), progress(2)]


def test_values_of_different_ports_do_not_replace_each_other() -> None:
    box = Mailbox()
    newest = observed("a.y", 3)
    other = observed("b.y", 2)
    for message in (observed("a.y", 1), other, newest):
        box.put(message)
    assert box.take() == [other, newest]


def test_points_come_together_and_before_what_was_put_in_after_them() -> None:
    box = Mailbox()
    for step in range(3):
        box.add_point(point(step))
    box.put(StateChanged("paused"))
    assert box.take() == [Scalars([point(0), point(1), point(2)]), StateChanged("paused")]


def test_messages_hurry_and_values_gather() -> None:
    box = Mailbox(delay=3600.0)
    box.put(progress(1))
    box.put(StateChanged("paused"))  # without this the next line would wait for an hour
    assert len(box.take()) == 2


def test_many_points_hurry() -> None:
    box = Mailbox(delay=3600.0)
    for step in range(HURRY_AT):
        box.add_point(point(step))
    (message,) = box.take()
    assert isinstance(message, Scalars)
    assert len(message.points) == HURRY_AT


def test_a_full_box_refuses_who_does_not_want_to_wait_and_takes_newer_values_all_the_same() -> None:
    box = Mailbox()
    for number in range(MOST_MESSAGES):
        assert box.put(Log("info", str(number)))
    assert not box.put(Log("info", "too many"), give_up=lambda: True)
    assert box.put(progress(1))
    assert len(box.take(MOST_MESSAGES + 10)) == MOST_MESSAGES + 1


def test_a_million_points_wait_for_room_and_none_is_lost() -> None:
    box = Mailbox()
    count = 3 * MOST_POINTS
    steps = range(count)

    def produce() -> None:
        for step in steps:
            box.add_point(point(step))
        box.close()

    producer = threading.Thread(target=produce)
    producer.start()
    came: list[int] = []
    while messages := box.take():
        assert sum(len(m.points) for m in messages if isinstance(m, Scalars)) <= MOST_POINTS
        came += [p.step for m in messages if isinstance(m, Scalars) for p in m.points]
    producer.join()
    assert came == list(steps)


def test_who_waits_for_room_is_let_go_when_the_box_is_closed() -> None:
    box = Mailbox()
    for number in range(MOST_MESSAGES):
        box.put(Log("info", str(number)))
    waiting = threading.Thread(target=box.put, args=(Log("info", "too many"),))
    waiting.start()
    box.close()
    waiting.join(timeout=10)
    assert not waiting.is_alive()


def test_what_is_left_can_be_taken_after_closing() -> None:
    box = Mailbox()
    box.put(progress(1))
    box.close()
    assert box.take() == [progress(1)]
    assert box.take() == []
    assert not box.put(Log("info", "late"))
