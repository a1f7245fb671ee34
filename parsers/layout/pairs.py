"""The labels and values of lines in which labels stand before their values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from parsers.layout.boxes import Box
from parsers.layout.claims import Reading
from parsers.layout.headings import heading
from parsers.layout.labels import split, split_all
from parsers.layout.model import Heading, Pair

_MOST_OPEN = 64
"""No more such labels at once than this."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A label that reaches over several lines, or stands before other labels: then it is part of their headings."""

    box: Box
    is_group: bool


def pairs(lines: Iterable[Reading]) -> tuple[Pair, ...]:
    """Every label with its value, line by line. A label before several values is told with each of them."""
    found: list[Pair] = []
    before: list[_Open] = []
    for line in lines:
        before = [one for one in before if one.box.bottom >= line.number]
        if line.claim.state == "block" and any(split(box.text) for box in line.view.filled):
            found += _in_one_cell(line.view.filled)
            continue
        start = line.claim.outside
        boxes, labels = line.view.row.boxes[start:], line.claim.labels[start:]
        before = [*before, *_opened(boxes, labels)][:_MOST_OPEN]
        found += _side_by_side(boxes, labels, before, line.view.right)
    return tuple(found)


def _opened(boxes: Sequence[Box], labels: Sequence[bool]) -> Iterator[_Open]:
    for place, (box, label) in enumerate(zip(boxes, labels, strict=True)):
        following = boxes[place + 1] if place + 1 < len(boxes) and labels[place + 1] else None
        is_group = following is not None and following.left == box.right + 1 and (box.is_tall or not box.is_wide)
        if label and (is_group or box.is_tall):
            yield _Open(box, is_group)


def _in_one_cell(boxes: Sequence[Box]) -> Iterator[Pair]:
    for place, box in enumerate(boxes):
        parts = split_all(box.text)
        following = boxes[place + 1] if place + 1 < len(boxes) else None
        for label, value in parts:
            name = Heading((label,), (box.position,))
            if value or len(parts) > 1:
                yield Pair(name, value, box.position)
            elif following is not None and not split(following.text):
                yield Pair(name, following.text, following.position)
            else:
                yield Pair(name, "", (box.top, box.right + 1))


def _side_by_side(boxes: Sequence[Box], labels: Sequence[bool], open_: Sequence[_Open], right: int) -> Iterator[Pair]:
    label: Box | None = None
    for place, (box, is_label) in enumerate(zip(boxes, labels, strict=True)):
        if is_label:
            label = box
            following = boxes[place + 1] if place + 1 < len(boxes) else None
            waits = following is None or (labels[place + 1] and following.left > box.right + 1)
            if waits and (box.right < right or not box.is_wide):
                yield Pair(_path(box, open_), "", (box.top, box.right + 1))
            continue
        beside = next((one.box for one in open_ if one.box.right + 1 == box.left), None)
        name = beside or label
        if name is not None:
            yield Pair(_path(name, open_), box.text, box.position)


def _path(label: Box, open_: Sequence[_Open]) -> Heading:
    """The label behind the open one next to its left, where that stands before several labels."""
    left = [one for one in open_ if one.box.left < label.left]
    near = max(left, key=lambda one: one.box.left, default=None)
    return heading([near.box, label] if near is not None and near.is_group else [label])
