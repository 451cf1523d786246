"""Widgets: they draw plain data and report intents. They know nothing of the engine."""
