"""The engine: graphs, programs, plans, sessions and training. It knows no Qt.

For scripts: `from engine import Graph, Session, Trainer`. Importing it registers every op.
"""

from engine import blocks, ops
from engine.errors import FlowscopeError
from engine.graph.builder import Graph
from engine.run.session import Session
from engine.train.trainer import Trainer

__all__ = ["FlowscopeError", "Graph", "Session", "Trainer", "blocks", "ops"]
