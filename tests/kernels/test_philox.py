"""Philox: the published answers, and one stream of bits whatever computes it."""

from typing import Any

import numpy as np
import pytest

from kernels.generic.philox import philox, random_blocks, random_words

PI = (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89)
ALL = 0xFFFFFFFFFFFFFFFF
# From kat_vectors of the authors' library Random123: counter, key, and the words that follow from them.
KNOWN = [
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B),
    ),
    (
        (ALL, ALL, ALL, ALL),
        (ALL, ALL),
        (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0),
    ),
    (
        PI,
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
    ),
]


class OtherDevice:
    """NumPy under another name: what is computed for it is computed as on a GPU."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN, ids=["zeros", "ones", "pi"])
def test_gives_the_published_words(
    counter: tuple[int, int, int, int], key: tuple[int, int], expected: tuple[int, ...]
) -> None:
    a, b, c, d = (np.array([word, word], np.uint64) for word in counter)
    found = philox(np, (a, b, c, d), key)
    np.testing.assert_array_equal(found, np.array([expected, expected], np.uint64).T)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 1000])
@pytest.mark.parametrize("seed", [0, 3, 2**64 - 1])
def test_every_device_draws_the_same_bits(seed: int, count: int) -> None:
    counter = np.array([seed, 12], np.uint64)
    here, there = random_words(np, counter, 5, count), random_words(OtherDevice(), counter, 5, count)
    assert here.dtype == np.uint32
    assert here.shape == (count,)
    np.testing.assert_array_equal(here, there)


def test_a_longer_draw_begins_as_a_shorter_one() -> None:
    counter = np.array([1, 2], np.uint64)
    np.testing.assert_array_equal(random_words(np, counter, 0, 999)[:10], random_words(np, counter, 0, 10))


@pytest.mark.parametrize("places", [[], [0], [3, 17], list(range(100))])
def test_a_place_has_the_same_words_whichever_others_are_asked_for(places: list[int]) -> None:
    counter, chosen = np.array([1, 2], np.uint64), np.array(places, np.int64)
    found = random_blocks(np, counter, 5, 3, chosen, 100)
    assert found.shape == (4, len(places))
    everything = random_blocks(np, counter, 5, 3, np.arange(100), 100)
    np.testing.assert_array_equal(found, everything[:, chosen])
    np.testing.assert_array_equal(found, random_blocks(OtherDevice(), counter, 5, 3, chosen, 100))
    assert len(np.unique(everything)) == 400
    assert not np.isin(random_blocks(np, counter, 5, 4, np.arange(100), 100), everything).any()
