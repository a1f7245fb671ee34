"""Which boxes of a row are labels and which are values, where labels stand before their values."""

from collections.abc import Sequence

from parsers.layout.boxes import Box
from parsers.layout.views import Run

_OWN = 0.4
"""How much a box's own text counts; the rest is what its column looks like."""
_BLANK_LABEL, _BLANK_VALUE = -2.0, 0.6
_TURN = 0.5
"""A label is followed by its value, a value by the next label."""
_TWO_VALUES = -0.4
_TWO_LABELS, _WIDE_LABEL = -1.6, -0.6
_SAME = 0.8
"""Neighbours with the same text were one merged cell, or are values; they are the same either way."""
_TALL_LABEL = 0.6
"""A label that reaches over several lines of its value."""
_LABEL_FIRST, _VALUE_FIRST = 0.5, -0.8
_LABEL_LAST = -1.2
_INNER_LABEL, _INNER_LABEL_IN_RUN = -0.5, -1.0
_DAY_OVER_NUMBERS = 0.5
_REPEATED = -2.5
"""Labels differ from each other; what repeats itself down a column are values."""


def divided(boxes: Sequence[Box], runs: Sequence[Run], *, right: int, after_label: bool) -> tuple[float, tuple[bool, ...]]:
    """The likeliest division of a row into labels (True) and values, and how well it fits.

    `right` is the last column there is; `after_label` says that a label from above reaches to the left of the row.
    """
    first = boxes[0]
    scores = {
        True: _as_label(first, runs[0]) + _LABEL_FIRST,
        False: _as_value(first, runs[0]) + (0.2 if after_label else _VALUE_FIRST),
    }
    steps: list[dict[bool, bool]] = []
    for before, box, run in zip(boxes, boxes[1:], runs[1:], strict=False):
        own = {True: _as_label(box, run) + (_INNER_LABEL if run.length < 3 else _INNER_LABEL_IN_RUN), False: _as_value(box, run)}
        step, new = {}, {}
        for label in (True, False):
            origin = max((True, False), key=lambda last: scores[last] + _step(before, box, last, label))
            step[label] = origin
            new[label] = scores[origin] + _step(before, box, origin, label) + own[label]
        steps.append(step)
        scores = new
    if boxes[-1].right >= right:
        scores[True] += _LABEL_LAST
    last = max((True, False), key=lambda label: scores[label])
    found = [last]
    for step in reversed(steps):
        found.append(step[found[-1]])
    return scores[last], tuple(reversed(found))


def _step(before: Box, box: Box, last: bool, label: bool) -> float:
    gap = box.left > before.right + 1
    if before.text == box.text and before.text:
        return _SAME if last == label else -_SAME
    taller = before.bottom > box.bottom
    if last and label:
        return 0.2 if gap else 0.5 if taller else _WIDE_LABEL if before.is_wide and not box.is_wide else _TWO_LABELS
    if not last and not label:
        return _TWO_VALUES
    return _TURN + (_TALL_LABEL if last and taller else 0.0)


def _as_label(box: Box, run: Run) -> float:
    if box.kind == "blank":
        return _BLANK_LABEL
    repeated = _REPEATED if run.length > 2 and run.distinct < 0.7 else 0.0
    return mixed(box, run) + repeated


def _as_value(box: Box, run: Run) -> float:
    return _BLANK_VALUE if box.kind == "blank" else -mixed(box, run)


def mixed(box: Box, run: Run) -> float:
    """How much a box looks like a label: by itself and, unless it stands out from it, by its column."""
    if run.length < 2:
        return box.likeness
    if box.top == run.top and run.values > 0.5:
        if not box.is_value_by_kind:
            return box.likeness
        if box.kind == "day" and run.numbers > 0.5:
            return _DAY_OVER_NUMBERS
    return _OWN * box.likeness + (1 - _OWN) * run.likeness
