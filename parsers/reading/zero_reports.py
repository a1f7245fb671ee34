"""The reason that a table gives for reporting no activity."""

import re
from collections.abc import Iterator

from parsers.forms.labels import key
from parsers.forms.vocabulary import Vocabulary
from parsers.reading import Value
from parsers.reading.parts import Part

REASON, TITLE = "zero_reason", "零报告原因"
"""The reason among the entries of the block: its name, and what people call it."""

_CLAUSE = re.compile(r"[^，,；;。\n（）()]+")
_TOLD = re.compile(r"\s*\S{0,8}?原因(?:是|为)?\s*[:：]?\s*")
"""What stands before a reason: 原因：, 未开展活动的原因是."""
_FILLER = re.compile(r"本?[期月季度年区街镇部]|[本我][单位]*|单位|线下|任何|场次|活动|报告|暂|的|为|[0〇零\W\d]")
_FEWEST = 3
"""Characters that a clause says besides the words for "nothing"; fewer are no reason."""


def reason(part: Part, words: Vocabulary) -> Value | None:
    """Why there was no activity, from the row that says so, else from a row 原因：…; None where no reason is given.

    The value is the sender's clause, its cell the one that holds it.
    """
    rows = [*part.body.of("zero"), *(row for role in ("note", "stray", "row", "block") for row in part.body.of(role))]
    nothing = set(part.body.of("zero"))
    for row in rows:
        for column, cell in part.sheet.rows[row].items():
            if cell.kind != "text":
                continue
            said = "，".join(_clauses(cell.shown, words)) if row in nothing else _told(cell.shown)
            if said:
                return Value(said, cell.shown, part.page.name, part.sheet.address(row, column))
    return None


def _clauses(text: str, words: Vocabulary) -> Iterator[str]:
    """The clauses that say more than that there was nothing."""
    for clause in _CLAUSE.findall(text):
        rest = key(_TOLD.sub("", clause, count=1))
        for word in sorted((word for word in words.zero if len(word) > 1), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(_FILLER.sub("", rest)) >= _FEWEST:
            yield _TOLD.sub("", clause, count=1).strip()


def _told(text: str) -> str:
    """What stands behind 原因：; "" where nothing does."""
    named = _TOLD.match(text)
    return text[named.end() :].strip(" 。；;\n") if named else ""
