"""Which mail addresses stand in what people write into a cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.campaigns.roster_addresses import addresses_in
from mailbot.domain.identifiers import is_address


@pytest.mark.parametrize(
    ("written", "addresses"),
    [
        ("张三 zs@example.com", ["zs@example.com"]),
        ("zs@example.com 张三", ["zs@example.com"]),
        ("张三zs@example.com", ["zs@example.com"]),
        ("zs@example.com张三 13800138000", ["zs@example.com"]),
        ("张三<zs@example.com>", ["zs@example.com"]),
        ("“张三” <zs@example.com>", ["zs@example.com"]),
        ("zs@example.com（张三）", ["zs@example.com"]),
        ("李四-zs@example.com", ["zs@example.com"]),
        ("a@example.com，b@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com、b@example.com；c@example.com。", ["a@example.com", "b@example.com", "c@example.com"]),
        ("a@example.com/b@example.com", ["a@example.com", "b@example.com"]),
        ("张三/zs@example.com", ["zs@example.com"]),
        ("zs@example.com / 65300000", ["zs@example.com"]),
        ("a@example.com b@example.com\nc@example.com", ["a@example.com", "b@example.com", "c@example.com"]),
        ("c＠example.com", ["c@example.com"]),
        ("ｃ＠ｅｘａｍｐｌｅ．ｃｏｍ", ["c@example.com"]),
        ("zs@example。com", ["zs@example.com"]),
        ("zs @ example.com", ["zs@example.com"]),
        ("\u200bzs@example.com\u200b", ["zs@example.com"]),
        ("mailto:zs@example.com", ["zs@example.com"]),
        ("'zs@example.com'!", ["zs@example.com"]),
        ("Zs@example.com;zs@example.com", ["Zs@example.com"]),
        ("_a-b.c@example.com", ["_a-b.c@example.com"]),
        ("无", []),
        ("/", []),
        ("—", []),
        ("", []),
    ],
)
def test_what_can_be_understood_is(written: str, addresses: list[str]) -> None:
    found = addresses_in(written)
    assert (list(found.addresses), found.bad) == (addresses, ())


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("13800138000", "is a number and no address"),
        ("022-65300000", "is a number and no address"),
        ("张三", "holds no address"),
        ("同上", "holds no address"),
        ("zs@example", "has no dot behind the @"),
        ("@example.com", "has nothing before or behind the @"),
        ("张三@example.com", "has nothing before or behind the @"),
        ("zsexample.com", "has no @"),
        ("zs#example.com", "has no @"),
        ("a@example.comb@example.com", "more than one @"),
        ("zs@example..com", "holds a sign that no address has"),
        ("zs@-example.com", "holds a sign that no address has"),
        ("zs@example,com", "has no dot behind the @"),
        ("zhang/zs@example.com", "has a slash before the @"),
    ],
)
def test_what_is_no_address_is_named_with_its_reason(written: str, reason: str) -> None:
    found = addresses_in(written)
    assert found.addresses == ()
    assert reason in found.bad[0][1]


def test_a_bad_one_costs_only_itself() -> None:
    found = addresses_in("a@example.com；b@；c@example.com")
    assert found.addresses == ("a@example.com", "c@example.com")
    assert [piece for piece, *_ in found.bad] == ["b@"]


pieces = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(["a@example.com", "@", "＠", "。", "张三", "，", "/", "<", ">", "mailto:", " "]),
    ),
    max_size=8,
).map("".join)


@given(pieces)
def test_any_text_gives_addresses_that_a_letter_can_go_to_or_reasons(text: str) -> None:
    found = addresses_in(text)
    assert all(is_address(address) and "." in address.partition("@")[2] for address in found.addresses)
    assert all(reason and told for _, reason, told in found.bad)
    assert found.addresses or found.bad or "@" not in text
