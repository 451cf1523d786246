"""Oracles of ops that join or run along axes."""

from typing import Any

from tests.engine.oracles.oracle import Oracle
from tests.engine.oracles.samples import complex_numbers, reduction, running, together, zeros

Settings = dict[str, Any]


def torch_axes(a: Settings, x: Any) -> tuple[int, ...]:
    """All axes where none is named, as PyTorch wants them."""
    return a["axes"] or tuple(range(x.ndim))


def jax_axes(a: Settings) -> Any:
    return a["axes"] or None


def reduced(name: str, **more: Any) -> Any:
    """A reduction of PyTorch's."""
    return lambda t, a, x: getattr(t, name)(x, torch_axes(a, x), keepdim=a["keep_dims"], **more)


def reduced_in_jax(name: str) -> Any:
    return lambda j, a, x: getattr(j.numpy, name)(x, axis=jax_axes(a), keepdims=a["keep_dims"])


def products(t: Any, a: Settings, x: Any) -> Any:
    """Axis by axis, from the last on: PyTorch multiplies along one only."""
    for axis in sorted((axis % x.ndim for axis in torch_axes(a, x)), reverse=True):
        x = t.prod(x, axis, a["keep_dims"], dtype=x.dtype)
    return x


def norm_in_jax(j: Any, a: Settings, x: Any) -> Any:
    if a["norm"] == "l1":
        return j.numpy.abs(x).sum(axis=jax_axes(a), keepdims=a["keep_dims"])
    return j.numpy.sqrt((x * x).sum(axis=jax_axes(a), keepdims=a["keep_dims"]))


def turned(flip: Any, a: Settings, x: Any, running_function: Any) -> Any:
    """A running function, from the end where the op runs so."""
    if not a["reverse"]:
        return running_function(x)
    return flip(running_function(flip(x, (a["axis"],))), (a["axis"],))


def shifted(a: Settings, found: Any, joined: Any, start: Any) -> Any:
    """The running results without the element itself: one step later, behind what they start from."""
    axis, size = a["axis"] % found.ndim, found.shape[a["axis"]]
    first, rest = ((slice(None),) * axis + (slice(0, max(n, 0)),) for n in (min(1, size), size - 1))
    return joined([start(found[first]), found[rest]], axis)


def cumulative(name: str, start: str = "") -> Any:
    """A running function of PyTorch's; an exclusive one begins with ones or with zeros."""

    def oracle(t: Any, a: Settings, x: Any) -> Any:
        def run(y: Any) -> Any:
            found = getattr(t, name)(y, a["axis"], **({"dtype": y.dtype} if start else {}))
            found = found.values if name == "cummax" else found
            return shifted(a, found, t.cat, getattr(t, start)) if a.get("exclusive") else found

        return turned(t.flip, a, x, run)

    return oracle


def cumulative_in_jax(name: str, start: str = "") -> Any:
    def oracle(j: Any, a: Settings, x: Any) -> Any:
        def run(y: Any) -> Any:
            found = getattr(j.lax, name)(y, a["axis"] % y.ndim)
            start_of = getattr(j.numpy, start) if start else None
            return shifted(a, found, j.numpy.concatenate, start_of) if a.get("exclusive") else found

        return turned(j.numpy.flip, a, x, run)

    return oracle


ORACLES: dict[str, Oracle] = {
    "ReduceSum": Oracle(
        lambda t, a, x: t.sum(x, torch_axes(a, x), a["keep_dims"], dtype=x.dtype),
        reduced_in_jax("sum"),
        together(reduction(), complex_numbers()),
    ),
    "ReduceMean": Oracle(
        reduced("mean"), reduced_in_jax("mean"), together(reduction(least=1), complex_numbers())
    ),
    # Equal extremes share the gradient, in all three.
    "ReduceMax": Oracle(reduced("amax"), reduced_in_jax("max"), reduction(least=1, ties=True)),
    "ReduceMin": Oracle(reduced("amin"), reduced_in_jax("min"), reduction(least=1, ties=True)),
    "ReduceProd": Oracle(products, reduced_in_jax("prod"), together(reduction(), zeros()), twice=True),
    "ReduceVariance": Oracle(
        reduced("var", correction=0), reduced_in_jax("var"), reduction(least=1), twice=True
    ),
    "ReduceStd": Oracle(reduced("std", correction=0), reduced_in_jax("std"), reduction(least=2), twice=True),
    "ReduceLogSumExp": Oracle(
        reduced("logsumexp"),
        lambda j, a, x: j.nn.logsumexp(x, axis=jax_axes(a), keepdims=a["keep_dims"]),
        reduction(-90.0, 90.0, least=1, ties=True),
        twice=True,
    ),
    "ReduceNorm": Oracle(
        lambda t, a, x: t.linalg.vector_norm(x, int(a["norm"][1]), a["axes"] or None, a["keep_dims"]),
        norm_in_jax,
        reduction(least=1, settings={"norm": ("l1", "l2")}),
        twice=True,
    ),
    "ReduceSumSquare": Oracle(
        lambda t, a, x: (x * x).sum(torch_axes(a, x), a["keep_dims"]),
        lambda j, a, x: (x * x).sum(axis=jax_axes(a), keepdims=a["keep_dims"]),
        reduction(),
        twice=True,
    ),
    "ReduceLogSum": Oracle(
        lambda t, a, x: t.log(x.sum(torch_axes(a, x), a["keep_dims"])),
        lambda j, a, x: j.numpy.log(x.sum(axis=jax_axes(a), keepdims=a["keep_dims"])),
        reduction(0.5, 2.0, least=1),
        twice=True,
    ),
    "CumSum": Oracle(
        cumulative("cumsum", "zeros_like"), cumulative_in_jax("cumsum", "zeros_like"), running(exclusive=True)
    ),
    "CumProd": Oracle(
        cumulative("cumprod", "ones_like"),
        cumulative_in_jax("cumprod", "ones_like"),
        running(exclusive=True),
        twice=True,
    ),
    "CumMax": Oracle(cumulative("cummax"), cumulative_in_jax("cummax"), running()),
    "CumLogSumExp": Oracle(
        cumulative("logcumsumexp"), cumulative_in_jax("cumlogsumexp"), running(-90.0, 90.0), twice=True
    ),
}
