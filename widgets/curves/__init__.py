"""Curves: loss and metrics over steps, live and of earlier runs, painted from arrays without a plot library."""
