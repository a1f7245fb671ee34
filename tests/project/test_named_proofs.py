"""The tests that are named as proofs in docs/promise.md and tests/README.md exist."""

import re

from support.paths import PROJECT, TESTS

README = (TESTS / "README.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_as_a_proof_exists() -> None:
    missing, where = [], ""
    for proof in re.findall(r"`((?:\w+/)*\w+\.py[^`]*|…::[^`]*)`", README):
        path, *names = proof.split("::")
        where = where if path == "…" else path
        file = TESTS / where
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        if not text or (names and not re.search(rf"def {_pattern(names[-1])}\(", text)):
            missing.append(proof)
    assert missing == []


def test_every_test_that_the_promise_names_exists() -> None:
    promise = (PROJECT / "docs" / "promise.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`(test_\w+)`", promise))
    there = "".join(file.read_text(encoding="utf-8") for file in TESTS.rglob("test_*.py"))
    assert names
    assert {name for name in names if f"def {name}(" not in there} == set()


def _pattern(name: str) -> str:
    return r"\w*".join(map(re.escape, name.split("…")))
