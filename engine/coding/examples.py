"""Code that comes with the program: what a new node begins with, and what its worked cases use."""

from __future__ import annotations

from kernels import python_code

TEMPLATE = '''"""A ReLU whose negative side is bent instead of cut off."""


def forward(x, *, slope=0.1):
    return np.where(x > 0, x, slope * np.tanh(x))


def backward(x, y, dy, *, slope=0.1):
    return dy * np.where(x > 0, 1, slope * (1 - np.tanh(x) ** 2))
'''
TWO = '''"""A product of matrices, and the sum of the first one."""


def forward(x, w):
    return x @ w, x.sum()


def backward(x, w, y, total, dy, dtotal):
    return dy @ w.T + dtotal, x.T @ dy
'''
FOUND = '''"""The positive elements: how many there are only running tells."""


def forward(x):
    return x[x > 0]
'''
python_code.trust(TEMPLATE, TWO, FOUND)  # our own
