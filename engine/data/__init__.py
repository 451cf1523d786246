"""Data: data sets, their parts, and the order in which training sees them."""
