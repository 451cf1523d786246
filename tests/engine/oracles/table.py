"""All oracles, family by family."""

from tests.engine.oracles import (
    activations,
    arithmetic,
    cutting,
    decompositions,
    elementwise,
    fourier,
    images,
    indexing,
    layers,
    losses,
    matrices,
    pooling,
    reductions,
    sequences,
    shaping,
    unsmooth,
    windows,
)
from tests.engine.oracles.oracle import Oracle

FAMILIES = (
    activations,
    arithmetic,
    cutting,
    decompositions,
    elementwise,
    fourier,
    images,
    indexing,
    layers,
    losses,
    matrices,
    pooling,
    reductions,
    sequences,
    shaping,
    unsmooth,
    windows,
)
ORACLES: dict[str, Oracle] = {name: oracle for family in FAMILIES for name, oracle in family.ORACLES.items()}
