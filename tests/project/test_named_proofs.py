"""The tests that are named as proofs in docs/promise.md, tests/README.md and tests/hostile/README.md exist."""

import re

from support.paths import PROJECT, TESTS

README = (TESTS / "README.md").read_text(encoding="utf-8")
THREATS = (TESTS / "hostile" / "README.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_as_a_proof_exists() -> None:
    assert missing_among(re.findall(r"`((?:\w+/)*\w+\.py[^`]*|…::[^`]*)`", README)) == []


def test_every_threat_has_a_defence_and_a_proof_that_exist() -> None:
    rows = [line.split("|")[1:-1] for line in THREATS.splitlines() if line.startswith("| ") and "no." not in line]
    assert len(rows) > 25
    proofs = [proof for *_, named in rows for proof in re.findall(r"`([^`]+)`", named)]
    defences = [path for _, _, named, _ in rows for path in re.findall(r"`([^`]+)`", named)]
    named = [proof if "/" in proof or proof.startswith("…") else f"hostile/{proof}" for proof in proofs]
    assert missing_among(named) == []
    assert [path for path in defences if not (PROJECT / path).exists()] == []
    assert all("`" in row[2] and "`" in row[3] for row in rows)


def missing_among(proofs: list[str]) -> list[str]:
    """Those that name no test; "…" stands for the file of the one before."""
    missing, where = [], ""
    for proof in proofs:
        path, *names = proof.split("::")
        where = where if path == "…" else path
        file = TESTS / where
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        if not text or (names and not re.search(rf"def {_pattern(names[-1])}\(", text)):
            missing.append(proof)
    return missing


def test_every_test_that_the_promise_names_exists() -> None:
    promise = (PROJECT / "docs" / "promise.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`(test_\w+)`", promise))
    there = "".join(file.read_text(encoding="utf-8") for file in TESTS.rglob("test_*.py"))
    assert names
    assert {name for name in names if f"def {name}(" not in there} == set()


def _pattern(name: str) -> str:
    return r"\w*".join(map(re.escape, name.split("…")))
