"""Lists what a correction changed, for its sender to check."""

from collections.abc import Callable, Iterator, Sequence

from mailbot.decide.display import days, shown
from mailbot.decide.row_comparison import Row, distinct_rows, key
from mailbot.domain.submission import Earlier
from parsers.forms.form import Column, Form
from parsers.marks import one_title
from parsers.reading import Layout, Reading

UNCHANGED = "场次、活动时间和各项数字均无变化"
OTHER_LAYOUT = "填报方式与此前不同（逐场填报与合计填报之别），未逐项对照"


def changes(before: Sequence[Earlier], after: Sequence[Reading], form: Form) -> tuple[str, ...]:
    """One phrase for each figure and day that differs, then how many activities are new and how many are gone.

    `before` are the submissions that are replaced, `after` all tables of the mail that take their place. A row is
    found again by its title and first day, or by its title alone; where several could be meant, none is taken.
    """
    layouts = {e.layout for e in before if e.records} | {r.layout for r in after if r.records}
    if len(layouts) > 1:
        return (OTHER_LAYOUT,)
    old = _rows([e.records for e in before])
    new = _rows([[{n: v.content for n, v in record.values.items()} for record in r.records] for r in after])
    return tuple(_phrases(old, new, form, next(iter(layouts), "rows"))) or (UNCHANGED,)


def _phrases(old: list[Row], new: list[Row], form: Form, layout: Layout) -> Iterator[str]:
    if layout == "summary":
        yield from _differences(_summed(old, form), _summed(new, form), form)
        return
    pairs = _again(old, new, form)
    for was, now in pairs:
        yield from _differences(was, now, form)
    if len(new) > len(pairs):
        yield f"新增 {len(new) - len(pairs)} 场"
    if len(old) > len(pairs):
        yield f"减少 {len(old) - len(pairs)} 场"


def _rows(submissions: Sequence[Sequence[Row]]) -> list[Row]:
    """Every row that counts, once."""
    return [submissions[place][position] for place, position in distinct_rows(submissions)]


def _summed(rows: Sequence[Row], form: Form) -> Row:
    """The figures of a unit whose tables give one row for all of it."""
    return {
        column.field: sum(numbers)
        for column in form.column
        if column.kind == "count" and (numbers := [n for row in rows if isinstance(n := row.get(column.field), int)])
    }


# ---------------------------------------------------------------- the same row again


def _again(old: Sequence[Row], new: Sequence[Row], form: Form) -> list[tuple[Row, Row]]:
    """The rows that are there again as (old, new): first those that say the same."""
    pairs: list[tuple[Row, Row]] = []
    left, more = list(old), []
    for row in new:
        same = next((was for was in left if key(was) == key(row) and not list(_differences(was, row, form))), None)
        if same is None:
            more.append(row)
        else:
            left.remove(same)
            pairs.append((same, row))
    for trait in (key, _title):
        found = list(_alone(left, more, trait))
        pairs += found
        left = [row for row in left if not any(row is was for was, _ in found)]
        more = [row for row in more if not any(row is now for _, now in found)]
    return pairs


def _alone(old: Sequence[Row], new: Sequence[Row], trait: Callable[[Row], Sequence[str]]) -> Iterator[tuple[Row, Row]]:
    """The pairs that agree in a trait that only the two of them have; what is not written agrees with nothing."""
    for now in new:
        same = [was for was in old if trait(was) == trait(now)]
        if any(trait(now)) and len(same) == 1 and sum(trait(other) == trait(now) for other in new) == 1:
            yield same[0], now


def _title(row: Row) -> str:
    return key(row)[0]


# ---------------------------------------------------------------- two rows side by side


def _differences(was: Row, now: Row, form: Form) -> Iterator[str]:
    """接触职工人数 120→130（网络安全知识竞赛） for each figure and day that differs."""
    title = shown(now["title"]) if now.get("title") else ""
    for column in _compared(form):
        before, after = _text(was, column), _text(now, column)
        if before != after:
            yield f"{one_title(column.title)} {before}→{after}" + (f"（{title}）" if title else "")


def _compared(form: Form) -> Iterator[Column]:
    """The columns of figures and days; a last day is compared with its first."""
    last_days = {column.end for column in form.column}
    return (c for c in form.column if c.kind in ("count", "days") and c.field not in last_days)


def _text(row: Row, column: Column) -> str:
    content = row.get(column.field)
    return days(content, row.get(column.end)) if column.kind == "days" else shown(content)
