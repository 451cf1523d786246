"""Curves: loss and metrics over steps, live and of earlier runs. The only room that imports pyqtgraph."""
