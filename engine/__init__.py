"""The engine: graphs, programs, plans, sessions and training. It knows no Qt.

For scripts: `from engine import Graph, Session, Trainer`. Importing it registers every op.

`accelerate()` has the kernels of this processor compiled, once, in the background; runs use them as soon as
they are there. `accelerate(wait=True)` waits for them. The window's worker does so by itself.
"""

from engine import blocks, ops
from engine.errors import FlowscopeError
from engine.graph.builder import Graph
from engine.run.session import Session
from engine.train.trainer import Trainer
from kernels.cpu.tier import tier

__all__ = ["FlowscopeError", "Graph", "Session", "Trainer", "accelerate", "blocks", "ops"]

accelerate = tier.start
