"""Where the files of the project lie, for tests that read them."""

from pathlib import Path

TESTS = Path(__file__).parents[1]
PROJECT = TESTS.parent
GOLDEN_FILES = TESTS / "golden" / "files"
GOLDEN_LETTERS = TESTS / "golden" / "letters"
