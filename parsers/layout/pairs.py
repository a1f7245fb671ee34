"""The labels and values of lines in which labels stand before their values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from parsers.layout.boxes import Box
from parsers.layout.claims import Reading
from parsers.layout.headings import heading
from parsers.layout.labels import split, split_all
from parsers.layout.model import Heading, Pair

_MOST_TALL = 64
"""No more tall labels at once than this."""


@dataclass(frozen=True, slots=True)
class _Tall:
    """A label that reaches over several lines; one whose first neighbour is a label stands over all of those lines."""

    box: Box
    is_group: bool


def pairs(lines: Iterable[Reading]) -> tuple[Pair, ...]:
    """Every label with its value, line by line. A label before several values is told with each of them."""
    found: list[Pair] = []
    tall: list[_Tall] = []
    for line in lines:
        tall = [one for one in tall if one.box.bottom >= line.number][:_MOST_TALL]
        if line.claim.state == "block":
            found += _in_one_cell(line.view.filled)
            continue
        start = line.claim.outside
        boxes, labels = line.view.row.boxes[start:], line.claim.labels[start:]
        tall += [
            _Tall(box, place + 1 < len(boxes) and labels[place + 1])
            for place, (box, label) in enumerate(zip(boxes, labels, strict=True))
            if label and box.is_tall
        ]
        found += _side_by_side(boxes, labels, tall, line.view.right)
    return tuple(found)


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


def _side_by_side(boxes: Sequence[Box], labels: Sequence[bool], tall: Sequence[_Tall], right: int) -> Iterator[Pair]:
    label: Box | None = None
    for place, (box, is_label) in enumerate(zip(boxes, labels, strict=True)):
        if is_label:
            label = box
            following = boxes[place + 1] if place + 1 < len(boxes) else None
            waits = following is None or (labels[place + 1] and following.left > box.right + 1)
            if waits and box.right < right:
                yield Pair(_path(box, tall), "", (box.top, box.right + 1))
            continue
        beside = next((one.box for one in tall if one.box.right + 1 == box.left), None)
        name = beside or label
        if name is not None:
            yield Pair(_path(name, tall), box.text, box.position)


def _path(label: Box, tall: Sequence[_Tall]) -> Heading:
    """The label under the tall one next to its left, where that stands over several labels."""
    left = [one for one in tall if one.box.left < label.left]
    near = max(left, key=lambda one: one.box.left, default=None)
    return heading([near.box, label] if near is not None and near.is_group else [label])
