"""bfloat16 goes through float32, and nothing else pays for it."""

import ml_dtypes
import numpy as np

import kernels

BF16 = ml_dtypes.bfloat16


def test_other_dtypes_get_the_kernel_itself() -> None:
    entry = kernels.find("add", "cpu")
    assert kernels.fitting(entry, ["float32", "float32"], ["float32"]) is entry.function


def test_a_result_is_that_of_float32_rounded_once() -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(8, 64)).astype(BF16) for _ in range(2))
    entry = kernels.find("mat_mul", "cpu")
    settings = {"transpose_a": False, "transpose_b": True}
    found = kernels.fitting(entry, ["bfloat16", "bfloat16"], ["bfloat16"])(np, a, b, **settings)
    expected = (a.astype(np.float32) @ b.astype(np.float32).T).astype(BF16)
    assert found.dtype == BF16
    np.testing.assert_array_equal(found.astype(np.float32), expected.astype(np.float32))


def test_moving_elements_changes_no_bit() -> None:
    every = np.arange(2**16, dtype=np.uint16).view(BF16)
    every = every[every.view(np.uint16) & 0x7FFF <= 0x7F80]  # what is not a number may change its bits
    entry = kernels.find("reshape", "cpu")
    found = kernels.fitting(entry, ["bfloat16"], ["bfloat16"])(np, every, shape=(-1,), keep=False)
    np.testing.assert_array_equal(found.view(np.uint16), every.view(np.uint16))


def test_a_setting_decides_the_dtype_of_the_result() -> None:
    entry = kernels.find("one_hot", "cpu")
    function = kernels.fitting(entry, ["int64"], ["bfloat16"])
    row = {"depth": 3, "dtype": "bfloat16", "axis": -1, "wrap": False, "on": 1.0, "off": 0.0}
    out = np.ones((2, 3), BF16)
    for found in (
        function(np, np.array([2, 0]), **row),
        function(np, np.array([2, 0]), **row, out=out),
    ):
        assert found.dtype == BF16
        assert found.astype(float).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_whole_numbers_beside_bfloat16_keep_all_their_digits() -> None:
    entry = kernels.find("gather", "cpu")
    x = np.arange(4).astype(BF16)
    found = kernels.fitting(entry, ["bfloat16", "int64"], ["bfloat16"])(np, x, np.array([3, 1]), axis=0)
    assert found.astype(float).tolist() == [3.0, 1.0]
