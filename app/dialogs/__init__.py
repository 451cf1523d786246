"""Dialogs: questions that only the user can answer."""
