"""Training: run a graph's optimizers over its data, epoch by epoch; stop and resume between any two steps."""
