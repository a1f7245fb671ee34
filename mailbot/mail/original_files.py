"""The files of a mail as they may be passed on, for a person to look at. Runs in the limited child process."""

from dataclasses import dataclass

from mailbot.mail import mime
from mailbot.mail.picture_data import without_picture_data


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """One attachment. `path` is its place in the mail (see `Attachment`); without `content` it was too large, or it
    `tells` where and when a photo in it was taken, or may."""

    path: str
    name: str
    size: int
    content: bytes | None
    tells: bool = False


def original_files(raw: bytes, most: int) -> tuple[OriginalFile, ...]:
    """Every attachment, as long as all that are given are not larger than `most` bytes together. Total.

    Pictures come without what the camera wrote into them.
    """
    found: list[OriginalFile] = []
    left = most
    for mail in mime.read(raw).mails():
        for attachment in mail.attachments:
            size = len(attachment.content)
            fits = size <= left
            content = without_picture_data(attachment.content) if fits else None
            left -= size if content is not None else 0
            name = attachment.name or "附件"
            found.append(OriginalFile(attachment.path, name, size, content, tells=fits and content is None))
    return tuple(found)
