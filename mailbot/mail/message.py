"""A mail as values: its head, its text, its attachments and the mails inside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from mailbot.domain.mail import Head
from mailbot.mail.html_text import html_to_text
from parsers.reading import Fault

MIB = 1024 * 1024
LARGEST = 100 * MIB
"""Bytes of a mail that is read. Providers take 50 MB of attachments, which are 68 MB in a mail."""
SEND_ALONE = "请将统计表（.xlsx 或 .xls）单独作为附件重新发送"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part with bytes of its own that is not the text of the mail.

    `path` is its place in the tree of parts as IMAP counts it (RFC 3501 section 6.4.5): "1" for a mail of one part,
    "2.1" for the first part of the second. In a mail inside the mail the path of that mail and a slash stand before:
    "2/1.3". `inline`: a picture that the HTML text shows.
    """

    path: str
    name: str | None
    type: str
    content: bytes
    inline: bool = False
    content_id: str | None = None
    fault: Fault | None = None
    """Why its content cannot be what its sender meant."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it was read. What belongs to a mail inside it is in `forwarded` and nowhere else.

    `place` is what the paths of its parts begin with: "" for the outermost, "2/" for the mail that is its part 2.
    `content_digest` tells whether two messages say the same: it is made of the decoded texts and the bytes of the
    attachments, so another way through other servers does not change it.
    """

    head: Head
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    forwarded: tuple["Mail", ...] = ()
    doubts: tuple[str, ...] = ()
    fault: Fault | None = None
    """Why not all of it was read."""
    cut: frozenset[str] = frozenset()
    """The paths of the attachments that may have lost their end on the way; "TEXT" for the words."""
    content_digest: str = ""
    place: str = ""

    def mails(self) -> Iterator["Mail"]:
        """This mail and every mail inside it, from the outside in."""
        yield self
        for inner in self.forwarded:
            yield from inner.mails()


def plain(mail: Mail) -> str:
    """What the mail says in words: its text, else its HTML without the tags."""
    return mail.text if mail.text.strip() else html_to_text(mail.html)


def too_large(size: int) -> Fault:
    """That a mail of so many bytes is beyond what is read."""
    asked = f"邮件约 {size / MIB:.0f} MB，超过系统可接收的 {LARGEST // MIB} MB，其内容未予读取"
    return Fault("too-large", f"{asked}。{SEND_ALONE}；照片、视频请压缩后分次发送。")
