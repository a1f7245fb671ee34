"""Opens a message that lies in the archive."""

from datetime import datetime

from mailbot.domain.mail import Head
from mailbot.flows.ports import App
from mailbot.mail import documents
from mailbot.mail.opening import Opened


def open_archived(app: App, sha256: str, received_at: datetime, *, slowly: bool = False) -> Opened:
    """All of a message; `slowly`: with LibreOffice or unar where a file needs one.

    Of one that was too large to be fetched, its head, and a fault that says so. Raises ReaderDied, ArchiveError.
    """
    raw = app.archive.open(sha256)
    if left := app.archive.left_on_server(sha256):
        return Opened(app.reader.head(raw), words="", documents=(documents.of_too_large(left),), content_digest="")
    return app.reader.open(raw, received_at, slowly=slowly)


def head_of_archived(app: App, sha256: str) -> Head:
    """Its head alone. Raises ReaderDied, ArchiveError."""
    return app.reader.head(app.archive.open(sha256))
