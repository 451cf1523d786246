"""Tiles for every kind of processor: this one computes them all, with whatever vectors it has."""

import ctypes

import llvmlite.binding as llvm
import numpy as np
import pytest

from kernels.cpu.compiled.assemble import optimised, target_machine
from kernels.cpu.compiled.tiles import tile_name, tiles
from kernels.cpu.library import prepared_llvm
from kernels.cpu.vectors import PANELS, Vectors, vectors_of

KINDS = {"AVX-512": Vectors(16, 32), "AVX2": Vectors(8, 16), "NEON": Vectors(4, 32), "SSE": Vectors(4, 16)}
DEPTH = 5


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_computes_products_and_adds_them(kind: Vectors) -> None:
    prepared_llvm()
    machine = target_machine(llvm)
    module = optimised(llvm, str(tiles(kind)), machine)
    engine = llvm.create_mcjit_compiler(module, machine)
    random = np.random.default_rng(0)
    for vectors in PANELS:
        for rows in range(1, kind.rows(vectors) + 1):
            function = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 13)(
                engine.get_function_address(tile_name(rows, vectors))
            )
            width = vectors * kind.width
            for last in (1, kind.width):
                used = width - kind.width + last
                a = random.integers(-9, 9, (rows, DEPTH)).astype(np.float32)
                b = random.integers(-9, 9, (DEPTH, width)).astype(np.float32)
                c = np.full((rows, width), 3, np.float32)
                for adds in (0, 1):
                    places = (a.ctypes.data, DEPTH, 1, b.ctypes.data, width, c.ctypes.data, width)
                    function(*places, DEPTH, 1, 0, 0, last, adds)
                np.testing.assert_array_equal(c[:, :used], 2 * (a @ b)[:, :used])
                assert np.all(c[:, used:] == 3), "nothing is written behind the end"


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({"avx512f": True, "avx2": True, "fma": True}, KINDS["AVX-512"]),
        ({"avx512f": False, "avx2": True, "fma": True}, KINDS["AVX2"]),
        ({"neon": True}, KINDS["NEON"]),
        ({"sse2": True}, KINDS["SSE"]),
    ],
)
def test_vectors_follow_from_what_a_processor_can_do(features: dict[str, bool], expected: Vectors) -> None:
    assert vectors_of(features) == expected


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_tile_leaves_vectors_for_its_operands(kind: Vectors) -> None:
    for vectors in PANELS:
        assert kind.rows(vectors) * vectors + vectors + 1 <= kind.count
