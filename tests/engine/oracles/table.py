"""All oracles, family by family."""

from tests.engine.oracles import (
    activations,
    arithmetic,
    cutting,
    decompositions,
    elementwise,
    fourier,
    indexing,
    matrices,
    reductions,
    shaping,
)
from tests.engine.oracles.oracle import Oracle

FAMILIES = (
    activations,
    arithmetic,
    cutting,
    decompositions,
    elementwise,
    fourier,
    indexing,
    matrices,
    reductions,
    shaping,
)
ORACLES: dict[str, Oracle] = {name: oracle for family in FAMILIES for name, oracle in family.ORACLES.items()}
