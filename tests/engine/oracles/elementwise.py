"""Oracles of ops on single elements."""

from tests.engine.oracles.oracle import ROUGH, Oracle
from tests.engine.oracles.samples import complex_numbers, together, unary

ORACLES: dict[str, Oracle] = {
    "Identity": Oracle(lambda t, _, x: x.clone(), lambda j, _, x: x, unary(), twice=True),
    "Negate": Oracle("neg", "numpy.negative", together(unary(edges=(0.0, 1e30)), complex_numbers())),
    "Abs": Oracle("abs", "numpy.abs", together(unary(edges=(1e-30, -1e30)), complex_numbers())),
    "Square": Oracle("square", "numpy.square", together(unary(edges=(0.0, 1e-9, 1e9)), complex_numbers())),
    "Sqrt": Oracle("sqrt", "numpy.sqrt", unary(0.1, 3.0, edges=(1e-20, 1e20)), twice=True),
    "Rsqrt": Oracle("rsqrt", "lax.rsqrt", unary(0.1, 3.0, edges=(1e-6, 1e6)), twice=True),
    "Reciprocal": Oracle(
        "reciprocal",
        "numpy.reciprocal",
        together(unary(0.2, 3.0, edges=(-1e-6, 1e6)), complex_numbers()),
        twice=True,
    ),
    "Exp": Oracle("exp", "numpy.exp", together(unary(edges=(-700.0, -80.0, 0.0, 80.0)), complex_numbers())),
    "Expm1": Oracle("expm1", "numpy.expm1", unary(edges=(-50.0, -1e-9, 0.0, 1e-9, 60.0)), twice=True),
    "Exp2": Oracle("exp2", "numpy.exp2", unary(edges=(-100.0, 0.0, 100.0)), twice=True),
    "Log": Oracle("log", "numpy.log", unary(0.1, 4.0, edges=(1e-20, 1.0, 1e20)), twice=True),
    "Log2": Oracle("log2", "numpy.log2", unary(0.1, 4.0, edges=(1e-20, 1.0, 1e20)), twice=True),
    "Log10": Oracle("log10", "numpy.log10", unary(0.1, 4.0, edges=(1e-20, 1.0, 1e20)), twice=True),
    "Log1p": Oracle("log1p", "numpy.log1p", unary(-0.9, 4.0, edges=(-1e-9, 0.0, 1e-9, 1e20)), twice=True),
    "Sin": Oracle("sin", "numpy.sin", unary(-6.0, 6.0, edges=(0.0, -0.0, 50.0)), twice=True),
    "Cos": Oracle("cos", "numpy.cos", unary(-6.0, 6.0, edges=(0.0, -0.0, 50.0)), twice=True),
    "Tan": Oracle("tan", "numpy.tan", unary(-1.2, 1.2, edges=(0.0, -0.0, 3.0)), twice=True),
    "Asin": Oracle("asin", "numpy.asin", unary(-0.9, 0.9, edges=(0.0, -0.0, 0.999)), twice=True),
    "Acos": Oracle("acos", "numpy.acos", unary(-0.9, 0.9, edges=(0.0, -0.0, -0.999)), twice=True),
    "Atan": Oracle("atan", "numpy.atan", unary(edges=(0.0, -0.0, 1e5, -1e5)), twice=True),
    "Sinh": Oracle("sinh", "numpy.sinh", unary(edges=(0.0, -0.0, 30.0)), twice=True),
    "Cosh": Oracle("cosh", "numpy.cosh", unary(edges=(0.0, -0.0, -30.0)), twice=True),
    "Tanh": Oracle("tanh", "numpy.tanh", unary(edges=(0.0, -0.0, 30.0, -100.0)), twice=True),
    "Asinh": Oracle("asinh", "numpy.asinh", unary(edges=(0.0, -0.0, 1e5, -1e5)), twice=True),
    "Acosh": Oracle("acosh", "numpy.acosh", unary(1.1, 4.0, edges=(1.01, 1e5)), twice=True),
    "Atanh": Oracle("atanh", "numpy.atanh", unary(-0.9, 0.9, edges=(0.0, -0.0, 0.999)), twice=True),
    "Erf": Oracle("erf", "scipy.special.erf", unary(edges=(0.0, -0.0, 8.0, -8.0)), twice=True),
    "Erfc": Oracle("special.erfc", "scipy.special.erfc", unary(edges=(0.0, 5.0, -8.0)), twice=True),
    "Erfinv": Oracle("erfinv", "scipy.special.erfinv", unary(-0.9, 0.9, edges=(0.0, 0.999)), twice=True),
    "LogGamma": Oracle("lgamma", "scipy.special.gammaln", unary(0.2, 6.0, edges=(1.0, 2.0, -1.5, 1e5))),
    # PyTorch's trigamma, the slope of it, is right to ten digits only.
    "Digamma": Oracle(
        "digamma", "scipy.special.digamma", unary(0.2, 6.0, edges=(1.0, 30.0, -1.5)), tolerance=ROUGH
    ),
    "Polygamma": Oracle(
        lambda t, a, x: t.polygamma(a["order"], x),
        lambda j, a, x: j.scipy.special.polygamma(a["order"], x),
        unary(0.5, 6.0, edges=(1.0, 30.0), settings={"order": (1, 2, 4)}),
        tolerance=ROUGH,
    ),
    "Sinc": Oracle("sinc", "numpy.sinc", unary(edges=(1.0, -1.0, 20.5))),
    "Clip": Oracle(
        lambda t, a, x: t.clamp(x, a["low"], a["high"]),
        lambda j, a, x: j.numpy.clip(x, a["low"], a["high"]),
        unary(settings={"low": (-1.0, -0.3, 0.0), "high": (0.5, 1.5)}),
        twice=True,
    ),
    "Real": Oracle("real", "numpy.real", complex_numbers(), twice=True),
    "Imaginary": Oracle(
        lambda t, _, x: t.imag(x) if x.is_complex() else t.zeros_like(x),
        "numpy.imag",
        complex_numbers(),
        twice=True,
    ),
    "Conjugate": Oracle("conj", "numpy.conj", complex_numbers(), twice=True),
    "Angle": Oracle("angle", "numpy.angle", complex_numbers()),
}
