"""Whole rounds on a server that behaves as each known provider does: nothing is lost, doubled or refused."""

import contextlib
import re
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailbot.config import MailboxConfig, providers
from mailbot.domain.errors import MailboxError
from mailbot.flows import collect
from mailbot.flows.deliver import deliver_next
from mailbot.flows.judge import judge_next
from mailbot.flows.ports import App
from mailbot.servers import imap_login, imap_session
from mailbot.servers.imap import Mailbox
from support.dovecot import Account
from support.imap_proxy import PROVIDERS, QuirkProxy
from support.loopback import mailbox_config
from support.mails import mail
from support.world import NOON, World, table


def report(number: int = 1) -> bytes:
    return mail(
        sender=("李晓 <xinhe@example.org>", "王华 <xingang@example.org>")[number % 2],
        subject=f"报送统计表（{number}）",
        attachments=[("附件1.xlsx", table(("新河街道总工会", "新港街道总工会")[number % 2]))],
    )


TIMEOUT = 3.0
PRIVATE = mail(subject="明天的会", text="请带上材料。", sender="friend@example.net")


class Provider(World):
    """A world whose mailbox lies at a provider."""

    def __init__(self, folder: Path, account: Account, name: str, **keys: Any) -> None:
        self.account = account
        self.proxy = QuirkProxy(account.server.port, PROVIDERS[name])
        self.mailbox: MailboxConfig = mailbox_config(
            imap_port=self.proxy.port, address=account.user, **{"provider": name, "poll_seconds": 10, **keys}
        )
        self.real = Mailbox(self.mailbox, timeout=TIMEOUT)
        super().__init__(folder)

    def _assembled(self) -> App:
        return replace(super()._assembled(), mailboxes=((self.mailbox, self.real),))

    def restart(self) -> None:
        """Log in anew, too."""
        self.real.close()
        self.real = Mailbox(self.mailbox, timeout=TIMEOUT)
        super().restart()

    def deliver(self, raw: bytes, when: Any = None) -> None:
        """Put a mail into the mailbox."""
        self.account.deliver(raw, when or NOON)

    def take_in(self) -> list[bytes]:
        """Read the mailbox until a round is complete; the mails that are known then, in no order."""
        for _ in range(4):
            with contextlib.suppress(MailboxError):
                self.collect()
                return sorted(self.app.archive.open(sha256) for sha256 in self.app.archive.messages())
        raise AssertionError("four rounds in a row did not end")

    def answer(self) -> None:
        """Take in, judge and answer."""
        self.take_in()
        while judge_next(self.app, slowly=True) or judge_next(self.app):
            pass
        while deliver_next(self.app):
            pass

    def file_away(self) -> None:
        """Move what is dealt with."""
        collect.file_away(self.app, self.mailbox, self.real)

    def close(self) -> None:
        """End all of it."""
        self.real.close()
        self.proxy.stop()
        self.app.store.close()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, which is faster copied than made."""
    world = World(tmp_path_factory.mktemp("empty"))
    world.app.store.close()
    path = world.config.database.path
    assert path is not None
    return path


@pytest.fixture
def folder(tmp_path: Path, database: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(database, tmp_path / "data")
    return tmp_path


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest, folder: Path, dovecot: Account) -> Iterator[Provider]:
    if request.param == "163":
        dovecot.number_from(1733220355)  # UIDs like seconds since 1970, with gaps
    world = Provider(folder, dovecot, request.param)
    yield world
    world.close()


def test_every_mail_is_taken_in_and_answered_once_and_no_flag_is_changed(provider: Provider) -> None:
    provider.deliver(report(1))
    provider.deliver(PRIVATE)
    before = provider.account.flags()
    provider.answer()
    provider.deliver(report(2))
    provider.answer()
    provider.restart()
    provider.answer()
    assert sorted(message.subject for message in provider.messages) == [
        "报送统计表（1）",
        "报送统计表（2）",
        "明天的会",
    ]
    assert len(provider.submissions) == 2
    assert sorted(str(letter["To"]) for letter in provider.sent()) == ["xingang@example.org", "xinhe@example.org"]
    after = provider.account.flags()
    assert {uid: after[uid] for uid in before} == before


def test_one_connection_is_kept_and_nothing_is_asked_that_providers_refuse_or_answer_wrongly(
    provider: Provider,
) -> None:
    for number in (1, 2, 3):
        provider.deliver(report(number))
        assert provider.take_in() == sorted(report(n) for n in range(1, number + 1))
    log, habits = provider.proxy.log, provider.proxy.habits
    assert not [c for c in log if re.search(r"CHARSET|SEARCH .*\(|ENVELOPE|BODYSTRUCTURE|STORE|BODY\[|RFC822[ )]", c)]
    assert {c for c in log if "SEARCH" in c} <= {"UID SEARCH ALL"}
    first = ["CAPABILITY", "LOGIN", "CAPABILITY", *(["ID"] if habits.knows_id else []), "EXAMINE"]
    assert [c.split()[0] for c in log[: len(first)]] == first
    assert provider.proxy.connections == (1 if not habits.commands else len(log) // habits.commands + 1)


def test_mail_that_surfaces_below_what_is_known_is_taken_in_by_the_next_round(provider: Provider) -> None:
    """As where the provider's window of visible mail is widened, or a colleague moves a mail back."""
    provider.deliver(report(1))
    provider.deliver(report(2))
    provider.proxy.hidden.add(min(provider.account.flags()))
    assert provider.take_in() == [report(2)]
    assert provider.take_in() == [report(2)]
    provider.proxy.hidden.clear()
    assert provider.take_in() == sorted([report(1), report(2)])


