"""Wraps a good mail in every way that mailers do: signed, encoded oddly, uuencoded, with lines of another kind.

A wrapping of a file makes the part that holds it, one of an entity wraps the whole content of a mail, and one of a
message changes its bytes from the first to the last.
"""

import base64
import binascii
import io
import quopri
import zipfile
from collections.abc import Callable, Mapping

from support import cms, mails

Wrap = Callable[[bytes], bytes]
NAME = "附件1.xlsx"
_PLAIN = b"Content-Type: text/plain; charset=us-ascii"


def message(entity: bytes) -> bytes:
    """A mail with the usual fields and this content, which begins with its own."""
    fields = [f"From: {mails.SENDER.replace('新河街道总工会', 'office')}", f"To: {mails.RECIPIENT}"]
    fields += [f"Subject: {mails.word('报送统计表')}", f"Date: {mails.DATE}", "Message-ID: <odd@example.org>"]
    return mails.raw(*(field.encode() for field in fields), b"MIME-Version: 1.0", entity)


def mixed(*parts: bytes) -> bytes:
    """Words and files."""
    return mails.multipart("mixed", [mails.part(_PLAIN, b"see table"), *parts])


def uu(content: bytes, name: str = "t.xlsx", *, end: bool = True) -> bytes:
    """The lines of a uuencoded file."""
    lines = [binascii.b2a_uu(content[n : n + 45]).rstrip(b"\n") for n in range(0, len(content), 45)]
    return b"\r\n".join([f"begin 644 {name}".encode(), *lines, *[b"`", b"end"] * end, b""])


def b64(content: bytes) -> bytes:
    """Base64 in lines."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def quoted(content: bytes) -> bytes:
    """Quoted-printable of bytes that are no text."""
    escaped = b"".join(b"=%02X" % byte for byte in content)
    return b"=\r\n".join(escaped[n : n + 72] for n in range(0, len(escaped), 72))


def zipped(name: str, content: bytes) -> bytes:
    """An archive with one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def _file(encoding: str, encode: Wrap, name: str = NAME) -> Wrap:
    def wrapped(content: bytes) -> bytes:
        part = mails.file(name, b"", encoding="7bit")
        return part.replace(b"Content-Transfer-Encoding: 7bit", encoding.encode()) + encode(content)

    return wrapped


def _said(encoding: str) -> str:
    return f"Content-Transfer-Encoding: {encoding}"


def _same(content: bytes) -> bytes:
    return content


