"""Oracles of ops on two or more tensors that are broadcast."""

import functools

from tests.engine.oracles.oracle import Oracle
from tests.engine.oracles.samples import at, binary, complex_numbers, many, ternary, together

POSITIVE = (0.2, 3.0)
ORACLES: dict[str, Oracle] = {
    "Add": Oracle(
        "add", "numpy.add", together(binary(edges=([0.0, 1e30], [-0.0, -1e30])), complex_numbers(2))
    ),
    "Subtract": Oracle(
        "sub", "numpy.subtract", together(binary(edges=([0.0, 1e30], [-0.0, 1e30])), complex_numbers(2))
    ),
    "Multiply": Oracle(
        "mul",
        "numpy.multiply",
        together(binary(edges=([0.0, 1e20, -0.0], [-2.0, 1e-20, 0.0])), complex_numbers(2)),
        twice=True,
    ),
    "Divide": Oracle(
        "div",
        "numpy.divide",
        together(binary(b=POSITIVE, edges=([0.0, 1e9, 1.0], [-2.0, 1e-9, 1e9])), complex_numbers(2)),
        twice=True,
    ),
    "Mod": Oracle("remainder", "numpy.remainder", binary((-9.0, 9.0), POSITIVE, ([-7.0, 7.0], [3.5, -2.0]))),
    "Fmod": Oracle("fmod", "numpy.fmod", binary((-9.0, 9.0), POSITIVE, ([-7.0, 7.0], [3.0, -2.0]))),
    "Power": Oracle(
        "pow",
        "numpy.power",
        binary(POSITIVE, edges=([0.5, 1e9, 1e-9, 2.0], [1.0, 2.0, 0.5, -3.0])),
        # PyTorch takes the slope along a, b · a ** (b - 1), as constant where b is 0; it is not.
        jax_alone=at([0.5, 2.0], [0.0, -0.0]),
        twice=True,
    ),
    # At equal elements all three give each side half of the gradient.
    "Maximum": Oracle(
        "maximum", "numpy.maximum", binary(edges=([1.0, 0.0, -0.0, 3.0], [1.0, -0.0, 0.0, -3.0]))
    ),
    "Minimum": Oracle(
        "minimum", "numpy.minimum", binary(edges=([1.0, 0.0, -0.0, 3.0], [1.0, -0.0, 0.0, -3.0]))
    ),
    "CopySign": Oracle("copysign", "numpy.copysign", binary(edges=([1.0, -2.0, 3.0], [-0.0, 0.0, -1e-30]))),
    "LogAddExp": Oracle(
        "logaddexp",
        "numpy.logaddexp",
        binary(edges=([0.0, 30.0, 90.0, -90.0], [0.0, 0.0, 90.0, 0.0])),
        # PyTorch's second derivative of numbers so far apart is not a number.
        jax_alone=at([1000.0, -1000.0], [0.0, 500.0]),
        twice=True,
    ),
    "Xlogy": Oracle(
        "xlogy",
        "scipy.special.xlogy",
        binary(b=POSITIVE, edges=([0.0, 1.0, -2.0], [0.5, 1e-20, 1e20])),
        twice=True,
    ),
    "Atan2": Oracle(
        "atan2",
        "numpy.arctan2",
        binary(b=POSITIVE, edges=([0.0, 1.0, -1e-5], [2.0, -1e-5, -1.0])),
        twice=True,
    ),
    "Hypot": Oracle("hypot", "numpy.hypot", binary(b=POSITIVE, edges=([0.0, 3e9], [2.0, 4e9])), twice=True),
    "Complex": Oracle(
        lambda t, _, a, b: t.complex(*t.broadcast_tensors(a, b)),
        lambda j, _, a, b: j.lax.complex(*j.numpy.broadcast_arrays(a, b)),
        binary(),
    ),
    "Where": Oracle("where", "numpy.where", ternary("bool")),
    "SquaredDifference": Oracle(
        lambda t, _, a, b: (a - b) ** 2,
        lambda j, _, a, b: (a - b) ** 2,
        binary(edges=([1.0], [1.0])),
        twice=True,
    ),
    "Lerp": Oracle("lerp", lambda j, _, a, b, weight: a + weight * (b - a), ternary("float"), twice=True),
    "AddN": Oracle(
        lambda t, _, *xs: functools.reduce(t.add, xs),
        lambda j, _, *xs: functools.reduce(j.numpy.add, xs),
        many(),
    ),
    "MultiplyN": Oracle(
        lambda t, _, *xs: functools.reduce(t.mul, xs),
        lambda j, _, *xs: functools.reduce(j.numpy.multiply, xs),
        many(),
        twice=True,
    ),
    "MaximumN": Oracle(
        lambda t, _, *xs: functools.reduce(t.maximum, xs),
        lambda j, _, *xs: functools.reduce(j.numpy.maximum, xs),
        many(),
    ),
    "MinimumN": Oracle(
        lambda t, _, *xs: functools.reduce(t.minimum, xs),
        lambda j, _, *xs: functools.reduce(j.numpy.minimum, xs),
        many(),
    ),
    "AverageN": Oracle(
        lambda t, _, *xs: t.stack(t.broadcast_tensors(*xs)).mean(0),
        lambda j, _, *xs: j.numpy.stack(j.numpy.broadcast_arrays(*xs)).mean(0),
        many(),
    ),
}
