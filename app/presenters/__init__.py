"""Presenters: one for each widget. They turn engine values into looks, and intents into edits."""
