"""Loading the configuration: every error is reported at once, each with its key and what would be valid."""

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from mailbot.config import Config, load
from mailbot.domain.errors import ConfigError
from support.paths import PROJECT

STARTER = files("mailbot.cli.starter").joinpath("config.toml").read_text(encoding="utf-8")


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(written(folder, text))
    return caught.value.faults


def starter(folder: Path) -> Config:
    return load(written(folder, STARTER))


def test_the_starter_configuration_is_sound_and_holds_letters_back(tmp_path: Path) -> None:
    config = starter(tmp_path)
    assert config.sending.mode == "hold"
    assert config.organisation.signature == "天津市滨海新区总工会宣传网络部"


def test_relative_paths_start_at_the_folder_of_the_configuration(tmp_path: Path) -> None:
    config = starter(tmp_path)
    assert config.archive.path == tmp_path / "data/archive"
    assert config.campaign.units == tmp_path / "units.csv"
    assert config.database.url == f"sqlite:///{tmp_path}/data/mailbot.db"


def test_a_campaign_ends_a_month_after_its_deadline_unless_written_otherwise(tmp_path: Path) -> None:
    assert starter(tmp_path).campaign.ends_on == date(2021, 10, 31)
    longer = STARTER.replace("# ends_on = 2021-10-31", "ends_on = 2021-12-01")
    assert load(written(tmp_path, longer)).campaign.ends_on == date(2021, 12, 1)


def test_every_fault_is_reported_at_once_with_file_and_key(tmp_path: Path) -> None:
    text = STARTER.replace("port = 993", 'port = "many"').replace("deadline = 2021-09-30", "deadline = 2020-09-30")
    text = text.replace("poll_seconds", "pol_seconds")
    found = faults(tmp_path, text)
    assert len(found) == 3
    assert all(str(tmp_path / "config.toml") in fault for fault in found)
    assert any("mailbox[1].imap.port" in fault for fault in found)
    assert any("starts_on, deadline, ends_on" in fault for fault in found)


@pytest.mark.parametrize(
    ("wrong", "right", "key"),
    [
        ("pol_seconds = 60", "poll_seconds", "mailbox[1].pol_seconds"),
        ('hots = "x"', "host", "mailbox[1].imap.hots"),
        ("[remainders]", "reminders", "remainders"),
        ("weekdy", "weekday", "digest.weekdy"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(tmp_path: Path, wrong: str, right: str, key: str) -> None:
    replaced = {
        "pol_seconds = 60": ("poll_seconds = 60", "pol_seconds = 60"),
        'hots = "x"': ('host = "imap.sina.com"', 'host = "imap.sina.com"\nhots = "x"'),
        "[remainders]": ("[reminders]", "[remainders]"),
        "weekdy": ("weekday", "weekdy"),
    }[wrong]
    found = faults(tmp_path, STARTER.replace(*replaced))
    assert any(f"{key}: " in fault and f"did you mean {right}?" in fault for fault in found)


def test_a_missing_file_is_one_sentence_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere.toml: there is no such file"):
        load(tmp_path / "nowhere.toml")


def test_text_that_is_no_toml_is_one_sentence_with_the_place(tmp_path: Path) -> None:
    assert "line 1" in faults(tmp_path, "organisation = = 1")[0]


def test_bytes_that_are_no_utf8_are_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("名称".encode("gb18030"))
    with pytest.raises(ConfigError, match="line 1, column 1: the file is not UTF-8 but, it seems, GBK"):
        load(path)


def test_a_password_in_the_file_is_refused(tmp_path: Path) -> None:
    text = STARTER.replace('password_env = "MAILBOT_PASSWORD"        #', 'password = "secret" #')
    found = " ".join(faults(tmp_path, text))
    assert "password" in found
    assert "not a known key" in found


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    server = starter(tmp_path).mailbox[0].imap
    assert server.password({"MAILBOT_PASSWORD": "code"}) == "code"
    (tmp_path / "secret.txt").write_text("other\n", encoding="utf-8")
    (tmp_path / "secret.txt").chmod(0o600)
    text = STARTER.replace('password_env = "MAILBOT_PASSWORD"', 'password_file = "secret.txt"')
    assert load(written(tmp_path, text)).mailbox[0].imap.password({}) == "other"


def test_a_secret_that_others_may_read_is_a_fault_that_names_the_file_and_the_remedy(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("other\n", encoding="utf-8")
    secret.chmod(0o644)
    text = STARTER.replace('password_env = "MAILBOT_PASSWORD"', 'password_file = "secret.txt"')
    assert any(f"others may read {secret}; say chmod 600 {secret}" in fault for fault in faults(tmp_path, text))
    secret.chmod(0o640)  # as systemd hands credentials over
    server = load(written(tmp_path, text)).mailbox[0].imap
    secret.chmod(0o604)
    with pytest.raises(ConfigError, match="chmod 600"):
        server.password()


def test_a_missing_secret_is_a_sentence_that_names_where_it_belongs(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="MAILBOT_PASSWORD"):
        starter(tmp_path).mailbox[0].imap.password({})


def test_two_ways_to_the_secret_are_one_too_many(tmp_path: Path) -> None:
    text = STARTER.replace('password_env = "MAILBOT_PASSWORD"', 'password_env = "A"\npassword_file = "b"', 1)
    assert any("either password_env" in fault for fault in faults(tmp_path, text))


@pytest.mark.parametrize(
    "address", ["no-at-sign", "Office <a@example.org>", "a@example.org, b@example.org", "部@example.org"]
)
def test_only_bare_mail_addresses_are_taken(tmp_path: Path, address: str) -> None:
    found = faults(tmp_path, STARTER.replace("digest_to = []", f'digest_to = ["{address}"]'))
    assert "staff.digest_to[1]" in found[0]


@pytest.mark.parametrize("address", ["a＠example.org", " a@example.org", "ａ@example．org"])
def test_an_address_in_full_width_characters_is_told_as_it_should_be(tmp_path: Path, address: str) -> None:
    found = faults(tmp_path, STARTER.replace("digest_to = []", f'digest_to = ["{address}"]'))
    assert "write a@example.org, without full-width characters such as ＠" in found[0]


def test_a_rehearsal_needs_an_address(tmp_path: Path) -> None:
    assert any(
        "redirect_to" in fault for fault in faults(tmp_path, STARTER.replace('mode = "hold"', 'mode = "redirect"'))
    )


def test_the_example_beside_the_readme_is_the_starter() -> None:
    example = PROJECT / "config.example.toml"
    assert example.read_text(encoding="utf-8") == STARTER


@pytest.mark.parametrize(
    ("written", "content", "fault"),
    [
        ("no-such", None, "campaign.subprojects: no-such comes not with mailbot, and no such file can be read"),
        ("ours.toml", "[[subproject]", "campaign.subprojects: ours.toml, line 1, column 1: a table is written [name]"),
        ("ours.toml", "", "campaign.subprojects: ours.toml: subproject: "),
        ("ours.toml", '[[subproject]]\nname = "甲"\nhost = "乙"\n', "ours.toml: subproject[1].words: "),
    ],
)
def test_a_list_of_sub_projects_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, written: str, content: str | None, fault: str
) -> None:
    if content is not None:
        (tmp_path / "ours.toml").write_text(content, encoding="utf-8")
    (found,) = faults(tmp_path, STARTER.replace('subprojects = "hwm-2021"', f'subprojects = "{written}"'))
    assert fault in found


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "campaign.milestones: ours.toml: milestone: "),
        ('[[milestone]]\nname = "甲"\nfirst = 2021-05-01\n', "ours.toml: milestone[1].last: "),
        ('[[milestone]]\nname = "甲"\nfirst = 2021-05-02\nlast = 2021-05-01\n', "甲 ends before it begins"),
    ],
)
def test_a_list_of_milestones_that_cannot_be_used_is_one_sentence(tmp_path: Path, content: str, fault: str) -> None:
    (tmp_path / "ours.toml").write_text(content, encoding="utf-8")
    (found,) = faults(tmp_path, STARTER.replace('milestones = "hwm-2021"', 'milestones = "ours.toml"'))
    assert fault in found


