"""Labels as they stand around tables, alone in their cell or with their value: 填报单位：甲."""

import re

from parsers.layout.words import bare, plain, words

_LONGEST_LABEL = 14
_COLON = re.compile(r"\s*([^:]{1,24}?)\s*:\s*(.*)", re.DOTALL)
_NEXT = re.compile(r"(?:^|(?<=[\s_]))([\u4e00-\u9fff][\u4e00-\u9fff()a-z ]{1,13}?)\s*:(?!//)")


def split(text: str) -> tuple[str, str] | tuple[()]:
    """The label and the value of a text such as 填报单位：甲; () where it is none."""
    if ":" not in text and "：" not in text:
        return ()
    found = _COLON.match(text.replace("：", ":"))
    if not found or len(plain(found[1])) > _LONGEST_LABEL or found[2].startswith("//"):
        return ()
    if found[1].strip()[-1:].isdigit():
        return ()
    return found[1].strip(), _cleaned(found[2])


def split_all(text: str) -> tuple[tuple[str, str], ...]:
    """The labels and values of a text that has several behind each other: 填报人：某某　联系电话：12345."""
    first = split(text)
    if not first:
        return ()
    found = list(_NEXT.finditer(first[1].replace("：", ":")))
    if not found or not first[1]:
        return (first,)
    ends = [*(match.start() for match in found[1:]), len(first[1])]
    rest = ((match[1].strip(), _cleaned(first[1][match.end() : end])) for match, end in zip(found, ends, strict=True))
    return ((first[0], _cleaned(first[1][: found[0].start()])), *rest)


def _cleaned(text: str) -> str:
    return text.strip(" \t\n\u3000_")


def is_block_word(label: str) -> bool:
    """Whether a label is one that stands above or below tables."""
    return bare(label) in words().block or is_signature_word(label)


def is_signature_word(label: str) -> bool:
    """Whether a label is about who answers for a table."""
    return bare(label).startswith(words().signature)
