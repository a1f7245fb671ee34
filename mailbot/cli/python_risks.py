"""Faults of the standard library that this interpreter still has, in the modules that mail and files pass through."""

import re
from dataclasses import dataclass
from typing import NamedTuple


class Version(NamedTuple):
    """Of Python, such as 3.11.7."""

    major: int
    minor: int
    micro: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.micro}"


@dataclass(frozen=True, slots=True)
class Risk:
    """A known fault: its CVE, the module and what it may do, why it does no harm here, and where it is mended."""

    cve: str
    module: str
    harm: str
    guard: str
    mended: tuple[Version, ...]
    """The first version without it in each line that was mended; later lines never had it."""

    def is_in(self, version: Version) -> bool:
        """Whether that version has the fault."""
        lines = {one[:2]: one for one in self.mended}
        return version < lines[version[:2]] if version[:2] in lines else version < min(self.mended)

    def remedy(self, version: Version) -> Version:
        """The version that mends it for who has that one."""
        same = [one for one in self.mended if one[:2] == version[:2]]
        return (same or [min(self.mended)])[0]


def _versions(text: str) -> tuple[Version, ...]:
    return tuple(Version(*map(int, one)) for one in re.findall(r"(\d+)\.(\d+)\.(\d+)", text))


RISKS = (
    Risk(
        "CVE-2023-6597",
        "tempfile",
        "the removal of a temporary folder follows links",
        "what runs in one has an account's rights and no more",
        _versions("3.11.8 3.12.1"),
    ),
    Risk(
        "CVE-2024-0450",
        "zipfile",
        "parts of an archive may overlap",
        "archives whose parts overlap are refused before they are unpacked",
        _versions("3.11.8 3.12.2"),
    ),
    Risk(
        "CVE-2024-6923",
        "email",
        "a line end in a header begins another header",
        "headers of letters are one line before they are written",
        _versions("3.11.10 3.12.5"),
    ),
    Risk(
        "CVE-2023-27043",
        "email",
        "an address is taken from the wrong part of a field",
        "addresses are read by a parser of our own",
        _versions("3.11.10 3.12.6"),
    ),
    Risk(
        "CVE-2024-8088",
        "zipfile",
        "a name in an archive makes zipfile.Path run for ever",
        "zipfile.Path is not used",
        _versions("3.11.10 3.12.6"),
    ),
    Risk(
        "CVE-2025-8291",
        "zipfile",
        "programs may see different files in one archive",
        "what was read is stored with its cell",
        _versions("3.11.14 3.12.12 3.13.10 3.14.1"),
    ),
)
"""From the records of the CVE programme."""


def risks(version: Version) -> tuple[Risk, ...]:
    """The faults that a version of Python has."""
    return tuple(risk for risk in RISKS if risk.is_in(version))


def sentences(version: Version) -> tuple[str, ...]:
    """Each fault that a version has, which version mends it, and what holds until then."""
    return tuple(
        f"{version} has {risk.cve} ({risk.module}: {risk.harm}), which {risk.remedy(version)} mends; "
        f"until then {risk.guard}"
        for risk in risks(version)
    )
