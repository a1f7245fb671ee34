"""The pages that people read: those made from the code are today's, links lead somewhere, the first page is short."""

import re
from pathlib import Path

import pytest

from parsers.layout.rules_page import rules_page
from support.paths import PROJECT

PAGES = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md"), PROJECT / "tests" / "README.md"]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def test_the_page_of_rules_lists_the_rules_of_today() -> None:
    assert (PROJECT / "docs" / "table-rules.md").read_text(encoding="utf-8") == rules_page(), "run `make docs`"


def test_the_first_page_is_short() -> None:
    assert len((PROJECT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_leads_to_a_file_and_a_heading_of_the_project(page: Path) -> None:
    links = LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    assert [link for link in links if not _leads_somewhere(page, link)] == []


def test_the_first_page_leads_to_every_page() -> None:
    first = (PROJECT / "README.md").read_text(encoding="utf-8")
    named = {(PROJECT / link.partition("#")[0]).resolve() for link in LINK.findall(first)}
    assert [str(page) for page in PAGES if page.name != "README.md" and page.resolve() not in named] == []


def _leads_somewhere(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.is_relative_to(PROJECT.resolve()) or not target.exists():
        return False
    return not anchor or anchor in _anchors(target)


def _anchors(page: Path) -> set[str]:
    """The names that a forge gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
