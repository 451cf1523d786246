"""What was drawn: nodes and wires, as a value; it may be incomplete."""
