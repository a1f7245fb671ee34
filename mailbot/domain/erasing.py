"""What is hidden where a person is erased: the words by which the person is known, and how they are found in a text."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from mailbot.domain.identifiers import is_address
from mailbot.domain.masking import masked

MASK = "***"
"""Stands where a name, a number or an address stood within a text."""
ERASED = "（已删除）"
"""Stands for an address or a text that is gone as a whole. No mail address can read so, so nobody is taken for it."""

_HAN = "\u3400-\u9fff"
_GAP = r"[\s\-—–·.()（）\u200b\ufeff]{0,2}"
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}[@＠][A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SHORTEST_PHONE = 7


@dataclass(frozen=True)
class Person:
    """Who is looked for: everything by which the person is known. Compared without regard to case, blanks and width."""

    addresses: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    """Digits alone, without the country."""
    names: frozenset[str] = frozenset()

    @property
    def is_nobody(self) -> bool:
        """Whether there is nobody to look for."""
        return self._anywhere is None

    def finds(self, text: str) -> bool:
        """Whether the text holds the person anywhere."""
        return bool(text and self._anywhere and self._anywhere.search(text))

    def is_named_in(self, text: str) -> bool:
        """Whether the text, of which names are expected, holds the person: 李明 is not in 李明珠."""
        return bool(text and self._alone and self._alone.search(text))

    def hidden(self, text: str) -> str:
        """The text with a mask wherever it holds the person."""
        return self._anywhere.sub(MASK, text) if text and self._anywhere else text

    def with_(self, other: "Person") -> "Person":
        """Both in one."""
        return Person(self.addresses | other.addresses, self.phones | other.phones, self.names | other.names)

    @cached_property
    def _anywhere(self) -> re.Pattern[str] | None:
        return _pattern(self, alone=False)

    @cached_property
    def _alone(self) -> re.Pattern[str] | None:
        return _pattern(self, alone=True)


NOBODY = Person()


def person_called(who: str) -> Person:
    """Whom an address, a phone number or a name means. Raises ValueError with a sentence for what is none of them."""
    text = unicodedata.normalize("NFKC", who).strip()
    if is_address(text):
        return Person(addresses=frozenset({text.lower()}))
    if digits := _phone(text):
        return Person(phones=frozenset({digits}))
    if (name := _name(text)) and "@" not in text:
        return Person(names=frozenset({name}))
    raise ValueError(f"{who!r} is no mail address, phone number or name of at least two characters; write one of these")


def persons_in(texts: Iterable[str]) -> Person:
    """Everybody named in texts that hold names and numbers alone, such as 李明 13800000000."""
    addresses, phones, names = set[str](), set[str](), set[str]()
    for text in texts:
        plain = unicodedata.normalize("NFKC", text)
        addresses |= {found.lower() for found in _ADDRESS.findall(plain)}
        plain = _ADDRESS.sub(" ", plain)
        for found in re.findall(rf"\+?\d(?:{_GAP}\d)+", plain):
            if digits := _phone(found):
                phones.add(digits)
        joined = re.sub(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])", "", plain)
        names |= set(re.findall(rf"(?<![{_HAN}·])(?:[{_HAN}]{{2,4}}|[{_HAN}]+·[{_HAN}·]+)(?![{_HAN}·])", joined))
        names |= {name for found in re.findall(r"[A-Za-z]+(?: [A-Za-z]+)+", plain) if (name := _name(found))}
    return Person(frozenset(addresses), frozenset(phones), frozenset(names))


def contacts_hidden(text: str) -> str:
    """The text without mail addresses, and without the middle of mobile and identity numbers."""
    if "@" in text or "＠" in text:
        text = _ADDRESS.sub(MASK, text)
    return masked(text)


def _phone(text: str) -> str | None:
    if re.search(r"[^\d\s\-—–·.()（）+]", text):
        return None
    digits = re.sub(r"\D", "", text)
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return digits if len(digits) >= _SHORTEST_PHONE else None


def _name(text: str) -> str | None:
    name = re.sub(r"\s+", " ", text).strip()
    if re.fullmatch(rf"[{_HAN}· ]+", name):
        name = name.replace(" ", "")
    letters = sum(sign.isalpha() for sign in name)
    return name if letters >= 2 and not re.search(r"\d", name) else None


def _pattern(person: Person, *, alone: bool) -> re.Pattern[str] | None:
    """The longest first, so that nothing of a longer one is left where a shorter one is part of it."""
    parts = [
        *(_of_address(one) for one in sorted(person.addresses, key=len, reverse=True)),
        *(_of_phone(one) for one in sorted(person.phones, key=len, reverse=True)),
        *(_of_name(one, alone=alone) for one in sorted(person.names, key=len, reverse=True)),
    ]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _of_address(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return rf"(?<![A-Za-z0-9._%+-]){re.escape(local)}[@＠]{re.escape(domain)}(?![A-Za-z0-9-]|\.[A-Za-z0-9])"


def _of_phone(phone: str) -> str:
    digits = _GAP.join(f"[{digit}{chr(0xFF10 + int(digit))}]" for digit in phone)
    return rf"(?<!\d)(?:[+＋]?[8８][6６]{_GAP})?{digits}(?!\d)"


def _of_name(name: str, *, alone: bool) -> str:
    if re.search(rf"[{_HAN}]", name):
        parts = r"\s*".join(map(re.escape, name))
        return rf"(?<![{_HAN}]){parts}(?![{_HAN}])" if alone else parts
    words = r"\s+".join(map(re.escape, name.split()))
    return rf"(?<!\w){words}(?!\w)"
