"""The command line: check, run and train a project without a window. Qt is never imported here."""
