"""The canvas: the graph as a person draws it, on a QGraphicsView."""