FILES: Mapping[str, Wrap] = {
    "base64": _file(_said("base64"), b64),
    "base64 in one line": _file(_said("base64"), base64.b64encode),
    "base64 twice": _file(_said("base64"), lambda content: b64(b64(content))),
    "base64 thrice": _file(_said("base64"), lambda content: b64(b64(b64(content)))),
    "base64 of quoted-printable": _file(_said("base64"), lambda content: b64(quoted(content))),
    "quoted-printable of base64": _file(_said("quoted-printable"), lambda content: quopri.encodestring(b64(content))),
    "base64 (a comment)": _file(_said("base64 (as usual)"), b64),
    "(a comment) base64": _file(_said("(by gateway) BASE64"), b64),
    "base64; a parameter": _file(_said("base64; line=76"), b64),
    '"base64"': _file(_said('"base64"'), b64),
    "x-base64": _file(_said("x-base64"), b64),
    "base-64": _file(_said("base-64"), b64),
    "base64 said to be 7bit": _file(_said("7bit"), b64),
    "base64 said to be 8bit": _file(_said("8bit"), b64),
    "base64 said to be binary": _file(_said("binary"), b64),
    "base64 said to be quoted-printable": _file(_said("quoted-printable"), b64),
    "base64 said to be of no known name": _file(_said("gzip64"), b64),
    "base64 said to be uuencode": _file(_said("x-uuencode"), b64),
    "base64 of which nothing is said": _file("X-Nothing: said", b64),
    "two encodings named, the first wrong": _file(f"{_said('7bit')}\r\n{_said('base64')}", b64),
    "two encodings named, the second wrong": _file(f"{_said('base64')}\r\n{_said('8bit')}", b64),
    "quoted-printable": _file(_said("quoted-printable"), quoted),
    "quoted-printable said to be 8bit": _file(_said("8bit"), quoted),
    "quoted-printable said to be base64": _file(_said("base64"), quoted),
    "bytes as they are, said to be base64": _file(_said("base64"), _same),
    "bytes as they are": _file(_said("binary"), _same),
    "uuencode": _file(_said("x-uuencode"), uu),
    "uuencode said to be 7bit": _file(_said("7bit"), uu),
    "uuencode said to be base64": _file(_said("base64"), uu),
    "base64 with NULs": _file(_said("base64"), lambda content: b64(content).replace(b"\n", b"\n\0")),
    "signed as a file": _file(_said("base64"), lambda content: b64(cms.signed(content)), "t.xlsx.p7m"),
    "signed and streamed as a file": _file(_said("base64"), lambda c: b64(cms.signed(c, streamed=True)), "t.p7m"),
    "in an archive": _file(_said("base64"), lambda content: b64(zipped("t.xlsx", content)), "t.zip"),
    "signed in an archive": _file(_said("base64"), lambda c: b64(zipped("t.xlsx.p7m", cms.signed(c))), "t.zip"),
    "archive in base64 twice": _file(_said("base64"), lambda c: b64(b64(zipped("t.xlsx", c))), "t.zip"),
}
"""How a file stands in a part of its own."""

WORDS: Mapping[str, Wrap] = {
    "uuencoded in the words": lambda content: b"see table\r\n\r\n" + uu(content) + b"\r\nregards\r\n",
    "uuencoded without blanks at the ends of lines": lambda c: b"\r\n".join(
        line.rstrip() for line in uu(c).replace(b"`", b" ").split(b"\r\n")
    ),
    "uuencoded with accents for blanks": lambda content: (
        b"a\r\n" + uu(content).replace(b" ", b"`").replace(b"begin`644`", b"begin 644 ")
    ),
    "two files uuencoded": lambda content: uu(content) + b"and\r\n" + uu(b"\x89PNG\r\n\x1a\n" + bytes(60), "a.png"),
    "base64 between marks": lambda c: b"a\r\nbegin-base64 644 t.xlsx\r\n" + b64(c) + b"====\r\nb\r\n",
    "base64 in the midst of words": lambda content: b"see table\r\n\r\n" + b64(content) + b"\r\nregards\r\n",
    "base64 in place of words": b64,
    "base64 of base64 in place of words": lambda content: b64(b64(content)),
    "without an end": lambda content: uu(content, end=False),
}
"""How a file stands in words."""


def smime(content: bytes, *, type: str = "application/pkcs7-mime", name: str = "smime.p7m") -> bytes:
    """A part that holds a CMS message."""
    return mails.file(name, content, type=type)


def _clear_signed(entity: bytes) -> bytes:
    return mails.multipart(
        "signed", [entity, smime(cms.signed(None), type="application/pkcs7-signature", name="smime.p7s")]
    )


def _encoded(entity: bytes) -> bytes:
    """All parts together in base64; what names an encoding already has none of two."""
    fields, _, content = entity.partition(b"\r\n\r\n")
    if b"Content-Transfer-Encoding" in fields:
        return entity
    return mails.part(fields + b"\r\nContent-Transfer-Encoding: base64", b64(content))


