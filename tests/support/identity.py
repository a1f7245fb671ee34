"""Identity numbers of nobody, and the ways in which people write them."""

import re
import unicodedata
from datetime import date

from hypothesis import strategies as st

REGIONS = ("110101", "120116", "130123", "440305", "659001", "810000")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def complete(first: str) -> str:
    """Seventeen digits with their check character (GB 11643)."""
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A number of 18 characters or of 15."""
    region, last = draw(st.sampled_from(REGIONS)), draw(st.integers(0, 999))
    day = draw(st.dates(date(1920, 1, 1), date(1999, 12, 31)))
    if draw(st.booleans()):
        return complete(f"{region}{day:%Y%m%d}{last:03}")
    return f"{region}{day:%y%m%d}{last:03}"


@st.composite
def spelled(draw: st.DrawFn, number: str) -> str:
    """The number as somebody may write it."""
    parts = (number[:6], number[6:14], number[14:]) if len(number) == 18 else (number[:6], number[6:12], number[12:])
    between = draw(st.sampled_from(("", " ", "-", "—", "\u3000", "\u200b", "·", " - ", "\n", "\u00a0")))
    written = between.join(parts)
    match draw(st.sampled_from(("plain", "wide", "small", "spaced"))):
        case "wide":
            return "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "9" or c == "X" else c for c in written)
        case "small":
            return written.replace("X", "x")
        case "spaced":
            return " ".join(number)
        case _:
            return written


def digits_in(text: str) -> str:
    """The text without whatever may part digits, so that a number in it is one run."""
    plain = (str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return re.sub(r"[\s\-—–−·._\u200b]", "", "".join(plain))
