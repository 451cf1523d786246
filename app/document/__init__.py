"""The document: the current project, its history, and the pure edits from project to project."""
