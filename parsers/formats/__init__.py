"""One file a format: `KINDS`, the kinds of file that it takes, and `read(content) -> tuple[Grid, ...]`.

`read` raises Unreadable for whatever it cannot read, and nothing else.
"""
