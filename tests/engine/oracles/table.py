"""All oracles, family by family."""

from tests.engine.oracles import activations, arithmetic, elementwise, reductions
from tests.engine.oracles.oracle import Oracle

FAMILIES = (activations, arithmetic, elementwise, reductions)
ORACLES: dict[str, Oracle] = {name: oracle for family in FAMILIES for name, oracle in family.ORACLES.items()}
