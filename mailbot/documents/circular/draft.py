"""Assembles the draft of the circular on who has reported (通报草稿), a Word document for staff alone.

Units never get it: whoever signs it reads it, changes it and sends it (domain.md 0.9, 5.5).
"""

import io
from collections.abc import Sequence
from datetime import datetime

from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from mailbot.config import Campaign, Organisation
from mailbot.decide.standing import Standing
from mailbot.decide.unit_state import day_words
from mailbot.documents.circular.layout import (
    EM,
    HEADING,
    LINE,
    MARK,
    SIZE_2,
    SIZE_4,
    TITLE,
    add_line,
    new_document,
    write,
)
from mailbot.documents.circular.table import add_table
from mailbot.documents.circular.text import NUMERALS, addressees, moment_words, opening, parts


def name(campaign: Campaign) -> str:
    """What the file is called: HWM21报送情况通报草稿.docx; short enough for every mail program."""
    return f"{campaign.case_prefix}报送情况通报草稿.docx"


def circular(
    standings: Sequence[Standing], campaign: Campaign, organisation: Organisation, now: datetime, unread: int = 0
) -> bytes:
    """The draft as a .docx: how many have reported, who did well, who has not, and the table of all.

    `standings` are those of the units that owe a report, in roster order; `now` is aware and gives the zone. A unit
    of which anything waits, or that has been given more time, is never named as missing; `unread`: how many messages
    have come and are not read yet.
    """
    document = new_document(f"关于{campaign.title}统计表报送情况的通报", organisation.signature, now)
    _add_draft_mark(document, standings, now, unread)
    title = document.add_paragraph(style="Title")
    write(title, f"关于{campaign.title}统计表报送情况的通报", TITLE, SIZE_2)
    add_line(document, f"{addressees(standings)}：", indent=0)
    add_line(document, opening(campaign, now))
    for numeral, part in zip(NUMERALS, parts(standings, campaign, organisation, now), strict=False):
        add_line(document, f"{numeral}、{part.title}", font=HEADING)
        for text in part.lines:
            add_line(document, text)
    for text in ("特此通报。", "", "附件：统计表报送情况表"):
        add_line(document, text).paragraph_format.keep_with_next = True  # a signature never stands alone on a page
    _add_signature(document, organisation.signature, day_words(now))
    add_table(document, standings, now)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_draft_mark(document: DocxDocument, standings: Sequence[Standing], now: datetime, unread: int) -> None:
    """A line at the top: that this is a draft, and what to check before it is signed."""
    waiting = len({stored.id for standing in standings for stored in standing.waiting})
    letters = len({m.id for s in standings for m in s.unsettled if m.disposition})
    text = f"（草稿，仅供内部审核，不得外发。按 {moment_words(now)} 的登记情况生成，印发前请核对并删去本行"
    text += f"；另有 {waiting} 份来表待人工核对，请先处理" if waiting else ""
    text += f"；另有 {letters} 封来件待人工核对，请先处理" if letters else ""
    text += f"；另有 {unread} 封来件尚未读取" if unread else ""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = LINE
    write(paragraph, text + "。）", MARK, SIZE_4)


def _add_signature(document: DocxDocument, signature: str, day: str) -> None:
    """Section 7.3.5.2, without a seal: two characters from the right, the day two characters further in."""
    signed, dated = 2.0, 2.0
    spare = _width(signature) + signed - 2 - _width(day)
    if spare >= 2:
        dated = spare
    else:
        signed = 2 + _width(day) - _width(signature) + 2
    for text, empty in (("", 0.0), (signature, signed), (day, dated)):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(EM.pt * empty)
        paragraph.paragraph_format.keep_with_next = text != day
        write(paragraph, text)


def _width(text: str) -> float:
    """In Chinese characters; digits count half."""
    return sum(0.5 if character.isascii() else 1 for character in text)
