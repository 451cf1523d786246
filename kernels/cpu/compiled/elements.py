"""Elementwise functions of up to three float32 numbers, each as a loop over the registers of a block.

True is 1 and false is 0. What the generic kernels say of NaN and infinity holds here as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from kernels.cpu.compiled.approximations import erf, exponential, logarithm, tangent
from kernels.cpu.compiled.declare import exported, helper
from kernels.cpu.compiled.memory import cut, down, magnitude, nearest, read, read64, up, write, write64

_Function = Callable[..., Any]
ZERO, ONE, HALF = np.float32(0), np.float32(1), np.float32(0.5)
_SQRT_HALF = np.float32(math.sqrt(0.5))
_GELU_SLOPE, _GELU_B = np.float32(-2 * math.sqrt(2 / math.pi)), np.float32(0.044715)
_SELU_ALPHA, _SELU_SCALE = np.float32(1.6732632423543772), np.float32(1.0507009873554805)


def _loop(function: _Function, arity: int, read: _Function, write: _Function) -> _Function:
    """The function for all elements of registers."""
    if arity == 1:

        def run_one(out: int, a: int, b: int, c: int, count: int) -> None:
            for i in range(count):
                write(out, i, function(read(a, i)))

        return run_one
    if arity == 2:

        def run_two(out: int, a: int, b: int, c: int, count: int) -> None:
            for i in range(count):
                write(out, i, function(read(a, i), read(b, i)))

        return run_two

    def run_three(out: int, a: int, b: int, c: int, count: int) -> None:
        for i in range(count):
            write(out, i, function(read(a, i), read(b, i), read(c, i)))

    return run_three


def _power(a: Any, b: Any) -> Any:
    return a**b


# The library's function, one element after the other: for the few numbers that optimizers count with.
exported("wide_power", 5)(_loop(helper(_power), 2, read64, write64))


def element(*, wide: bool = False) -> Callable[[_Function], _Function]:
    """Offer a function of numbers under its name; with `wide` in float64 as well."""

    def declare(function: _Function) -> _Function:
        name, arity = function.__name__.rstrip("_"), function.__code__.co_argcount
        compiled = helper(function)
        exported(f"element_{name}", 5)(_loop(compiled, arity, read, write))
        if wide:
            exported(f"wide_{name}", 5)(_loop(compiled, arity, read64, write64))
        return compiled

    return declare


# ---- arithmetic ------------------------------------------------------------------------------------------


@element(wide=True)
def copy(x: Any) -> Any:
    return x


@element(wide=True)
def add(a: Any, b: Any) -> Any:
    return a + b


@element(wide=True)
def subtract(a: Any, b: Any) -> Any:
    return a - b


@element(wide=True)
def multiply(a: Any, b: Any) -> Any:
    return a * b


@element(wide=True)
def multiply_add(a: Any, b: Any, c: Any) -> Any:
    return a * b + c


@element(wide=True)
def divide(a: Any, b: Any) -> Any:
    return a / b


@element(wide=True)
def negate(x: Any) -> Any:
    return -x


@element(wide=True)
def square(x: Any) -> Any:
    return x * x


@element()
def abs_(x: Any) -> Any:
    return magnitude(x)


@element()
def sign(x: Any) -> Any:
    return ONE if x > ZERO else (-ONE if x < ZERO else x * ZERO)


@element(wide=True)
def maximum(a: Any, b: Any) -> Any:
    return a if a > b or a != a else b


@element(wide=True)
def minimum(a: Any, b: Any) -> Any:
    return a if a < b or a != a else b


@element()
def clip(x: Any, low: Any, high: Any) -> Any:
    raised = low if x < low else x
    return high if raised > high else raised


@element()
def floor(x: Any) -> Any:
    return down(x)


@element()
def ceil(x: Any) -> Any:
    return up(x)


@element()
def round_(x: Any) -> Any:
    return nearest(x)


@element()
def trunc(x: Any) -> Any:
    return cut(x)


# ---- roots and exponentials ------------------------------------------------------------------------------


@element(wide=True)
def sqrt(x: Any) -> Any:
    return math.sqrt(x)


@element(wide=True)
def rsqrt(x: Any) -> Any:
    return ONE / math.sqrt(x)


@element(wide=True)
def reciprocal(x: Any) -> Any:
    return ONE / x


@element()
def exp(x: Any) -> Any:
    return exponential(x)


@element()
def log(x: Any) -> Any:
    return logarithm(x)


# ---- comparisons and logic -------------------------------------------------------------------------------


@element(wide=True)
def equal(a: Any, b: Any) -> Any:
    return ONE if a == b else ZERO


@element(wide=True)
def not_equal(a: Any, b: Any) -> Any:
    return ONE if a != b else ZERO


@element(wide=True)
def less(a: Any, b: Any) -> Any:
    return ONE if a < b else ZERO


@element(wide=True)
def less_equal(a: Any, b: Any) -> Any:
    return ONE if a <= b else ZERO


@element(wide=True)
def greater(a: Any, b: Any) -> Any:
    return ONE if a > b else ZERO


@element(wide=True)
def greater_equal(a: Any, b: Any) -> Any:
    return ONE if a >= b else ZERO


@element()
def logical_and(a: Any, b: Any) -> Any:
    return a * b


@element()
def logical_or(a: Any, b: Any) -> Any:
    return a + b - a * b


@element()
def logical_not(x: Any) -> Any:
    return ONE - x


@element(wide=True)
def where(condition: Any, a: Any, b: Any) -> Any:
    return a if condition != ZERO else b


# ---- activations -----------------------------------------------------------------------------------------


@element()
def relu(x: Any) -> Any:
    return ZERO if x < ZERO else x


@element()
def leaky_relu(x: Any, slope: Any) -> Any:
    return x * slope if x < ZERO else x


@element()
def elu(x: Any, alpha: Any) -> Any:
    return x if x > ZERO else alpha * (exponential(x) - ONE)


@element()
def selu(x: Any) -> Any:
    return _SELU_SCALE * (x if x > ZERO else _SELU_ALPHA * (exponential(x) - ONE))


@element()
def sigmoid(x: Any) -> Any:
    return ONE / (ONE + exponential(-x))


@element()
def hard_sigmoid(x: Any, alpha: Any, beta: Any) -> Any:
    y = x * alpha + beta
    raised = ZERO if y < ZERO else y
    return ONE if raised > ONE else raised


@element()
def tanh(x: Any) -> Any:
    return tangent(x)


@element()
def softsign(x: Any) -> Any:
    return x / (ONE + magnitude(x))


@element()
def silu(x: Any) -> Any:
    return x / (ONE + exponential(-x))


@element()
def gelu(x: Any) -> Any:
    return x * (HALF + HALF * erf(x * _SQRT_HALF))


@element()
def gelu_of_tanh(x: Any) -> Any:
    """(1 + tanh(u)) / 2 is 1 / (1 + exp(-2u)), which keeps its digits where it is small."""
    return x / (ONE + exponential((x * x * x * _GELU_B + x) * _GELU_SLOPE))


@element()
def sigmoid_cross_entropy(x: Any, target: Any) -> Any:
    """max(x, 0) - x · target + log(1 + exp(-|x|)); the last term keeps its digits where it is small."""
    power = exponential(-magnitude(x))
    more = ONE + power
    tail = power if more == ONE else logarithm(more) * (power / (more - ONE))
    return (ZERO if x < ZERO else x) - x * target + tail


@element()
def erf_(x: Any) -> Any:
    return erf(x)
