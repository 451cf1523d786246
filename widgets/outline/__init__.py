"""The outline: the whole graph as a tree."""
