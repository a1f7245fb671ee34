"""Unpacking winmail.dat: the files that Outlook wrapped in it, with their long names."""

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.containers import Budget, Member, unpack
from parsers.reading import Unreadable

LONG_NAME, OBJECT, UNRELATED = 0x3707, 0x3701, 0x0E20


def attribute(kind: int, value: bytes, level: int = 2) -> bytes:
    return struct.pack("<BLL", level, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def text(tag: int, value: str, charset: str = "utf-16-le") -> bytes:
    """A property with a text."""
    raw = value.encode(charset) + (b"\0\0" if charset == "utf-16-le" else b"\0")
    return struct.pack("<HHLL", 31 if charset == "utf-16-le" else 30, tag, 1, len(raw)) + raw + bytes(-len(raw) % 4)


def properties(*items: bytes) -> bytes:
    """The properties of a file, with a number and a named one in front of those that matter."""
    number = struct.pack("<HHL", 3, UNRELATED, 7)
    named = struct.pack("<HH", 11, 0x8001) + bytes(16) + struct.pack("<LL", 1, 6) + "abc".encode("utf-16-le") + bytes(2)
    several = struct.pack("<HHLLL", 0x1003, UNRELATED, 2, 1, 2)
    mine = [number, named + struct.pack("<L", 1), several, *items]
    return struct.pack("<L", len(mine)) + b"".join(mine)


def file(title: bytes = b"", content: bytes | None = None, *items: bytes) -> bytes:
    return b"".join(
        [
            attribute(0x00069002, bytes(14)),
            attribute(0x00018010, title + b"\0") if title else b"",
            attribute(0x0006800F, content) if content is not None else b"",
            attribute(0x00069005, properties(*items)) if items else b"",
        ]
    )


def winmail(*files: bytes) -> bytes:
    head = attribute(0x00089006, struct.pack("<L", 0x10000), 1) + attribute(0x00069007, struct.pack("<LL", 936, 0), 1)
    return struct.pack("<LH", 0x223E9F78, 1) + head + b"".join(files)


def names(*files: bytes) -> Sequence[str]:
    return [member.name for member in unpack(winmail(*files), Budget())]


def test_every_file_comes_with_its_content() -> None:
    content = winmail(file(b"A.XLS", b"one"), file(b"B.TXT", b""))
    assert unpack(content, Budget()) == (Member("A.XLS", b"one"), Member("B.TXT", b""))


@pytest.mark.parametrize("charset", ["utf-16-le", "gb18030", "utf-8"])
def test_the_long_name_wins(charset: str) -> None:
    assert names(file(b"TONGJI~1.XLS", b"x", text(LONG_NAME, "新河街统计表.xls", charset))) == ["新河街统计表.xls"]


def test_a_short_name_without_a_charset_may_be_chinese() -> None:
    assert names(file("统计表.xls".encode("gb18030"), b"x")) == ["统计表.xls"]


def test_a_mail_without_files_has_none() -> None:
    assert unpack(winmail(), Budget()) == ()


def test_a_mail_within_the_mail_is_wrapped_in_turn() -> None:
    inner = winmail(file(b"A.XLS", b"one"))
    value = bytes(16) + inner
    held = struct.pack("<HHLL", 13, OBJECT, 1, len(value)) + value + bytes(-len(value) % 4)
    (member,) = unpack(winmail(file(b"mail", None, held)), Budget())
    assert unpack(member.content, Budget()) == (Member("A.XLS", b"one"),)


def test_what_is_cut_short_is_said_to_be() -> None:
    content = winmail(file(b"A.XLS", b"one" * 50))
    for end in (len(content) - 1, len(content) - 40, len(content) - 155):
        with pytest.raises(Unreadable) as caught:
            unpack(content[:end], Budget())
        assert caught.value.code == "truncated"


@pytest.mark.parametrize("length", [4, 5, 6])
def test_nothing_but_the_first_bytes_is_cut_short(length: int) -> None:
    with pytest.raises(Unreadable) as caught:
        unpack(b"\x78\x9f\x3e\x22\x01\x00"[:length], Budget())
    assert caught.value.code == "truncated"


def test_content_whose_sum_does_not_match_is_never_given() -> None:
    content = winmail(file(b"A.XLS", b"one")).replace(b"one", b"two")
    with pytest.raises(Unreadable) as caught:
        unpack(content, Budget())
    assert caught.value.code == "broken"


def test_the_files_are_paid_from_the_budget_of_the_mail() -> None:
    with pytest.raises(Unreadable) as caught:
        unpack(winmail(file(b"A.XLS", b"one")), Budget(size=2))
    assert caught.value.code == "too-large"


@given(st.binary(max_size=200))
def test_any_properties_leave_the_file_as_it_is(value: bytes) -> None:
    content = winmail(file(b"A.XLS", b"one") + attribute(0x00069005, value))
    (member,) = unpack(content, Budget())
    assert member.content == b"one"


@given(st.binary(max_size=200))
def test_any_bytes_end_in_members_or_a_sentence(rest: bytes) -> None:
    try:
        unpack(winmail() + rest, Budget())
    except Unreadable as error:
        assert error.code in ("truncated", "broken")  # noqa: PT017 - the members are any
