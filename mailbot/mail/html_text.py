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


def html_to_text(html: str) -> str:
    """HTML as lines: a block begins a line, the cells of a row are parted by tabs, what is not shown is left out."""
    if not html.strip():
        return ""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(html[:LONGEST].encode(), parser)
    if root is None:
        return ""
    lines = "".join(_pieces(root)).replace("\xa0", " ").split("\n")
    tidy = "\n".join(re.sub(r"[ \r\f\v]+", " ", line).strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", tidy).strip("\n")


def _pieces(root: etree._Element) -> list[str]:
    pieces: list[str] = []
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        hidden += (tag in _UNSEEN) * (1 if event == "start" else -1)
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
