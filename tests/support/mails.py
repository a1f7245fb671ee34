"""Builds mails as raw bytes: a test names what it is about, and the rest has defaults.

`mail(...)` is an ordinary mail; `multipart`, `part` and `raw` build one byte for byte; `NAME_FORMS` writes a file name
in every way that mail programs do.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

SENDER = "新河街道总工会 <xinhe@example.org>"
RECIPIENT = "union@example.com"
DATE = "Fri, 24 Sep 2021 15:02:11 +0800"
WORDS = "您好：\n附件为我单位报送的统计表，请查收。"


def mail(
    *,
    sender: str = SENDER,
    to: str = RECIPIENT,
    subject: str = "报送统计表",
    text: str = WORDS,
    html: str | None = None,
    attachments: Sequence[tuple[str, bytes]] = (),
    forwarded: Sequence[bytes] = (),
    message_id: str | None = "",
    date: str = DATE,
    headers: Mapping[str, str] | None = None,
    encoding: str = "base64",
    charset: str = "utf-8",
) -> bytes:
    """An ordinary mail. `message_id` "": one made from the content; None: none at all. `headers` are added on top.

    `encoding` is the transfer encoding of text and files; `charset` that of the texts and of the headers.
    """
    parts = [_text("plain", text, charset, encoding)]
    if html is not None:
        parts = [multipart("alternative", [*parts, _text("html", html, charset, encoding)])]
    parts += [file(name, content, encoding=encoding) for name, content in attachments]
    parts += [part(b"Content-Type: message/rfc822", inner) for inner in forwarded]
    body = parts[0] if len(parts) == 1 else multipart("mixed", parts)
    digest = hashlib.sha256(f"{sender} {subject} {date}".encode() + body).hexdigest()[:24]
    fields = {
        **(headers or {}),
        "From": sender,
        "To": to,
        "Subject": subject,
        "Date": date,
        "Message-ID": f"<{digest}@example.org>" if message_id == "" else message_id,
        "MIME-Version": "1.0",
    }
    lines = [f"{name}: {_encoded(value, charset)}".encode() for name, value in fields.items() if value is not None]
    return raw(*lines, body)


def raw(*lines: bytes) -> bytes:
    """Lines joined with CRLF. The last may be a part: fields, an empty line, content."""
    return b"\r\n".join(lines)


def part(fields: bytes, content: bytes) -> bytes:
    """Fields, an empty line, content as it stands."""
    return fields + b"\r\n\r\n" + content


def multipart(kind: str, parts: Sequence[bytes], *, boundary: str = "", final: bool = True) -> bytes:
    """A part made of parts; `final` False leaves the last boundary out."""
    boundary = boundary or "=_" + hashlib.sha256(b"".join(parts)).hexdigest()[:16]
    line = b"--" + boundary.encode()
    content = b"\r\n".join([piece for each in parts for piece in (line, each)] + [line + b"--", b""] * final)
    return part(f'Content-Type: multipart/{kind}; boundary="{boundary}"'.encode(), content)


def file(name: str, content: bytes, *, form: str = "rfc2047", type: str = "", encoding: str = "base64") -> bytes:
    """A part with a file. `form` is a key of NAME_FORMS."""
    disposition, content_type = NAME_FORMS[form](name)
    fields = [b"Content-Type: " + (type or "application/octet-stream").encode() + content_type]
    fields += [b"Content-Transfer-Encoding: " + encoding.encode(), b"Content-Disposition: attachment" + disposition]
    return part(b"\r\n".join(fields), transfer(content, encoding))


def transfer(content: bytes, encoding: str) -> bytes:
    """Content as it travels."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n") if encoding == "base64" else content


def word(text: str, charset: str = "utf-8") -> str:
    """One encoded word, RFC 2047."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def split_words(text: str, charset: str, size: int = 7) -> str:
    """Encoded words of `size` bytes each, as mail programs write them that split inside a character."""
    content = text.encode(charset)
    pieces = (content[n : n + size] for n in range(0, len(content), size))
    return "\r\n ".join(f"=?{charset}?B?{base64.b64encode(piece).decode()}?=" for piece in pieces)


def _text(kind: str, text: str, charset: str, encoding: str) -> bytes:
    fields = f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}".encode()
    return part(fields, transfer(text.replace("\n", "\r\n").encode(charset), encoding))


def _encoded(value: str, charset: str) -> str:
    return re.sub(r"[^\x00-\x7f]+", lambda run: word(run[0], charset), value)


def _continued(name: str) -> bytes:
    escaped = quote(name, safe="")
    pieces = [escaped[n : n + 40] for n in range(0, len(escaped), 40)]
    first = f";\r\n filename*0*=utf-8''{pieces[0]}"
    return (first + "".join(f";\r\n filename*{n}*={piece}" for n, piece in enumerate(pieces[1:], 1))).encode()


# form → the parameters it puts behind Content-Disposition and behind Content-Type
NAME_FORMS = {
    "rfc2047": lambda name: (f'; filename="{_encoded(name, "utf-8")}"'.encode(), b""),
    "rfc2047-whole": lambda name: (f'; filename="{word(name, "gb18030")}"'.encode(), b""),
    "rfc2047-split": lambda name: (f'; filename="{split_words(name, "gb18030")}"'.encode(), b""),
    "rfc2047-unquoted": lambda name: (f"; filename={word(name, 'gbk')}".encode(), b""),
    "rfc2231": lambda name: (f"; filename*=utf-8''{quote(name, safe='')}".encode(), b""),
    "rfc2231-gbk": lambda name: (f"; filename*=gbk''{quote(name.encode('gbk'), safe='')}".encode(), b""),
    "rfc2231-continued": lambda name: (_continued(name), b""),
    "rfc2231-of-rfc2047": lambda name: (
        b"".join(
            f';\r\n filename*{n}="{piece}"'.encode()
            for n, piece in enumerate(re.findall(".{1,30}", word(name, "gb18030")))
        ),
        b"",
    ),
    "raw-gbk": lambda name: (b'; filename="' + name.encode("gb18030") + b'"', b""),
    "raw-utf-8": lambda name: (b'; filename="' + name.encode() + b'"', b""),
    "unquoted": lambda name: (b"; filename=" + name.encode(), b""),
    "percent": lambda name: (f'; filename="{quote(name, safe="")}"'.encode(), b""),
    "percent-gbk": lambda name: (f'; filename="{quote(name.encode("gbk"), safe="")}"'.encode(), b""),
    "content-type": lambda name: (b"", f'; name="{word(name)}"'.encode()),
    "content-type-rfc2231": lambda name: (b"", f"; name*=utf-8''{quote(name, safe='')}".encode()),
    "both": lambda name: (
        f"; filename=\"wrong.bin\"; filename*=utf-8''{quote(name, safe='')}".encode(),
        b'; name="worse.bin"',
    ),
    "with-path": lambda name: (b'; filename="C:\\\\temp\\\\' + name.encode("gb18030") + b'"', b""),
    "none": lambda name: (b"", b""),
}
