"""Places labels beside a plot: in their order, without overlap, moved as little as possible."""


def spread(wanted: list[float], height: float, low: float, high: float) -> list[float]:
    """Return the centres of labels of one `height` between low and high, as near to `wanted` as they can be.

    The result is in the order given. If they do not all fit they are spaced evenly and overlap.
    """
    if not wanted:
        return []
    room = high - low
    step = min(height, room / len(wanted))
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    # Without the gaps, "no overlap" is "ascending", and the nearest ascending numbers are means of pools.
    pools: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        mean, count = wanted[index] - rank * step, 1
        while pools and pools[-1][0] > mean:
            before, size = pools.pop()
            mean, count = (before * size + mean * count) / (size + count), size + count
        pools.append((mean, count))
    first, last = low + step / 2, high - step / 2 - (len(wanted) - 1) * step
    flat = [min(max(mean, first), last) for mean, count in pools for _ in range(count)]
    placed = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        placed[index] = flat[rank] + rank * step
    return placed