def test_the_milestones_of_the_starter_lead_from_the_start_to_the_closing(tmp_path: Path) -> None:
    campaign = starter(tmp_path).campaign
    assert [milestone.name for milestone in campaign.milestones][::4] == ["活动启动", "总结展示"]
    assert campaign.deadline in [milestone.last for milestone in campaign.milestones]


def with_own_days(folder: Path, content: str) -> str:
    """The starter with a list of days of the office's own."""
    (folder / "calendar.toml").write_text(content, encoding="utf-8")
    return STARTER.replace("# calendar =", "calendar =")


def test_an_office_may_list_days_of_its_own(tmp_path: Path) -> None:
    text = with_own_days(tmp_path, "holidays = [2027-01-01]\nworkdays = [2027-01-03]")
    own = load(written(tmp_path, text)).campaign.calendar
    assert not own.is_working_day(date(2027, 1, 1))
    assert own.is_working_day(date(2027, 1, 3))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("holiday = [2027-01-01]", "calendar.toml: holiday is not a known key; write holidays = ["),
        ('holidays = ["Neujahr"]', "calendar.toml: holidays[1]: "),
        ("holidays = 2027-01-01", "calendar.toml: holidays: "),
        ("holidays = [2027-01-01]\nworkdays = [2027-01-01]", "2027-01-01 stands among holidays and among workdays"),
        ("holidays = [2027-02-30]", "calendar.toml, line 1, column 13: a day is written 2021-09-30"),
    ],
)
def test_a_list_of_days_that_cannot_be_used_is_one_sentence(tmp_path: Path, content: str, fault: str) -> None:
    (found,) = faults(tmp_path, with_own_days(tmp_path, content))
    assert "campaign.calendar" in found
    assert fault in found


def test_reminders_do_not_begin_in_their_own_quiet_hours(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, STARTER.replace('# quiet_until = "08:30"', 'quiet_until = "09:30"'))
    assert "reminders: the times must follow each other" in found


def test_the_sub_projects_of_the_starter_are_ten_and_each_is_called_by_words_of_its_own(tmp_path: Path) -> None:
    subprojects = starter(tmp_path).campaign.subprojects
    assert len(subprojects) == 10
    for each in subprojects:
        assert [other.name for other in subprojects if any(word in each.name for word in other.words)] == [each.name]
