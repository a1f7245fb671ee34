"""Whole mails: headers, parts, words and reports that try to hurt whoever reads them."""

import base64

from hostile_cases import hostile

from support import mails

_START = (
    b"From: a@example.org\r\nTo: b@example.com\r\nSubject: s\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
)


def mail(fields: bytes, body: bytes = b"words\r\n") -> bytes:
    return _START + fields + b"\r\n" + body


@hostile(".eml", "read", subject=b"Subject", sender=b"From", to=b"To", type=b"Content-Disposition")
def mail_encoded_words_in(field: bytes) -> bytes:
    return field + b": " + b" ".join([b"=?utf-8?B?5L2g?="] * 20_000) + b"\r\n" + mail(b"")


@hostile(
    ".eml",
    "read",
    letters=b"=?utf-8?q?" + b"=41" * 60_000 + b"?=",
    empty=b"=?utf-8?q??=" * 15_000,
    open=b"=?" * 90_000,
    charset=b"=?" + b"x" * 150_000 + b"?q?a?=",
    star=b"=?utf-8*" + b"e" * 90_000 + b"?q?a?=",
)
def mail_subject(said: bytes) -> bytes:
    return b"Subject: " + said + b"\r\n" + mail(b"")


@hostile(
    ".eml",
    "read",
    open=b"(" * 90_000,
    quoted=b'"' * 90_001,
    brackets=b"<" * 90_000,
    commas=b"," * 150_000,
    groups=b"a:;" * 50_000,
    addresses=b"a@example.org," * 10_000,
    comments=b"(a(" * 30_000,
    routes=b"<@a,@b:" * 20_000,
)
def mail_address(said: bytes) -> bytes:
    return b"From: " + said + b"\r\nTo: " + said + b"\r\n" + mail(b"")


