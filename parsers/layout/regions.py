"""Lines become regions: which lines make one table, and what each of its cells is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parsers.grid import Position
from parsers.layout.areas import Area
from parsers.layout.boxes import Box
from parsers.layout.model import CellRole
from parsers.layout.sequence import Reading
from parsers.layout.words import plain, words


@dataclass(frozen=True, slots=True)
class Chunk:
    lines: tuple[Reading, ...]
    kind: str

def chunks(lines: Sequence[Reading]) -> list[list[Reading]]:
    found: list[list[Reading]] = []
    phase = ""
    for line in lines:
        state = line.claim.state
        if state == "blank":
            if found: found[-1].append(line)
            continue
        new = False
        if state in ("title",):
            new = phase not in ("", "top")
            nxt = "top"
        elif state == "head":
            new = phase in ("list", "pairs")
            nxt = "head"
        elif state == "pairs":
            new = phase in ("list", "head")
            nxt = "pairs"
        elif state in ("data", "nested", "inner head"):
            new = phase == "pairs"
            nxt = "list"
        else:
            nxt = phase or "top"
        if new or not found:
            found.append([])
        found[-1].append(line)
        phase = nxt
    return found

def cell_roles(lines: Sequence[Reading], whole: bool = True) -> dict[Position, CellRole]:
    roles: dict[Position, CellRole] = {}
    heads = [l for l in lines if l.claim.state == "head"]
    body = [l for l in lines if l.claim.state in ("data", "nested", "inner head")]
    keyed, width = key(heads, body, whole)
    folds = folded(heads)
    for l in lines:
        c = l.claim
        boxes = l.view.row.boxes
        st = c.state
        for i, b in enumerate(boxes):
            if b.kind == "blank":
                continue
            r: CellRole = "data"
            if st == "title": r = "title"
            elif st == "section": r = "section"
            elif st == "note": r = "note"
            elif st == "head":
                r = "numbering" if c.role == "numbering" else "column-header"
                up = l.view.above
                if b.is_value_by_kind and b.likeness < -1 and up and any(a.span == b.span for a in up.boxes) and any(h.view.row is up for h in heads): r = "data"
            elif st == "block": r = "block-label" if c.labels[i] else "block-value"
            elif st == "pairs": r = "block-label" if c.labels[i] else "total" if plain(b.text) in words().total else "block-value"
            elif st in ("nested", "inner head"):
                if i < c.inner: r = "row-header" if i == 0 and b.kind == "text" else "data"
                elif c.labels[i]: r = "column-header" if st == "inner head" else "row-header"
                elif keyed and b.right <= width and b.kind == "text": r = "row-header"
            elif st == "data":
                if c.role in ("total", "subtotal", "part"):
                    r = "total"
                    if c.role == "part" and i == 0: r = "row-header"
                    if i == 0 and b.text == c.reason and c.role!="part": r = "total"
                    elif b.kind == "text" and keyed and b.right <= width and c.role!="part": r = "row-header"
                elif keyed and (b.right <= width or b.left == l.view.left or b.left in folds) and b.kind in ("text", "day"): r = "row-header"
                elif b.kind == "text" and plain(b.text) in words().total: r = "total"
                elif l.view.carried and b is l.view.filled[0] and b.kind == "text" and b.likeness > 1 and len(l.view.filled) > 1 and all(x.is_value_by_kind for x in l.view.filled[1:]): r = "row-header"
            roles[b.position] = r
    return roles

def folded(heads: Sequence[Reading]) -> set[int]:
    for h in heads:
        boxes = h.view.filled
        half = len(boxes) // 2
        if half > 1 and len(boxes) % 2 == 0 and [b.text for b in boxes[:half]] == [b.text for b in boxes[half:]]:
            return {boxes[half].left}
    return set()

def key(heads: Sequence[Reading], body: Sequence[Reading], whole: bool = True) -> tuple[bool, int]:
    if not body: return False, 0
    plain_ = [l for l in body if l.claim.state == "data"]
    if not plain_: return False, 0
    left = plain_[0].view.left
    firsts = [b for l in plain_ for b in l.view.row.boxes[:1] if b.left == left and b.kind != "blank"]
    rest = [b for l in plain_ for b in l.view.row.boxes if b.left > left and b.kind != "blank"]
    if not firsts: return False, 0
    texts = sum(b.kind == "text" or b.kind == "day" and bool(heads) for b in firsts) / len(firsts)
    values = sum(b.is_value_by_kind for b in rest) / max(1, len(rest))
    if texts < 0.5: return False, 0
    soft = sum(b.is_value_by_kind or b.likeness < -1 for b in rest) / max(1, len(rest))
    if len(plain_) < 2 and (values < 0.6 if not whole else soft < 0.6) and firsts[0].likeness <= 1: return False, 0
    width = max(b.right for b in firsts) if heads == [] else 0
    first_head = next((l.view.row.boxes[0] for l in heads if l.view.row.boxes[0].left == left), None)
    width = first_head.right if first_head else min(b.right for b in firsts)
    if any(b.is_tall for b in firsts):
        seconds = [l.view.row.boxes[0] if l.view.carried else l.view.row.boxes[1] for l in plain_ if len(l.view.row.boxes) > 1]
        col = min((b.left for b in seconds), default=0)
        seconds = [b for b in seconds if b.left == col]
        others = [b for b in rest if b.left > col]
        if seconds and others and all(b.kind == "text" for b in seconds) and sum(b.is_value_by_kind for b in others) > 0.8 * len(others):
            width = max(width, max(b.right for b in seconds))
    return True, max(width, min(b.right for b in firsts))
