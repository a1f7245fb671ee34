"""What the code imports is what the project asks for, what it asks for is locked, and every licence is listed."""

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions

from support.paths import PROJECT

sys.path.insert(0, str(PROJECT / "tools"))
from licences import declared, locked, normal, page

ROOMS = ("mailbot", "parsers", "storage", "templates")
NEVER_IMPORTED = {
    "tzdata": "the standard library looks it up",
    "psycopg": "SQLAlchemy imports it for a URL of PostgreSQL",
}


def imported() -> set[str]:
    """The distributions that the product imports."""
    owners = packages_distributions()
    modules = {name for room in ROOMS for path in (PROJECT / room).rglob("*.py") for name in _modules(path.read_text())}
    foreign = modules - set(sys.stdlib_module_names) - set(ROOMS)
    assert foreign <= owners.keys(), f"imported and not installed: {foreign - owners.keys()}"
    return {normal(owner) for module in foreign for owner in owners[module]}


def _modules(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    assert imported() - declared().keys() == set()
    assert declared().keys() - imported() == NEVER_IMPORTED.keys()


def test_what_is_declared_is_locked() -> None:
    assert declared().keys() - set(locked()) == set()


def test_the_page_of_licences_lists_every_library_and_is_of_today() -> None:
    shown = (PROJECT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert shown == page(), "run `make docs`"
    assert "see its package" not in shown
