"""What a server calls the folder that the configuration names: prefix and delimiter differ (RFC 2342, RFC 3501 5.1)."""

import re
from dataclasses import dataclass

from mailbot.config import providers

INBOX = "INBOX"
NEVER_OPENED = frozenset({"\\noselect", "\\nonexistent"})
"""Marks of names that only hold others (RFC 3501 section 7.2.2, RFC 5258 section 3), in lower case."""
MOST_NAMED = 30


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as LIST tells it: its name is decoded; a delimiter of "" means that it can have no folders within."""

    name: str
    delimiter: str = ""
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Namespace:
    """Where an account's own folders lie: `prefix` is what all their names begin with, with its delimiter."""

    prefix: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Folders:
    """All that a server tells of the folders of an account. `personal`: "" and "" where it knows no namespaces."""

    listed: tuple[Folder, ...] = ()
    personal: Namespace = Namespace("", "")

    @property
    def names(self) -> tuple[str, ...]:
        """The folders that can be opened, in the order of LIST."""
        return tuple(folder.name for folder in self.listed if not NEVER_OPENED & {m.lower() for m in folder.marks})

    @property
    def delimiter(self) -> str:
        """What stands between the levels of a name; "" where names have one level."""
        return self.personal.delimiter or next((folder.delimiter for folder in self.listed if folder.delimiter), "")

    @property
    def prefix(self) -> str:
        """What the names of an account's own folders begin with.

        Of a server that knows no namespaces: INBOX, where every other folder lies in it.
        """
        if self.personal.delimiter or not self.delimiter:
            return self.personal.prefix
        others, within = [name for name in self.names if not _is_inbox(name)], INBOX + self.delimiter
        return within if others and all(name.upper().startswith(within) for name in others) else ""


def server_name(wanted: str, there: Folders) -> str:
    """The server's name of the folder `wanted`; of one that is missing, the name under which it would be made.

    It may be written with or without the prefix, and its levels with the server's delimiter, "/" or "\\"; of folders
    that exist also with ".". A folder that is called just so comes first.
    """
    if _is_inbox(wanted):
        return INBOX
    spellings = _spellings(wanted, there)
    names = set(there.names)
    return next((name for name in (wanted, *spellings) if name in names), spellings[0])


def exists(name: str, there: Folders) -> bool:
    """Whether the server has a folder that it calls so; every account has an INBOX (RFC 3501 section 5.1)."""
    return _is_inbox(name) or name in there.names


def sent_name(preferred: str, there: Folders) -> str | None:
    """The folder of sent mail: the one that the provider is known to use, or is marked (RFC 6154), or is called as
    such folders are; None where there is none."""
    marked = [folder.name for folder in there.listed if providers.SENT in folder.marks]
    by_provider = [] if preferred == providers.SENT else [preferred]
    known = [*by_provider, *marked, *providers.SENT_NAMES]
    return next((name for wanted in known if (name := server_name(wanted, there)) in there.names), None)


def named(there: Folders) -> str:
    """The folders that can be opened, for people."""
    return "、".join(there.names[:MOST_NAMED]) + (" …" if len(there.names) > MOST_NAMED else "")


def _spellings(wanted: str, there: Folders) -> list[str]:
    """How the server may call it: first as it would be made."""
    strict, loose = _levels(wanted, there, "/\\"), _levels(wanted, there, "/\\.")
    below = [there.prefix + _joined(_below_prefix(levels, there), there) for levels in (strict, loose)]
    elsewhere = [_joined(levels, there) for levels in (strict, loose)]
    without_inbox = [
        there.prefix + _joined(levels[1:], there)
        for levels in (strict, loose)
        if len(levels) > 1 and _is_inbox(levels[0])
    ]
    of_another_server = without_inbox if len(strict) == 1 else []  # such as INBOX.x where the delimiter is "/"
    return [*of_another_server, *below, *elsewhere, *without_inbox]


def _levels(wanted: str, there: Folders, delimiters: str) -> list[str]:
    if not there.delimiter:
        return [wanted]
    return [level for level in re.split(f"[{re.escape(delimiters + there.delimiter)}]", wanted) if level] or [wanted]


def _joined(levels: list[str], there: Folders) -> str:
    return there.delimiter.join(levels)


def _below_prefix(levels: list[str], there: Folders) -> list[str]:
    """The levels without those of the prefix, where they begin with them."""
    prefix = there.prefix.split(there.delimiter)[:-1] if there.delimiter else []
    begin = [INBOX if _is_inbox(level) else level for level in levels[: len(prefix)]]
    return levels[len(prefix) :] if begin == prefix and len(levels) > len(prefix) else levels


def _is_inbox(name: str) -> bool:
    return name.upper() == INBOX
