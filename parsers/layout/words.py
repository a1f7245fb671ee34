"""The general words of office tables, read once from the data file beside this one."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

_BRACKETED = re.compile(r"[(\[{【〔〈][^()\[\]{}【】〔〕〈〉]*[)\]}】〕〉]")
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_MEASURE = re.compile(r"(?<=[\u4e00-\u9fff])\d{0,3}[a-z%℃][a-z0-9/%²³·]{0,7}$")


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """A text without white space, in one width and in lower case."""
    return "".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).lower().split())


def bare(text: str) -> str:
    """A plain text without what stands in brackets, without a star for entries that must be filled in, and without a
    measure behind: 风量m3/h is 风量.
    """
    return _MEASURE.sub("", _BRACKETED.sub("", plain(text)).rstrip("*★:"))


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of the data file under the names they have there, each word in plain form."""

    total: frozenset[str]
    subtotal: frozenset[str]
    part: tuple[str, ...]
    example: tuple[str, ...]
    note: tuple[str, ...]
    nothing_below: frozenset[str]
    block: frozenset[str]
    signature: tuple[str, ...]
    attachment: tuple[str, ...]
    ordinal: tuple[str, ...]
    measure: frozenset[str]
    label_end: tuple[str, ...]
    label_start: tuple[str, ...]
    value: frozenset[str]
    value_end: tuple[str, ...]
    surname: frozenset[str]
    after_figure: str


@cache
def words() -> Words:
    """The words of the data file."""
    told = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    lists = {name: tuple(map(plain, entry)) for name, entry in told.items() if isinstance(entry, list)}
    sets = {
        name: frozenset(lists[name]) for name in ("total", "subtotal", "nothing_below", "block", "measure", "value")
    }
    return Words(**{**lists, **sets, "surname": frozenset(told["surname"]), "after_figure": told["after_figure"]})


def says_nothing_below(text: str) -> bool:
    """Whether a text only says that a table ends above it: 以下空白, with or without brackets or strokes around it."""
    return _AROUND.sub("", plain(text)) in words().nothing_below
