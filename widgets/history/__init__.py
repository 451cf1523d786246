"""The history of a project, and how two points of it differ."""
