"""Rules that weigh what a line looks like: all of them speak, and the best sequence of readings is believed."""

from collections.abc import Sequence

from parsers.layout.boxes import Box
from parsers.layout.claims import Claim
from parsers.layout.heading import LEAST, MOST, has_corner, stands_out, weight_of_many
from parsers.layout.pattern import divided, mixed
from parsers.layout.views import Run, View

_LONG = 60
_EXPECTED = 1.5
"""The heading above spans several columns where the row has several boxes."""
_MANY, _HUNDRED = 6, 100


def title(view: View) -> Claim | None:
    """One text stands alone above a table."""
    if not view.is_alone or view.first.is_value_by_kind or view.carried:
        return None
    if view.first.left != view.left and not view.first.is_wide and view.index:
        return None
    return Claim("title", "title", 2.0 if view.is_whole else 1.6 if view.first.is_wide else 0.8)


def section(view: View) -> Claim | None:
    """One text stands alone across the table, and names the lines under it."""
    if not view.is_alone or view.first.kind != "text" or not view.index:
        return None
    if len(view.row.boxes) > 1 and not view.first.is_wide:
        return None
    score = 1.6 if view.is_whole else 1.0 if view.first.is_wide else -0.3
    score -= 0.5 if len(view.first.text) > _LONG else 0.0
    score += max(-2.5, min(0.5, view.first.likeness)) if view.carried else 0.0
    return Claim("section", "section", score)


def long_note(view: View) -> Claim | None:
    """One long text stands alone under other lines."""
    if not view.is_alone or len(view.first.text) < _LONG or not view.index:
        return None
    return Claim("note", "note", 2.0)


def pairs(view: View) -> Claim | None:
    """Labels stand before their values: 姓名 | 某某 | 性别 | 男."""
    boxes = view.row.boxes
    if not view.filled or view.is_whole or _is_in_a_long_list(view):
        return None
    score, labels = divided(boxes, view.runs, right=view.right, after_label=view.carried)
    if not any(labels) or (all(labels) and boxes[-1].right >= view.right):
        return None
    return Claim("pairs", "data", (score - 0.2 * len(boxes)) * weight_of_many(len(boxes)), labels)


def _is_in_a_long_list(view: View) -> bool:
    """Whether each of many boxes is one of a hundred alike in its columns: nobody writes so many pairs in this way."""
    return len(view.runs) >= _MANY and all(run.length >= _HUNDRED for run in view.runs)


def nested(view: View) -> Claim | None:
    """Beside the tall cells of a record, its other columns hold pairs of their own, or labels with their values."""
    boxes, outside = view.row.boxes, _outside(view)
    if outside is None:
        return None
    inner, runs = boxes[outside:], view.runs[outside:]
    score, labels = divided(inner, runs, right=view.right, after_label=True)
    if not any(labels) or all(labels):
        return None
    score += _values(boxes[:outside], view.runs[:outside], keyed=True) - 0.2 * len(inner)
    score += _EXPECTED * _is_expected(view, outside)
    labels = (*labels[:-1], labels[-1] and inner[-1].right < view.right)
    return Claim("nested", "data", score, (False,) * outside + labels, outside)


def inner_heading(view: View) -> Claim | None:
    """Beside the tall cells of a record begins a small table with labels of its own."""
    boxes, outside = view.row.boxes, _outside(view)
    if outside is None:
        return None
    inner, runs = boxes[outside:], view.runs[outside:]
    if len(inner) < 2 or any(box.is_value_by_kind for box in inner):
        return None
    score = sum(max(LEAST, min(MOST, box.likeness)) for box in inner if box.kind != "blank") - 1.0
    score += sum(stands_out(box, run) for box, run in zip(inner, runs, strict=True))
    score += _values(boxes[:outside], view.runs[:outside], keyed=True) + _EXPECTED * _is_expected(view, outside)
    return Claim("inner head", "data", score, (False,) * outside + (True,) * len(inner), outside)


def data(view: View) -> Claim | None:
    """The row holds values, perhaps behind a label of its own."""
    if view.is_whole and not view.first.is_value_by_kind:
        return Claim("data", "data", -0.5)
    if view.filled and has_corner(view):
        return Claim("data", "data", 0.0)
    return Claim("data", "data", _values(view.row.boxes, view.runs, keyed=not view.carried))


def _outside(view: View) -> int | None:
    """How many boxes at the left edge are as tall as the first: they are the record's; None where it has no others."""
    boxes = view.row.boxes
    if not view.filled:
        return None
    if view.carried:
        return 0
    if boxes[0].left != view.left:
        return None
    return next((place for place, box in enumerate(boxes) if box.bottom < boxes[0].bottom), None)


def _is_expected(view: View, outside: int) -> bool:
    return all(view.inside[outside:]) and not any(view.inside[:outside])


def _values(boxes: Sequence[Box], runs: Sequence[Run], *, keyed: bool) -> float:
    """How well boxes fit as values. The first may be a key: one like a label fits as well as a label of pairs does."""
    score = 0.3 if len(boxes) > 1 else 0.0
    for place, (box, run) in enumerate(zip(boxes, runs, strict=True)):
        if box.kind == "blank":
            continue
        likeness = mixed(box, run)
        if place == 0 and keyed:
            score += max(0.3, likeness + 0.5, -likeness if box.is_value_by_kind else 0.0)
        else:
            score -= likeness * (0.6 if likeness > 0 else 1.0)
    return score * weight_of_many(len(boxes))