ENTITIES: Mapping[str, Wrap] = {
    "as it is": _same,
    "signed": lambda entity: smime(cms.signed(entity)),
    "signed, old type": lambda entity: smime(
        cms.signed(entity), type="application/x-pkcs7-mime; smime-type=signed-data"
    ),
    "signed and streamed": lambda entity: smime(cms.signed(entity, streamed=True)),
    "signed, called a file": lambda entity: smime(cms.signed(entity), type="application/octet-stream", name="a.bin"),
    "signed, called a signature": lambda e: smime(cms.signed(e), type="application/pkcs7-signature", name="smime.p7s"),
    "signed twice": lambda entity: smime(cms.signed(smime(cms.signed(entity)))),
    "compressed": lambda entity: smime(cms.compressed(entity)),
    "compressed and signed": lambda entity: smime(cms.signed(smime(cms.compressed(entity, streamed=True)))),
    "signed in clear": _clear_signed,
    "signed in clear, called a wrapper": lambda entity: mails.file("smime.p7m", _clear_signed(entity)),
    "signed in clear and as a whole": lambda entity: smime(cms.signed(_clear_signed(entity))),
    "signed beside words": lambda entity: mixed(smime(cms.signed(entity))),
    "signed in an archive": lambda entity: mixed(mails.file("a.zip", zipped("smime.p7m", cms.signed(entity)))),
    "forwarded": lambda entity: mixed(mails.part(b"Content-Type: message/rfc822", message(entity))),
    "forwarded and signed": lambda e: smime(cms.signed(mails.part(b"Content-Type: message/rfc822", message(e)))),
    "signed and forwarded": lambda e: mixed(mails.part(b"Content-Type: message/rfc822", message(smime(cms.signed(e))))),
    "forwarded as a file": lambda entity: mixed(mails.file("转发.eml", message(entity))),
    "forwarded in an archive": lambda entity: mixed(mails.file("a.zip", zipped("a.eml", message(entity)))),
    "forwarded behind an empty line": lambda e: mixed(
        mails.part(b"Content-Type: message/rfc822", b"\r\n" + message(e))
    ),
    "forwarded with CR alone": lambda e: mixed(mails.file("a.eml", message(e).replace(b"\r\n", b"\r"))),
    "encoded as a whole": _encoded,
}
"""How the content of a mail is wrapped."""


def _alternating(raw: bytes) -> bytes:
    ends = (b"\r\n", b"\n", b"\r")
    return b"".join(line + ends[n % 3] for n, line in enumerate(raw.split(b"\r\n")))


def _behind_the_way(raw: bytes) -> bytes:
    return b"Return-Path: <a@example.org>\r\nReceived: from a by b; " + mails.DATE.encode() + b"\r\n\r\n" + raw


MESSAGES: Mapping[str, Wrap] = {
    "as it is": _same,
    "line feeds alone": lambda raw: raw.replace(b"\r\n", b"\n"),
    "carriage returns alone": lambda raw: raw.replace(b"\r\n", b"\r"),
    "two carriage returns": lambda raw: raw.replace(b"\r\n", b"\r\r\n"),
    "line ends of three kinds": _alternating,
    "an empty line first": lambda raw: b"\r\n" + raw,
    "empty lines first": lambda raw: b"\n\r\n \n" + raw,
    "a mark first": lambda raw: b"\xef\xbb\xbf" + raw,
    "NULs first": lambda raw: b"\0\0\0" + raw,
    "a mailbox line first": lambda raw: b"From a@example.org Fri Sep 24 15:02:11 2021\r\n" + raw,
    "a quoted mailbox line first": lambda raw: b">From a@example.org Fri Sep 24 15:02:11 2021\r\n" + raw,
    "an empty line and a mailbox line first": lambda raw: b"\r\nFrom a@example.org Fri Sep 24 15:02:11 2021\r\n" + raw,
    "a notice of the provider first": lambda raw: b"** checked by a gateway **\r\nno virus was found\r\n\r\n" + raw,
    "a server's answer first": lambda raw: b"+OK 4711 octets\r\n" + raw,
    "an empty line behind the way": _behind_the_way,
    "as UTF-16": lambda raw: raw.decode("latin-1").encode("utf-16"),
}
"""How a message is changed as a whole."""
