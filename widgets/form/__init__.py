"""The form made from field descriptions, and the properties panel around it."""
