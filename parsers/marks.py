"""Quotation marks in sentences: what is quoted inside a quotation stands in single ones (GB/T 15834-2011, 4.8.3.3)."""

_INNER = str.maketrans({"“": "‘", "”": "’"})


def inner(text: str) -> str:
    """A text as it stands inside “ ”."""
    return text.translate(_INNER)


def quoted(text: str) -> str:
    """“读书会”; of a text that quotes something itself “‘读书’会”."""
    return f"“{inner(text)}”"
