"""Reads an index as one types it: `3, 0, 7`, `3 0 7` or `[-1, 2]`."""

import re


def read_place(text: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the index in a tensor of this shape; a ValueError says in a sentence what is wrong.

    Fewer numbers than axes leave the last axes at 0. Negative numbers count from the end.
    """
    parts = [part for part in re.split(r"[\s,;\[\]()]+", text) if part]
    if not parts or not all(re.fullmatch(r"[+-]?\d{1,18}", part) for part in parts):
        raise ValueError(f"“{text}” is not an index. Type whole numbers, for example 3, 0, 7.")
    if len(parts) > len(shape):
        raise ValueError(f"The index has {len(parts)} numbers and the tensor {len(shape)} axes.")
    numbers = [int(part) for part in parts] + [0] * (len(shape) - len(parts))
    for axis, (number, size) in enumerate(zip(numbers, shape, strict=True)):
        if not -size <= number < size:
            raise ValueError(f"Axis {axis} has {size:,} entries. Choose an index from 0 to {size - 1:,}.")
    return tuple(number % size for number, size in zip(numbers, shape, strict=True))
