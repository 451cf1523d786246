"""The editor of Python code, and the dialog that it stands in."""
