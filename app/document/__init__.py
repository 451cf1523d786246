"""The document: the current project, its history, and the pure edits that lead from one project to the next."""
