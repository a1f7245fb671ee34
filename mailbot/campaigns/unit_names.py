"""Normalizes the names of units for comparison, and strips administrative prefixes and suffixes from them."""

import re
import unicodedata

from mailbot.domain.campaign import Unit

# domain.md 3.2; longest first, so that one pass takes the whole
PREFIXES = ("天津市滨海新区", "天津滨海新区", "中共天津市", "滨海新区", "天津市", "天津", "新区", "中共", "区")
SUFFIXES = (
    "工会工作委员会", "工会联合会", "工会委员会", "群团工作部", "管理委员会", "联合工会", "人民政府", "总工会",
    "办事处", "镇政府", "管委会", "党群办", "党建办", "工会",
)  # fmt: skip
SHORTEST_BARE = 4
"""Characters: the place is part of the name where less would be left of it (天津港 is not 港)."""


def normalized(text: str) -> str:
    """A name for comparison: full width folded, blanks, invisible marks and a trailing （盖章） dropped, 街道 as 街."""
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub(r"[\s\u200b-\u200f\u202a-\u202e\ufeff]+", "", folded)
    folded = re.sub(r"\((?:盖章|公章|章|签章)\)", "", folded)
    return folded.strip("_-:;,.。、").upper().replace("街道", "街")


def names_of(unit: Unit) -> tuple[str, ...]:
    """Its name, its short name and its aliases, as the roster has them."""
    return tuple(filter(None, (unit.name, unit.short_name, *unit.aliases)))


def short_forms(name: str, shortest_bare: int = 1) -> set[str]:
    """A normalized name without its suffixes, and without its prefixes too where so many characters are left."""
    bare = without_affixes(name)
    return {without_suffixes(name), bare} if len(bare) >= shortest_bare else {without_suffixes(name)}


def without_affixes(name: str) -> str:
    """A normalized name without its prefix and its suffixes; at least two characters stay."""
    prefix = next((p for p in PREFIXES if name.startswith(p) and len(name) - len(p) >= 2), "")
    return without_suffixes(name.removeprefix(prefix))


def without_suffixes(name: str) -> str:
    """A normalized name without its suffixes; at least two characters stay."""
    while suffix := next((s for s in SUFFIXES if name.endswith(s) and len(name) - len(s) >= 2), ""):
        name = name.removesuffix(suffix)
    # 街道办事处 normalized and cut leaves 街; a name that was cut to 街办 is the same street
    return name.removesuffix("办") if name.endswith("街办") else name
