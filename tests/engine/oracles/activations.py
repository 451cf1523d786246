"""Oracles of activations."""

from tests.engine.oracles.oracle import Oracle
from tests.engine.oracles.samples import along, binary, unary

FAR = (-300.0, -20.0, 20.0, 300.0)
ORACLES: dict[str, Oracle] = {
    # At 0 the slope is 0, in all three.
    "Relu": Oracle("nn.functional.relu", "nn.relu", unary(edges=(0.0, -0.0, *FAR)), twice=True),
    "LeakyRelu": Oracle(
        lambda t, a, x: t.nn.functional.leaky_relu(x, a["slope"]),
        lambda j, a, x: j.nn.leaky_relu(x, a["slope"]),
        unary(edges=FAR, settings={"slope": (0.0, 0.01, 0.3, 1.0)}),
        twice=True,
    ),
    "Elu": Oracle(
        lambda t, a, x: t.nn.functional.elu(x, a["alpha"]),
        lambda j, a, x: j.nn.elu(x, a["alpha"]),
        unary(edges=FAR, settings={"alpha": (0.0, 0.5, 1.0, 2.0)}),
        twice=True,
    ),
    "Selu": Oracle("nn.functional.selu", "nn.selu", unary(edges=FAR), twice=True),
    "Sigmoid": Oracle("sigmoid", "nn.sigmoid", unary(edges=(0.0, *FAR)), twice=True),
    "HardSigmoid": Oracle(
        lambda t, a, x: t.clamp(x * a["alpha"] + a["beta"], 0, 1),
        lambda j, a, x: j.numpy.clip(x * a["alpha"] + a["beta"], 0, 1),
        unary(-4.0, 4.0, edges=FAR, settings={"alpha": (0.2, 1 / 6, -0.3), "beta": (0.5, 0.4)}),
    ),
    "Softplus": Oracle(
        lambda t, a, x: t.nn.functional.softplus(x, a["beta"], threshold=40),
        lambda j, a, x: j.nn.softplus(x * a["beta"]) / a["beta"],
        unary(edges=(0.0, *FAR), settings={"beta": (0.5, 1.0, 4.0)}),
        twice=True,
    ),
    "Softsign": Oracle("nn.functional.softsign", "nn.soft_sign", unary(edges=FAR), twice=True),
    "Gelu": Oracle(
        lambda t, a, x: t.nn.functional.gelu(x, approximate="tanh" if a["approximate"] else "none"),
        lambda j, a, x: j.nn.gelu(x, approximate=a["approximate"]),
        unary(edges=(0.0, *FAR), settings={"approximate": (False, True)}),
        twice=True,
    ),
    "Silu": Oracle("nn.functional.silu", "nn.silu", unary(edges=(0.0, *FAR)), twice=True),
    "Softmax": Oracle(
        lambda t, a, x: t.softmax(x, a["axis"]),
        lambda j, a, x: j.nn.softmax(x, a["axis"]),
        along(),
        twice=True,
    ),
    "LogSoftmax": Oracle(
        lambda t, a, x: t.log_softmax(x, a["axis"]),
        lambda j, a, x: j.nn.log_softmax(x, a["axis"]),
        along(),
        twice=True,
    ),
    "Relu6": Oracle("nn.functional.relu6", "nn.relu6", unary(-3.0, 9.0, edges=FAR)),
    "HardTanh": Oracle(
        lambda t, a, x: t.nn.functional.hardtanh(x, a["low"], a["high"]),
        lambda j, a, x: j.numpy.clip(x, a["low"], a["high"]),
        unary(edges=FAR, settings={"low": (-1.0, -0.2), "high": (1.0, 0.5)}),
    ),
    "HardSwish": Oracle("nn.functional.hardswish", "nn.hard_swish", unary(-5.0, 5.0, edges=FAR)),
    "Threshold": Oracle(
        lambda t, a, x: t.nn.functional.threshold(x, a["threshold"], a["value"]),
        lambda j, a, x: j.numpy.where(x > a["threshold"], x, a["value"]),
        unary(edges=FAR, settings={"threshold": (1.0, -0.2), "value": (0.0, -9.0)}),
    ),
    "Shrink": Oracle(
        lambda t, a, x: t.where(x.abs() > a["threshold"], x - a["bias"] * x.sign(), 0),
        lambda j, a, x: j.numpy.where(j.numpy.abs(x) > a["threshold"], x - a["bias"] * j.numpy.sign(x), 0),
        unary(edges=(0.0, *FAR), settings={"threshold": (0.5, 0.0, 1.1), "bias": (0.0, 0.3)}),
    ),
    "HardShrink": Oracle(
        lambda t, a, x: t.nn.functional.hardshrink(x, a["threshold"]),
        lambda j, a, x: j.numpy.where(j.numpy.abs(x) > a["threshold"], x, 0),
        unary(edges=(0.0, *FAR), settings={"threshold": (0.5, 1.1)}),
    ),
    "SoftShrink": Oracle(
        lambda t, a, x: t.nn.functional.softshrink(x, a["threshold"]),
        lambda j, a, x: j.numpy.sign(x) * j.nn.relu(j.numpy.abs(x) - a["threshold"]),
        unary(edges=(0.0, *FAR), settings={"threshold": (0.5, 1.1)}),
    ),
    "SparsePlus": Oracle(
        lambda t, _, x: t.where(x < 1, (t.clamp(x, -1, 1) + 1) ** 2 / 4, x),
        "nn.sparse_plus",
        unary(edges=FAR),
    ),
    "SparseSigmoid": Oracle(
        lambda t, _, x: t.clamp((x + 1) / 2, 0, 1), "nn.sparse_sigmoid", unary(edges=FAR)
    ),
    "Celu": Oracle(
        lambda t, a, x: t.nn.functional.celu(x, a["alpha"]),
        lambda j, a, x: j.nn.celu(x, a["alpha"]),
        unary(edges=FAR, settings={"alpha": (0.5, 1.0, 2.0)}),
        twice=True,
    ),
    "Mish": Oracle("nn.functional.mish", "nn.mish", unary(edges=(0.0, *FAR)), twice=True),
    "Swish": Oracle(
        lambda t, a, x: x * t.sigmoid(a["alpha"] * x),
        lambda j, a, x: x * j.nn.sigmoid(a["alpha"] * x),
        unary(edges=(0.0, *FAR), settings={"alpha": (1.0, 1.702, -0.5)}),
        twice=True,
    ),
    "LogSigmoid": Oracle("nn.functional.logsigmoid", "nn.log_sigmoid", unary(edges=(0.0, *FAR)), twice=True),
    "TanhShrink": Oracle(
        "nn.functional.tanhshrink", lambda j, _, x: x - j.numpy.tanh(x), unary(edges=(0.0, *FAR)), twice=True
    ),
    "Squareplus": Oracle(
        lambda t, a, x: (x + t.sqrt(x * x + a["b"])) / 2,
        lambda j, a, x: j.nn.squareplus(x, a["b"]),
        unary(edges=(0.0, *FAR), settings={"b": (4.0, 0.5)}),
        twice=True,
    ),
    "PRelu": Oracle(
        lambda t, _, x, slope=0: t.where(x > 0, x, x * slope),
        lambda j, _, x, slope: j.numpy.where(x > 0, x, x * slope),
        binary(fits=True),
        twice=True,
    ),
    "Logit": Oracle(
        lambda t, a, x: t.logit(x, a["epsilon"] or None),
        lambda j, a, x: j.scipy.special.logit(
            j.numpy.clip(x, a["epsilon"], 1 - a["epsilon"]) if a["epsilon"] else x
        ),
        unary(0.05, 0.95, edges=(1e-9, 0.5, 0.999), settings={"epsilon": (0.0, 0.2)}),
    ),
    "Frac": Oracle("frac", lambda j, _, x: x - j.numpy.trunc(x), unary(-9.0, 9.0)),
}
