"""How well a row fits as a heading: labels over what is unlike them."""

from parsers.layout.boxes import Box
from parsers.layout.claims import Claim
from parsers.layout.views import Run, View

MOST, LEAST = 2.0, -1.8
"""No box's own likeness counts for more than this, in either direction."""
_AGAIN = 3.0
_BLANK = -0.8
"""A merged box that is blank waits to be filled in."""
_TWICE = -2.5
"""The same text in two neighbouring boxes: values repeat, labels do not."""
_TWO = -1.5
"""Two texts over texts may as well be a label and its value."""
_EARLY = 2
_OVER_VALUES, _LEAST_RUN, _MOSTLY = 1.5, 4, 0.7
"""A text at the top of a column of figures and days."""
_DOZEN = 14


def heading(view: View) -> Claim | None:
    """The row holds labels: short texts, unlike what stands under them."""
    if not view.filled or (view.is_alone and not view.carried):
        return None
    score, differs, before, over_values = 0.0, view.row.boxes[0].kind == "blank", None, 0
    corner, again = has_corner(view), _is_again(view)
    below = {box.left: box for box in view.below.boxes} if view.below else {}
    for box, run, known in zip(view.row.boxes, view.runs, view.again, strict=True):
        if box.kind == "blank":
            score += _BLANK
            continue
        over_values += box.kind == "text" and box.top == run.top and run.length >= _LEAST_RUN and run.values > _MOSTLY
        least = 0.0 if corner or view.is_level or box.left in view.over else LEAST
        change = _change(box, below.get(box.left))
        score += max(least, min(MOST, box.likeness)) + change + stands_out(box, run) + _AGAIN * (again and known)
        score += _TWICE if before and before.text == box.text else 0.0
        differs = differs or (run.values > 0.5 and change > 0.5)
        before = box
    if len(view.filled) == 2 and not (differs or view.carried) and len(view.over) < 2:
        score += _TWO
    score *= weight_of_many(len(view.row.boxes))
    return Claim("head", "header", score + _shape(view) + _OVER_VALUES * over_values, again=again)


def weight_of_many(boxes: int) -> float:
    """What each box of a row counts: the texts of sixty columns say no more together than those of a dozen."""
    return min(1.0, _DOZEN / max(1, boxes))


def _is_again(view: View) -> bool:
    """Whether most of the row, or all but its first box, stands at the top of the area too."""
    return sum(view.again) * 2 > len(view.filled) or (len(view.again) > 1 and all(view.again[1:]))


def has_corner(view: View) -> bool:
    """Whether the row begins a table and leaves blank what stands over the labels of the next row."""
    begins = view.index < _EARLY and not view.carried and view.first.left > view.left and view.below is not None
    if not begins or any(box.is_value_by_kind for box in view.filled) or view.below is None:
        return False
    under = view.below.boxes[0]
    return under.left == view.left and under.kind == "text"


def stands_out(box: Box, run: Run) -> float:
    """How much more a box looks like a label than the others of its column do."""
    if run.length < 2:
        return 0.0
    others = (run.likeness * run.length - box.likeness) / (run.length - 1)
    return max(-0.6, min(0.6, 0.3 * (box.likeness - others)))


def _change(box: Box, under: Box | None) -> float:
    """A text, a day or a year over a figure, and a text over one that looks less like a label."""
    if under is None or under.kind == "blank":
        return 0.0
    if box.is_time:
        return 1.2 if under.kind == "number" and not under.is_time else -0.6
    if box.kind != "text":
        return 0.0
    if under.is_value_by_kind:
        return 0.6
    return max(-0.5, min(0.5, 0.25 * (box.likeness - under.likeness)))


def _shape(view: View) -> float:
    """Wide boxes over smaller ones, beside tall ones; labels that begin again half way; a blank corner."""
    wide = len(view.over)
    levels = 1.0 * wide
    if wide and (wide == len(view.filled) or any(box.is_tall for box in view.filled)):
        levels += 0.8
    return levels + 1.2 * has_corner(view) + len(folded(view.filled))


def folded(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
    """The second half of the boxes where their texts repeat the first; () where they do not."""
    half = len(boxes) // 2
    texts = [box.text for box in boxes]
    return boxes[half:] if half > 1 and len(texts) % 2 == 0 and texts[:half] == texts[half:] else ()
