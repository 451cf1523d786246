"""The process in which the engine runs, and the client that talks to it: messages, process, client."""
