"""The pages of docs/ that are made from the code are those of today's code."""

from parsers.layout.rules_page import rules_page
from support.paths import PROJECT


def test_the_page_of_rules_lists_the_rules_of_today() -> None:
    assert (PROJECT / "docs" / "table-rules.md").read_text(encoding="utf-8") == rules_page(), "run `make docs`"