def test_a_large_mail_comes_in_pieces_and_whole(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_session, "PIECE", 3000)
    provider.deliver(report(1))
    assert provider.take_in() == [report(1)]
    assert len([c for c in provider.proxy.log if "BODY.PEEK[]<" in c]) == len(report(1)) // 3000 + 1


def test_of_a_mail_beyond_all_measure_the_header_is_fetched_alone(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "LARGEST", 1000)
    provider.deliver(report(1))
    (header,) = provider.take_in()
    assert report(1).startswith(header)
    assert header.endswith(b"\r\n\r\n")
    asked = [command for command in provider.proxy.log if "BODY.PEEK[" in command]
    assert len(asked) == 1
    assert "BODY.PEEK[HEADER]<0." in asked[0]


def test_new_mail_is_found_within_the_interval_whatever_becomes_of_idle(provider: Provider) -> None:
    provider.take_in()
    threading.Timer(0.1, provider.deliver, [report(1)]).start()
    began = time.monotonic()
    provider.real.wait(0.5)
    waited = time.monotonic() - began
    time.sleep(max(0.0, 0.3 - waited))  # a server may hint before there is anything
    assert waited < 0.5 + TIMEOUT + 1
    assert provider.take_in() == [report(1)]


def test_mail_is_filed_where_that_is_safe_and_else_left(provider: Provider) -> None:
    if not providers.of(provider.mailbox).files:
        with pytest.raises(ValueError, match="cannot move mail safely"):
            mailbox_config(provider=provider.mailbox.provider, file_to="已处理")
        return
    provider.mailbox = provider.mailbox.model_copy(update={"file_to": "已处理"})
    provider.restart()
    provider.deliver(report(1))
    provider.deliver(PRIVATE)
    private = max(provider.account.flags())
    provider.account.mark(private, "\\Deleted")  # by a colleague, who has not expunged yet
    provider.answer()
    provider.file_away()
    assert set(provider.account.flags()) == {private}
    assert len(provider.account.flags("已处理")) == 1
    assert provider.take_in() == sorted([report(1), PRIVATE])


@pytest.mark.parametrize("provider", ["qq"], indirect=True)
def test_what_is_copied_moved_back_or_appended_again_is_stored_and_answered_once(provider: Provider) -> None:
    account = provider.account
    provider.deliver(report(1))
    provider.answer()
    account.copy(1)
    provider.answer()
    account.create_folder("旧")
    account.copy(1, target="旧")
    account.remove(1)
    provider.answer()
    account.copy(1, source="旧")
    provider.deliver(report(1))
    provider.answer()
    assert len(account.flags()) == 3
    assert len(provider.messages) == 1
    assert len(provider.sent()) == 1


@pytest.mark.parametrize("provider", ["sina"], indirect=True)
def test_a_folder_that_was_rebuilt_brings_nothing_twice_and_its_new_mail_once(provider: Provider) -> None:
    for number in (1, 2):
        provider.deliver(report(number))
    provider.answer()
    provider.real.close()
    provider.account.remove(1)
    provider.account.reset_uidvalidity()
    provider.restart()
    provider.deliver(PRIVATE)  # gets a number that was another mail's
    provider.answer()
    assert len(provider.messages) == 3
    assert len(provider.sent()) == 2


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_that_is_not_recognised_loses_nothing_either(name: str, folder: Path, dovecot: Account) -> None:
    world = Provider(folder, dovecot, name, provider="unknown")
    world.deliver(report(1))
    world.take_in()
    world.deliver(report(2))
    assert world.take_in() == sorted([report(1), report(2)])
    world.close()


def test_a_server_that_lists_by_number_alone_is_read_to_its_end(folder: Path, dovecot: Account) -> None:
    """The last step of the ladder, on a real server."""
    habits = replace(PROVIDERS["aliyun"], refuses=r"UID SEARCH|UID FETCH \d+:")
    world = Provider(folder, dovecot, "aliyun")
    world.proxy.habits = habits
    for number in (1, 2, 3):
        world.deliver(report(number))
        assert world.take_in() == sorted(report(n) for n in range(1, number + 1))
    assert [command for command in world.proxy.log if command.startswith("FETCH 1:")]
    world.account.remove(2)
    world.deliver(PRIVATE)
    assert PRIVATE in world.take_in()
    world.close()


def test_the_simulated_netease_turns_away_who_does_not_say_its_name(
    folder: Path, dovecot: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or else the tests above would prove nothing."""
    monkeypatch.setattr(imap_login, "ID", '( "name" "mailbot" )')
    world = Provider(folder, dovecot, "163")
    with pytest.raises(MailboxError, match="Unsafe Login"):
        world.collect()
    world.close()


@pytest.mark.parametrize("flag", ["\\Seen", "\\Answered", "\\Deleted", "\\Flagged"])
def test_a_mail_that_somebody_has_marked_is_taken_in_and_answered_and_stays_marked(
    tmp_path: Path, dovecot: Account, flag: str
) -> None:
    world = Provider(tmp_path, dovecot, "sina")
    world.deliver(report(1))
    dovecot.mark(1, flag)
    world.answer()
    assert len(world.sent()) == 1
    assert dovecot.flags() == {1: frozenset({flag})}
    world.close()
