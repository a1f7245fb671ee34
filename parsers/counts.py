"""A cell that counts something becomes a whole number, with its precision and what is doubtful about it.

The rules are those of domain.md 2.4. The whole cell must be understood: a number amid words that the grammar does not
know is not picked out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from parsers import numerals
from parsers.grid import Cell
from parsers.reading import Precision
from parsers.tokens import Cursor, Token, lex, lexer, words
from parsers.values import NONE_WORDS, Doubt, Measure, Understood, folded, obstacle, written

_LONGEST = 200
"""A cell with more characters than this is prose."""
_LIMIT = 10**15
"""From here on a spreadsheet keeps no longer every digit of a number."""

_PEOPLE, _FIRMS, _EVENTS, _ANY = "people", "firms", "events", ""
_UNITS = {
    **dict.fromkeys(("人", "人次", "人/次", "名", "位"), _PEOPLE),
    **dict.fromkeys(("家", "户"), _FIRMS),
    **dict.fromkeys(("场", "场次", "期", "批", "天", "班"), _EVENTS),
    **dict.fromkeys(("个", "次", "条", "件", "份", "篇"), _ANY),
}
_SESSIONS = ("场", "场次", "次", "期", "批", "天", "班", "个")

_LEXER = lexer(
    (
        ("number", r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"),
        ("each", words("平均每", "每")),
        ("part", words("其中", "包括", "包含", "不含", "含")),
        ("offline", words("线下", "现场")),
        ("online", words("线上", "网上", "网络", "直播")),
        ("about", words("大约", "约为", "约", "将近", "接近", "近", "大概", "不足", "不到", "未满", "≈")),
        (
            "atleast",
            words("已超", "超过", "超", "逾", "突破", "不少于", "不低于", "至少", "多于", "大于", "≥", ">", "上"),
        ),
        ("around", words("左右", "上下", "前后", "以上", "有余", "开外")),
        (
            "filler",
            words("一共", "共计", "合计", "总计", "总共", "累计", "共", "计", "达到", "达", "为", "有", ":")
            + "|"
            + words("参加", "参与", "参赛", "参会", "观看", "收看", "到场", "出席", "接触", "覆盖")
            + "|"
            + words("职工", "员工", "会员", "人员", "群众", "观众", "网民", "企业", "工会", "单位", "人数"),
        ),
        ("unit", words(*_UNITS)),
        ("digit", "[" + "".join(numerals.DIGITS) + "]"),
        ("scale", "[" + "".join(numerals.SCALES) + "]"),
        ("more", "[余多来]"),
        ("plus", r"[+加]"),
        ("times", r"[*×xX✕]"),
        ("slash", "/"),
        ("dash", "[-–—―~〜至到]"),
        ("equals", "="),
        ("open", r"[(\[【〔]"),
        ("close", r"[)\]】〕]"),
        ("comma", r"[,;、。\n和及]"),
        ("blank", " +"),
    )
)
_VAGUE = (
    "数",
    "几",
    "若干",
    "多名",
    "多人",
    "多位",
    "多家",
    "多个",
    "多场",
    "许多",
    "众多",
    "大量",
    "大批",
    "全体",
    "全员",
    "全部",
    "所有",
    "部分",
)
_BLANKS = re.compile(r"(?<![0-9]) +| +(?![0-9])")
"""Blanks that do not stand between two figures."""
_PERCENT = re.compile(r"[0-9.]+ ?%|百分之.+")
_NEGATIVE = re.compile(r"[-−负] ?[0-9][0-9,.]*[^0-9-]*")


@dataclass(frozen=True, slots=True)
class _Figure:
    """One number as written. `scale`: the largest that is written in it (万 → 10000), else 1; `place` is "offline",
    "online" or ""."""

    amount: Decimal
    precision: Precision = "exact"
    unit: str = ""
    scale: int = 1
    place: str = ""

    def kind(self) -> str:
        return _UNITS.get(self.unit, _ANY)

    def settled(self, measure: Measure | None) -> Decimal:
        """The number of single ones. A unit or a scale in the cell wins over the measure in the header."""
        return self.amount if measure is None or self.unit or self.scale > 1 else self.amount * measure.factor

    def conflicts(self, measure: Measure | None) -> bool:
        """Whether the cell's unit is not what the header says: 3000人 under 万人, 3家 under 人."""
        if measure is None:
            return False
        kinds = {self.kind(), _UNITS.get(measure.word.lstrip("十百千万亿"), _ANY)} - {_ANY}
        smaller = (self.unit or self.scale > 1) and self.scale < measure.factor
        return len(kinds) > 1 or bool(smaller)


