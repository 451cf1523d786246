"""Models of other programs: each folder reads or writes one format."""
