"""Understands one figure with its unit and the words around it: 约300余人, 1.5万人次, 共三百名职工."""

import re
from dataclasses import dataclass
from decimal import Decimal

from parsers.reading import Precision
from parsers.values import Measure, numerals
from parsers.values.tokens import Cursor, Token, lex, lexer, words

_PEOPLE, _FIRMS, EVENTS, _THINGS, _TIMES, ANY = "people", "firms", "events", "things", "times", ""
UNITS = {
    **dict.fromkeys(("人", "人次", "人/次", "名", "位"), _PEOPLE),
    **dict.fromkeys(("家", "户"), _FIRMS),
    **dict.fromkeys(("场", "场次", "期", "批", "天", "班"), EVENTS),
    **dict.fromkeys(("条", "件", "份", "篇"), _THINGS),
    "次": _TIMES,
    "个": ANY,
}
SESSIONS = ("场", "场次", "次", "期", "批", "天", "班", "个")
_LOOSE = frozenset((_TIMES, ANY))
"""Kinds that may count the same as another one: 次 as 人次 or 场次, 个 whatever it is."""

_NOUNS = {
    **dict.fromkeys(("职工", "员工", "会员", "人员", "群众", "观众", "网民", "人数"), _PEOPLE),
    **dict.fromkeys(("企业", "工会", "单位"), _FIRMS),
}
"""Words for what is counted, where the unit leaves it open: 5个单位."""
_TOTALS = ("一共", "共计", "合计", "总计", "总共", "累计", "共")
_FILLERS = " ".join(
    (*_TOTALS, "计 达到 达 为 有 : 参加 参与 参赛 参会 观看 收看 到场 出席 接触 覆盖 全体", *_NOUNS),
)
"""Words that say of a figure nothing that changes it."""
_GROUPED = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9](?: [0-9]{3})+"
"""Digits in groups of three. Behind a blank they are a group only where a single digit stands before: 50 120 may be two
figures."""
_LEXER = lexer(
    (
        ("number", rf"(?:{_GROUPED})(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"),
        ("each", words("平均每 每")),
        ("part", words("其中 包括 包含 不含 含")),
        ("offline", words("线下 现场")),
        ("online", words("线上 网上 网络 直播")),
        ("about", words("大约 约为 约 将近 接近 近 大概 不足 不到 未满 ≈")),
        ("atleast", words("已超 超过 超 逾 突破 不少于 不低于 至少 多于 大于 ≥ >") + "|上(?!下)"),
        ("around", words("左右 上下 前后 以上 有余 开外")),
        ("filler", words(_FILLERS)),
        ("unit", words(" ".join(UNITS))),
        ("digit", "[" + "".join(numerals.DIGITS) + "]"),
        ("scale", "[" + "".join(numerals.SCALES) + "]"),
        ("more", "[余多来]"),
        ("plus", "[+加]"),
        ("times", "[*×xX✕]"),
        ("slash", "/"),
        ("dash", "[-–—―~〜至到]"),
        ("equals", "="),
        ("open", r"[(\[【〔]"),
        ("close", r"[)\]】〕]"),
        ("comma", r"[,;、。\n和及]"),
        ("blank", " +"),
    )
)
_BLANKS = re.compile(rf"(?<![0-9]) +| +(?![0-9])|\n(?={words(' '.join(UNITS))})")
"""Blanks that do not stand between two figures, and a line that breaks before the unit."""
_SPOKEN = {"w": "万", "k": "千"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as written. `scale`: the largest that is written in it (万 → 10000), else 1; `place` is "offline",
    "online" or ""."""

    amount: Decimal
    precision: Precision = "exact"
    unit: str = ""
    scale: int = 1
    place: str = ""
    noun: str = ""
    """The kind of the last word for what is counted."""

    def kind(self) -> str:
        """What the figure counts, by its unit or else by the word beside it; ANY where it may be anything."""
        return UNITS.get(self.unit, ANY) or self.noun

    def plain_amount(self, measure: Measure | None) -> Decimal:
        """The amount in single ones: 1.5 under 万人 is 15000. A unit or a scale in the cell wins over the measure."""
        return self.amount if measure is None or self.unit or self.scale > 1 else self.amount * measure.factor

    def conflicts(self, measure: Measure | None) -> bool:
        """Whether the cell's unit is not quite what the header says: 3000人 under 万人, 3次 under 人."""
        if measure is None:
            return False
        kinds = {self.kind(), _kind_of(measure)} - {ANY}
        smaller = (self.unit or self.scale > 1) and self.scale < measure.factor
        return (len(kinds) > 1 and kinds != {EVENTS, _TIMES}) or bool(smaller)

    def counts_other(self, measure: Measure) -> bool:
        """Whether the figure counts something else than the header does: 3场 or 12家企业 under 人, 300人 under 个."""
        kinds = {self.kind(), _kind_of(measure)}
        return (not kinds & _LOOSE and len(kinds) > 1) or (self.kind() == _PEOPLE and measure.word == "个")


def _kind_of(measure: Measure) -> str:
    """What a measure counts; ANY where it may be anything."""
    return UNITS.get(measure.word.lstrip("十百千万亿"), ANY)


def tokens_of(text: str) -> list[Token]:
    """The text cut up; blanks and what stands at the very end of a sentence left out."""
    plain = _BLANKS.sub("", numerals.everyday(text))
    plain = re.sub(r"(?<=[0-9])[wWkK](?![A-Za-z])", lambda match: _SPOKEN[match[0].lower()], plain)
    plain = re.sub(r"(?<=[0-9十百千万亿余多])个人(?!次)", "人", plain)
    tokens = [token for token in lex(_LEXER, plain) if token.kind != "blank"]
    while tokens and tokens[-1].kind == "comma":
        tokens.pop()
    return tokens


def figure_of(tokens: Cursor) -> Figure | None:
    """约300余人参加: words before, a numeral, words after."""
    start = tokens.at
    marks = _before(tokens)
    numeral = _numeral(tokens)
    if numeral is None:
        tokens.at = start
        return None
    amount, scale, more = numeral
    unit, after = _after(tokens)
    marks |= more | after
    words_beside = tokens.since(start)
    noun = next((_NOUNS[token.text] for token in reversed(words_beside) if token.text in _NOUNS), ANY)
    return Figure(amount, precision_of(marks), unit, scale, noun=noun)


def says_total(token: Token) -> bool:
    """Whether a word makes the figure behind it the whole: 共300人."""
    return token.kind == "filler" and token.text in _TOTALS


def precision_of(marks: set[str]) -> Precision:
    """The precision that marks of "approximate" and "at_least" give together."""
    if "approximate" in marks:
        return "approximate"
    return "at_least" if marks else "exact"


def _before(tokens: Cursor) -> set[str]:
    marks = set()
    if tokens.at == 0 and tokens.peek().text in ("~", "〜"):
        tokens.take("dash")
        marks.add("approximate")
    while token := tokens.take("filler", "about", "atleast"):
        if token.kind != "filler":
            marks.add("approximate" if token.kind == "about" else "at_least")
    return marks


def _numeral(tokens: Cursor) -> tuple[Decimal, int, set[str]] | None:
    """A number, the largest scale written with it, and its marks: 300余万, 百余, 1.5万."""
    items = items_of(tokens, "number", "digit", "scale")
    amount = None if _is_spoken(items) else numerals.value(items)
    if amount is None:
        return None
    marks, scales = set(), []
    if more := tokens.take("more"):
        marks.add("approximate" if more.text == "来" else "at_least")
        scales = items_of(tokens, "scale")
    elif items[0] in ("百", "千", "万", "亿"):
        marks.add("approximate")  # 近千人, 万人: a round word rather than a figure
    for scale in scales:
        amount *= numerals.SCALES[str(scale)]
    largest = max((numerals.SCALES[str(item)] for item in (*items, *scales) if item in numerals.SCALES), default=1)
    return amount, largest, marks


def _is_spoken(items: list[numerals.Item]) -> bool:
    """三五 is "a few" and 百八十 "a hundred or so"; 五〇 and 一百八 are numbers."""
    digits = [item for item in items if item in numerals.DIGITS]
    is_pair = len(items) == len(digits) == 2 and all(numerals.DIGITS[str(item)] for item in items)
    return is_pair or bool(items and items[0] in ("百", "千", "万") and digits)


def items_of(tokens: Cursor, *kinds: str) -> list[numerals.Item]:
    """The next tokens as parts of a numeral, as long as they are of these kinds."""
    items: list[numerals.Item] = []
    while token := tokens.take(*kinds):
        items.append(Decimal(token.text.replace(",", "").replace(" ", "")) if token.kind == "number" else token.text)
    return items


def _after(tokens: Cursor) -> tuple[str, set[str]]:
    """The unit and the marks that follow a number: 人, 人以上, 人左右, + and （人）."""
    unit, marks = "", set()
    while True:
        if not unit and (token := tokens.take("unit")):
            unit = token.text
        elif token := tokens.take("more", "around"):
            marks.add("approximate" if token.text in ("左右", "上下", "前后", "来") else "at_least")
        elif tokens.peek().kind == "plus" and tokens.peek(1).kind in ("end", "unit", "comma", "close"):
            tokens.take("plus")
            marks.add("at_least")
        elif tokens.kinds(3) == ("open", "unit", "close") and not unit:
            tokens.take("open")
        elif unit and tokens.peek().kind == "close" and tokens.peek(-2).kind == "open":
            tokens.take("close")
        elif not tokens.take("filler"):
            return unit, marks
