"""The page of the documentation that lists the rules of the layout; `make docs` writes it."""

from collections.abc import Callable
from itertools import groupby

from parsers.layout.rules import RULES, Rule, Stage

_STAGES: dict[Stage, tuple[str, str]] = {
    "certain": ("What a line is for certain", "In this order; the first that speaks of a line is believed."),
    "weighed": (
        "What a line may be",
        "For lines of which none above speaks. All of these speak, each with a score, and the sequence of readings "
        "that fits best from the top of the sheet to its foot is believed (`sequence.py`).",
    ),
    "placed": (
        "What a line is by its place in its table",
        "In this order; the first that speaks gives the line its role.",
    ),
    "cell": ("What a cell is", "In this order; the first that speaks of a cell is believed."),
    "shape": ("What shape a table has", "In this order; the first that speaks is believed."),
}
_INTRODUCTION = """# The rules by which a sheet is understood

A sheet is analysed once, before any form is known, by the rules below (`parsers/layout/rules.py`). Each has a name, a
reason, an example and a test that runs the example. In the pictures a line is a row and `|` parts cells; `<` and `^` go
on with the merged cell to the left and above.

To add a rule: write its function in the module of its stage (`certain.py`, `weighed.py` and `heading.py`, `placing.py`,
`marking.py`, `shapes.py`) with its reason as docstring, and give it an entry in the list, where it is to speak, with an
example. A rule made of words is a line in `words.toml`; a new list of words is also a field of `Words` in `words.py`.
Then run `.venv/bin/python -m pytest tests/parsers/layout tests/parsers/reading`: each example of another rule that the
new one changes fails by that rule's name. `make docs` writes this page anew.

What a row of a form is, is told by its layout and by what it holds in the form's columns
(`parsers/reading/row_roles.py`): notes, numbers of columns, measures and repeated headings by the layout; sums,
examples and zero reports by the words of the form (`[rows]` in its TOML), since forms differ in them.

To see what the rules say of a file: `mailbot parse FILE --layout --html OUT.html`.
"""


def rules_page() -> str:
    """The page, as Markdown."""
    parts = [_INTRODUCTION]
    for stage, rules in groupby(RULES, key=lambda rule: rule.stage):
        title, order = _STAGES[stage]
        parts.append(f"## {title}\n\n{order}\n")
        parts += [_told(rule) for rule in rules]
    return "\n".join(parts)


def _told(rule: Rule[Callable[..., object]]) -> str:
    at = rule.example.at
    where = f"line {at}" if isinstance(at, int) else f"cell {at}" if at else "table"
    reason, picture = " ".join(rule.reason.split()), rule.example.picture.strip("\n")
    return f"### {rule.name}\n\n{reason}（{rule.says}）\n\n```\n{picture}\n```\n\n{where}: {rule.example.gives}\n"


if __name__ == "__main__":
    print(rules_page(), end="")
