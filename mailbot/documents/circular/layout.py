"""The look of an official document: page, fonts, lines and page numbers of GB/T 9704-2012, sections 5 and 7."""

from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TITLE, HEADING, BODY, MARK = "方正小标宋简体", "黑体", "仿宋_GB2312", "楷体_GB2312"
LATIN = "Times New Roman"
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = Pt(22), Pt(16), Pt(14), Pt(10.5)
"""二号, 三号, 四号, 五号."""
EM = SIZE_3
BLACK = RGBColor(0, 0, 0)
LINE = Pt(28)


def new_document(title: str, author: str, now: datetime) -> DocxDocument:
    """An empty document: A4, margins, fonts and line spacing, page numbers — 1 — at the outer edge."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, author, ""
    properties.created = properties.modified = now.replace(tzinfo=None)
    section = document.sections[0]
    set_page(section)
    for style_name in ("Normal", "Title"):
        style = document.styles[style_name]
        assert isinstance(style, ParagraphStyle)
        _set_style(style)
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    return document


def set_page(section: Section) -> None:
    """GB/T 9704-2012 section 5.2.1: 37 mm above, 28 mm left, a type area of 156 × 225 mm."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)


def _set_style(style: ParagraphStyle) -> None:
    style.font.name, style.font.size = LATIN, SIZE_3
    properties = style.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    language = element("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.space_before = form.space_after = Pt(0)
    form.widow_control = True
    if style.name == "Title":
        form.alignment, form.line_spacing, form.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(34), LINE
        for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
            style.element.get_or_add_pPr().remove(border)


def write(paragraph: Paragraph, text: str, font: str = BODY, size: Pt = SIZE_3) -> Run:
    """Add text without the characters that a document cannot hold; the hint keeps “…” in the Chinese font."""
    run = paragraph.add_run("".join(c for c in text if c.isprintable() or c == "\u3000"))
    run.font.name, run.font.size, run.font.bold = LATIN, size, False
    run.font.color.rgb = BLACK
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")
    return run


def add_line(document: DocxDocument, text: str, *, font: str = BODY, indent: int = 2) -> Paragraph:
    """One paragraph, its first line two characters in."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = EM * indent
    paragraph.paragraph_format.keep_with_next = font == HEADING
    write(paragraph, text, font)
    return paragraph


def _page_number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """Section 7.5: 四号, with a line on both sides, one character from the outer edge."""
    paragraph.alignment = side
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = SIZE_4
    write(paragraph, "— ", "宋体", SIZE_4)
    field = write(paragraph, "", "宋体", SIZE_4)
    code = element("w:instrText")
    code.text = "PAGE"
    for kind in ("begin", "end"):
        mark = element("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        field._element.append(mark)
    field._element.insert(-1, code)  # before the end
    write(paragraph, " —", "宋体", SIZE_4)


def element(tag: str) -> Any:
    """An element that python-docx has no class for, and so no type."""
    return OxmlElement(tag)
