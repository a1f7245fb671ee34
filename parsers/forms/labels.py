"""Labels as people type them, brought to one shape so that the same title is the same word."""

import re
import unicodedata
from functools import lru_cache

_BRACKETED = re.compile(r"[(\[{【〔〈<][^()\[\]{}【】〔〕〈〉<>]*[)\]}】〕〉>]")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*[.、．](?!\d)")
_DROPPED = re.compile(r"[\W_]+")


@lru_cache(maxsize=8192)
def key(label: str) -> str:
    """The label without blanks, line breaks, punctuation and marks, in lower case, full-width letters made half."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", label)).lower()


@lru_cache(maxsize=8192)
def keys(label: str) -> tuple[str, ...]:
    """Every shape under which a label may be known: with what stands in brackets, without it, without a number."""
    whole = unicodedata.normalize("NFKC", label)
    bare = _BRACKETED.sub("", whole)
    shapes = (key(whole), key(bare), key(_NUMBERED.sub("", bare)))
    return tuple(dict.fromkeys(shape for shape in shapes if shape)) or (("#",) if whole.strip() == "#" else ())


def likeness(label: str, word: str) -> float:
    """How much two keys are one: 1 for equal ones, 0 where neither holds the other's characters in their order."""
    short, long = sorted((label, word), key=len)
    if len(short) < 2 or not _in_order(short, long):
        return 0.0
    share = len(short) / len(long)
    return max(share, 0.6) if short in long else share


def _in_order(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)
