"""The command line: one command a file in `commands/`; `main` runs it."""
