"""Kernels for the CPU alone, where a benchmark shows that they pay.

`selection` is NumPy. All else is compiled code, which is built once for a machine:

- `compiled/` holds its functions, in numba and LLVM. Only the process that builds (`build`) imports them.
- `records/` says by kernel name how a step becomes a row of numbers that such a function reads, or that it
  cannot be one: then NumPy computes the step. Both sides agree on the places of the numbers in `layout`.
- `library` loads the machine code, `table` holds rows in memory, `team` is the threads that walk over them,
  and `tier` has all that built and loaded in the background.

A further kernel is a function with `@record_kernel` in `compiled/`, and a function with `@packs(name)` in the
file of the same name in `records/`. The tests compare it with float64 on the cases of its op by themselves.
"""

from kernels.cpu import selection

__all__ = ["selection"]
