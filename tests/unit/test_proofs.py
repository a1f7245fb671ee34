"""The tests that tests/README.md names exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
README = (TESTS / "README.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_as_a_proof_exists() -> None:
    missing, where = [], ""
    for proof in re.findall(r"`((?:\w+/)?\w+\.py[^`]*|…::[^`]*)`", README):
        path, *names = proof.split("::")
        where = where if path == "…" else path
        file = TESTS / where
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        if not text or (names and not re.search(rf"def {_pattern(names[-1])}\(", text)):
            missing.append(proof)
    assert missing == []


def _pattern(name: str) -> str:
    return r"\w*".join(map(re.escape, name.split("…")))
