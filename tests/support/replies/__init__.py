"""Answers with the truth about each, the table they are about, and the mailers that wrap them."""

from collections.abc import Iterator
from pathlib import Path


def written(name: str) -> Iterator[tuple[str, str]]:
    """What each sentence of a file means, and its words."""
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            means, _, words = line.partition(" | ")
            yield means, words.replace("⏎", "\n")
