"""The engine: graphs, programs, plans, sessions and training. It knows no Qt.

For scripts: `from engine import Graph, Session, Trainer`.
"""
