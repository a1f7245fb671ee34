"""Labels and values that share one cell: 填报单位：甲."""

import re

from parsers.layout.words import bare, plain, words

_LONGEST_LABEL = 14


def split(text: str) -> tuple[str, str] | tuple[()]:
    """The label and the value of a text such as 填报单位：甲; () where it is none."""
    found = re.match(r"\s*([^::]{1,24}?)\s*[::]\s*(.*)", text.replace("：", ":"), re.DOTALL)
    if not found or len(plain(found[1])) > _LONGEST_LABEL or found[2].startswith("//") or found[1].strip()[-1:].isdigit():
        return ()
    return found[1].strip(), found[2].strip(" \t\u3000_")


def is_block_word(label: str) -> bool:
    """Whether a label is one that stands above or below tables."""
    short = bare(label)
    return short in words().block or short.startswith(words().signature)
