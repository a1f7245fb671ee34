"""What a hostile input is in these tests: how it is made, and the verdict in which its reading must end."""

from collections.abc import Callable
from dataclasses import dataclass

from support import mails

Build = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """A file, or a whole mail (`suffix` ".eml").

    `verdict`: the codes of the faults that the mail brings, sorted and joined by "+"; "read" where there are none;
    several, parted by "|", where variants of one kind differ or a fast machine reads what a slow one refuses.
    """

    name: str
    suffix: str
    verdict: str
    build: Build

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Those in which it may end."""
        return tuple(self.verdict.split("|"))

    def mail(self, content: bytes) -> bytes:
        """The mail that brings it."""
        if self.suffix == ".eml":
            return content
        return mails.mail(attachments=[(f"{self.name}{self.suffix}", content)])


CASES: dict[str, Case] = {}
"""All of them by name; filled as the modules of the formats are imported."""


def hostile(suffix: str, verdict: str, **variants: object) -> Callable[[Callable[..., bytes]], Callable[..., bytes]]:
    """Take a function in as a case, or as one for each named argument of its variants."""

    def take(build: Callable[..., bytes]) -> Callable[..., bytes]:
        for name, argument in variants.items():
            _add(f"{build.__name__}_{name}", suffix, verdict, lambda argument=argument: build(argument))
        if not variants:
            _add(build.__name__, suffix, verdict, build)
        return build

    return take


def _add(name: str, suffix: str, verdict: str, build: Build) -> None:
    assert name not in CASES
    CASES[name] = Case(name, suffix, verdict, build)
