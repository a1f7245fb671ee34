"""Tells which column or which activity a few words mean: by the sender's titles, the form's, or an activity's name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from parsers.forms.form import Form
from parsers.forms.labels import key
from parsers.forms.vocabulary import BY_PATTERN, vocabulary
from parsers.replies.model import Row, Table
from parsers.replies.vocabulary import trimmed

_GENERIC = frozenset(("人数", "数", "数字", "数量", "人", "数据", "数值", "人员", "参加", "次数"))
"""Words that any column of figures may be meant by; a column that has just that title is meant first."""
_NO_COLUMN = frozenset(
    [
        "活动",
        "其他",
        "其它",
        "注",
        "说明",
        "单位",
        "主题",
        "名",
        "网民",
        "职工",
        "起",
        "止",
        "开始",
        "结束",
        "项目",
        "题目",
        "宣传",
    ]
)
"""Titles of the form that in a sentence are mere words."""
_BEHIND_FIELD = re.compile(r"(?:那|这)?(?:一)?(?:栏|列|项|格|处|个|块)$|数字$|(?<=.)一$")
_BOUNDARIES = frozenset('的场次 ”"》)】行活动那')
"""Behind one of these the words for a column may begin."""
_COUNTED = frozenset("0123456789一二三四五六七八九十百千首末两上下东南西北中前后左右男女大小老新")
"""Characters that tell two names apart; a wrong one of these is no slip."""
_SHORTEST_NAME, _LEAST_FOR_SLIP, _LEAST_FOR_GAPS = 2, 3, 3
_UNIT = re.compile("街道|镇|公司|工会|集团|社区|局|委")


@dataclass(frozen=True, slots=True)
class Meant:
    """What words mean: `rows` by a name (None where no name stands there), `fields` that a column's word may be."""

    rows: tuple[Row, ...] | None = None
    fields: tuple[str, ...] | None = None
    each: bool = False
    """Whether each of the rows has a name of its own among the words (读书会和演讲)."""
    left: str = ""
    """What nobody knows of them."""


def meant(piece: str, table: Table, form: Form) -> Meant:
    """What one piece of words means: a column, an activity, or an activity and a column behind it."""
    for words in _shapes(piece):
        if fields := fields_called(words, table, form):
            return Meant(fields=fields)
    whole = _named(piece, table, form)
    exact = {key(piece), key(trimmed("filler", piece))}
    title = key(name_of(whole[0], form)) if len(whole) == 1 else ""
    if title and any(_is_whole(each, title) or _is_turned(each, title) for each in exact):
        return Meant(rows=whole)
    split = next(_splits(piece, table, form), None)
    if split and not split.left:
        return split
    if whole:
        return Meant(rows=whole)
    if split:
        return split
    bare = trimmed("filler", piece)
    return Meant(left=bare)


def _splits(piece: str, table: Table, form: Form) -> Iterator[Meant]:
    """A name with a column behind it, or a column with a name; the longest words for the column first."""
    unknown: Meant | None = None
    for at in range(1, len(piece)):
        known = piece[at - 1] in _BOUNDARIES
        fields = next((f for w in _shapes(piece[at:]) if (f := fields_called(w, table, form, any_shape=known))), ())
        name = trimmed("filler", piece[:at])
        if not fields:
            continue
        rows = _named(piece[:at], table, form) if name else None
        if not name:
            yield Meant(fields=fields)
        elif rows:
            yield Meant(rows=rows, fields=fields)
        else:
            unknown = unknown or Meant(fields=fields, left=name)
    for at in range(len(piece) - 1, 0, -1):
        fields = next((f for w in _shapes(piece[:at]) if (f := fields_called(w, table, form, any_shape=False))), ())
        if fields and (rows := _named(piece[at:], table, form)):
            yield Meant(rows=rows, fields=fields)
    if unknown:
        yield unknown


def _shapes(piece: str) -> Iterator[str]:
    """A piece as it stands, and with ever less of what says nothing at its ends."""
    seen: list[str] = []
    bare = piece.strip(" “”\"'‘’《》[]()【】,:;、。的")
    less = (trimmed("filler", piece, left=False), trimmed("filler", piece, right=False), trimmed("filler", piece))
    for words in (piece, bare, _BEHIND_FIELD.sub("", bare), *less):
        plain = words.strip(" “”\"'‘’,:的")
        for shape in (plain, _BEHIND_FIELD.sub("", plain).strip('”" ')):
            if shape and shape not in seen:
                seen.append(shape)
                yield shape


# ---------------------------------------------------------------- columns


