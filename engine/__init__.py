"""The engine: graphs, programs, plans, sessions and training. It knows no Qt."""
