"""Random numbers: Philox4x64-10, with the same bits as the generic kernels draw.

Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.cpu.compiled.declare import helper, record_kernel
from kernels.cpu.compiled.memory import high_product, load64, load_word, store
from kernels.cpu.layout import COUNT, COUNTER, DRAWN, PARAMETERS, STREAM

_FIRST, _SECOND = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_WEYL_A, _WEYL_B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ROUNDS = 10
_UNIT = np.float32(2.0**-24)


@helper
def drawn(number: Any, step: Any, seed: Any, stream: Any) -> Any:
    """The four words of 64 bits of one place of the counter."""
    a, b, c, d = np.uint64(number), np.uint64(0), np.uint64(0), np.uint64(step)
    key_a, key_b = np.uint64(seed), np.uint64(stream)
    for _ in range(_ROUNDS):
        high_a, high_c = high_product(a, _FIRST), high_product(c, _SECOND)
        a, b, c, d = high_c ^ b ^ key_a, c * _SECOND, high_a ^ d ^ key_b, a * _FIRST
        key_a += _WEYL_A
        key_b += _WEYL_B
    return a, b, c, d


@helper
def put(target: int, index: int, count: int, word: Any, factor: Any, plus: Any) -> None:
    """Two numbers out of one word."""
    if index < count:
        low = np.uint32(word & np.uint64(0xFFFFFFFF)) >> np.uint32(8)
        store(target, index, np.float32(low) * _UNIT * factor + plus)
    if index + 1 < count:
        high = np.uint32(word >> np.uint64(40))
        store(target, index + 1, np.float32(high) * _UNIT * factor + plus)


@record_kernel
def random_uniform(share: int, shares: int, record: int, scratch: int) -> None:
    counter, target, count = load_word(record, COUNTER), load_word(record, DRAWN), load_word(record, COUNT)
    seed, step, stream = load_word(counter, 0), load_word(counter, 1), load_word(record, STREAM)
    parameters = load_word(record, PARAMETERS)
    factor, plus = np.float32(load64(parameters, 0)), np.float32(load64(parameters, 1))
    blocks = (count + 7) // 8
    for block in range(blocks * share // shares, blocks * (share + 1) // shares):
        a, b, c, d = drawn(block + 1, step, seed, stream)
        put(target, 8 * block, count, a, factor, plus)
        put(target, 8 * block + 2, count, b, factor, plus)
        put(target, 8 * block + 4, count, c, factor, plus)
        put(target, 8 * block + 6, count, d, factor, plus)
