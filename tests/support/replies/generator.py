"""Makes answers with the truth about each, out of `phrases.py`, for the table of `table.py`.

Seeds are fixed: the same answers each time. What is meant is written as in `sentences.txt`.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.replies import Row
from support.replies import phrases
from support.replies.table import ROWS

_ZH = "零一二三四五六七八九十"
_PEOPLE = {"participants", "promoters", "netizens_reached"}
_COUNTS = {"participants", "promoters", "enterprises", "netizens_reached"}


@dataclass(frozen=True, slots=True)
class Answer:
    """The writer's own words, what they mean, and the kind of phrase they were made from."""

    words: str
    means: str
    kind: str
    registered: bool = True
    """Whether a table is registered when it comes."""


def answers(seed: int = 27, of_each: int = 3) -> Iterator[Answer]:
    """Every phrase several times with other rows, values, openings and closings."""
    dice = random.Random(seed)
    for _ in range(of_each):
        for phrase in phrases.SETTING:
            target, row = a_row(dice)
            field = a_field(dice, row)
            value, means = a_value(dice, row, field)
            words = phrase.format(t=target, f=dice.choice(phrases.FIELD_NAMES[field]), v=value)
            yield _dressed(dice, words, means, "set")
        for phrase in phrases.FROM_TO:
            yield _dressed(dice, *_from_to(dice, phrase), "from-to")
        for phrase in phrases.SHORT:
            target, row = a_row(dice, at=dice.choice((5, 6, 7)))
            value, means = a_value(dice, row, "participants", people=True)
            yield _dressed(dice, phrase.format(t=target, v=value), means, "short")
        for phrase in phrases.DELETING:
            target, row = a_row(dice)
            yield _dressed(dice, phrase.format(t=target), f"-{row.row}", "delete")
        yield _several(dice)
        yield _several(dice)
        yield _several(dice)
        yield _listed(dice)
        yield _listed(dice)
        yield _numbered(dice)
        yield _numbered(dice)
        yield _numbered(dice)
    yield from _plain(dice)
    for phrase in (*phrases.TRAPS, *phrases.TRAPS):
        target, row = a_row(dice)
        field = a_field(dice, row)
        value, _ = a_value(dice, row, field)
        old = now(row, field) or "30"
        words = phrase.format(t=target, f=dice.choice(phrases.FIELD_NAMES[field]), v=value, o=old)
        yield _dressed(dice, words, "nothing", "trap")
    for phrase in phrases.WONDERING:
        target, row = a_row(dice)
        field = a_field(dice, row)
        value, _ = a_value(dice, row, field)
        words = phrase.format(t=target, f=dice.choice(phrases.FIELD_NAMES[field]), v=value, o=now(row, field) or "30")
        yield Answer(words, "person", "question")
    for phrase in phrases.NEAR:
        yield _dressed(dice, phrase.format(v=dice.randint(20, 400)), "ask", "near")
    for field, value in phrases.WRONG:
        target, _ = a_row(dice)
        words = f"{target}的{dice.choice(phrases.FIELD_NAMES[field])}改为{value}"
        yield _dressed(dice, words, "refused", "wrong")


def _plain(dice: random.Random) -> Iterator[Answer]:
    for phrase in phrases.WITHDRAWING:
        yield _dressed(dice, phrase, "withdraw", "withdraw")
    for phrase, _ in phrases.NOTHING_HELD.items():
        yield _dressed(dice, phrase.format(r=dice.choice(phrases.REASONS)), "zero", "zero", registered=False)
    for phrase in phrases.CONFIRMING:
        yield _dressed(dice, phrase, "confirm", "confirm")
    for phrase in phrases.NOTING:
        yield Answer(phrase + dice.choice(("", "。", "！", "~")), "ack", "note")
    for about, several in phrases.ASKING.items():
        for phrase in several:
            yield Answer(dice.choice(("", "您好，", "老师好！")) + phrase, about, "ask")
    for phrase, day in phrases.EXTENDING.items():
        yield Answer(dice.choice(("", "您好，", "老师好！")) + phrase, f"extend={day}" if day else "extend", "extend")
    for phrase in phrases.CONTACTING:
        yield Answer(dice.choice(("", "您好，")) + phrase, "contact", "contact")


# ---------------------------------------------------------------- pieces


def a_row(dice: random.Random, at: int | None = None) -> tuple[str, Row]:
    """Words for a row, and the row."""
    row = next(r for r in ROWS if r.row == at) if at else dice.choice(ROWS)
    if dice.random() < 0.35:
        return dice.choice(phrases.NICKNAMES[row.row]), row
    seq = str(row.values["seq"].content)
    words = dice.choice(list(phrases.ROW_NAMES)).format(
        n=row.row, s=seq, zh=_ZH[row.row], szh=_ZH[int(seq)], wide=wide(str(row.row))
    )
    return words, row


def a_field(dice: random.Random, row: Row) -> str:
    """A column that a sentence may set in that row."""
    return dice.choice(
        (
            "participants",
            "participants",
            "participants",
            "promoters",
            "enterprises",
            "netizens_reached",
            "date_start",
            "venue",
        )
    )


def now(row: Row, field: str) -> str:
    """What is registered, in words; "" for nothing."""
    content = row.values[field].content
    if field == "date_start" and isinstance(content, str):
        _, month, day = content.split("-")
        return f"{int(month)}月{int(day)}日"
    return "" if content is None else str(content)


