"""How long kernels take on the CPU, in microseconds: `python tests/benchmarks/kernels.py [name ...]`."""

import functools
import sys
import timeit
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

import kernels

SHAPES = ((64, 128), (1024, 1024))


def arguments(shape: tuple[int, int]) -> dict[str, tuple[tuple[Any, ...], dict[str, Any]]]:
    """What each measured kernel is called with."""
    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal(shape, np.float32) for _ in range(2))
    full, rows, scalar = np.empty_like(x), np.empty(shape[0], np.float32), np.zeros((), np.float32)
    labels = rng.integers(0, shape[1], shape[0])
    return {
        "add": ((x, y), {"out": full}),
        "mat_mul": (
            (x, y),
            {"transpose_a": False, "transpose_b": True, "out": np.empty((shape[0], shape[0]), np.float32)},
        ),
        "where": ((x > 0, x, scalar), {"out": full}),
        "relu": ((x,), {"out": full}),
        "sigmoid": ((x,), {"out": full}),
        "tanh": ((x,), {"out": full}),
        "softplus": ((x,), {"beta": 1.0, "out": full}),
        "elu": ((x,), {"alpha": 1.0, "out": full}),
        "erf": ((x,), {"out": full}),
        "gelu": ((x,), {"approximate": False, "out": full}),
        "softmax": ((x,), {"axis": -1, "out": full}),
        "reduce_sum": ((x,), {"axes": (0,), "keep_dims": False, "out": np.empty(shape[1], np.float32)}),
        "sum_to": ((x, y[0]), {"out": np.empty(shape[1], np.float32)}),
        "sparse_softmax_cross_entropy": ((x, labels), {"out": rows}),
        "gather": ((x, labels % shape[0]), {"axis": 0, "out": full}),
        "scatter_add": ((x, labels % shape[0], y), {"axis": 0, "out": full}),
    }


def main(names: list[str]) -> None:
    """Measure each kernel for the CPU, and the generic one where it is another."""
    for shape in SHAPES:
        print(f"{shape[0]} x {shape[1]} float32")
        for name, (inputs, settings) in arguments(shape).items():
            if names and name not in names:
                continue
            for device in dict.fromkeys((kernels.find(name, "cpu").device, "generic")):
                function = kernels.find(name, device).function
                timer = timeit.Timer(functools.partial(function, np, *inputs, **settings))
                number, _ = timer.autorange()
                number = max(1, number // 4)
                best = min(timer.repeat(5, number)) / number
                print(f"  {name:30s} {device:8s} {best * 1e6:10.1f}")


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        main(sys.argv[1:])
