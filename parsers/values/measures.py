"""Reads the unit that the title of a column gives for its figures: 覆盖人数（万人） (domain.md 2.4)."""

import re
from collections.abc import Iterator
from functools import lru_cache

from parsers.values import Measure, folded, numerals
from parsers.values.figure_grammar import UNITS

_BRACKETED = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_SPLIT = re.compile(r"[,;、:/_或和及]")
_SCALES = "十百千万亿"
_SCALED = re.compile("[百千万亿]|(?<![A-Za-z])[wWkK](?![A-Za-z])")


@lru_cache(maxsize=1024)
def measure_of(header_text: str) -> Measure | None:
    """The unit that a column's title names: 覆盖人数（万人） → 万人, 10000. Of lines one over another the last.

    Where brackets speak of tens of thousands in a way that is not known, or name several units, it is not sure.
    """
    found = None
    for part in _squeezed(folded(header_text)).split(" "):
        named = [measure for text in _texts(part) if (measure := _understood(text))]
        clear = [measure for measure in named if measure.sure]
        if len({measure.factor for measure in clear}) > 1:
            clear, named = [], [Measure("、".join(measure.word for measure in clear), 1, sure=False)]
        found = next(reversed(clear or named), found)
    return found


def _squeezed(text: str) -> str:
    """The text with units in one piece: 万 人, 万/人次, 人（次）. Blanks remain between the lines of a title alone."""
    text = text.replace("人/次", "人次").replace("人(次)", "人次")
    text = re.sub(rf"(?<=[{_SCALES}])[ /]+(?=[人家户个场名位次])", "", text)
    text = _BRACKETED.sub(lambda match: re.sub(r"\s", "", match[0]), text)
    return re.sub(r"[\s_]+", " ", text)


def _texts(part: str) -> Iterator[str]:
    """What stands outside of brackets, piece by piece, and then what stands in each."""
    yield from _SPLIT.split(_BRACKETED.sub(" ", part).strip())
    yield from (f"({inside})" for inside in _BRACKETED.findall(part))


def _understood(text: str) -> Measure | None:
    """The measure that a piece of a title is, or speaks of."""
    bare = _bare(text.strip("()"))
    if measure := _measure(bare):
        return measure
    if not text.startswith("("):
        return None
    named = [measure for word in _SPLIT.split(bare) if (measure := _measure(_bare(word)))]
    rest = "".join(word for word in _SPLIT.split(bare) if _measure(_bare(word)) is None)
    if len({measure.factor for measure in named}) > 1 or _SCALED.search(rest):
        return Measure(bare, 1, sure=False)
    return named[-1] if named else None


def _bare(text: str) -> str:
    """A measure without the words around it: 单位：万人, 以万计, 万余人, w."""
    text = re.sub(r"^(?:计量)?单位[:为是]?|^[以按约]|(?:为单位|计算?)$", "", text)
    text = re.sub(r"^[wW](?![A-Za-z])", "万", re.sub(r"^[kK](?![A-Za-z])", "千", text))
    return re.sub(rf"(?<=[{_SCALES}])余", "", text)


def _measure(word: str) -> Measure | None:
    scales = word[: len(word) - len(word.lstrip(_SCALES))]
    unit = word[len(scales) :]
    if not word or (unit and unit not in UNITS) or (not unit and word not in ("千", "万", "亿")):
        return None
    factor = 1
    for scale in scales:
        factor *= numerals.SCALES[scale]
    return Measure(word, factor)
