"""Which boxes of a row are labels and which are values, where labels stand before their values.

Of all divisions of the row the likeliest is found from left to right, with the two best so far kept: the one that ends
in a label and the one that ends in a value.
"""

from collections.abc import Sequence

from parsers.layout.boxes import Box
from parsers.layout.views import Run

_OWN = 0.4
"""How much a box's own text counts; the rest is what its column looks like."""
_BLANK_LABEL, _BLANK_VALUE = -2.0, 0.6
_TURN = 0.5
"""A label is followed by its value, a value by the next label."""
_TALL_LABEL = 0.6
"""A label reaches over several lines of its value."""
_TWO_VALUES = -0.4
_TWO_LABELS, _TWO_LABELS_APART, _WIDE_THEN_LABEL, _TALL_THEN_LABEL = -1.6, 0.2, -0.6, 0.5
_SAME = 0.8
"""Neighbours with the same text were one merged cell, or are values; they are the same either way."""
_LABEL_FIRST, _VALUE_FIRST, _VALUE_AFTER_LABEL = 0.5, -2.0, 0.2
_LABEL_LAST = -1.2
_INNER_LABEL, _INNER_LABEL_IN_RUN = -0.5, -1.0
_REPEATED, _REPEATED_LABEL = -2.5, -0.3
"""What repeats itself down a column are values, unless it looks much like a label: forms stand below each other too."""
_TIME_OVER_NUMBERS = 0.5


def divided(
    boxes: Sequence[Box], runs: Sequence[Run], *, right: int, after_label: bool
) -> tuple[float, tuple[bool, ...]]:
    """How well the likeliest division of a row fits, and which boxes are labels in it.

    `right` is the last column there is; `after_label` says that a label from above reaches to the left of the row.
    """
    label = _as_label(boxes[0], runs[0]) + _LABEL_FIRST
    value = _as_value(boxes[0], runs[0]) + (_VALUE_AFTER_LABEL if after_label else _VALUE_FIRST)
    steps: list[tuple[bool, bool]] = []
    for before, box, run in zip(boxes, boxes[1:], runs[1:], strict=False):
        to_label = label + _step(before, box, True, True), value + _step(before, box, False, True)
        to_value = label + _step(before, box, True, False), value + _step(before, box, False, False)
        steps.append((to_label[0] >= to_label[1], to_value[0] >= to_value[1]))
        inner = _INNER_LABEL if run.length < 3 else _INNER_LABEL_IN_RUN
        label, value = max(to_label) + _as_label(box, run) + inner, max(to_value) + _as_value(box, run)
    if boxes[-1].right >= right:
        label += _LABEL_LAST
    found = [label >= value]
    for from_label, from_label_to_value in reversed(steps):
        found.append(from_label if found[-1] else from_label_to_value)
    return max(label, value), tuple(reversed(found))


def mixed(box: Box, run: Run) -> float:
    """How much a box looks like a label: by itself and, unless it stands out at the top of it, by its column."""
    if run.length < 2:
        return box.likeness
    if box.top == run.top and run.values > 0.5:
        if not box.is_value_by_kind:
            return box.likeness
        if box.is_time and run.numbers > 0.5:
            return _TIME_OVER_NUMBERS
    return _OWN * box.likeness + (1 - _OWN) * run.likeness


def _as_label(box: Box, run: Run) -> float:
    if box.kind == "blank":
        return _BLANK_LABEL
    repeated = run.length > 2 and run.distinct < 0.7
    return mixed(box, run) + (0.0 if not repeated else _REPEATED_LABEL if box.likeness > 2 else _REPEATED)


def _as_value(box: Box, run: Run) -> float:
    return _BLANK_VALUE if box.kind == "blank" else -mixed(box, run)


def _step(before: Box, box: Box, last: bool, label: bool) -> float:
    if before.text == box.text and before.text:
        return _SAME if last == label else -_SAME
    taller = before.bottom > box.bottom
    if last and label:
        if box.left > before.right + 1:
            return _TWO_LABELS_APART
        if taller:
            return _TALL_THEN_LABEL
        return _WIDE_THEN_LABEL if before.is_wide and not box.is_wide else _TWO_LABELS
    if not last and not label:
        return _TWO_VALUES
    return _TURN + (_TALL_LABEL if last and taller else 0.0)
