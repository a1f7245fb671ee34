"""Labels as they stand around tables, alone in their cell or with their value: 填报单位：甲."""

import re
from functools import lru_cache

from parsers.layout.words import bare, plain, words

_LONGEST_LABEL = 14
_COLON = re.compile(r"\s*([^:]{1,24}?)\s*:\s*(.*)", re.DOTALL)


@lru_cache(maxsize=16384)
def split(text: str) -> tuple[str, str] | tuple[()]:
    """The label and the value of a text such as 填报单位：甲; () where it is none."""
    found = _COLON.match(text.replace("：", ":"))
    if not found or len(plain(found[1])) > _LONGEST_LABEL or found[2].startswith("//"):
        return ()
    if found[1].strip()[-1:].isdigit():
        return ()
    return found[1].strip(), found[2].strip(" \t\u3000_")


def is_block_word(label: str) -> bool:
    """Whether a label is one that stands above or below tables."""
    return bare(label) in words().block or is_signature_word(label)


def is_signature_word(label: str) -> bool:
    """Whether a label is about who answers for a table."""
    return bare(label).startswith(words().signature)
