"""`mailbot roster check`: errors and remarks about the list of units."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailbot.cli.commands.roster import command
from support.loopback import PASSWORD_ENV

HEADER = "code,name,short_name,category,aliases,emails,quota,required,sort_no,valid_from,valid_to,successor\n"
SERVER = f'host = "127.0.0.1"\nport = 1\nusername = "u"\npassword_env = "{PASSWORD_ENV}"\n'
CONFIG = f"""[organisation]
name = "云海新区总工会"
department = "宣传网络部"
[[mailbox]]
name = "office"
address = "office@example.com"
[mailbox.imap]
{SERVER}
[mailbox.smtp]
{SERVER}
[campaign]
id = "c-2021"
title = "2021年好网民主题活动"
starts_on = 2021-05-01
deadline = 2021-09-30
case_prefix = "HWM21"
"""


def check(folder: Path, rows: str, *options: str) -> Result:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    (folder / "units.csv").write_text(HEADER + rows, encoding="utf-8")
    return CliRunner().invoke(command, ["check", "--config", str(folder / "config.toml"), *options])


def test_a_sound_roster_is_said_to_be_one(tmp_path: Path) -> None:
    result = check(tmp_path, "A,甲街道总工会,,街镇,,a@example.org,,1,1,,,\n")
    assert (result.exit_code, result.output) == (0, f"ok     {tmp_path / 'units.csv'}: nothing to remark\n")


def test_remarks_name_file_and_unit_and_are_no_failure(tmp_path: Path) -> None:
    result = check(tmp_path, "A,甲街道总工会,,街镇,,,,1,1,,,\n")
    assert result.exit_code == 0
    assert result.output.startswith(f"info   {tmp_path / 'units.csv'} A: 甲街道总工会 has no address")


@pytest.mark.parametrize("rows", ["A,甲街,,街镇,,,,0,1,,2021-06-30,B\n", "A,甲街,,街道,,,,0,1,,,\n"])
def test_what_is_wrong_fails(tmp_path: Path, rows: str) -> None:
    result = check(tmp_path, rows)
    assert result.exit_code == 1
    assert result.output.startswith(f"WRONG  {tmp_path / 'units.csv'} ")
    assert result.output.count("\n") == 1


def test_other_programs_read_the_same(tmp_path: Path) -> None:
    (remark,) = json.loads(check(tmp_path, "A,甲街道总工会,,街镇,,,,1,1,,,\n", "--json").output)
    assert remark == {
        "file": str(tmp_path / "units.csv"),
        "unit": "A",
        "severity": "notice",
        "text": "甲街道总工会 has no address, so it cannot be reminded; write one into emails",
    }


def test_what_is_true_of_many_units_is_one_line(tmp_path: Path) -> None:
    rows = "".join(f"U{n},第{n}街道总工会,,街镇,,,,1,{n},,,\n" for n in range(1, 27))
    (line,) = check(tmp_path, rows).output.splitlines()
    assert line.endswith("write one into emails; the same for U2, U3, U4 and 22 more")
    assert len(json.loads(check(tmp_path, rows, "--json").output)) == 26
