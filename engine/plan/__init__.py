"""How a program runs: flat steps on buffers of known places and lifetimes."""
