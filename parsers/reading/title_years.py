"""The years that the title of a table says it is about."""

import re
import unicodedata
from collections.abc import Set as AbstractSet

_CHINESE = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_IN_CHINESE = re.compile("二[〇○零Oo0][〇○零Oo一二三四五六七八九0]{2}(?=\\s*年)")
_DOCUMENT = re.compile(r"《[^《》]*》|〔[^〔〕]*〕")
_JOINT = r"\s*年?\s*(?:[-—–~～/]+|至|到)\s*"
_SPAN = re.compile(rf"(?<!\d)(20\d\d){_JOINT}(20\d\d|\d\d)(?=\s*年)")
_ONE = re.compile(r"(?<!\d)20\d\d(?=\s*年)")
_OTHER_SENSE = re.compile(r"\s*年度?[^，。；、（）() ]{0,6}?(?:版|修订|修改|印发|发布|制定|印制|以来|起|以后|之后|底)")
_LONGEST_SPAN = 5


def years_named(title: str) -> AbstractSet[int]:
    """2021年… names 2021, 2020—2021年度 both years, 二〇二〇年 2020; none where no year says what the table is about.

    The year of a document (《…（2019年版）》), of a version (2020年修订) or of a beginning (2019年以来) is none.
    """
    text = _DOCUMENT.sub(" ", unicodedata.normalize("NFKC", title))
    text = _IN_CHINESE.sub(lambda year: year[0].translate(_CHINESE).replace("二", "2"), text)
    found: set[int] = set()
    for span in _SPAN.finditer(text):
        first, last = int(span[1]), int(span[2]) if len(span[2]) == 4 else int(span[1][:2] + span[2])
        if first <= last <= first + _LONGEST_SPAN and not _OTHER_SENSE.match(text, span.end()):
            found |= set(range(first, last + 1))
    text = _SPAN.sub(" ", text)
    return found | {int(year[0]) for year in _ONE.finditer(text) if not _OTHER_SENSE.match(text, year.end())}
