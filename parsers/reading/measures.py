"""Measures that stand alone: in a row of their own under the labels, or for a whole table (单位：万人)."""

import re

from parsers.forms.vocabulary import Vocabulary
from parsers.values.figure_grammar import UNITS

_BETWEEN = re.compile(r"[\s、，,;；/／和及或]+")
_AROUND = "()（）[]【】 \t\u3000:："
_LABEL = re.compile(r"^(?:计量|计数|数量)?单位\s*[:：]?\s*")
_PIECES = re.compile(r"[()（）\[\]【】\s]+")
_STATED = re.compile(r"[(（]?\s*(?:计量|计数|数量)?单位\s*[:：]\s*[^\s()（）]+\s*[)）]?")
_SCALES = "十百千万亿"


def is_measure(text: str, words: Vocabulary) -> bool:
    """Whether a text says what figures are counted in and nothing else: 家, （万人次）, 场、万人."""
    bare = _LABEL.sub("", text.strip(_AROUND))
    return all(_is_one(part, words) for part in _BETWEEN.split(bare))


def _is_one(word: str, words: Vocabulary) -> bool:
    unit = word.lstrip(_SCALES)
    return unit in UNITS or unit in words.measures or (not unit and word in ("千", "万", "亿"))


def has_measure(label: str, words: Vocabulary) -> bool:
    """Whether a column's title says what is counted in it: 参与人数（人）, 覆盖人数 万人."""
    return any(piece and is_measure(piece, words) for piece in _PIECES.split(label))


def scaled(text: str, words: Vocabulary) -> str:
    """What a text says that figures are counted in, where that is thousands and more: 单位：场、万人; else ""."""
    said = _STATED.search(text)
    alone = said[0].strip("()（） ") if said else text
    return alone if set(alone) & set(_SCALES) and is_measure(alone, words) else ""
