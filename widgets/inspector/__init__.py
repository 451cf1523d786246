"""Inspector: the tensor in one wire as pictures, heat map, table and histogram, with its statistics."""