@hostile(".eml", "read", same=b"X-A: 1\r\n", long=b"X-A: " + b"a" * 900 + b"\r\n")
def mail_fields(one: bytes) -> bytes:
    return one * (190_000 // len(one)) + mail(b"")


@hostile(".eml", "read")
def mail_field_folded() -> bytes:
    return b"Subject: a" + b"\r\n a" * 45_000 + b"\r\n" + mail(b"")


@hostile(
    ".eml",
    "unknown-type",
    plain=b"; a=b" * 30_000,
    numbered=b"".join(b"; name*%d=a" % n for n in range(12_000)),
    charset=b"; name*=utf-8''" + b"%e4" * 50_000,
    quoted=b'; name="' + b"\\" * 150_000,
)
def mail_parameters(said: bytes) -> bytes:
    return mail(b"Content-Type: application/octet-stream" + said + b"\r\n")


@hostile(".eml", "read")
def mail_references() -> bytes:
    return mail(b"References: " + b" ".join(b"<%d@example.org>" % n for n in range(9_000)) + b"\r\n")


@hostile(
    ".eml",
    "read",
    zone=b"Fri, 24 Sep 2021 15:02:11 +9999999",
    year=b"Fri, 24 Sep " + b"9" * 5_000 + b" 15:02:11 +0000",
    words=b"Mon " * 20_000,
)
def mail_date(said: bytes) -> bytes:
    return b"Date: " + said + b"\r\n" + mail(b"")


@hostile(".eml", "too-large", levels=200, more=3_000)
def mail_parts_in_parts(depth: int) -> bytes:
    start = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return _START + start + b"\r\nx"


@hostile(".eml", "too-large+unknown-type")
def mail_in_mail() -> bytes:
    content = mail(b"")
    for _ in range(60):
        content = mail(b"Content-Type: message/rfc822\r\n", content)
    return content


@hostile(".eml", "too-large", short=2_000, long=30_000)
def mail_parts(number: int) -> bytes:
    part = b"--b\r\n\r\nx\r\n"
    return mail(b"Content-Type: multipart/mixed; boundary=b\r\n", part * number + b"--b--\r\n")


@hostile(".eml", "too-large")
def mail_parts_times_depth() -> bytes:
    """Parts of the outermost mail whose boundary every inner one repeats."""
    inner = b"".join(
        b"--b\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n\r\nx\r\n" % (n, n) for n in range(3_000)
    )
    return mail(b"Content-Type: multipart/mixed; boundary=b\r\n", inner)


@hostile(".eml", "read", dashes=b"--" * 90_000, like=b"--b" * 60_000, lines=b"--\r\n" * 40_000)
def mail_boundary_among(said: bytes) -> bytes:
    return mail(b"Content-Type: multipart/mixed; boundary=" + b"-" * 60 + b"\r\n", said)


@hostile(".eml", "read")
def mail_boundary_long() -> bytes:
    return mail(b'Content-Type: multipart/mixed; boundary="' + b"b" * 15_000 + b'"\r\n', b"--" + b"b" * 120_000)


@hostile(".eml", "read", base64=b"base64", quoted=b"quoted-printable", uu=b"x-uuencode", odd=b"x-unheard-of")
def mail_encoded_as(way: bytes) -> bytes:
    return mail(b"Content-Transfer-Encoding: " + way + b"\r\n", b"=" * 90_000 + b"\r\n" + b"=3D=\r\n" * 15_000)


@hostile(
    ".eml",
    "read",
    quotes="> " * 60_000,
    levels="\n".join(">" * n for n in range(500)),
    blanks=" " * 190_000,
    lines="\n" * 190_000,
    writes="写道：\n" * 20_000,
    dates="在 2021年9月20日，office@example.com 写道：\n" * 3_000,
)
def mail_words(said: str) -> bytes:
    return mails.mail(text=said, encoding="8bit")


@hostile(
    ".eml",
    "read|too-large",
    columns="a  b  c  d\n" * 15_000,
    tabs="a\tb\tc\td\n" * 20_000,
    wide="活动名称  " * 12_000,
)
def mail_table_in_words(said: str) -> bytes:
    return mails.mail(text=said, encoding="8bit")


@hostile(".eml", "read")
def mail_header_rows_in_words() -> bytes:
    return mails.mail(text="序号\t活动名称\t活动时间\t活动地点\t活动形式\t接触职工人数\n" * 2_500, encoding="8bit")


@hostile(
    ".eml",
    "read",
    nested="<div>" * 30_000,
    table="<table><tr><td>" * 9_000,
    spans="<table><tr>" + "<td colspan=1000 rowspan=9000>a" * 5_000,
    links='<a href="https://example.org/s/1?pwd=2">a</a>' * 3_000,
    open="<" * 150_000,
    comments="<!--" * 40_000,
    styles="<style>" * 20_000,
    entities="&#x5355;" * 20_000,
)
def mail_page(said: str) -> bytes:
    return mails.mail(html=f"<html><body>{said}", encoding="8bit")


@hostile(
    ".eml",
    "read",
    urls="https://pan.baidu.com/s/1abc " * 6_000,
    long="https://example.org/" + "a" * 150_000,
    marks="链接：" * 60_000,
)
def mail_links(said: str) -> bytes:
    return mails.mail(text=said, encoding="8bit")


@hostile(".eml", "read")
def mail_uuencoded() -> bytes:
    return mail(b"", b"begin 644 a.csv\r\n" * 10_000)


@hostile(".eml", "encrypted")
def mail_of_armour() -> bytes:
    return mail(b"", b"-----BEGIN PGP MESSAGE-----\r\n" * 5_000 + b"x\r\n-----END PGP MESSAGE-----\r\n")


@hostile(".eml", "read")
def mail_of_signatures() -> bytes:
    return mail(b"", b"-----BEGIN PGP SIGNED MESSAGE-----\r\n" * 5_000)


def report(status: bytes) -> bytes:
    part = b"--b\r\nContent-Type: message/delivery-status\r\n\r\n" + status + b"\r\n--b--\r\n"
    kind = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
    return b"From: MAILER-DAEMON@example.org\r\n" + mail(kind, part)


@hostile(".eml", "read|too-large", fifty=50_000, some=3_000)
def report_of_blocks(number: int) -> bytes:
    return report(b"Final-Recipient: rfc822; a@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" * number)


@hostile(
    ".eml",
    "empty|unknown-type|empty+too-large",
    empty=b"\r\n" * 95_000,
    folded=b"Status: 5" + b"\r\n a" * 45_000,
    blanks=b" " * 190_000,
    colons=b":" * 190_000,
)
def report_of(said: bytes) -> bytes:
    return report(said)


@hostile(
    ".eml",
    "read",
    addresses=b"<a@example.org>: failed\r\n" * 8_000,
    ids=b"Message-ID: <a@example.org>\r\n" * 6_000,
    ours=b"0123456789abcdef0123456789abcdef@example.org " * 4_000,
    words=b"delivery failed permanently\r\n" * 6_000,
    one=b"a" * 190_000,
    at=b"@" * 190_000,
)
def report_in_words(said: bytes) -> bytes:
    return (
        b"From: MAILER-DAEMON@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\nReturn-Path: <>\r\n"
        + mail(b"", said)
    )


@hostile(".eml", "read")
def mail_of_files() -> bytes:
    return mails.mail(attachments=[(f"{n}.csv", "序号,活动名称\n1,讲座\n".encode()) for n in range(150)])


@hostile(
    ".eml",
    "read|unknown-type",
    windows="..\\..\\a.csv",
    long="统" * 3_000 + ".csv",
    turned="a\u202evsc.exe",
    lines="a\nBcc: x@example.org\n.csv",
)
def mail_file_named(name: str) -> bytes:
    return mails.mail(attachments=[(name, b"a,b\n1,2\n")])


@hostile(".eml", "unknown-type")
def mail_base64_in_base64() -> bytes:
    content = b"a,b\n1,2\n"
    for _ in range(20):
        content = base64.encodebytes(content)
    return mails.mail(attachments=[("a.csv", content)])


@hostile(
    ".eml",
    "read",
    nuls=b"\0" * 150_000,
    returns=b"\r" * 150_000,
    high=b"\xff" * 150_000,
    marks=b"\xef\xbb\xbf" * 50_000,
    froms=b"From a\n" * 20_000,
    colons=b"a:\n" * 50_000,
)
def mail_of_nothing_but(content: bytes) -> bytes:
    return content


@hostile(".eml", "unknown-type")
def mail_parameter_in_pieces() -> bytes:
    pieces = b";\r\n ".join(b"name*%d=a" % n for n in range(9_000))
    return mail(b"Content-Type: application/octet-stream;\r\n " + pieces + b"\r\n", b"a,b\r\n")


@hostile(
    ".eml", "read|too-large", quotes="> " * 400, lines=">", signs="-----原始邮件-----", head="发件人: a 发送时间: b"
)
def mail_quoted_by(start: str) -> bytes:
    said = "".join(f"{start} {n}\n" for n in range(180_000 // (len(start.encode()) + 8)))
    return mail(b"Content-Type: text/plain; charset=utf-8\r\n", said.encode())


@hostile(".eml", "read|too-large|too-large+unknown-type|unknown-type")
def mail_of_many_mails() -> bytes:
    inner = b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + mail(b"X-A: 1\r\n" * 400) + b"\r\n"
    return mail(b"Content-Type: multipart/mixed; boundary=b\r\n", inner * 300 + b"--b--\r\n")


@hostile(".eml", "read|too-large", tables="<table><tr><td>1</td></tr></table>", marks="<blockquote>x</blockquote>")
def mail_page_of(piece: str) -> bytes:
    said = f"<html><body>{piece * (180_000 // len(piece))}</body></html>"
    return mail(b"Content-Type: text/html; charset=utf-8\r\n", said.encode())
