"""How often the engine may be started again by itself."""

from engine.worker.restarts import RestartLimit


def test_three_within_five_minutes_and_no_more() -> None:
    limit = RestartLimit(3, 300.0, clock=lambda: 0.0)
    assert [limit.take() for _ in range(5)] == [True, True, True, False, False]


def test_old_restarts_are_forgotten() -> None:
    now = [0.0]
    limit = RestartLimit(3, 300.0, clock=lambda: now[0])
    for second in (0.0, 100.0, 200.0):
        now[0] = second
        assert limit.take()
    now[0] = 299.0
    assert not limit.take()
    now[0] = 301.0
    assert limit.take()
    assert not limit.take()


def test_a_wish_of_the_user_starts_anew() -> None:
    limit = RestartLimit(1, 300.0, clock=lambda: 0.0)
    assert limit.take()
    limit.reset()
    assert limit.take()
