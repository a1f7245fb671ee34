"""A configuration that somebody has edited: whatever was done to it, it is read or the sentences say where and what."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailbot.config import load
from mailbot.domain.errors import ConfigError

STARTER = files("mailbot.cli.starter").joinpath("config.toml").read_text(encoding="utf-8")


def config_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "config.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


def sentences(path: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(path)
    return caught.value.faults


def faults(path: Path) -> tuple[str, ...]:
    try:
        load(path)
    except ConfigError as error:
        return error.faults or ("an error without a sentence",)
    return ()


def line_of(text: str) -> int:
    return STARTER[: STARTER.index(text)].count("\n") + 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_changes_nothing(tmp_path: Path, encoding: str) -> None:
    plain = load(config_file(tmp_path, STARTER))
    assert load(config_file(tmp_path, STARTER.encode(encoding))) == plain
    assert load(config_file(tmp_path, STARTER.replace("\n", "\r\n").encode(encoding))) == plain


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("port = 993", "port = 99.3", "mailbox[1].imap.port", "write a whole number"),
        ("port = 993", "port = 0", "mailbox[1].imap.port", "write a number of at least 1; found 0"),
        ("port = 993", "port = 70000", "mailbox[1].imap.port", "write a number of at most 65535"),
        ("idle = true", "idle = 3", "mailbox[1].idle", "write true or false; found 3"),
        ('mode = "hold"', 'mode = "hodl"', "sending.mode", "write 'live', 'hold' or 'redirect'; found 'hodl'"),
        ('id = "hwm-2021"', 'id = "HWM 2021"', "campaign.id", "write small English letters"),
        ('case_prefix = "HWM21"', 'case_prefix = "好"', "campaign.case_prefix", "write capital English letters"),
        ('send_at = "09:00"', 'send_at = "9:00"', "reminders.send_at", 'write a time of day such as "09:00"'),
        ("deadline = 2021-09-30", 'deadline = "30.9.2021"', "campaign.deadline", "write a day such as 2021-09-30"),
        ('forms = ["activities"]', 'forms = "activities"', "campaign.forms", "write a list in brackets"),
        ("[[mailbox]]", "[mailbox]", "mailbox", "write its table in double brackets"),
        ("[archive]", "[[archive]]", "archive", "write a table of this name, in single brackets"),
        ("quota = 1", "targets = {participants = 0}", "campaign.targets.participants", "write a number above 0"),
        ("quota = 1", "quotta = 1", "campaign.quotta", "did you mean quota?"),
        ('weekday = "monday"', "quota = 2", "digest.quota", "is not a key of digest; it belongs to campaign"),
        ('path = "data/archive"', 'path = "C:\\temp\\new"', "archive.path", "write / instead"),
        ("deadline = 2021-09-30", "", "campaign.deadline", "is missing; write it"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_file_line_and_key(
    tmp_path: Path, old: str, new: str, key: str, said: str
) -> None:
    path = config_file(tmp_path, STARTER.replace(old, new, 1))
    (found,) = sentences(path)
    line = line_of("[campaign]") if "missing" in said else line_of(old)
    assert found.startswith(f"{path}, line {line}: {key}: ")
    assert said in found
    assert "input" not in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "xuanwangbu"', "name = “xuanwangbu”", "“ is a Chinese quotation mark"),
        ('["65309739", "25275642"]', '["65309739"，"25275642"]', "， is a full-width sign; write , instead"),
        ("quota = 1", "quota ＝ 1", "＝ is a full-width sign; write = instead"),
        ("[intake]", "［intake］", "［ is a full-width sign"),
        ("idle = true", "idle =　true", "this blank (U+3000)"),
        ("[intake]", "[sending]\n[intake]", "[sending] stands at line"),
        ("poll_seconds = 60", "poll_seconds = 60\npoll_seconds = 61", "poll_seconds stands at line"),
        ('host = "imap.sina.com"', 'host = "imap.sina.com', "has no partner on its line"),
        ('path = "data/archive"', 'path = "C:\\mail"', "write / instead"),
    ],
)
def test_what_is_no_toml_is_one_sentence_with_file_line_and_column(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = config_file(tmp_path, STARTER.replace(old, new, 1))
    (found,) = sentences(path)
    assert re.match(rf"{re.escape(str(path))}, line \d+, column \d+: ", found)
    assert said in found


def test_a_file_in_gbk_is_said_to_be_one(tmp_path: Path) -> None:
    (found,) = sentences(config_file(tmp_path, STARTER.encode("gbk")))
    assert f"line {line_of('name =')}, column 9: the file is not UTF-8 but, it seems, GBK" in found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(
    st.integers(0, len(STARTER)),
    st.sampled_from((0, 1)),
    st.just("") | st.sampled_from([*"\"'=[]{}#,.\\\n\t 0a-“”，＝［　\x00"]) | st.characters(),
)
@example(0, 0, "\ufeff")
def test_damage_of_one_character_gives_a_configuration_or_sentences_with_file_and_line(
    tmp_path: Path, at: int, taken: int, put: str
) -> None:
    path = config_file(tmp_path, STARTER[:at] + put + STARTER[at + taken :])
    for fault in faults(path):
        assert re.match(rf"{re.escape(str(path))}(, line \d+(, column \d+)?: |: [a-z.]+: is missing)", fault), fault
        assert "\n" not in fault
