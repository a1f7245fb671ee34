"""Rules that know a line by its words or by its emptiness: the first that speaks is believed."""

import re

from parsers.layout.boxes import Box, Row
from parsers.layout.claims import Claim
from parsers.layout.labels import is_block_word, is_signature_word, split
from parsers.layout.model import LineRole
from parsers.layout.views import View
from parsers.layout.words import plain, says_nothing_below, words

_AFTER_NOTE = re.compile(r"\d{0,2}(?:[:.、)\]】]|$)")
_COUNT = re.compile(r"[(\[]?\d*[个场次项家人]*[)\]]?$")
_SEVERAL = 2
_SAID = 4
"""Characters with the colon: fewer after a word for notes are a label."""
_FEW_FIGURES = 2
_NUMBERED = 3
"""Fewer numbers in a row may be anything."""


def blank(view: View) -> Claim | None:
    """Nothing stands in the row."""
    return None if view.filled else Claim("blank", "blank")


def note(view: View) -> Claim | None:
    """The row's one text begins with 注, 说明 and the like."""
    if not view.is_alone or view.first.kind != "text" or not view.index:
        return None
    text = plain(view.first.text)
    inside = text.lstrip("(【[*※")
    for word in words().note:
        if inside.startswith(word) and _AFTER_NOTE.match(inside[len(word) :]):
            return Claim("note", "note", word=word) if len(inside) > len(word) + 1 or len(view.row.boxes) == 1 else None
    return Claim("note", "note", word="※") if text.startswith("※") else None


def note_with_figures(view: View) -> Claim | None:
    """The row begins with a note, and figures that it speaks of stand behind it: 注：人数为估计数 | | 1200."""
    if view.is_alone or not view.filled or view.first.kind != "text" or not view.index or _is_head(view.above):
        return None
    inside = plain(view.first.text).lstrip("(【[*※")
    word = next((word for word in words().note if inside.startswith(f"{word}:")), None)
    others = view.filled[1:]
    if word is None or len(inside) < len(word) + _SAID or len(others) > _FEW_FIGURES:
        return None
    return Claim("note", "note", word=word) if all(box.is_value_by_kind for box in others) else None


def _is_head(row: Row | None) -> bool:
    """Whether nothing but texts like labels stand in a row, so that what is below is not yet the end of a list."""
    return row is not None and len(row.filled) > 1 and all(box.likeness > 0 for box in row.filled)


def nothing_below(view: View) -> Claim | None:
    """The row's one text says that nothing follows: 以下空白, （以下无正文）. It is no part of the table."""
    if not view.is_alone or view.first.kind != "text" or not view.index:
        return None
    return Claim("note", "note", word=view.first.text) if says_nothing_below(view.first.text) else None


def numbering(view: View) -> Claim | None:
    """The columns are numbered under their labels: 1 2 3 …, or 甲 乙 1 2 …."""
    ordinals = words().ordinal
    if len(view.filled) < _NUMBERED or plain(view.first.text).strip("()") not in (ordinals[0], "0", "1", "2"):
        return None
    if view.above is None or not any(box.kind == "text" for box in view.above.boxes):
        return None
    texts = [plain(box.text).strip("()") for box in view.filled]
    letters = 0
    while letters < len(texts) and letters < len(ordinals) and texts[letters] == ordinals[letters]:
        letters += 1
    figures = texts[letters:]
    if not all(figure.isdecimal() and len(figure) < 4 for figure in figures):
        return None
    counted = [int(figure) for figure in figures]
    if counted and (counted[0] > 2 or counted != list(range(counted[0], counted[0] + len(counted)))):
        return None
    return Claim("head", "numbering")


def measure(view: View) -> Claim | None:
    """Under labels, nothing but measures stands in the row: 人 | 家 | 万元."""
    above = view.above
    if above is None or not all(plain(box.text).strip("()") in words().measure for box in view.filled):
        return None
    if len(view.filled) < _SEVERAL and len(above.filled) < _SEVERAL:
        return None
    return Claim("head", "measure")


def labelled_texts(view: View) -> Claim | None:
    """Each text of the row is a label with a colon, with its value behind it or in the next cell: 填报单位：甲."""
    labelled = [(box, parts) for box in view.filled if box.kind == "text" and (parts := split(box.text))]
    if not labelled or labelled[0][0] is not view.first:
        return None
    open_ = sum(not value for _, (_, value) in labelled)
    known = sum(is_block_word(label) for _, (label, _) in labelled)
    rest = len(view.filled) - len(labelled)
    if rest > open_ + 1 or (not known and (rest > 0 or (len(labelled) < _SEVERAL and not _is_among_labelled(view)))):
        return None
    signed = sum(is_signature_word(label) for _, (label, _) in labelled)
    waiting = {box.position for box, (_, value) in labelled if not value}
    labels = tuple(box.position in waiting for box in view.row.boxes)
    return Claim("block", "signature" if signed * 2 > len(labelled) else "block", labels=labels)


def named_signers(view: View) -> Claim | None:
    """Those who answer for a table stand behind their labels: 填表人 | 某某 | 审核人 | 某某."""
    boxes = view.row.boxes
    labels, values = boxes[::2], boxes[1::2]
    if len(values) < _SEVERAL or not all(is_block_word(box.text) for box in labels):
        return None
    if not any(is_signature_word(box.text) for box in labels) or any(is_block_word(box.text) for box in values):
        return None
    return Claim("block", "signature", labels=tuple(place % 2 == 0 for place in range(len(boxes))))


def _is_among_labelled(view: View) -> bool:
    """Whether the rows above or below are a label with its value in one cell, too."""
    near = [row.filled[0] for row in (view.above, view.below) if row is not None and len(row.filled) == 1]
    return any(parts and parts[1] for parts in (split(box.text) for box in near))


def total(view: View) -> Claim | None:
    """The row begins with 合计 or another word for sums over all lines."""
    return _sum(view, words().total, "total")


def subtotal(view: View) -> Claim | None:
    """The row begins with 小计 or another word for sums over some lines."""
    return _sum(view, words().subtotal, "subtotal")


def part(view: View) -> Claim | None:
    """The row begins with 其中: its figures are part of those above."""
    box = next((box for box in view.filled[:2] if plain(box.text).lstrip("(").startswith(words().part)), None)
    if box is None or not view.index or view.is_level or _is_among_labels(view, box):
        return None
    return Claim("data", "part", word=box.text)


def example(view: View) -> Claim | None:
    """The row says that it shows how to fill in the table: 例, 示例：…, （样例）…."""
    for box in view.filled[:3]:
        text = plain(box.text).lstrip("([【")
        for word in words().example:
            if text == word or (text.startswith(word) and text[len(word)] in ":)]】、,.1一"):
                return Claim("data", "example", word=word)
    return None


def _sum(view: View, known: frozenset[str], role: LineRole) -> Claim | None:
    if not view.index or view.is_level:
        return None
    for box in view.filled[:2]:
        if box.kind == "text" and _COUNT.sub("", plain(box.text).rstrip(":")) in known:
            return None if _is_among_labels(view, box) else Claim("data", role, word=box.text)
    return None


def _is_among_labels(view: View, box: Box) -> bool:
    """Whether most of what stands beside a text are labels, as beside 合计 in a heading."""
    others = [other for other in view.filled if other is not box]
    return bool(others) and sum(other.likeness > 0 for other in others if other.kind == "text") * 2 > len(others)