@dataclass(frozen=True, slots=True)
class _Sense:
    """What the whole cell says: the amount that counts, the figure it stands on, and why it is not plain."""

    amount: Decimal
    figure: _Figure
    precision: Precision
    code: str = ""
    online: Decimal | None = None


# ---------------------------------------------------------------- the doors


def measure_of(header_text: str) -> Measure | None:
    """The unit that a column's title names: 覆盖人数（万人） → 万人, 10000. Of several the last, which stands nearest."""
    found = None
    for part in re.split(r"[()\[\]【】〔〕,;、:/_\s]+", folded(header_text).replace("人/次", "人次")):
        found = _measure(part) or found
    return found


def _measure(word: str) -> Measure | None:
    scales = word[: len(word) - len(word.lstrip("十百千万亿"))]
    unit = word[len(scales) :]
    if not word or (unit and unit not in _UNITS) or (not unit and word not in ("万", "亿")):
        return None
    factor = 1
    for scale in scales:
        factor *= numerals.SCALES[scale]
    return Measure(word, factor)


def count(cell: Cell | None, measure: Measure | None = None) -> Understood:
    """How many a cell counts, as int. `measure` is the unit in the column's header; total, never raises."""
    if doubt := obstacle(cell):
        return Understood(None, doubts=(doubt,))
    assert cell is not None
    if cell.kind == "number" and isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return _of_number(cell, cell.value, measure)
    if cell.kind == "text" and isinstance(cell.value, str):
        return _of_text(folded(cell.value), measure)
    return _nothing("not-understood", folded(cell.shown))


def _nothing(code: str, shown: str) -> Understood:
    return Understood(None, doubts=(Doubt(code, {"shown": shown}),))


# ---------------------------------------------------------------- number cells


def _of_number(cell: Cell, value: float, measure: Measure | None) -> Understood:
    shown = folded(cell.shown)
    if value != value or abs(value) >= _LIMIT:
        return _nothing("digits-lost", shown)
    if "%" in (cell.format or ""):
        return _nothing("percent", shown)
    amount = written(value)
    displayed = _one_figure(shown)
    if displayed is None:
        displayed = _Figure(amount)
    if displayed.scale > 1 and not Decimal("0.9") <= amount / (displayed.amount or 1) <= Decimal("1.1"):
        return _nothing("not-understood", shown)  # 3 with the format 0"万": the sender sees another number
    return _understood(_single(replace(displayed, amount=amount), measure), measure, shown)


def _one_figure(text: str) -> _Figure | None:
    tokens = Cursor(_tokens(text))
    figure = _figure(tokens)
    return figure if tokens.done() else None


# ---------------------------------------------------------------- text cells


def _of_text(text: str, measure: Measure | None) -> Understood:
    text = text.replace("_", "").strip()
    if text.strip("()。.") in NONE_WORDS:
        return Understood(0, doubts=(Doubt("none-declared", {"shown": text}),))
    if _PERCENT.fullmatch(text):
        return _nothing("percent", text)
    if _NEGATIVE.fullmatch(text):
        return _nothing("negative", text)
    if len(text) > _LONGEST:
        return _nothing("not-understood", text)
    tokens = _tokens(text)
    if all(token.kind in ("unit", "open", "close") for token in tokens):
        return Understood(None, doubts=(Doubt("missing-value"),))  # the blank left before a printed 人
    for interpretation in _INTERPRETATIONS:
        cursor = Cursor(tokens)
        sense = interpretation(cursor, measure)
        if sense is not None and cursor.done():
            return _understood(sense, measure, text)
    vague = not re.search("[0-9]", text) and any(word in text for word in _VAGUE)
    return _nothing("vague" if vague else "not-understood", text)


def _tokens(text: str) -> list[Token]:
    plain = _BLANKS.sub("", text.translate(numerals.FORMAL))
    for short, long in numerals.TENS.items():
        plain = plain.replace(short, long)
    tokens = [token for token in lex(_LEXER, plain) if token.kind != "blank"]
    while tokens and tokens[-1].kind == "comma":
        tokens.pop()
    return tokens


