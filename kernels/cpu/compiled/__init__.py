"""What the CPU runs as machine code: functions in numba and LLVM, made into one object file for this machine.

Only the process that builds the file imports this package; what runs the file is `kernels.cpu.library`.
"""
