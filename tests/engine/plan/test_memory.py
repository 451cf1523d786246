"""Places in the arena: lives that overlap never share bytes, others do."""

import hypothesis.strategies as st
from hypothesis import given

from engine.plan.memory import ALIGNMENT, Life, place

lives = st.lists(
    st.builds(
        lambda n, a, b: Life(n, min(a, b), max(a, b)),
        st.integers(0, 500),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    max_size=30,
)


@given(lives)
def test_lives_that_overlap_in_time_do_not_overlap_in_space(found: list[Life]) -> None:
    offsets, size = place(found)
    for i, a in enumerate(found):
        assert offsets[i] % ALIGNMENT == 0
        assert offsets[i] + a.nbytes <= size
        for j, b in enumerate(found[:i]):
            if a.first <= b.last and b.first <= a.last and a.nbytes and b.nbytes:
                assert offsets[i] + a.nbytes <= offsets[j] or offsets[j] + b.nbytes <= offsets[i]


def straightforward(found: list[Life]) -> list[int]:
    """The same rule without arrays: the largest first, each into the lowest gap."""
    offsets: dict[int, int] = {}
    for index in sorted(range(len(found)), key=lambda i: (-found[i].nbytes, found[i].first)):
        life = found[index]
        neighbours = [i for i in offsets if found[i].first <= life.last and life.first <= found[i].last]
        taken = [(offsets[i], -(-found[i].nbytes // ALIGNMENT) * ALIGNMENT) for i in neighbours]
        offset = 0
        for start, size in sorted(taken):
            if offset + life.nbytes <= start:
                break
            offset = max(offset, start + size)
        offsets[index] = offset
    return [offsets[i] if life.nbytes else 0 for i, life in enumerate(found)]


@given(lives)
def test_every_life_lies_in_the_lowest_gap(found: list[Life]) -> None:
    assert place(found)[0] == straightforward(found)


def test_a_chain_needs_room_for_two() -> None:
    _, size = place([Life(1024, step, step + 1) for step in range(50)])
    assert size == 2048
