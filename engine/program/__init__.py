"""What a graph means: typed calls of primitives in order; passes are functions from program to program."""
