"""What the writer of an answer says in their own words: not quoted, not struck out, not in a signature."""

import re
from collections.abc import Sequence

from mailbot.mail.html_text import html_to_text
from mailbot.mail.message import Mail
from mailbot.mail.quoting import own_words
from parsers.layout.words import words as office_words
from parsers.replies.vocabulary import is_all

_FOOTER = re.compile(
    r"\s*(?:发自(?:我的|\s*)?\s*.{0,30}"
    r"|来自(?:我的)?\s*(?:iPhone|iPad|手机|华为|小米|QQ邮箱|Foxmail|139邮箱|网易).{0,20}"
    r"|从(?:我的)?.{1,20}(?:发送|发出)"
    r"|(?:由|通过|使用)?.{0,12}(?:邮箱大师|Foxmail|QQ邮箱|WPS邮箱|钉钉邮箱|阿里邮箱|飞书邮箱|新浪邮箱|139邮箱)"
    r"(?:手机版|客户端|App|定制|发送)?.{0,12}"
    r"|Sent from .{0,60}|获取\s*Outlook.{0,40}|Get Outlook.{0,40}|签名由.{0,30})\s*",
    re.IGNORECASE,
)
_DIVIDER = re.compile(r"\s*(?:-- ?|[-_=*—－~·•]{3,})\s*")
_FAREWELL = re.compile(
    r"\s*(?:此致|敬礼|此致\s*敬礼|顺[祝颂].{0,10}|敬?祝.{1,12}|祝好|Best regards,?|Regards,?)[!！。,，]?\s*",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"\s*[|·•]?\s*(?:(?:联系|办公|固定|移动)?(?:电话|手机|座机|传真)|联系(?:人|方式)|电子?邮箱|邮箱|邮编|地址|单位"
    r"|部门|姓名|职务|QQ|微信|网址|Tel|Mob(?:ile)?|Phone|Fax|E-?mail|Add(?:ress)?)"
    r"\s*[:：|]?\s*(?:号码?)?\s*[^，。；;,]{0,60}",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|(?<!\d)0\d{2,3}[-—– ]?\d{7,8}(?!\d)|(?<!\d)[2-9]\d{7}(?!\d)"
)
_ADDRESS = re.compile(r"\s*[|<(]*\s*(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+\s*[|>)]*\s*")
_UNIT = re.compile(
    r"\s*[^，。；;：:,\d！!？?]{2,26}(?:工会|联合会|委员会|街道|街|镇|办事处|公司|集团|中心|办公室|部|局|处|科|委|会|院|校)"
    r"(?:\s{1,4}[\u4e00-\u9fff]{2,4})?\s*"
)
_SPOKEN = re.compile("改|为|应|是|请|换|删|第|把|将|不|没|未|的|了|和|在|报|[吗呢吧]$")
"""Stands in sentences, and not in the name of a unit."""
_CHANGED = re.compile("改|为|应|换|变|第|写|填|对|错")
_DATE = re.compile(
    r"\s*(?:\d{4}|二[〇○零]二.)\s*[年./-]\s*[\d一二三四五六七八九十]{1,3}\s*[月./-]\s*[\d一二三四五六七八九十]{1,3}\s*日?\s*"
)
_BAR = re.compile(r"\s*\|[\s|]*")
_NAME = re.compile(r"\s*[\u4e00-\u9fff]{1,2}\s{0,4}[\u4e00-\u9fff]{1,2}\s*(?:[(（].{1,10}[)）])?\s*")
_ITEM = re.compile(r"\s*(?:[(（]?\d{1,2}[)）.、：]|[①-⑳]|第.{1,2}条)")
"""An item of a list answers something, whatever number it holds."""
_KNOWN = ("acknowledge", "confirm", "zero", "courtesy", "taken_back")
_OURS = re.compile("本邮件由系统自动发送")
"""Stands in every letter of ours."""
_LETTER_BEGINS = re.compile(r"\s*(?:来件收悉|按照《|截至目前|贵单位|【)")
_MOST_LINES = 12
"""Lines of a signature."""


def reply_words(mail: Mail) -> str:
    """The writer's own words in one mail, line by line, "" where there are none.

    Of a mail in HTML the HTML counts, since only there one sees what is struck out and what is cited; mails inside the
    mail are forwarded and say nothing. For acts in words alone; what a mail is about is read in all of its words.
    """
    shown = html_to_text(mail.html, said=True) if mail.html.strip() else mail.text
    return without_signature(_without_our_letter(own_words(shown)))


