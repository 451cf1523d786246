"""The help of an op: sentences, formula, advice, ports and links."""
