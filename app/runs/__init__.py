"""Runs: starting, pausing and stopping the engine's work, and passing on what it tells."""
