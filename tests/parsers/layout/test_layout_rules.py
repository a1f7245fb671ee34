"""Each rule with its own example."""

from collections.abc import Callable

import pytest

from parsers.grid import address
from parsers.layout.rules import RULES, Rule
from support.drawings import layout

AnyRule = Rule[Callable[..., object]]


def said(rule: AnyRule) -> set[tuple[str, str]]:
    """What is said, and by which rule, of the place in a rule's example."""
    found: set[tuple[str, str]] = set()
    for region in layout(rule.example.picture).regions:
        if rule.stage == "cell":
            marks = {address(*place): mark for place, mark in region.cells.items()}
            found |= {(mark.role, mark.evidence.rule) for place, mark in marks.items() if place == rule.example.at}
        elif rule.stage == "shape":
            found.add((region.shape, region.evidence.rule))
        else:
            found |= {(line.role, line.evidence.rule) for line in region.rows if line.number == rule.example.at}
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.stage}: {rule.name}")
def test_a_rule_says_in_its_example_what_it_promises(rule: AnyRule) -> None:
    assert said(rule) == {(rule.example.gives, rule.name)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_explains_itself_in_english_and_in_chinese(rule: AnyRule) -> None:
    assert rule.reason.endswith(".")
    assert rule.says
    assert not rule.says.isascii()


def test_no_two_rules_have_the_same_name() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
