"""Lists the files of a mail, those in archives and in attached mails included."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailbot.mail import filenames, mime, smime
from mailbot.mail.message import LARGEST, Mail
from parsers import containers
from parsers.containers import Budget
from parsers.formats.file_kind import FileKind, kind_of
from parsers.reading import Fault, Unreadable


@dataclass(frozen=True, slots=True)
class File:
    """A file, wherever in the mail it lies, or a container that could not be opened, with its fault.

    `path` is that of its part (see `Attachment`). In an archive the archive's path and a slash stand before the name
    that the file has there: "2/新河街/附件1.xlsx"; what is attached to a mail in an archive: "2/转发.eml/1.2".
    """

    path: str
    name: str
    content: bytes
    fault: Fault | None = None
    container: str = ""
    """The name of the archive that it lies in."""


def walk(mail: Mail, *, slowly: bool = False) -> Iterator[Mail | File]:
    """The mail, its files, then each mail inside it with its own, from the outside in.

    A container stands for itself only where it has a fault or brings nothing. All of them share one budget.
    `slowly`: with unar where an archive needs it.
    """
    return _of_mail(mail, "", 0, Budget(), slowly)


def _of_mail(outer: Mail, place: str, depth: int, budget: Budget, slowly: bool) -> Iterator[Mail | File]:
    for mail in outer.mails():
        yield replace(mail, place=place + mail.place)
        for attachment in mail.attachments:
            file = File(place + attachment.path, attachment.name or "", attachment.content, attachment.fault)
            yield from _of_file(file, depth, budget, slowly)


def _of_file(file: File, depth: int, budget: Budget, slowly: bool) -> Iterator[Mail | File]:
    kind = kind_of(file.content)
    if file.fault is not None or kind not in containers.KINDS:
        yield file
        return
    try:
        if depth >= containers.DEEPEST:
            raise containers.too_deep()
        members = containers.unpack(file.content, budget, slowly=slowly)
    except Unreadable as error:
        yield replace(file, fault=error.fault())
        return
    if not members and kind is not FileKind.CMS:  # a signature alone is no file
        yield file
    deeper = depth + (kind is not FileKind.CMS)  # a signature is opened at the cost of the budget alone
    for member in members:
        name = _shown(member.name) or smime.name_inside(file.name) or file.name.removesuffix(".gz")
        inside = File(f"{file.path}/{name}", name, member.content, container=file.name)
        if (mail := _mail(inside, kind)) is not None:
            yield from _of_mail(mail, f"{inside.path}/", deeper, budget, slowly)
        else:
            yield from _of_file(inside, deeper, budget, slowly)


def _mail(file: File, container: FileKind) -> Mail | None:
    """The mail that was saved as this file, or signed; None where it is none, or too large to be read as a whole."""
    if len(file.content) > LARGEST:
        return None
    if container is FileKind.CMS or smime.is_called_wrapper(file.name):
        return mime.read(file.content) if smime.is_of_mail("", file.content) else None
    mail = mime.read(file.content) if file.name.lower().endswith(".eml") else None
    return mail if mail and mail.head.sender else None


def _shown(name: str) -> str:
    """The name of a member with its folders, as it may be shown; of a long one the last part alone."""
    parts = [part for part in map(filenames.shown, re.split(r"[/\\]", name)) if part]
    whole = "/".join(parts)
    return whole if len(whole) <= filenames.LONGEST else parts[-1]
