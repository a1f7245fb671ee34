"""Opening a mail: its files, its tables, its words. All but `reader` runs in the limited child."""

from mailbot.opening.documents import Document
from mailbot.opening.opened import Opened, open_mail

__all__ = ["Document", "Opened", "open_mail"]