def fields_called(words: str, table: Table, form: Form, *, any_shape: bool = True) -> tuple[str, ...]:
    """The fields that words may mean: one where they are a title, several where each would do, none else.

    `any_shape`: also a title that only the form's pattern knows. Amid other words such a pattern may begin anywhere.
    """
    plain = key(words)
    if not plain or len(plain) > 16:
        return ()
    own = tuple(field for field, title in table.titles.items() if key(title) == plain)
    if own:
        return own[:1]
    if plain in _GENERIC:
        return generic_fields(plain, table, form)
    if plain in _NO_COLUMN:
        return ()
    known = vocabulary(form).column(words)
    if known and known[1] == BY_PATTERN and not any_shape:
        return ()
    if known and known[0].kind == "days":
        return _days(known[0].field, plain, table)
    if known:
        return (known[0].field,)
    holding = tuple(field for field, title in table.titles.items() if len(plain) >= 3 and plain in key(title))
    if len(holding) == 1:
        return holding
    entry = vocabulary(form).entry(words)
    return (f"header.{entry[0].field}",) if entry else ()


def _days(field: str, plain: str, table: Table) -> tuple[str, ...]:
    """时间 where a table has columns for a first and a last day means either."""
    both = [known for known in ("date_start", "date_end") if known in table.titles]
    if len(both) > 1 and not re.search("开始|起始|结束|终止|截止", plain):
        return tuple(both)
    return (field,)


def generic_fields(plain: str, table: Table, form: Form) -> tuple[str, ...]:
    """The columns of figures that a general word may mean: those whose title holds it, else all of them."""
    counts = [column for column in form.counts if column.field in table.titles]
    holding = tuple(column.field for column in counts if plain in key(table.titles[column.field]))
    people = tuple(column.field for column in counts if column.unit == "人")
    return holding or (people if "人" in plain or plain == "参加" else tuple(column.field for column in counts))


# ---------------------------------------------------------------- activities


def _named(piece: str, table: Table, form: Form) -> tuple[Row, ...]:
    """The rows whose name the words are: whole, shortened, or with one wrong character, by the surest way."""
    column = form.name
    shapes = (piece, piece.replace("的", ""), trimmed("filler", piece), _tail_off(piece))
    words = {key(shape) for shape in shapes} - {""}
    candidates = [word for word in words if len(word) >= _SHORTEST_NAME]
    if column is None or not candidates:
        return ()
    titles = tuple(key(name_of(row, form)) for row in table.rows)
    for way in (_is_whole, _is_turned, _is_part, _has_gaps, _has_slip):
        found = {at for word in candidates for at in _which(way, word, titles)}
        if found:
            return tuple(table.rows[at] for at in sorted(found))
    return ()


def _tail_off(piece: str) -> str:
    return re.sub("(?:活动|比赛|仪式|大会|会议)$", "", trimmed("filler", piece))


def _which(way: object, word: str, titles: Sequence[str]) -> Iterator[int]:
    assert callable(way)
    yield from (at for at, title in enumerate(titles) if title and way(word, title))


def _is_whole(word: str, title: str) -> bool:
    return word == title


def _is_part(word: str, title: str) -> bool:
    is_longer = len(title) >= 4 and title in word and len(word) <= len(title) + 4
    return word in title or (is_longer and not _UNIT.search(word.replace(title, "")))


def _is_turned(word: str, title: str) -> bool:
    """进企业志愿服务 for 志愿服务进企业."""
    return len(word) == len(title) >= 5 and any(word == title[at:] + title[:at] for at in range(2, len(title) - 1))


def _has_gaps(word: str, title: str) -> bool:
    """网安知识竞赛 for 网络安全知识竞赛: its characters in their order, and nearly none of another name."""
    if len(word) < _LEAST_FOR_GAPS:
        return False
    rest = iter(title)
    return all(character in rest for character in word)


@lru_cache(maxsize=4096)
def _has_slip(word: str, title: str) -> bool:
    """One character of the name, or one inside a part of it as long as the words, is another one."""
    if len(word) < _LEAST_FOR_SLIP:
        return False
    for start in range(len(title) - len(word) + 1):
        part = title[start : start + len(word)]
        differing = [at for at, (a, b) in enumerate(zip(word, part, strict=True)) if a != b]
        if len(differing) != 1 or {word[differing[0]], part[differing[0]]} & _COUNTED:
            continue
        if part == title or (len(word) > 3 and 0 < differing[0] < len(word) - 1):
            return True
    return False


def name_of(row: Row, form: Form) -> str:
    """What an activity is called; "" where it has no name."""
    value = row.values.get(form.name.field) if form.name else None
    return str(value.content) if value and value.content else ""


def titles_of(fields: Sequence[str], titles: Mapping[str, str], form: Form) -> tuple[str, ...]:
    """What the sender calls fields."""
    return tuple(titles.get(field) or (known.title if (known := form.find(field)) else field) for field in fields)
