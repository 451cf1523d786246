"""The panel of signatures: what the graph is given and gives, under which names."""
