"""The files of a mail as they came, for a person to look at. Runs in the limited child process."""

from dataclasses import dataclass

from mailbot.mail import mime


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """One attachment. `path` is its place in the mail (see `Attachment`); without `content` it was too large."""

    path: str
    name: str
    size: int
    content: bytes | None


def original_files(raw: bytes, most: int) -> tuple[OriginalFile, ...]:
    """Every attachment, as long as all that are given are not larger than `most` bytes together. Total."""
    found: list[OriginalFile] = []
    left = most
    for mail in mime.read(raw).mails():
        for attachment in mail.attachments:
            size = len(attachment.content)
            content = attachment.content if size <= left else None
            left -= size if content is not None else 0
            found.append(OriginalFile(attachment.path, attachment.name or "附件", size, content))
    return tuple(found)