def _understood(sense: _Sense, measure: Measure | None, shown: str) -> Understood:
    """The sense as a value, unless it is none that can be counted."""
    amounts = [sense.amount] if sense.online is None else [sense.amount, sense.online]
    for code, wrong in _UNCOUNTABLE.items():
        if any(map(wrong, amounts)):
            return _nothing(code, shown)
    detail = {"shown": shown, "taken": str(int(sense.amount))}
    extra = {} if sense.online is None else {"online": int(sense.online)}
    doubts = []
    if sense.code:
        doubts.append(Doubt(sense.code, {**detail, **{key: str(number) for key, number in extra.items()}}))
    if measure is not None and sense.figure.conflicts(measure):
        doubts.append(Doubt("measure-conflict", {**detail, "unit": sense.figure.unit, "measure": measure.word}))
    return Understood(int(sense.amount), sense.precision, tuple(doubts), extra)


_UNCOUNTABLE: Mapping[str, Callable[[Decimal], bool]] = {
    "negative": lambda amount: amount < 0,
    "not-understood": lambda amount: amount >= _LIMIT,
    "fraction": lambda amount: amount % 1 != 0,
}


# ---------------------------------------------------------------- one figure


def _figure(tokens: Cursor) -> _Figure | None:
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
    return _Figure(amount, _precision(marks), unit, scale)


def _precision(marks: set[str]) -> Precision:
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
    items = _items(tokens, "number", "digit", "scale")
    amount = numerals.value(items)
    if amount is None:
        return None
    marks, scales = set(), []
    if more := tokens.take("more"):
        marks.add("approximate" if more.text == "来" else "at_least")
        scales = _items(tokens, "scale")
    elif items[0] in ("百", "千", "万", "亿"):
        marks.add("approximate")  # 近千人, 万人: a round word rather than a figure
    for scale in scales:
        amount *= numerals.SCALES[str(scale)]
    largest = max((numerals.SCALES[str(item)] for item in (*items, *scales) if item in numerals.SCALES), default=1)
    return amount, largest, marks


def _items(tokens: Cursor, *kinds: str) -> list[numerals.Item]:
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


# ---------------------------------------------------------------- the whole cell


def _single(figure: _Figure, measure: Measure | None) -> _Sense:
    """The sense of a cell that is one figure."""
    code = {"approximate": "approximate", "at_least": "at-least"}.get(figure.precision, "")
    return _Sense(figure.settled(measure), figure, figure.precision, code)


