"""The page of the documentation that lists every library of an installation with its licence; `make docs` writes it."""

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
LONGEST = 60
"""Characters of a licence's name; what is longer is its text."""

_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_INTRODUCTION = """# The libraries and their licences

What `requirements.txt` installs, as each package's own metadata says it. mailbot itself is under the MIT licence. The
libraries are installed from their own packages, unchanged; none of their code is part of mailbot. psycopg (LGPL) is
needed for PostgreSQL alone. `make docs` writes this page anew.

| library | licence | asked for by |
|---|---|---|
"""


def normal(name: str) -> str:
    """The name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> list[str]:
    """Every package of the lock file, once."""
    return sorted(set(map(normal, _LOCKED.findall((PROJECT / "requirements.txt").read_text(encoding="utf-8")))))


def declared() -> dict[str, str]:
    """The packages that mailbot itself asks for, and for what: "mailbot" or the name of an extra."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {"mailbot": project["dependencies"], **project["optional-dependencies"]}
    return {normal(re.split(r"[\[<>=;! ]", line)[0]): part for part, lines in asked.items() for line in lines}


def licence(name: str) -> str:
    """What a package's metadata says; its text is not looked at."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return "not installed here"
    if expression := said.get("License-Expression"):
        return str(expression)
    classes = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier") or () if c.startswith("License ::")]
    named = [c for c in classes if c != "OSI Approved"]
    text = str(said.get("License") or "").strip()
    return "; ".join(named) or (text if text and len(text) <= LONGEST and "\n" not in text else "see its package")


def page() -> str:
    """The whole page."""
    asked = declared()
    rows = (f"| {name} | {licence(name)} | {asked.get(name, 'another library')} |\n" for name in locked())
    return _INTRODUCTION + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(page())
