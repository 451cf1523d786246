"""Philox4x64-10, the counter-based generator: random words that depend on a key and a counter alone.

Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.devices import to_host
from kernels.generic.output import Array

_MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_LOW = 0xFFFFFFFF
_ROUNDS = 10


def random_words(xp: Any, counter: Array, stream: int, count: int) -> Array:
    """`count` random words of 32 bits.

    `counter` holds the seed and the step. Seed and stream are the key; the step stands in the highest word of
    what is counted, far above what one tensor counts through. NumPy's generator is the same Philox in C, and
    several times faster than array arithmetic; on other devices arithmetic finds the same bits.
    """
    seed, step = (int(word) for word in to_host(counter))
    pairs = -(-count // 2)
    if xp is np:
        key = np.array([seed, stream], np.uint64)
        generator = np.random.Philox(key=key, counter=np.array([0, 0, 0, step], np.uint64))
        words = generator.random_raw(pairs)
    else:
        # Block by block as NumPy counts: from one on.
        number = xp.arange(1, -(-pairs // 4) + 1, dtype=np.uint64)
        zeros = xp.zeros_like(number)
        words = philox(xp, (number, zeros, zeros, zeros + np.uint64(step)), (seed, stream)).T.reshape(-1)
    return words.view(np.uint32)[:count]


def random_blocks(xp: Any, counter: Array, stream: int, turn: int, places: Array, count: int) -> Array:
    """Four random words of 64 bits for each of some places among `count`, as 4 x places.

    Each place has a counter of its own for each turn: what is drawn there depends on no other place.
    """
    seed, step = (int(word) for word in to_host(counter))
    if xp is np and 8 * places.size > count:  # all of them in C are found before an eighth of them here
        key = np.array([seed, stream], np.uint64)
        generator = np.random.Philox(key=key, counter=np.array([0, 0, turn, step], np.uint64))
        return generator.random_raw(4 * count).reshape(count, 4)[places].T
    number = places.astype(np.uint64) + np.uint64(1)
    zeros = xp.zeros_like(number)
    return philox(xp, (number, zeros, zeros + np.uint64(turn), zeros + np.uint64(step)), (seed, stream))


def philox(xp: Any, counter: tuple[Array, Array, Array, Array], key: tuple[int, int]) -> Array:
    """The four words of 64 bits that belong to each counter, as 4 x n, from counters given word by word."""
    a, b, c, d = counter
    for number in range(_ROUNDS):
        first, second = (np.uint64((k + number * w) % 2**64) for k, w in zip(key, _WEYL, strict=True))
        high_a, high_c = _high_product(a, _MULTIPLIERS[0]), _high_product(c, _MULTIPLIERS[1])
        a, b, c, d = (
            high_c ^ b ^ first,
            c * np.uint64(_MULTIPLIERS[1]),
            high_a ^ d ^ second,
            a * np.uint64(_MULTIPLIERS[0]),
        )
    return xp.stack([a, b, c, d])


def _high_product(x: Array, factor: int) -> Array:
    """The upper 64 bits of a product of 128 bits, from products of halves."""
    half, low = np.uint64(32), np.uint64(_LOW)
    x_high, x_low = x >> half, x & low
    f_high, f_low = np.uint64(factor >> 32), np.uint64(factor & _LOW)
    middle = x_high * f_low + (x_low * f_low >> half)
    other = x_low * f_high + (middle & low)
    return x_high * f_high + (middle >> half) + (other >> half)