def a_value(dice: random.Random, row: Row, field: str, people: bool = False) -> tuple[str, str]:
    """Words for a value, and the change that they mean."""
    at = row.row
    if field == "date_start":
        month, day = dice.randint(5, 9), dice.randint(1, 28)
        iso = f"2021-{month:02}-{day:02}"
        if iso == row.values[field].content:
            return a_value(dice, row, field, people)
        words = dice.choice(
            (
                f"{month}月{day}日",
                f"2021年{month}月{day}日",
                f"{month}月{day}号",
                f"2021.{month}.{day}",
                f"2021-{month:02}-{day:02}",
                wide(f"{month}月{day}日"),
            )
        )
        return words, f"{at}.date_start={iso},{at}.date_end={iso}"
    if field == "venue":
        place = dice.choice(
            ("区图书馆", "滨海文化中心", "大港油田俱乐部", "杭州道街党群服务中心", "港口医院三楼会议室", "塘沽体育场")
        )
        return dice.choice((place, f"“{place}”")), f"{at}.venue={place}"
    number = dice.randint(11, 990)
    if str(number) == now(row, field):
        number += 1
    unit = {"participants": "人", "promoters": "人", "enterprises": "家", "netizens_reached": "人"}[field]
    forms: list[tuple[str, str]] = [
        (f"{number}{unit}", f"={number}"),
        (wide(str(number)) + unit, f"={number}"),
        (f"{number * 10}{unit}", f"={number * 10}"),
    ]
    if not people:
        forms += [(str(number), f"={number}"), (str(number), f"={number}"), (wide(str(number)), f"={number}")]
        forms += [("1,200", "=1200"), ("一百五十", "=150")]
    if field != "enterprises":
        forms += [
            ("约300人", "~300"),
            ("300余人", ">300"),
            ("200人左右", "~200"),
            ("两百人", "=200"),
            ("一百五十人", "=150"),
        ]
    if field == "netizens_reached":
        forms += [("1.5万人", "=15000"), ("3万余人", ">30000")]
    words, means = dice.choice(forms)
    return words, f"{at}.{field}{means}"


def wide(text: str) -> str:
    """Digits as an input method in Chinese mode writes them."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isdigit() else c for c in text)


def _from_to(dice: random.Random, phrase: str) -> tuple[str, str]:
    while True:
        target, row = a_row(dice)
        field = a_field(dice, row)
        if now(row, field) and field != "venue":
            break
    value, means = a_value(dice, row, field)
    return phrase.format(t=target, f=dice.choice(phrases.FIELD_NAMES[field]), v=value, o=now(row, field)), means


def _several(dice: random.Random) -> Answer:
    """Several acts in one mail."""
    first, second = dice.sample(ROWS, 2)
    parts, means = [], []
    for row in (first, second):
        target, _ = a_row(dice, at=row.row)
        field = a_field(dice, row)
        value, meant = a_value(dice, row, field)
        phrase = dice.choice(phrases.SETTING[:10])
        parts.append(phrase.format(t=target, f=dice.choice(phrases.FIELD_NAMES[field]), v=value))
        means.append(meant)
    third = next(row for row in ROWS if row not in (first, second))
    if dice.random() < 0.4:
        target, _ = a_row(dice, at=third.row)
        parts.append(dice.choice(phrases.DELETING).format(t=target))
        means.append(f"-{third.row}")
    if dice.random() < 0.3:
        parts.append("其余核对无误")
        means.append("confirm")
    joint = dice.choice(("；", "。", "\n", "，", "。另外，"))
    return _dressed(dice, joint.join(parts), ",".join(means), "several")


def _listed(dice: random.Random) -> Answer:
    """Lines with numbers of their own, each with its row in words."""
    rows = dice.sample(ROWS, 3)
    lines, means = ["更正如下："], []
    mark = dice.choice(("{}. ", "{}、", "（{}）", "{}）", "- "))
    for number, row in enumerate(rows, 1):
        field = a_field(dice, row)
        value, meant = a_value(dice, row, field)
        lines.append(f"{mark.format(number)}第{row.row}行{dice.choice(phrases.FIELD_NAMES[field])}改为{value}")
        means.append(meant)
    return Answer("\n".join(lines), ",".join(means), "listed")


def _numbered(dice: random.Random) -> Answer:
    """The findings of the letter answered by their numbers."""
    number, day, place = dice.randint(30, 400), dice.randint(1, 28), dice.choice(("大港油田", "港口医院", "天津港"))
    all_of_them = [
        (f"{number}人", f"6.participants={number}"),
        (f"7月{day}日", f"7.date_start=2021-07-{day:02},7.date_end=2021-07-{day:02}"),
        (place, f"8.venue={place}"),
        ("属实", "confirm"),
    ]
    many = dice.randint(1, 4)
    mark = dice.choice(("{}. ", "{}、", "({})", "（{}）", "{}）", "第{}条：", "{}：", "问题{}：", "circled"))
    joint = dice.choice(("\n", "\n", "；", "　"))
    items = [
        (chr(0x2460 + at) if mark == "circled" else mark.format(at + 1)) + words
        for at, (words, _) in enumerate(all_of_them[:many])
    ]
    return Answer(joint.join(items), ",".join(means for _, means in all_of_them[:many]), "numbered")


def _dressed(dice: random.Random, words: str, means: str, kind: str, registered: bool = True) -> Answer:
    return Answer(dice.choice(phrases.OPENINGS) + words + dice.choice(phrases.CLOSINGS), means, kind, registered)
