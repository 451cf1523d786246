"""Tick positions at round numbers and their labels: counts, decimals, durations, powers of ten."""

import math

import numpy as np

_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


def round_step(span: float, most: int) -> float:
    """Return the smallest round step (1, 2, 2.5 or 5 times a power of ten) with at most `most` in `span`."""
    raw = span / max(most, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * (1 - 1e-9))


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers within low..high, at most about `most` of them."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    step = round_step(high - low, most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12 - math.floor(math.log10(step))) for index in range(first, last + 1)]


def whole_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round whole numbers within low..high: there is no half step and no half epoch."""
    if high - low >= most:
        ticks = linear_ticks(low, high, most)
        return [tick for tick in ticks if tick == int(tick)]
    return [float(value) for value in range(math.ceil(low), math.floor(high) + 1)]


def time_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round durations in seconds within low..high."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return []
    if span < most:
        return linear_ticks(low, high, most)
    step = next((s for s in _SECONDS if span / s <= most), 86400 * math.ceil(span / 86400 / most))
    return [float(step * index) for index in range(math.ceil(low / step), math.floor(high / step) + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return ticks for exponents low..high, as exponents: powers of ten, also 2 and 5 in few decades."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    if high - low < 0.7:
        values = linear_ticks(10.0**low, 10.0**high, most)
        return [math.log10(value) for value in values if value > 0]
    first, last = math.floor(low), math.ceil(high)
    factors = (1, 2, 5) if high - low < most / 2.2 else (1,)
    stride = max(1, math.ceil((high - low) / max(most, 1)))
    decades = range(first - first % stride, last + 1, stride)
    ticks = [decade + math.log10(factor) for decade in decades for factor in factors]
    return [tick for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]


def tick_labels(ticks: list[float]) -> list[str]:
    """Return the labels of evenly spaced ticks, all with the same decimals, or all as powers of ten."""
    if not ticks:
        return []
    largest = max(abs(tick) for tick in ticks)
    step = min(np.diff(ticks), default=largest)
    if largest >= 1e6 or (0 < largest < 1e-3):
        digits = max(0, math.floor(math.log10(largest)) - math.floor(math.log10(step) + 1e-9)) if step else 0
        return [_power(tick, digits) for tick in ticks]
    decimals = _decimals(float(step))
    return [f"{tick:.{decimals}f}" for tick in ticks]


def log_labels(exponents: list[float]) -> list[str]:
    """Return the labels of logarithmic ticks: plain numbers near one, powers of ten beyond."""
    return [short_number(10.0**exponent) for exponent in exponents]


def short_number(value: float) -> str:
    """Return a number in as few characters as it needs, for example 0.01, 50 or 1e-05."""
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.4g}"
    return _power(value, 0 if math.isclose(value, float(f"{value:.0e}"), rel_tol=1e-6) else 1)


def duration(seconds: float) -> str:
    """Return a duration as one reads it on an axis: `40 s`, `1:30`, `2:00:00`."""
    if abs(seconds) < 60:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def _decimals(step: float) -> int:
    if step <= 0 or not math.isfinite(step):
        return 1
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    # 0.25 needs one decimal more than its magnitude says.
    return decimals if math.isclose(round(step, decimals), step, rel_tol=1e-6) else decimals + 1


def _power(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa}e{int(exponent)}"
