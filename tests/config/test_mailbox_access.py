"""Configuration of a mailbox: passwords and tokens, and the folder that its mail may be filed in."""

import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from mailbot.config import Config, Server, mail_servers
from mailbot.domain.errors import ConfigError
from mailbot.servers import connection
from support.loopback import mailbox_config


def server(**keys: Any) -> Server:
    return Server.model_validate(
        {"host": "imap.example.org", "port": 993, "username": "office@example.org", "auth": "xoauth2", **keys}
    )


def prints(code: str) -> dict[str, list[str]]:
    return {"token_command": [sys.executable, "-c", code]}


def test_a_token_is_asked_for_anew_each_time(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    calls.touch()
    asked = server(**prints(f"p = open({str(calls)!r}, 'a+'); p.write('x'); print('token', p.tell())"))
    assert [asked.password(), asked.password()] == ["token 1", "token 2"]


def test_a_token_may_lie_in_a_file_or_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    (tmp_path / "token").chmod(0o600)
    assert server(password_file=str(tmp_path / "token")).password() == "abc"
    assert server(password_env="TOKEN").password({"TOKEN": "abc"}) == "abc"


def test_a_command_that_stands_beside_the_configuration_is_found_there(tmp_path: Path) -> None:
    keys = {"host": "h", "port": 1, "username": "u", "auth": "xoauth2", "token_command": ["./token", "now"]}
    found = Server.model_validate(keys, context={"folder": tmp_path})
    assert found.token_command == (str(tmp_path / "token"), "now")


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (prints("pass"), r"what .* prints is empty; put an access token there"),
        (
            prints("import sys; sys.exit('the refresh token has expired')"),
            "status 1 and said: the refresh token has ex",
        ),
        ({"token_command": ["/nowhere/token"]}, "cannot be run"),
        ({"password_env": "MAILBOT_NOT_SET"}, "put an access token there"),
    ],
)
def test_a_token_that_cannot_be_had_is_a_sentence(keys: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        server(**keys).password()


def test_a_command_that_does_not_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_servers, "TOKEN_SECONDS", 0.2)
    with pytest.raises(ConfigError, match=r"has not ended within 0\.2 seconds"):
        server(**prints("import time; time.sleep(60)")).password()


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"auth": "password", "token_command": ["x"]}, 'auth = "xoauth2"; write that too'),
        ({"token_command": ["x"], "password_env": "X"}, "either password_env .* or token_command"),
        ({}, "either password_env .* or token_command"),
        ({"token_command": []}, "at least 1"),
    ],
)
def test_one_way_to_the_token_is_asked_for(keys: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        server(**keys)


def test_what_is_said_with_a_token_and_to_a_refusal_of_it() -> None:
    answer = connection.xoauth2("office@example.org", "abc")
    assert answer() == answer(b"") == "user=office@example.org\x01auth=Bearer abc\x01\x01"
    assert answer(b'{"status":"401"}') == ""


# ---------------------------------------------------------------- what a provider cannot do


def test_a_password_for_a_provider_that_takes_tokens_alone_is_a_fault() -> None:
    with pytest.raises(ValidationError, match=r'takes no passwords; write auth = "xoauth2"'):
        mailbox_config(host="outlook.office365.com")


def test_filing_is_off_unless_asked_for_and_refused_where_it_is_not_safe() -> None:
    assert mailbox_config().file_to == ""
    assert mailbox_config(file_to="已处理").file_to == "已处理"
    with pytest.raises(ValidationError, match="cannot move mail safely"):
        mailbox_config(file_to="已处理", provider="139")
    with pytest.raises(ValidationError, match="the folder that is read"):
        mailbox_config(file_to="INBOX")


def test_a_folder_that_another_mailbox_reads_is_not_filed_to() -> None:
    first = mailbox_config(file_to="已处理").model_dump()
    second = first | {"name": "second", "folder": "已处理", "file_to": ""}
    with pytest.raises(ValidationError, match="file_to of office is the folder that second reads"):
        Config.model_validate(_rest() | {"mailbox": [first, second]})


def _rest() -> dict[str, Any]:
    return {
        "organisation": {"name": "云海新区总工会", "department": "宣传网络部"},
        "campaign": {
            "id": "c-2021",
            "title": "统计表",
            "starts_on": "2021-05-01",
            "deadline": "2021-09-30",
            "case_prefix": "HWM21",
        },
    }