def _plain(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """300, 约300人."""
    figure = _figure(tokens)
    return _single(figure, measure) if figure else None


def _range(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """200-300人: the lower bound. In 2-3万 the scale belongs to both."""
    low = _figure(tokens)
    if not low or not tokens.take("dash"):
        return None
    digits = numerals.value(_items(Cursor([tokens.peek()]), "number", "digit"))
    high = _figure(tokens)
    if not high or _other_kind(low, high):
        return None
    if not low.unit and low.scale == 1 < high.scale and digits and low.amount < digits:
        low = replace(low, amount=low.amount * high.amount / digits, scale=high.scale)
    low = replace(low, unit=low.unit or high.unit)
    if low.settled(measure) >= high.settled(measure):
        return None
    return _Sense(low.settled(measure), low, "approximate", "range")


def _other_kind(one: _Figure, other: _Figure) -> bool:
    return len({one.kind(), other.kind()} - {_ANY}) > 1


def _sum(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """120+80, or with the result: 120+80=200."""
    figures = []
    while figure := _figure(tokens):
        figures.append(figure)
        if not tokens.take("plus"):
            break
    if len(figures) < 2 or any(_other_kind(figures[0], f) for f in figures[1:]):
        return None
    unit = next((f.unit for f in figures if f.unit), "")
    total = sum((replace(f, unit=unit).settled(measure) for f in figures), Decimal(0))
    _total(tokens, total, measure)
    marks = {str(f.precision) for f in figures} - {"exact"}
    return _Sense(total, replace(figures[0], unit=unit), _precision(marks), "sum-in-cell")


def _total(tokens: Cursor, total: Decimal, measure: Measure | None) -> None:
    """=200 or ，共200人 after its parts, taken where it is their total."""
    start = tokens.at
    tokens.take("equals", "comma")
    figure = _figure(tokens)
    if not figure or total not in (figure.amount, figure.settled(measure)):
        tokens.at = start


def _labelled(tokens: Cursor) -> _Figure | None:
    """线下：120人, 120人（线下）, 120人线下."""
    place = _place(tokens)
    figure = _figure(tokens)
    if figure and not place:
        place = _place(tokens)
    return replace(figure, place=place) if figure else None


def _place(tokens: Cursor) -> str:
    """线下 or 线上, bare or in brackets; "" where there is neither."""
    if tokens.peek().kind == "open" and tokens.peek(1).kind in ("offline", "online") and tokens.peek(2).kind == "close":
        kind = tokens.peek(1).kind
        tokens.at += 3
        return kind
    token = tokens.take("offline", "online")
    return token.kind if token else ""


def _two_places(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """线下120人，线上5000人: the figure on site counts, the other is kept beside it."""
    one = _labelled(tokens)
    _skip(tokens)
    two = _labelled(tokens)
    if not one or not two or (one.place, two.place) not in _PAIRS:
        return None
    here, online = (two, one) if one.place == "online" else (one, two)
    _total(tokens, here.settled(measure) + online.settled(measure), measure)
    return replace(_single(here, measure), code="two-figures", online=online.settled(measure))


_PAIRS = {("offline", "online"), ("online", "offline"), ("", "online")}


def _skip(tokens: Cursor) -> None:
    while tokens.take("comma", "plus"):
        pass


def _one_place(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """线下300人, 线上线下共300人: one figure that says whom it counts."""
    first = _place(tokens)
    if first:
        _skip(tokens)
        _place(tokens)
    figure = _labelled(tokens)
    return replace(_single(figure, measure), code="of-which") if figure and (first or figure.place) else None


def _of_which(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """300人（其中女职工120人）: the figure before the remark."""
    figure = _figure(tokens)
    tokens.take("comma")
    if not figure or not (_bracketed(tokens) or tokens.take("part")):
        return None
    while not tokens.done():
        tokens.at += 1
    return replace(_single(figure, measure), code="of-which")


def _bracketed(tokens: Cursor) -> bool:
    """Whether one pair of brackets holds all that is left."""
    start = tokens.at
    if not tokens.take("open"):
        return False
    while tokens.peek().kind not in ("close", "end"):
        tokens.at += 1
    whole = tokens.at > start + 1 and tokens.take("close") is not None and tokens.done()
    tokens.at = tokens.at if whole else start
    return whole


# ---------------------------------------------------------------- figures per session


def _per_session(tokens: Cursor, measure: Measure | None) -> _Sense | None:
    """每场50人，共3场; 3场，每场50人; 50人/场*3; 50人×3场."""
    times = _sessions(tokens, unit=True)
    each = None
    if times:
        tokens.take("comma", "times")
        each = _each(tokens) or _figure(tokens)
    elif each := _each(tokens):
        tokens.take("comma", "times")
        times = _sessions(tokens, unit=True)
    elif (each := _figure(tokens)) and (_per(tokens) or tokens.peek().kind == "times"):
        times = _sessions(tokens, unit=False) if tokens.take("times", "comma") else None
    if not each or not times or each.kind() == _EVENTS:
        return None
    _per(tokens)
    _total(tokens, each.settled(measure) * times, measure)
    return _Sense(each.settled(measure) * times, each, "approximate", "per-session")


def _each(tokens: Cursor) -> _Figure | None:
    """每场50人."""
    if tokens.peek().kind != "each" or tokens.peek(1).text not in _SESSIONS:
        return None
    tokens.at += 2
    return _figure(tokens)


def _per(tokens: Cursor) -> bool:
    """/场."""
    if tokens.peek().kind != "slash" or tokens.peek(1).text not in _SESSIONS:
        return False
    tokens.at += 2
    return True


def _sessions(tokens: Cursor, unit: bool) -> Decimal | None:
    """共3场; the number alone where `unit` is False. Nothing is taken where it is no number of sessions."""
    start = tokens.at
    figure = _figure(tokens)
    if figure and figure.amount % 1 == 0 and figure.precision == "exact":
        if figure.unit in _SESSIONS or (not unit and not figure.unit and figure.scale == 1):
            return figure.amount
    tokens.at = start
    return None


_INTERPRETATIONS: Sequence[Callable[[Cursor, Measure | None], _Sense | None]] = (
    _plain,
    _range,
    _two_places,
    _per_session,
    _sum,
    _one_place,
    _of_which,
)
"""The first that understands the whole cell."""
