"""PDF files whose streams, maps and trees never end."""

import zlib
from collections.abc import Sequence

from hostile_cases import hostile


def pdf(objects: Sequence[bytes], root: int = 1) -> bytes:
    """A file of these objects, numbered from 1."""
    content, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return bytes(content)


def stream(content: bytes, about: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Filter /FlateDecode /Length %d %s >>\nstream\n%s\nendstream" % (len(packed), about, packed)


def page(drawn: bytes, font: Sequence[bytes] = (), resources: bytes = b"") -> bytes:
    """One page on which this is drawn; `font` stands from object 5 on."""
    kind = b"<< /Font << /F 5 0 R >> %s >>" % resources if font else b"<< %s >>" % resources
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources %s >>" % kind,
            stream(drawn),
            *font,
        ]
    )


HELVETICA = (b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",)


@hostile(
    ".pdf",
    "pdf|no-table",
    lines=b"0 0 m 9 9 l S\n",
    squares=b"1 1 9 9 re S\n",
    curves=b"0 0 m 1 2 3 4 5 6 c S\n",
    nothing=b"q Q\n",
)
def pdf_strokes(one: bytes) -> bytes:
    return page(one * 400_000)


@hostile(".pdf", "scan|too-large", lines=b"9 9 l\n", curves=b"1 2 3 4 5 6 c\n")
def pdf_path_without_end(one: bytes) -> bytes:
    return page(b"0 0 m " + one * 60_000 + b"S")


@hostile(".pdf", "too-large|pdf")
def pdf_letters() -> bytes:
    return page(b"BT /F 9 Tf " + b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj T* " * 9_000 + b"ET", HELVETICA)


@hostile(".pdf", "no-table")
def pdf_states_saved() -> bytes:
    return page(b"q " * 300_000 + b"BT ET")


@hostile(".pdf", "no-table")
def pdf_nested_arrays() -> bytes:
    return page(b"[" * 100_000)


def _font(cmap: bytes) -> list[bytes]:
    return [
        b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H "
        b"/DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A "
        b"/CIDSystemInfo << /Registry (A) /Ordering (B) /Supplement 0 >> >>",
        stream(cmap),
    ]


@hostile(".pdf", "pdf", range=b"<0000> <ffff> <0041>\n", wide=b"<00000000> <ffffffff> <0041>\n")
def pdf_character_map(one: bytes) -> bytes:
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap\n"
        + (b"1 beginbfrange\n" + one + b"endbfrange\n") * 200
        + b"endcmap"
    )
    return page(b"BT /F 9 Tf <00410042> Tj ET", _font(cmap))


@hostile(".pdf", "pdf|scan|too-large")
def pdf_character_map_one_by_one() -> bytes:
    lines = b"".join(b"<%04x> <%04x>\n" % (n % 65_536, n % 50_000) for n in range(600_000))
    return page(b"BT /F 9 Tf <00410042> Tj ET", _font(b"begincmap 1 beginbfchar\n" + lines + b"endbfchar endcmap"))


@hostile(".pdf", "broken")
def pdf_widths() -> bytes:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /A /FirstChar 0 /LastChar 255 /Widths [%s] >>" % (b"1 " * 70_000)
    wide = b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [6 0 R] >>"
    inner = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /W [%s] /X 5 0 R >>" % (b"0 9999999 500 " * 3)
    return page(b"BT /F 9 Tf (abc) Tj ET", [wide, inner, font])


@hostile(".pdf", "pdf")
def pdf_form_in_itself() -> bytes:
    form = stream(
        b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>"
    )
    return page(b"/X Do", [form], b"/XObject << /X 5 0 R >>")


@hostile(".pdf", "pdf")
def pdf_forms_in_forms() -> bytes:
    """Each draws the next one ten times."""
    forms = [
        stream(
            b"/X Do " * 10,
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>" % (6 + n),
        )
        for n in range(9)
    ]
    return page(
        b"/X Do",
        [*forms, stream(b"0 0 m 9 9 l S", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")],
        b"/XObject << /X 5 0 R >>",
    )


@hostile(".pdf", "too-large", zeros=b"\0", blanks=b" ")
def pdf_stream_of(one: bytes) -> bytes:
    return page(one * 150_000_000)


@hostile(".pdf", "broken")
def pdf_pages_in_a_circle() -> bytes:
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>"])


@hostile(".pdf", "too-large")
def pdf_pages() -> bytes:
    kids = b" ".join(b"%d 0 R" % n for n in range(3, 3_003))
    pages = [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"] * 3_000
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count 3000 >>" % kids, *pages])


@hostile(".pdf", "broken")
def pdf_without_objects() -> bytes:
    return b"%PDF-1.7\n" + b"1 0 obj << " * 10_000 + b"\n%%EOF\n"


@hostile(".pdf", "too-large|pdf|no-table")
def pdf_content_named_ten_thousand_times() -> bytes:
    named = b"4 0 R " * 10_000
    return page(b"q Q\n" * 50_000).replace(b"/Contents 4 0 R", b"/Contents [%s]" % named)


@hostile(".pdf", "scan")
def pdf_objects_in_streams() -> bytes:
    """Fifty streams of ten thousand objects each."""
    places = b" ".join(b"%d %d" % (n + 1_000, n * 3) for n in range(10_000))
    one = stream(places + b"\n" + b"[] " * 10_000, b"/Type /ObjStm /N 10000 /First %d" % (len(places) + 1))
    return page(b"0 0 m 9 9 l S", [one] * 50)


@hostile(".pdf", "broken|pdf|no-table|scan|too-large")
def pdf_pages_very_deep() -> bytes:
    deep = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 /Parent %d 0 R >>" % (n + 3, max(n + 1, 1)) for n in range(3_000)]
    last = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", *deep, last])


@hostile(
    ".pdf",
    "scan|pdf|too-large|no-table|broken",
    hexa=b"/ASCIIHexDecode ",
    flate=b"/FlateDecode ",
    runs=b"/RunLengthDecode ",
)
def pdf_filters(name: bytes) -> bytes:
    packed = zlib.compress(zlib.compress(b"q Q " * 5_000_000, 9), 9)
    held = b"<< /Filter [%s] /Length %d >>\nstream\n%s\nendstream" % (name * 60, len(packed), packed)
    return page(b"").replace(stream(b""), held)


@hostile(".pdf", "scan|pdf|too-large|no-table|broken")
def pdf_predictor_of_many_columns() -> bytes:
    held = stream(b"\2" * 90_000, b"/DecodeParms << /Predictor 15 /Columns 999999999 /Colors 32 >>")
    return page(b"").replace(stream(b""), held)


@hostile(".pdf", "pdf|scan|too-large|no-table|broken")
def pdf_glyphs_that_draw_glyphs() -> bytes:
    """A font whose letters are drawings that write in this font (Type 3)."""
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 97 /LastChar 97 "
        b"/Widths [9] /Encoding << /Differences [97 /a] >> /CharProcs << /a 6 0 R >> "
        b"/Resources << /Font << /F 5 0 R >> >> >>"
    )
    return page(b"BT /F 9 Tf (aaaa) Tj ET", [font, stream(b"9 0 d0 BT /F 9 Tf (" + b"a" * 200 + b") Tj ET")])


@hostile(".pdf", "pdf|too-large|scan|no-table")
def pdf_rectangles_of_a_table() -> bytes:
    """Eighteen thousand small boxes, each of which may be a cell."""
    boxes = b"".join(b"%d %d 4 4 re S\n" % (n % 140 * 4, n // 140 * 6) for n in range(18_000))
    return page(boxes + b"BT /F 9 Tf 9 9 Td (abc) Tj ET", HELVETICA)


@hostile(".pdf", "pdf|too-large|broken|read|no-table|scan")
def pdf_lists_of_lists() -> bytes:
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Kids " + b"[" * 60_000 + b"]" * 60_000 + b" /Count 1 >>"])
