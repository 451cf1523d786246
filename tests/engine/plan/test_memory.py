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


def test_a_chain_needs_room_for_two() -> None:
    _, size = place([Life(1024, step, step + 1) for step in range(50)])
    assert size == 2048
