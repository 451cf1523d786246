"""What makes a graph ready to run: the passes, each with a switch, and what each of them changed."""
