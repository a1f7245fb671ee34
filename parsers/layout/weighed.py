"""Rules that weigh what a line looks like: all of them speak, and the reading that fits its neighbours best is taken."""

from collections.abc import Sequence

from parsers.layout.boxes import Box
from parsers.layout.claims import Claim
from parsers.layout.pattern import divided, mixed
from parsers.layout.views import Run, View

_LONG_NOTE = 60
_MOST_LABEL, _LEAST_LABEL = 2.0, -1.8
_AGAIN = 3.0
_BLANK = -0.8
"""A merged box that is blank waits to be filled in."""
_TWICE = -1.5
"""The same text in two neighbouring boxes: values repeat, labels do not."""


def title(view: View) -> Claim | None:
    """One text stands alone above a table."""
    if not view.is_alone or view.first.is_value_by_kind or view.carried:
        return None
    if view.first.left != view.left and not view.first.is_wide and view.index:
        return None
    wide = 1.2 if view.is_whole else 0.8 if view.first.is_wide else 0.0
    return Claim("title", "title", 0.8 + wide)


def section(view: View) -> Claim | None:
    """One text stands alone across the table, and names the lines under it."""
    if not view.is_alone or view.first.kind != "text" or not view.index:
        return None
    if len(view.row.boxes) > 1 and not view.first.is_wide:
        return None
    wide = 1.6 if view.is_whole else 1.0 if view.first.is_wide else -0.3
    long = -0.5 if len(view.first.text) > _LONG_NOTE else 0.0
    inside = max(-2.5, min(0.5, view.first.likeness)) if view.carried else 0.0
    return Claim("section", "section", wide + long + inside)


def long_note(view: View) -> Claim | None:
    """One long text stands alone at the foot."""
    if not view.is_alone or len(view.first.text) < _LONG_NOTE or not view.index:
        return None
    return Claim("note", "note", 2.0)


def heading(view: View) -> Claim | None:
    """The row holds labels: short texts, unlike what stands under them."""
    if len(view.filled) < 2 and not view.carried:
        return None
    score, contrast, before = 0.0, bool(view.row.boxes[0].kind == "blank"), None
    corner = _has_corner(view)
    over = set(over_smaller(view.row.boxes, view.below))
    below = {box.left: box for box in view.below.boxes} if view.below else {}
    for box, run, again in zip(view.row.boxes, view.runs, view.again, strict=True):
        if box.kind == "blank":
            score += _BLANK
            continue
        score += _AGAIN * again
        score += max(0.0 if corner or box.left in over else _LEAST_LABEL, min(_MOST_LABEL, box.likeness))
        change = _contrast(box, below.get(box.left))
        contrast = contrast or (run.values > 0.5 and change > 0.5)
        score += change + _stands_out(box, run)
        if before is not None and before.text == box.text:
            score += _TWICE
        before = box
    if len(view.filled) == 2 and not (contrast or view.carried) and len(over) < 2:
        score -= 1.5
    return Claim("head", "header", score + _shape(view), again=sum(view.again) * 2 >= len(view.filled))


def _contrast(box: Box, under: Box | None) -> float:
    """Text over a figure, and a label over something that looks less like one."""
    if under is None or under.kind == "blank":
        return 0.0
    if box.kind == "day":
        return 1.2 if under.kind == "number" else -0.6
    if box.kind != "text":
        return 0.0
    if under.is_value_by_kind:
        return 0.6
    return max(-0.5, min(0.5, 0.25 * (box.likeness - under.likeness)))


def _stands_out(box: Box, run: Run) -> float:
    """How much more a box looks like a label than the others of its column do."""
    if run.length < 2:
        return 0.0
    others = (run.likeness * run.length - box.likeness) / (run.length - 1)
    return max(-0.6, min(0.6, 0.3 * (box.likeness - others)))


def _shape(view: View) -> float:
    """Wide boxes over smaller ones beside tall ones: a heading of several levels."""
    wide, tall = len(over_smaller(view.row.boxes, view.below)), any(box.is_tall for box in view.filled)
    texts = [box.text for box in view.filled]
    half = len(texts) // 2
    folded = half if half > 1 and len(texts) % 2 == 0 and texts[:half] == texts[half:] else 0
    return 1.0 * wide + 0.8 * (wide and (tall or wide == len(view.filled))) + 1.2 * _has_corner(view) + folded


