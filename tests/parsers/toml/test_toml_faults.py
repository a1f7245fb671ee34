"""TOML as people write it: what is wrong is one sentence with its line and column, and what was meant."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import toml


def fault(content: str | bytes) -> str:
    with pytest.raises(toml.TomlFault) as caught:
        toml.read(content if isinstance(content, bytes) else content.encode())
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a = 1\nb = “x”", "line 2, column 5", "“ is a Chinese quotation mark"),
        ('a = "x”', "line 1, column 5", "is alone: text begins and ends with a plain one, not with “ ”"),
        ("a = ‘x’", "line 1, column 5", "‘ is a Chinese quotation mark"),
        ('a = ["1"，"2"]', "line 1, column 9", "， is a full-width sign; write , instead"),
        ("a ＝ 1", "line 1, column 3", "＝ is a full-width sign; write = instead"),
        ("［a］", "line 1, column 1", "［ is a full-width sign; write [ instead"),
        ("【a】", "line 1, column 1", "【 is a full-width sign; write [ instead"),
        ("a = １", "line 1, column 5", "１ is a full-width sign; write 1 instead"),
        ("　a = 1", "line 1, column 1", "this blank (U+3000) is not the ordinary one"),
        ("a\N{NO-BREAK SPACE}= 1", "line 1, column 2", "this blank (U+00A0) is not the ordinary one"),
        ("a = 1\N{ZERO WIDTH SPACE}", "line 1, column 6", "an invisible character (U+200B)"),
        ('a = "x\nb = 1', "line 1, column 5", "has no partner on its line"),
        ('a = x"', "line 1, column 6", "has no partner on its line"),
        ('a = """x\nb = 1', "line 1, column 5", "several lines that is not ended"),
        ('a = "C:\\Users"', "line 1, column 5", "write / instead"),
        ('a = "C:\\new\\"', "line 1, column 5", "write / instead"),
        ("[a]\nb = 1\n[c]\n[a]", "line 4, column 1", "[a] stands at line 1 already"),
        ("[[a]]\n[a.b]\n[[a]]\n[a.b]\n[a.b]", "line 5, column 1", "[a.b] stands at line 4 already"),
        ("a = 1\n[c]\na = 2\na = 3", "line 4, column 1", "a stands at line 3 already"),
        ("[a]\n[[a]]", "line 2, column 1", "[a] and [[a]] (line 1) cannot both be"),
        ("a.b = 1\na = 2", "line 2, column", "Cannot overwrite a value; look at this line"),
        ('a = ["1", "2"\nb = 3', "line 1, column 5", "a bracket is not closed"),
        ("a = [1, 2021-02-30]", "line 1, column 9", "a day is written 2021-09-30"),
        ("a = 2021-5-1", "line 1, column 5", "a day is written 2021-09-30"),
        ("a = 9:00", "line 1, column 5", 'a time of day is written "09:00"'),
        ("a = True", "line 1, column 5", "write true, in small letters"),
        ("a = no", "line 1, column 5", "write false"),
        ("a = 007", "line 1, column 5", "without zeros before it"),
        ("a = 新河", "line 1, column 5", "a text stands between plain quotation marks"),
        ("a = # b", "line 1, column 5", "a value is missing"),
        ('a = "x" "y"', "line 1, column 5", "nothing but a comment (#) may follow"),
        ("a: 1", "line 1, column 1", "a line is a key with its value"),
        ("a b = 1", "line 1, column 3", "a key is one word"),
        ("[a", "line 1, column 1", "a table is written [name], alone on its line"),
        ("a = " + "[" * 5000, "line 1", "nested too deeply"),
        ("a = " + "1" * 5000, "line 1, column 5", "a number is written in digits"),
        ('a = 1\nb = "名称"'.encode("gbk"), "line 2, column 6", "it seems, GBK"),
        (b"a = 1\n\xff\xfe\x00", "line 2, column 1", "save it as UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str | bytes, place: str, said: str) -> None:
    found = fault(text)
    assert found.startswith(place)
    assert said in found
    assert "\n" not in found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_mark_of_the_encoding_is_no_part_of_the_text(encoding: str) -> None:
    assert toml.read('# 注\r\na = "甲"\r\n'.encode(encoding)).data == {"a": "甲"}


def test_every_key_and_table_has_its_line() -> None:
    text = """# first
a = [
  1,
  2,
]
[[m]]
name = "x # y"
[m.imap]
port = 1
[[m]]
[m.imap]
"port" = 2
"""
    read = toml.read(text.encode())
    assert read.lines == {
        ("a",): 2,
        ("m", 0): 6,
        ("m", 0, "name"): 7,
        ("m", 0, "imap"): 8,
        ("m", 0, "imap", "port"): 9,
        ("m", 1): 10,
        ("m", 1, "imap"): 11,
        ("m", 1, "imap", "port"): 12,
    }
    assert read.line(("m", 1, "imap", "host")) == 11
    assert read.line(("z",)) is None


@given(
    st.text(st.sampled_from("a1 =[]{}\"'\\#,.\n-:“，　\x00é"), max_size=40)
    | st.text(max_size=40)
    | st.binary(max_size=40)
)
def test_any_bytes_are_a_table_or_one_sentence_with_a_line(content: str | bytes) -> None:
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    with suppress(toml.TomlFault):
        toml.read(raw)
        return
    assert fault(raw).startswith("line ")
