"""Curves: loss and metrics over steps, live and of earlier runs, painted straight from arrays."""
