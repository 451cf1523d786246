"""Running: the loop over a plan's steps, sessions that own variables, and eager evaluation."""
