"""Code of the user's: forward, and backward for the gradient."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from kernels import python_code
from kernels.generic.output import Array
from kernels.refusal import Refusal
from kernels.registry import kernel


@kernel()
def python(
    xp: Any, *xs: Array, code: str, signature: str, dtypes: Sequence[str], arguments: str, out: Any = None
) -> Any:
    names = output_names(signature)
    results = python_code.call(code, "forward", _apart(xs), keywords(arguments), xp)
    chosen = [dtypes[i] if i < len(dtypes) else xs[0].dtype for i in range(len(names))]
    return _handed_over(xp, "forward", names, results, chosen, out)


@kernel()
def python_gradient(
    xp: Any, *xs: Array, code: str, wanted: Sequence[int], inputs_count: int, arguments: str, out: Any = None
) -> Any:
    found = python_code.call(code, "backward", _apart(xs), keywords(arguments), xp)
    if len(found) != inputs_count:
        raise Refusal(
            f"backward gave {len(found)} gradients; expected {inputs_count}, one for each input.",
            "Return None for an input that has no gradient.",
        )
    results = [xp.zeros_like(xs[i]) if found[i] is None else found[i] for i in wanted]
    names = [f"the gradient of input {i + 1}" for i in wanted]
    return _handed_over(xp, "backward", names, results, [xs[i].dtype for i in wanted], out)


def keywords(arguments: str) -> Mapping[str, object]:
    """Keyword arguments written as `slope=0.1, width=3`; their values are plain literals."""
    call = ast.parse(f"f({arguments})", mode="eval").body
    assert isinstance(call, ast.Call), "it was checked when the graph was"
    return {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg is not None}


def output_names(signature: str) -> list[str]:
    """The names of the outputs of a signature such as `x[..., n] -> y[..., n], mean[...]`."""
    after = signature.partition("->")[2]
    return [part.strip().partition("[")[0] for part in after.split("]") if part.strip(" ,")]


def _apart(xs: Sequence[Array]) -> list[Array]:
    """The inputs as copies: nobody knows what the code does to them."""
    return [x.copy() for x in xs]


def _handed_over(
    xp: Any, function: str, names: Sequence[str], results: Sequence[Any], dtypes: Sequence[Any], out: Any
) -> Any:
    """The results as arrays of the promised dtypes and shapes."""
    if len(results) != len(names):
        raise Refusal(
            f"{function} gave {len(results)} tensors; expected {len(names)}: {', '.join(names)}.",
            "Return a tuple with one array for each output.",
        )
    made = [_array(xp, function, *each) for each in zip(names, results, dtypes, strict=True)]
    if out is None:
        return tuple(made) if len(made) > 1 else made[0]
    for name, array, target in zip(names, made, out if len(made) > 1 else (out,), strict=True):
        if array.shape != target.shape:
            raise Refusal(
                f"{function} gave {_text(array.shape)} for {name}; expected {_text(target.shape)}.",
                "Change the code, or what the signature says of its sizes.",
            )
        xp.copyto(target, array)
    return out


def _array(xp: Any, function: str, name: str, result: Any, dtype: Any) -> Array:
    try:
        array = xp.asarray(result)
    except ValueError as error:
        raise Refusal(
            f"{function} gave no array for {name}: {error}.", "Return arrays or numbers."
        ) from error
    if array.dtype.kind not in "biufc" and array.dtype.kind != "V":
        raise Refusal(f"{function} gave {array.dtype} for {name}.", "Return arrays of numbers.")
    return array.astype(dtype)


def _text(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) or "scalar"