def _has_corner(view: View) -> bool:
    """Whether the row is the first of several texts and leaves blank what stands over the labels of the next one."""
    begins = view.index < 2 and not view.carried and view.first.left > view.left and view.below is not None
    return begins and not any(box.is_value_by_kind for box in view.filled) and _has_text_at(view.below, view.left)


def _has_text_at(row: "object", column: int) -> bool:
    boxes = getattr(row, "boxes", ())
    return bool(boxes) and boxes[0].left == column and boxes[0].kind == "text"


def over_smaller(boxes: Sequence[Box], below: "object") -> list[int]:
    """The first columns of the wide boxes that have several smaller ones right under them."""
    starts = [box.left for box in getattr(below, "boxes", ())]
    found, at = [], 0
    for box in boxes:
        if box.is_wide and box.kind != "blank":
            while at < len(starts) and starts[at] < box.left:
                at += 1
            end = at
            while end < len(starts) and starts[end] <= box.right:
                end += 1
            if end - at > 1:
                found.append(box.left)
    return found


def pairs(view: View) -> Claim | None:
    """Labels stand before their values: 姓名 | 张三 | 性别 | 男."""
    boxes = view.row.boxes
    score, labels = divided(boxes, view.runs, right=view.right, after_label=view.carried)
    has_value = not all(labels) or boxes[-1].right < view.right
    if view.is_whole or not any(labels) or not has_value:
        return None
    return Claim("pairs", "data", score - 0.2 * len(boxes), labels)


def data(view: View) -> Claim | None:
    """The row holds values, perhaps behind a label of its own."""
    if view.is_whole and not view.first.is_value_by_kind:
        return Claim("data", "data", -0.5)
    if _has_corner(view):
        return Claim("data", "data", 0.0)
    return Claim("data", "data", _values(view.row.boxes, view.runs, keyed=not view.carried))


def nested(view: View) -> Claim | None:
    """Beside a record's tall cells, its last columns hold pairs of their own."""
    boxes, outside = view.row.boxes, _outside(view)
    if not outside and not view.carried:
        return None
    inner, runs = boxes[outside:], view.runs[outside:]
    score, labels = divided(inner, runs, right=view.right, after_label=True)
    if not any(labels) or all(labels):
        return None
    outer = _values(boxes[:outside], view.runs[:outside], keyed=True) if outside else 0.0
    expected = 1.5 if all(view.inside[outside:]) and not any(view.inside[:outside]) else 0.0
    return Claim("nested", "data", outer + score - 0.2 * len(inner) + expected, (False,) * outside + labels, outside)


def inner_heading(view: View) -> Claim | None:
    """Beside a record's tall cells begins a small table with labels of its own."""
    boxes, outside = view.row.boxes, _outside(view)
    inner, runs = boxes[outside:], view.runs[outside:]
    if len(inner) < 2 or (not outside and not view.carried) or any(box.is_value_by_kind for box in inner):
        return None
    score = sum(max(_LEAST_LABEL, min(_MOST_LABEL, box.likeness)) for box in inner if box.kind != "blank") - 1.0
    score += sum(_stands_out(box, run) for box, run in zip(inner, runs, strict=True))
    outer = _values(boxes[:outside], view.runs[:outside], keyed=True) if outside else 0.0
    expected = 1.5 if all(view.inside[outside:]) and not any(view.inside[:outside]) else 0.0
    return Claim("inner head", "data", outer + score + expected, (False,) * outside + (True,) * len(inner), outside)


def _outside(view: View) -> int:
    """How many boxes at the left are as tall as the first, where others are lower; 0 away from the area's edge."""
    boxes = view.row.boxes
    if view.carried or boxes[0].left != view.left:
        return 0
    outside = next((place for place, box in enumerate(boxes) if box.bottom < boxes[0].bottom), len(boxes))
    return outside if outside < len(boxes) else 0


def _values(boxes: Sequence[Box], runs: Sequence[Run], *, keyed: bool) -> float:
    """How well boxes fit as values; the first may be a key, which looks like anything."""
    score = 0.3 * (len(boxes) > 1)
    for place, (box, run) in enumerate(zip(boxes, runs, strict=True)):
        if box.kind == "blank":
            continue
        likeness = mixed(box, run)
        if place == 0 and keyed:
            score += max(0.3, likeness + 0.5)
        else:
            score -= likeness * (0.6 if likeness > 0 else 1.0)
    return score