def _without_our_letter(words: str) -> str:
    """Words above a letter of ours that was left standing below them without a mark; "" where nobody sees its start."""
    if not _OURS.search(words):
        return words
    lines = words.splitlines()
    for at, line in enumerate(lines):
        if _LETTER_BEGINS.match(line):
            return "\n".join(lines[: at - 1 if at and lines[at - 1].rstrip().endswith(("：", ":")) else at])
    return ""


def without_signature(words: str) -> str:
    """Words without the lines that mailers and writers put below them: names, numbers, units, closing formulas.

    A number or a date that answers something stays: only what stands below the words, looks like part of a signature
    line by line, and does not leave the mail without any words is cut. The lines of mailers (发自我的iPhone) go
    wherever they stand.
    """
    lines = [line for line in words.splitlines() if not _FOOTER.fullmatch(line) and not _BAR.fullmatch(line)]
    lines = _above_divider(lines)
    lines = _above_farewell(lines)
    end = _end_of_words(lines)
    kept = lines[:end]
    while kept and end < len(lines) and (not kept[-1].strip() or _DIVIDER.fullmatch(kept[-1])):
        kept.pop()
    if not any(line.strip() for line in kept) and sum(bool(line.strip()) for line in lines) == 1:
        kept = lines
    return "\n".join(kept).strip()


def _above_divider(lines: Sequence[str]) -> list[str]:
    """The lines above "-- ", where short lines alone stand below it."""
    for at, line in enumerate(lines):
        below = [each for each in lines[at + 1 :] if each.strip()]
        if line.rstrip() == "--" and len(below) <= _MOST_LINES:
            return list(lines[:at])
    return list(lines)


def _above_farewell(lines: Sequence[str]) -> list[str]:
    for at, line in enumerate(lines):
        below = [each for each in lines[at + 1 :] if each.strip()]
        if at and _FAREWELL.fullmatch(line) and len(below) <= _MOST_LINES and all(len(each) <= 40 for each in below):
            return list(lines[:at])
    return list(lines)


def _end_of_words(lines: Sequence[str]) -> int:
    """How many lines are words; those below look like a signature. A date or a name alone makes none."""
    end, sure = len(lines), False
    for at in range(len(lines) - 1, max(-1, len(lines) - _MOST_LINES - 1), -1):
        line = lines[at]
        if not line.strip() or _DIVIDER.fullmatch(line):
            continue
        if _is_sure(line):
            sure, end = True, at
        elif (_DATE.fullmatch(line) or _is_name(line)) and (sure or _has_sure_above(lines, at)):
            end = at
        else:
            break
    return end if sure else len(lines)


def _is_sure(line: str) -> bool:
    """Whether a line is one of a signature wherever it stands: a labelled number, an address, a unit's name."""
    if _ITEM.match(line) or any(is_all(name, line.strip(" 。.!！~")) for name in _KNOWN):
        return False
    pieces = line.replace("|", " ").split()
    if len(pieces) > 1 and all(map(_is_piece, pieces)) and any(map(_is_sure, pieces)):
        return True
    rest = _NUMBER.sub("", line)
    words = re.sub(r"[\W_]|电话|手机|联系|号|座机", "", rest)
    is_number = rest != line and len(words) <= 6 and not _CHANGED.search(rest)
    is_label = bool(_LABELLED.fullmatch(line)) and not _CHANGED.search(line)
    return is_number or is_label or bool(_ADDRESS.fullmatch(line)) or _is_unit(line)


def _is_piece(piece: str) -> bool:
    """Whether a word of a line may be of a signature on one line: 李四 某街道总工会 电话：022-66881234."""
    is_name = bool(re.fullmatch(r"[\u4e00-\u9fff]{1,4}", piece)) and _is_name(piece)
    return is_name or _is_sure(piece) or bool(_NUMBER.fullmatch(piece) or _DATE.fullmatch(piece))


def _is_unit(line: str) -> bool:
    return bool(_UNIT.fullmatch(line)) and not _SPOKEN.search(line)


def _is_name(line: str) -> bool:
    text = line.strip()
    known = any(is_all(name, text) for name in _KNOWN)
    return bool(_NAME.fullmatch(line)) and text[:1] in office_words().surname and not known


def _has_sure_above(lines: Sequence[str], at: int) -> bool:
    above = [line for line in lines[max(0, at - 3) : at] if line.strip()]
    return bool(above) and any(_is_sure(line) for line in above[-2:])
