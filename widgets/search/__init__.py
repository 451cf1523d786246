"""The search box of the whole program (Ctrl+K): actions, nodes and help in one ranked list."""
