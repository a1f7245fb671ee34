"""Converts HTML to plain text."""

import re

from lxml import etree

LONGEST = 2_000_000
"""Characters of a text or of HTML that are looked at for words; tables are read elsewhere."""
_BLOCKS = frozenset([
    "address", "article", "blockquote", "body", "br", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "ol", "p", "pre", "section", "table", "tbody", "thead", "tr",
    "ul",
])  # fmt: skip
_UNSEEN = frozenset(["head", "script", "style", "title", "template", "noscript"])


_STRUCK = frozenset(["s", "del", "strike"])
_STRUCK_BY_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.IGNORECASE)
_CITED = re.compile(r"cite|quote|reply|original|forward", re.IGNORECASE)
"""Marks of a blockquote, and gmail_quote of a div, that hold earlier mail. Indented words of the writer have none."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.IGNORECASE)


def html_to_text(html: str, *, said: bool = False) -> str:
    """HTML as lines: a block begins a line, the cells of a row are parted by tabs, what is not shown is left out.

    `said`: only what the writer says, so without what is struck out and without what is marked as cited.
    """
    if not html.strip():
        return ""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(html[:LONGEST].encode(), parser)
    if root is None:
        return ""
    lines = "".join(_pieces(root, said)).replace("\xa0", " ").split("\n")
    tidy = "\n".join(re.sub(r"[ \r\f\v]+", " ", line).strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", tidy).strip("\n")


def _pieces(root: etree._Element, said: bool) -> list[str]:
    pieces: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if tag in _UNSEEN or (said and not _is_said(element)):
            hidden += 1 if event == "start" else -1
        if tag == "br" and event == "start":
            pieces.append("\n")
        if tag in _BLOCKS and pieces[-1:] != ["\n"]:
            pieces.append("\n")
        if event == "end" and tag in ("td", "th"):
            pieces.append("\t")
        words = element.text if event == "start" else element.tail
        if words and not hidden:
            pieces.append(words if element.tag == "pre" else re.sub(r"[\r\n\t]+", " ", words))
    return pieces


def _is_said(element: etree._Element) -> bool:
    """Whether an element is neither struck out, nor hidden, nor a quotation of earlier mail."""
    style = element.get("style") or ""
    if element.tag in _STRUCK or _STRUCK_BY_STYLE.search(style) or _HIDDEN.search(style):
        return False
    names = " ".join(filter(None, (element.get("class"), element.get("id"), element.get("type"), element.get("name"))))
    is_quotation = element.tag == "blockquote" and ("border-left" in style or bool(element.get("cite")))
    is_cited = element.tag == "blockquote" and bool(_CITED.search(names))
    return not (is_quotation or is_cited or (element.tag == "div" and "gmail_quote" in names))
