"""The contract of mailboxes, in memory and on a real server, and behaviour towards faulty IMAP servers."""

import base64
import hashlib
import re
import socket
import threading
import time
import traceback
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Protocol

import pytest
from imap_tools.utils import encode_folder

import mailbot
from mailbot.cli.demo.servers import EmbeddedImap
from mailbot.domain.errors import ConfigError, LoginRefused, MailboxError, MessageRefused
from mailbot.domain.mail import Place
from mailbot.servers import imap, imap_filing, imap_session
from mailbot.servers.imap import Listing, Mailbox
from support.courier import CourierAccount
from support.doubles import MemoryMailbox
from support.dovecot import Account
from support.imap_account import IMAP_SERVERS, ImapAccount
from support.loopback import PASSWORD_ENV, SilentServer, free_port, mailbox_config
from support.scripted_imap import HANG_UP, SPLIT, ScriptedImap

MAIL = b"Subject: hello\r\n\r\nbody\r\n"
LONG = b"Subject: long\r\n\r\n" + bytes(range(32, 127)) * 52 + b"0123456789" * 4 + b".\r\n"
NOON = datetime(2021, 9, 24, 12, 0, 7, tzinfo=timezone(timedelta(hours=8)))
Scripted = Callable[..., ScriptedImap]


class Ground(Protocol):
    """A mailbox and what happens to it from the server's side."""

    mailbox: Mailbox | MemoryMailbox

    def deliver(self, raw: bytes = MAIL, when: datetime = NOON) -> None: ...
    def keeps(self, raw: bytes) -> bool: ...
    def remove(self, uid: int) -> None: ...
    def renumber(self) -> None: ...


class Memory:
    def __init__(self) -> None:
        self.mailbox = MemoryMailbox()

    def deliver(self, raw: bytes = MAIL, when: datetime = NOON) -> None:
        self.mailbox.deliver(raw, when)

    def keeps(self, raw: bytes) -> bool:
        return True

    def remove(self, uid: int) -> None:
        self.mailbox.remove(uid)

    def renumber(self) -> None:
        self.mailbox.renumber()


class Real:
    def __init__(self, account: ImapAccount) -> None:
        self.account, self.mailbox = account, Mailbox(account.config(), timeout=10)

    def deliver(self, raw: bytes = MAIL, when: datetime = NOON) -> None:
        self.account.deliver(raw, when)

    def keeps(self, raw: bytes) -> bool:
        return self.account.keeps(raw)

    def remove(self, uid: int) -> None:
        self.account.remove(uid)

    def renumber(self) -> None:
        self.account.reset_uidvalidity()


@pytest.fixture(params=["memory", *IMAP_SERVERS])
def ground(request: pytest.FixtureRequest) -> Any:
    kind = request.param
    made = Memory() if kind == "memory" else Real(request.getfixturevalue(f"{kind}_server").account())
    yield made
    made.mailbox.close()


def place(listing: Listing, uid: int) -> Place:
    return Place("office", listing.folder, listing.uidvalidity, uid)


def numbered(number: int) -> bytes:
    return b"Subject: %d\r\n\r\nbody\r\n" % number


# ---------------------------------------------------------------- all


def test_an_empty_folder_holds_nothing(ground: Ground) -> None:
    listing = ground.mailbox.listing()
    assert (listing.folder, listing.uids) == ("INBOX", ())
    assert listing.uidvalidity > 0
    assert ground.mailbox.sightings(listing, ()) == ()


def test_every_message_is_listed_once_in_the_order_of_its_uid(ground: Ground) -> None:
    for _ in range(3):
        ground.deliver()
    assert ground.mailbox.listing().uids == (1, 2, 3)
    ground.deliver()
    ground.remove(2)
    assert ground.mailbox.listing().uids == (1, 3, 4)


def test_a_sighting_tells_place_size_and_the_servers_time_of_arrival(ground: Ground) -> None:
    ground.deliver()
    listing = ground.mailbox.listing()
    (seen,) = ground.mailbox.sightings(listing, listing.uids)
    assert seen.place == place(listing, 1)
    assert seen.size == len(MAIL)
    assert seen.received_at == NOON
    assert seen.received_at.tzinfo is not None


def test_sightings_come_in_the_order_of_the_uids_and_without_what_vanished(ground: Ground) -> None:
    for _ in range(3):
        ground.deliver()
    ground.remove(2)
    listing = ground.mailbox.listing()
    assert [seen.place.uid for seen in ground.mailbox.sightings(listing, [3, 2, 1, 77])] == [1, 3]


def test_more_messages_than_one_command_may_name_are_all_seen(ground: Ground) -> None:
    for _ in range(205):
        ground.deliver()
    listing = ground.mailbox.listing()
    assert [seen.place.uid for seen in ground.mailbox.sightings(listing, listing.uids)] == list(range(1, 206))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: \xcd\xb3\xbc\xc6\xb1\xed\r\n\r\n\xe7\xbb\x9f\xe8\xae\xa1 \xff\xfe \x01\x1b\r\n",
        b"Subject: bare\r\n\r\none \r line\r\n",
        b"no header at all, no line end",
        b"Subject: dots and literals\r\n\r\n.\r\n..\r\n{5}\r\n) UID 9\r\nA1 OK done\r\n",
        b"X: " + b"y" * 100_000 + b"\r\n\r\n" + b"0123456789abcdef\r\n" * 20_000,
    ],
    ids=["nothing", "eight-bit", "bare-cr", "no-header", "like-the-protocol", "large"],
)
def test_the_bytes_come_as_they_are(ground: Ground, raw: bytes) -> None:
    if not ground.keeps(raw):
        pytest.skip("this server keeps no such message")
    ground.deliver(raw)
    listing = ground.mailbox.listing()
    assert b"".join(ground.mailbox.fetch(place(listing, 1))) == raw


def test_the_header_comes_alone(ground: Ground) -> None:
    ground.deliver(b"Subject: \xcd\xb3\r\nTo: a\r\n\r\nbody\r\n\r\nmore\r\n")
    ground.deliver(b"Subject: no body\r\n\r\n")
    listing = ground.mailbox.listing()
    assert ground.mailbox.head(place(listing, 1)) == b"Subject: \xcd\xb3\r\nTo: a\r\n\r\n"
    assert ground.mailbox.head(place(listing, 2)).startswith(b"Subject: no body\r\n")
    ground.remove(1)
    ground.mailbox.listing()  # before a folder is opened anew, servers may give out what is gone (RFC 2180 section 4.1)
    with pytest.raises(MessageRefused, match="message 1 is no longer in INBOX"):
        ground.mailbox.head(place(listing, 1))


def test_a_message_that_vanished_is_an_error_and_the_next_one_is_still_read(ground: Ground) -> None:
    ground.deliver()
    ground.deliver(numbered(2))
    listing = ground.mailbox.listing()
    ground.remove(1)
    ground.mailbox.listing()
    with pytest.raises(MailboxError, match="message 1 is no longer in INBOX"):
        b"".join(ground.mailbox.fetch(place(listing, 1)))
    assert b"".join(ground.mailbox.fetch(place(listing, 2))) == numbered(2)


def test_a_renumbered_folder_is_listed_anew_and_old_numbers_are_not_taken_for_new_ones(ground: Ground) -> None:
    ground.deliver(numbered(1))
    ground.deliver(numbered(2))
    ground.mailbox.listing()
    ground.remove(1)
    before = ground.mailbox.listing()
    assert before.uids == (2,)
    ground.renumber()
    after = ground.mailbox.listing()
    assert after.uidvalidity != before.uidvalidity
    assert after.uids == (1,)
    assert b"".join(ground.mailbox.fetch(place(after, 1))) == numbered(2)
    with pytest.raises(MailboxError, match="list it again"):
        b"".join(ground.mailbox.fetch(place(before, 2)))
    with pytest.raises(MailboxError, match="list it again"):
        ground.mailbox.sightings(before, before.uids)


def test_after_everything_is_known_only_what_is_new_is_listed(ground: Ground) -> None:
    ground.deliver()
    ground.deliver()
    first = ground.mailbox.listing()
    ground.mailbox.settled(first)
    assert ground.mailbox.listing().uids == ()
    ground.mailbox.settled(first)
    ground.deliver()
    news = ground.mailbox.listing()
    assert (news.uids, news.count, news.highest) == ((3,), 3, 3)
    ground.mailbox.settled(news)
    ground.deliver()
    assert ground.mailbox.listing().uids == (4,)
    assert ground.mailbox.listing().uids == (1, 2, 3, 4), "a round that was not settled has proved nothing"


def test_where_the_number_does_not_add_up_everything_is_listed(ground: Ground) -> None:
    for _ in range(3):
        ground.deliver()
    ground.mailbox.settled(ground.mailbox.listing())
    ground.remove(2)
    ground.deliver()
    assert ground.mailbox.listing().uids == (1, 3, 4)


def test_a_renumbered_folder_is_listed_as_a_whole(ground: Ground) -> None:
    ground.deliver()
    ground.mailbox.settled(ground.mailbox.listing())
    ground.renumber()
    ground.deliver()
    assert ground.mailbox.listing().uids == (1, 2)


def test_mail_is_filed_by_its_number_alone(ground: Ground) -> None:
    for number in (1, 2, 3):
        ground.deliver(numbered(number))
    listing = ground.mailbox.listing()
    ground.mailbox.file_away(listing, {1, 3}, "已处理")
    assert ground.mailbox.listing().uids == (2,)
    assert b"".join(ground.mailbox.fetch(place(listing, 2))) == numbered(2)
    ground.mailbox.file_away(listing, (), "已处理")
    assert ground.mailbox.listing().uids == (2,)


def test_waiting_ends_with_its_time(ground: Ground) -> None:
    ground.mailbox.listing()
    began = time.monotonic()
    ground.mailbox.wait(0.3)
    assert 0.25 <= time.monotonic() - began < 3


def test_new_mail_ends_the_waiting_early(ground: Ground) -> None:
    ground.mailbox.listing()
    threading.Timer(0.3, ground.deliver).start()
    began = time.monotonic()
    ground.mailbox.wait(30)
    assert time.monotonic() - began < 10
    assert ground.mailbox.listing().uids == (1,)


def test_closing_from_another_thread_ends_the_waiting_soon_and_for_good(ground: Ground) -> None:
    ground.mailbox.listing()
    threading.Timer(0.2, ground.mailbox.close).start()
    began = time.monotonic()
    ground.mailbox.wait(30)
    assert time.monotonic() - began < 3
    ground.mailbox.close()
    with pytest.raises(MailboxError, match="closed"):
        ground.mailbox.listing()


# ---------------------------------------------------------------- the real ones: nothing is changed


def test_reading_changes_no_flag_and_deletes_nothing_that_staff_had_marked(account: ImapAccount) -> None:
    for _ in range(2):
        account.deliver(MAIL)
    account.mark(1, "\\Deleted")
    before = account.flags()
    assert before == {1: {"\\Deleted"}, 2: set()}
    mailbox = Mailbox(account.config())
    listing = mailbox.listing()
    mailbox.sightings(listing, listing.uids)
    for uid in listing.uids:
        b"".join(mailbox.fetch(place(listing, uid)))
    mailbox.wait(0.1)
    mailbox.close()
    assert account.flags() == before


def test_no_call_that_changes_a_mailbox_stands_in_the_program() -> None:
    """imap-tools expunges what staff had marked \\Deleted when it sets any flag."""
    forbidden = re.compile(r"\.(flag|delete|move|expunge|login_utf8)\(")
    sources = list(Path(mailbot.__file__).parent.rglob("*.py"))
    assert "imap.py" in {path.name for path in sources}
    assert [path.name for path in sources if forbidden.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("way", ["MOVE", "UIDPLUS"])
def test_what_staff_had_marked_as_deleted_survives_the_filing_of_other_mail(
    account: ImapAccount, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    with account.session() as box:
        if way not in box.client.capabilities:
            pytest.skip(f"this server has no {way}")
    monkeypatch.setattr(imap_filing.FilingSession, "way_to_file", way)
    for _ in range(2):
        account.deliver(MAIL)
    account.mark(1, "\\Deleted")
    mailbox = Mailbox(account.config())
    mailbox.file_away(mailbox.listing(), {2}, "已处理/2021")
    assert account.flags() == {1: {"\\Deleted"}}
    assert len(account.flags("已处理/2021")) == 1
    mailbox.file_away(mailbox.listing(), {1}, "已处理/2021")
    assert len(account.flags("已处理/2021")) == 2
    mailbox.close()


@pytest.mark.parametrize("written", ["已处理/2021", "已处理\\2021", "INBOX.已处理.2021", "inbox.已处理.2021"])
def test_mail_is_filed_to_a_folder_however_its_name_is_written(account: ImapAccount, written: str) -> None:
    account.create_folder("已处理")
    account.create_folder("已处理/2021")
    account.deliver(MAIL)
    mailbox = Mailbox(account.config(file_to=written))
    mailbox.file_away(mailbox.listing(), {1}, written)
    assert len(account.flags("已处理/2021")) == 1
    assert account.flags() == {}
    (found,) = [sentence for sentence in mailbox.check() if "is moved to" in sentence]
    assert f"is moved to the folder {account.called('已处理/2021')}, which holds 1 messages, by " in found
    mailbox.close()


def test_the_check_of_filing_makes_no_folder(account: ImapAccount) -> None:
    mailbox = Mailbox(account.config(file_to="已处理"))
    for _ in range(2):
        found = " / ".join(mailbox.check())
        assert f"is moved to the folder {account.called('已处理')}, which is made when there is such mail, by " in found
    with account.session() as box:
        assert not [folder for folder in box.folder.list() if "已处理" in folder.name]
    mailbox.close()


@pytest.mark.parametrize(
    ("folder", "told"),
    [("已处理", r"may put nothing into the folder \S*已处理 of"), ("INBOX", "may only read the folder INBOX of")],
)
def test_the_check_of_filing_tells_of_rights_that_are_missing(account: ImapAccount, folder: str, told: str) -> None:
    account.create_folder("已处理")
    with account.session() as box:
        if "ACL" not in box.client.capabilities:
            pytest.skip("this server knows no rights")
        name = encode_folder(account.called(folder)).decode()
        box.client.setacl(name, account.user, "lra")
        granted = box.client.myrights(name)[1][0].split()[-1]
        if b"i" in granted:
            pytest.skip("this server lets nobody take rights from an owner")
    mailbox = Mailbox(account.config(file_to="已处理"))
    with pytest.raises(MailboxError, match=rf"{told} 127\.0\.0\.1; have the server's administrator grant it"):
        mailbox.check()
    mailbox.close()


def test_filing_to_the_folder_that_is_read_is_a_fault(account: ImapAccount) -> None:
    account.create_folder("统计表")
    account.deliver(MAIL, folder="统计表")
    mailbox = Mailbox(account.config(folder="统计表", file_to="INBOX.统计表"))
    with pytest.raises(MailboxError, match="file_to is the folder that is read"):
        mailbox.check()
    with pytest.raises(MailboxError, match="file_to is the folder that is read"):
        mailbox.file_away(mailbox.listing(), {1}, "INBOX.统计表")
    assert len(account.flags("统计表")) == 1
    mailbox.close()


def test_new_mail_is_told_within_seconds_after_a_filing_that_was_refused(account: ImapAccount) -> None:
    account.deliver(MAIL)
    mailbox = Mailbox(account.config())
    with pytest.raises(MailboxError, match=r"mailbox office: 127\.0\.0\.1 does not make the folder .*it has: INBOX"):
        mailbox.file_away(mailbox.listing(), {1}, "a*%b" * 200)
    assert mailbox.listing().uids == (1,)
    threading.Timer(0.3, account.deliver, [MAIL]).start()
    began = time.monotonic()
    mailbox.wait(60)
    assert time.monotonic() - began < 10
    assert mailbox.listing().uids == (1, 2)
    mailbox.close()


def test_the_numbers_of_messages_stay_the_same_on_every_connection(account: ImapAccount) -> None:
    account.deliver(MAIL)
    found = []
    for _ in range(2):
        mailbox = Mailbox(account.config())
        found.append(mailbox.listing())
        mailbox.close()
        time.sleep(1.1)  # servers make UIDVALIDITY of the time
    assert found[0] == found[1]


def test_courier_gives_no_number_to_a_second_message(courier: CourierAccount) -> None:
    courier.deliver(numbered(1))
    mailbox = Mailbox(courier.config())
    before = mailbox.listing()
    courier.vanish()
    courier.deliver(numbered(2))
    after = mailbox.listing()
    assert (before.uids, after.uids) == ((1,), (2,))
    assert before.uidvalidity == after.uidvalidity
    mailbox.close()


def test_a_server_that_cannot_move_safely_is_not_asked_to(scripted_imap: Scripted) -> None:
    server = scripted_imap()
    mailbox = Mailbox(server.config(file_to="已处理"))
    with pytest.raises(MailboxError, match=r"neither MOVE nor UIDPLUS.*take file_to out"):
        mailbox.file_away(mailbox.listing(), {5}, "已处理")
    with pytest.raises(MailboxError, match="neither MOVE nor UIDPLUS"):
        mailbox.check()
    assert not [c for c in server.log if re.search("STORE|COPY|MOVE|EXPUNGE|SELECT|CREATE", c)]


@pytest.mark.parametrize("written", ["统计表/2021", "统计表.2021", "INBOX.统计表.2021"])
def test_a_chinese_folder_is_read_like_any_other_however_its_name_is_written(
    account: ImapAccount, written: str
) -> None:
    account.create_folder("统计表")
    account.create_folder("统计表/2021")
    account.deliver(MAIL, NOON, folder="统计表/2021")
    mailbox = Mailbox(account.config(folder=written))
    listing = mailbox.listing()
    assert listing.folder == written
    assert b"".join(mailbox.fetch(place(listing, 1))) == MAIL
    mailbox.close()


def test_a_folder_that_is_missing_is_named_with_those_that_exist(account: ImapAccount) -> None:
    account.create_folder("统计表")
    called = account.called("Tables")
    there = "" if called == "Tables" else rf" \(there it would be called {called}\)"
    with pytest.raises(
        MailboxError,
        match=rf"mailbox office: 127\.0\.0\.1 has no folder Tables{there}; it has .*{account.called('统计表')}.*; "
        r"write one of them as folder in \[\[mailbox\]\]",
    ) as caught:
        Mailbox(account.config(folder="Tables")).listing()
    assert not isinstance(caught.value, LoginRefused)


def test_the_check_tells_what_was_found(account: ImapAccount) -> None:
    account.deliver(MAIL)
    mailbox = Mailbox(account.config())
    found = " / ".join(mailbox.check())
    assert "IDLE" in found
    assert "INBOX holds 1 messages" in found
    mailbox.close()


def test_the_check_tells_the_name_of_the_server(dovecot: Account) -> None:
    mailbox = Mailbox(dovecot.config())
    assert "it calls itself Dovecot" in mailbox.check()[0]
    mailbox.close()


def test_a_server_of_another_make_is_read_just_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedImap() as server:
        monkeypatch.setenv(PASSWORD_ENV, server.password)
        mailbox = Mailbox(mailbox_config(imap_port=server.port, username=server.user), timeout=10)
        assert mailbox.listing().uids == ()
        server.deliver(MAIL, NOON)
        listing = mailbox.listing()
        (seen,) = mailbox.sightings(listing, listing.uids)
        assert (seen.received_at, seen.size) == (NOON, len(MAIL))
        assert b"".join(mailbox.fetch(seen.place)) == MAIL
        mailbox.close()


# ---------------------------------------------------------------- log-in and TLS


def test_a_wrong_password_is_refused_with_the_remedy_and_without_the_password(
    dovecot: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_ENV, "not-the-password")
    with pytest.raises(LoginRefused, match="客户端授权码") as caught:
        Mailbox(dovecot.config()).listing()
    assert "not-the-password" not in "".join(traceback.format_exception(caught.value))
    assert "mailbox office" in str(caught.value)


def test_a_server_that_repeats_the_password_does_not_get_it_into_the_message(scripted_imap: Scripted) -> None:
    server = scripted_imap({"LOGIN": [b"NO wrong: user secret"]})
    with pytest.raises(LoginRefused) as caught:
        Mailbox(server.config()).listing()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("secret", ["密码", "two\nlines"])
def test_a_password_that_imap_cannot_carry_is_a_sentence(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv(PASSWORD_ENV, secret)
    server = scripted_imap()
    with pytest.raises(LoginRefused, match="authorization code") as caught:
        Mailbox(server.config()).listing()
    assert secret not in str(caught.value)
    assert "LOGIN" not in " ".join(server.log)


def test_no_password_at_all_is_a_fault_of_the_configuration(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSWORD_ENV)
    with pytest.raises(ConfigError, match=PASSWORD_ENV):
        Mailbox(scripted_imap().config()).listing()


def test_a_password_is_not_sent_to_a_server_that_forbids_it(scripted_imap: Scripted) -> None:
    server = scripted_imap({"CAPABILITY": [b"* CAPABILITY IMAP4rev1 LOGINDISABLED", b"OK done"]})
    with pytest.raises(MailboxError, match="starttls"):
        Mailbox(server.config()).listing()
    assert server.log == ["CAPABILITY"]


def test_a_busy_server_is_not_a_wrong_password(scripted_imap: Scripted) -> None:
    server = scripted_imap({"LOGIN": ["NO 登录过于频繁，请稍后再试".encode("gb18030")]})
    with pytest.raises(MailboxError, match="过于频繁") as caught:
        Mailbox(server.config()).listing()
    assert not isinstance(caught.value, LoginRefused)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused_and_a_ca_file_makes_it_good(
    dovecot: Account, security: str
) -> None:
    port = dovecot.server.tls_port if security == "tls" else dovecot.server.port
    with pytest.raises(MailboxError, match=r"certificate .*is not trusted.*ca_file"):
        Mailbox(dovecot.config(security=security, imap_port=port)).listing()
    mailbox = Mailbox(dovecot.config(security=security, imap_port=port, ca_file=dovecot.server.ca_file))
    assert mailbox.listing().uids == ()
    dovecot.deliver(MAIL)
    mailbox.wait(10)
    assert mailbox.listing().uids == (1,)
    mailbox.close()


def test_a_certificate_of_another_host_is_refused(dovecot: Account) -> None:
    server = dovecot.server
    config = dovecot.config(security="tls", imap_port=server.tls_port, ca_file=server.ca_file, host="127.0.0.2")
    with pytest.raises(MailboxError, match=r"127\.0\.0\.2"):
        Mailbox(config).listing()


def test_a_ca_file_that_is_none_is_a_fault_of_the_configuration(dovecot: Account, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing\n")
    with pytest.raises(ConfigError, match=r"ca\.pem"):
        Mailbox(dovecot.config(security="tls", ca_file=tmp_path / "ca.pem")).listing()


def test_a_token_is_handed_over_and_never_a_password(scripted_imap: Scripted) -> None:
    server = scripted_imap({"AUTHENTICATE": [b"+ "], "TOKEN": [b"OK welcome"]})
    assert Mailbox(server.config(auth="xoauth2")).listing().uids == (5,)
    said = base64.b64decode(server.log[server.log.index("AUTHENTICATE XOAUTH2") + 1])
    assert said == b"user=office@example.org\x01auth=Bearer secret\x01\x01"
    assert not [c for c in server.log if c.startswith("LOGIN")]


def test_a_token_is_handed_over_though_passwords_are_forbidden(scripted_imap: Scripted) -> None:
    server = scripted_imap(
        {
            "CAPABILITY": [b"* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2", b"OK done"],
            "AUTHENTICATE": [b"+ "],
            "TOKEN": [b"OK welcome"],
        }
    )
    assert Mailbox(server.config(auth="xoauth2")).listing().uids == (5,)


def test_a_token_that_is_refused_is_told_without_the_token(scripted_imap: Scripted) -> None:
    reasons = base64.b64encode(b'{"status":"401","schemes":"bearer"}')
    server = scripted_imap(
        {"AUTHENTICATE": [b"+ "], "TOKEN": [b"+ " + reasons], "": [b"NO AUTHENTICATE failed secret."]}
    )
    with pytest.raises(LoginRefused, match="refuses the access token") as caught:
        Mailbox(server.config(auth="xoauth2")).listing()
    assert "secret" not in str(caught.value)
    assert "授权码" not in str(caught.value)


def test_a_provider_without_passwords_says_what_to_write(scripted_imap: Scripted) -> None:
    server = scripted_imap({"LOGIN": [b"NO Basic authentication is disabled."]})
    with pytest.raises(LoginRefused, match='write auth = "xoauth2"'):
        Mailbox(server.config()).listing()


def test_a_connection_that_is_let_in_before_it_says_who_it_is_is_not_used(scripted_imap: Scripted) -> None:
    """PREAUTH: somebody may have slipped in before TLS began."""
    with pytest.raises(MailboxError):
        Mailbox(scripted_imap(greeting=b"* PREAUTH welcome").config()).listing()


# ---------------------------------------------------------------- servers that are not there


def test_a_server_that_is_not_there_is_a_sentence_within_seconds() -> None:
    port = free_port()
    began = time.monotonic()
    with pytest.raises(MailboxError, match=rf"mailbox office: nothing listens at 127\.0\.0\.1:{port}"):
        Mailbox(mailbox_config(imap_port=port)).listing()
    assert time.monotonic() - began < 5


def test_a_host_that_nobody_knows_is_a_sentence() -> None:
    with pytest.raises(MailboxError, match=r"the host mail\.invalid is not known"):
        Mailbox(mailbox_config(host="mail.invalid")).listing()


@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_never_says_a_word_is_left_within_the_timeout(security: str) -> None:
    with SilentServer() as server:
        began = time.monotonic()
        with pytest.raises(MailboxError, match=r"has not answered within 0\.5 seconds"):
            Mailbox(mailbox_config(imap_port=server.port, security=security), timeout=0.5).listing()
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("half", [None, [b"* 1 FETCH (UID 5 BODY[] {1000}\r\nonly the start"]])
def test_a_server_that_falls_silent_is_left_within_the_timeout(
    scripted_imap: Scripted, half: list[bytes] | None
) -> None:
    mailbox = Mailbox(scripted_imap({"UID FETCH": half}).config(), timeout=0.5)
    began = time.monotonic()
    with pytest.raises(MailboxError, match="has not answered"):
        b"".join(mailbox.fetch(Place("office", "INBOX", 7, 5)))
    assert time.monotonic() - began < 5


def test_a_server_that_hangs_up_again_and_again_is_tried_twice_and_then_left(scripted_imap: Scripted) -> None:
    server = scripted_imap()
    mailbox = Mailbox(server.config())
    mailbox.listing()
    server.script["UID FETCH"] = HANG_UP
    with pytest.raises(MailboxError, match="another try"):
        mailbox.listing()
    assert server.connections == 2
    mailbox.close()


def test_a_server_that_ended_a_quiet_connection_is_asked_again(scripted_imap: Scripted) -> None:
    server = scripted_imap()
    mailbox = Mailbox(server.config())
    mailbox.listing()
    server.hang_up()
    assert mailbox.listing().uids == (5,)
    assert server.connections == 2
    mailbox.close()


def test_a_greeting_that_turns_us_away_is_a_sentence(scripted_imap: Scripted) -> None:
    server = scripted_imap(greeting=b"* BYE too many connections")
    with pytest.raises(MailboxError, match="too many connections") as caught:
        Mailbox(server.config()).listing()
    assert not isinstance(caught.value, LoginRefused)


def test_closing_ends_a_read_that_waits_for_a_silent_server(scripted_imap: Scripted) -> None:
    mailbox = Mailbox(scripted_imap({"UID FETCH": None}).config())
    threading.Timer(0.2, mailbox.close).start()
    began = time.monotonic()
    with pytest.raises(MailboxError):
        mailbox.listing()
    assert time.monotonic() - began < 5


# ---------------------------------------------------------------- the protocol


def test_capabilities_are_read_after_log_in_and_the_name_is_told_before_a_folder_is_opened(
    scripted_imap: Scripted,
) -> None:
    server = scripted_imap()
    mailbox = Mailbox(server.config())
    mailbox.listing()
    server.hang_up()
    mailbox.listing()
    mailbox.close()
    verbs = [command.split()[0] for command in server.log]
    once = ["CAPABILITY", "LOGIN", "CAPABILITY", "ID", "EXAMINE"]
    assert [v for v in verbs if v in once] == [*once, *once]
    (name,) = {command for command in server.log if command.startswith("ID")}
    assert re.fullmatch(r'ID \("[^()]*"\)', name), "no blanks inside the parentheses"


def test_a_server_that_knows_no_id_gets_none(scripted_imap: Scripted) -> None:
    server = scripted_imap({"CAPABILITY": [b"* CAPABILITY IMAP4rev1", b"OK done"]})
    Mailbox(server.config()).listing()
    assert not [command for command in server.log if command.startswith("ID")]


def test_a_server_that_refuses_id_is_read_all_the_same(scripted_imap: Scripted) -> None:
    assert Mailbox(scripted_imap({"ID": [b"BAD Parse command error"]}).config()).listing().uids == (5,)


def test_an_unsafe_login_says_what_to_do(scripted_imap: Scripted) -> None:
    server = scripted_imap({"EXAMINE": [b"NO EXAMINE Unsafe Login. Please contact us"]})
    with pytest.raises(MailboxError, match="allow IMAP clients"):
        Mailbox(server.config()).listing()


def test_an_empty_folder_is_asked_for_nothing(scripted_imap: Scripted) -> None:
    server = scripted_imap({"EXAMINE": [b"* 0 EXISTS", b"* OK [UIDVALIDITY 7] stays", b"OK done"]})
    assert Mailbox(server.config()).listing().uids == ()
    assert not [command for command in server.log if "FETCH" in command or "SEARCH" in command]


def test_a_provider_that_needs_a_name_is_told_one_though_it_does_not_ask(scripted_imap: Scripted) -> None:
    server = scripted_imap({"CAPABILITY": [b"* CAPABILITY IMAP4rev1", b"OK done"]})
    Mailbox(server.config(provider="163")).listing()
    assert [c for c in server.log if c.startswith("ID")]


def test_a_folder_without_uidnext_and_with_one_uidvalidity_for_ever_is_read(scripted_imap: Scripted) -> None:
    server = scripted_imap({"EXAMINE": [b"* 1 EXISTS", b"* OK [UIDVALIDITY 1] ok", b"OK done"]})
    assert Mailbox(server.config(provider="139")).listing() == Listing("INBOX", 1, (5,))


def test_a_list_that_names_fewer_than_there_are_is_asked_for_in_another_way(scripted_imap: Scripted) -> None:
    server = scripted_imap(
        {
            "EXAMINE": [b"* 3 EXISTS", b"* OK [UIDVALIDITY 7] stays", b"OK done"],
            "UID FETCH": [b"* 1 FETCH (UID 5)", b"OK done"],
            "UID SEARCH": [b"* SEARCH 5 6", b"OK done"],
            "FETCH": [b"* 3 FETCH (UID 9)", b"OK done"],
        }
    )
    assert Mailbox(server.config()).listing().uids == (5, 6, 9)


def test_a_folder_that_is_said_to_hold_more_than_any_way_names_is_opened_anew(scripted_imap: Scripted) -> None:
    three = [b"* 3 EXISTS", b"* OK [UIDVALIDITY 7] stays", b"OK done"]
    one = [b"* 1 EXISTS", b"* OK [UIDVALIDITY 7] stays", b"OK done"]
    answers = {"UID FETCH": [b"* 1 FETCH (UID 5)", b"OK done"], "UID SEARCH": [b"* SEARCH 5", b"OK done"]}
    server = scripted_imap({"EXAMINE": three, "FETCH": [b"* 1 FETCH (UID 5)", b"OK done"], **answers})
    mailbox = Mailbox(server.config())
    assert mailbox.listing() == Listing("INBOX", 7, (5,), unnamed=2)
    assert len([command for command in server.log if command.startswith("EXAMINE")]) == 2
    opened = [three, one]
    server.script["EXAMINE"] = lambda _: opened.pop(0)
    assert mailbox.listing() == Listing("INBOX", 7, (5,)), "a colleague had removed the others"
    mailbox.close()


def test_the_last_message_is_not_new_though_every_range_names_it(scripted_imap: Scripted) -> None:
    """RFC 3501 section 6.4.8: `6:*` holds the last message even where its UID is 5."""
    server = scripted_imap()
    mailbox = Mailbox(server.config())
    mailbox.settled(mailbox.listing())
    assert mailbox.listing() == Listing("INBOX", 7, (), above=5, below=1)
    assert server.log[-1] == "UID FETCH 6:* (UID)"


def test_everything_is_listed_again_after_an_hour_and_after_any_error(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = scripted_imap()
    mailbox = Mailbox(server.config())
    monkeypatch.setattr(imap, "RECONCILE_SECONDS", 0.5)
    mailbox.settled(mailbox.listing())
    only_new = mailbox.listing()
    mailbox.settled(only_new)
    assert only_new.uids == ()
    time.sleep(0.6)
    assert mailbox.listing().uids == (5,), "an hour counts from the last whole list"
    mailbox.settled(mailbox.listing())
    good, server.script["UID FETCH"] = server.script["UID FETCH"], [b"BAD no"]
    with pytest.raises(MailboxError):
        b"".join(mailbox.fetch(Place("office", "INBOX", 7, 5)))
    server.script["UID FETCH"] = good
    assert mailbox.listing().uids == (5,)


def test_a_message_that_is_not_handed_out_does_not_hide_the_others(scripted_imap: Scripted) -> None:
    server = scripted_imap({"UID FETCH": [b"NO [SERVERBUG] internal error"]})
    mailbox = Mailbox(server.config())
    with pytest.raises(MessageRefused, match=r"does not hand out message 5 \(NO \[SERVERBUG\].*look at it"):
        b"".join(mailbox.fetch(Place("office", "INBOX", 7, 5)))


def test_a_message_of_50_mb_is_never_in_memory_as_a_whole(dovecot: Account) -> None:
    raw = b"Subject: large\r\n\r\n" + b"0123456789abcde\r\n" * (3 * 2**20)
    dovecot.deliver(raw)
    mailbox = Mailbox(dovecot.config())
    listing = mailbox.listing()
    (seen,) = mailbox.sightings(listing, listing.uids)
    tracemalloc.start()
    whole = hashlib.sha256()
    for piece in mailbox.fetch(seen.place, seen.size):
        whole.update(piece)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    mailbox.close()
    assert whole.digest() == hashlib.sha256(raw).digest()
    assert most < 5 * imap_session.PIECE < len(raw) / 2


class Handing:
    """Hands out message 5 as told: `answers` one after the other to what asks for all of it or for a piece, the last
    one again and again; with None instead, what the command asks of `raw`."""

    def __init__(self, raw: bytes, *answers: bytes) -> None:
        self.raw, self.answers = raw, list(answers)

    def __call__(self, command: str) -> list[bytes]:
        asked = re.search(r"BODY\.PEEK(\[\w*\])(?:<(\d+)\.(\d+)>)?", command)
        assert asked
        section, start, most = asked[1], int(asked[2] or 0), int(asked[3] or 2**63)
        body = self.raw[start : start + most]
        if self.answers:
            body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        name = f"BODY{section}<{start}>" if asked[2] else f"BODY{section}"
        return [b"* 1 FETCH (UID 5 %s {%d}\r\n%s)" % (name.encode(), len(body), body), b"OK done"]


def fetched(server: ScriptedImap, size: int) -> bytes:
    mailbox = Mailbox(server.config())
    try:
        return b"".join(mailbox.fetch(Place("office", "INBOX", 7, 5), size))
    finally:
        mailbox.close()


@pytest.mark.parametrize("cut", [b"", b"Subject: o", LONG[:2499]])
def test_much_less_than_was_announced_is_no_message(scripted_imap: Scripted, cut: bytes) -> None:
    server = scripted_imap({"UID FETCH": Handing(LONG, cut)})
    with pytest.raises(MessageRefused, match=rf"announces 5000 bytes for message 5 and hands out {len(cut)}; look at"):
        fetched(server, 5000)
    server.script["UID FETCH"] = Handing(LONG, cut, LONG)
    assert fetched(server, 5000) == LONG, "it is asked for twice"


@pytest.mark.parametrize("size", [1, 4000, 6200, 9998])
def test_a_size_that_is_none_too_exact_keeps_no_message_out(scripted_imap: Scripted, size: int) -> None:
    """Exchange estimates it; others count line ends otherwise, or what is decoded."""
    assert fetched(scripted_imap({"UID FETCH": Handing(LONG)}), size) == LONG


def test_a_message_of_no_bytes_that_is_announced_as_such_is_one(scripted_imap: Scripted) -> None:
    assert fetched(scripted_imap({"UID FETCH": Handing(b"")}), 0) == b""


@pytest.mark.parametrize("size", [2600, 4000, 5000, 6200, 9998])
def test_the_pieces_of_a_message_end_where_nothing_more_comes(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(imap_session, "PIECE", 2000)
    assert fetched(scripted_imap({"UID FETCH": Handing(LONG)}), size) == LONG
    short = Handing(LONG, LONG[:700], LONG[700:1000], b"", LONG[1000:3000], LONG[3000:4999], LONG[4999:], b"")
    assert fetched(scripted_imap({"UID FETCH": short}), size) == LONG, "a short piece is no end, nor one that is empty"


def test_the_pieces_of_a_message_that_end_too_early_or_never_are_none(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_session, "PIECE", 2000)
    with pytest.raises(MessageRefused, match="announces 5000 bytes for message 5 and hands out 2000"):
        fetched(scripted_imap({"UID FETCH": Handing(LONG, LONG[:2000], b"")}), 5000)
    with pytest.raises(MessageRefused, match="announces 5000 bytes for message 5 and hands out 12000"):
        fetched(scripted_imap({"UID FETCH": Handing(LONG, LONG[:2000])}), 5000)


def test_a_large_message_that_vanishes_between_two_pieces_is_no_message(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_session, "PIECE", 2000)
    server = scripted_imap({"UID FETCH": Handing(LONG)})
    pieces = Mailbox(server.config()).fetch(Place("office", "INBOX", 7, 5), 5000)
    assert next(pieces) == LONG[:2000]
    server.script["UID FETCH"] = [b"OK done"]
    with pytest.raises(MessageRefused, match="message 5 is no longer in INBOX"):
        next(pieces)


def test_pieces_of_a_folder_that_is_renumbered_between_them_are_not_put_together(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_session, "PIECE", 2000)
    server = scripted_imap({"UID FETCH": Handing(LONG)})
    pieces = Mailbox(server.config()).fetch(Place("office", "INBOX", 7, 5), 5000)
    assert next(pieces) == LONG[:2000]
    server.script["EXAMINE"] = [b"* 1 EXISTS", b"* OK [UIDVALIDITY 8] new", b"OK done"]
    server.hang_up()
    with pytest.raises(MailboxError, match="list it again"):
        next(pieces)


def test_a_log_in_that_is_refused_between_two_pieces_is_not_insisted_on(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_session, "PIECE", 2000)
    server = scripted_imap({"UID FETCH": Handing(LONG)})
    pieces = Mailbox(server.config()).fetch(Place("office", "INBOX", 7, 5), 5000)
    assert next(pieces) == LONG[:2000]
    server.script["LOGIN"] = [b"NO [AUTHENTICATIONFAILED] wrong"]
    server.hang_up()
    with pytest.raises(LoginRefused):
        next(pieces)
    assert len([command for command in server.log if command.startswith("LOGIN")]) == 2


def test_an_empty_header_is_asked_for_twice_and_then_refused(scripted_imap: Scripted) -> None:
    server = scripted_imap({"UID FETCH": Handing(LONG, b"", MAIL)})
    mailbox = Mailbox(server.config())
    assert mailbox.head(Place("office", "INBOX", 7, 5)) == MAIL
    server.script["UID FETCH"] = Handing(LONG, b"")
    with pytest.raises(MessageRefused, match="message 5 comes without a header; look at it"):
        mailbox.head(Place("office", "INBOX", 7, 5))
    mailbox.close()


def test_a_server_that_refuses_to_list_by_fetch_is_searched_without_charset_or_parentheses(
    scripted_imap: Scripted,
) -> None:
    server = scripted_imap({"UID FETCH": [b"BAD Sequence set"], "UID SEARCH": [b"* SEARCH 9 5", b"OK done"]})
    assert Mailbox(server.config()).listing().uids == (5, 9)
    assert "UID SEARCH ALL" in server.log


def test_a_server_that_refuses_both_is_asked_by_number(scripted_imap: Scripted) -> None:
    refused = {"UID FETCH": [b"BAD no"], "UID SEARCH": [b"BAD no"]}
    server = scripted_imap({**refused, "FETCH": [b"* 1 FETCH (UID 5)", b"OK done"]})
    assert Mailbox(server.config()).listing().uids == (5,)
    with pytest.raises(MailboxError, match="BAD"):
        Mailbox(scripted_imap({**refused, "FETCH": [b"BAD no"]}).config()).listing()


def test_lines_that_nobody_asked_for_do_not_mislabel_a_message(scripted_imap: Scripted) -> None:
    noise = [b"* 9 FETCH (FLAGS (\\Seen))", b"* 3 EXISTS", b"* 1 EXPUNGE", b"* 2 FETCH (UID 6 FLAGS ())"]
    real = b"* 1 FETCH (FLAGS () BODY[] {4}\r\nbody UID 5)"
    server = scripted_imap({"UID FETCH": [*noise, real, *noise, b"OK done"]})
    mailbox = Mailbox(server.config())
    assert b"".join(mailbox.fetch(Place("office", "INBOX", 7, 5))) == b"body"
    with pytest.raises(MailboxError, match="no longer"):
        b"".join(mailbox.fetch(Place("office", "INBOX", 7, 6)))
    server.script["UID FETCH"] = [*noise, b'* 1 FETCH (UID 5 INTERNALDATE "01-Sep-2021 08:00:00 +0800")', b"OK done"]
    seen = mailbox.sightings(Listing("INBOX", 7, (5, 6)), (5, 6))
    assert [s.place.uid for s in seen] == [5]
    mailbox.close()


def test_nothing_is_said_that_could_change_a_mailbox(scripted_imap: Scripted) -> None:
    server = scripted_imap()
    mailbox = Mailbox(server.config())
    listing = mailbox.listing()
    mailbox.sightings(listing, listing.uids)
    b"".join(mailbox.fetch(place(listing, 5)))
    mailbox.check()
    mailbox.close()
    assert {command.split()[0] for command in server.log} == {"CAPABILITY", "LOGIN", "ID", "EXAMINE", "UID", "LOGOUT"}
    assert [command for command in server.log if command.startswith("UID")] == [
        "UID FETCH 1:* (UID)",
        *["UID FETCH 5 (UID INTERNALDATE RFC822.SIZE)"] * 2,
        "UID FETCH 5 (UID BODY.PEEK[])",
    ]


def test_no_command_names_more_than_a_hundred_messages(scripted_imap: Scripted) -> None:
    server = scripted_imap()
    many = tuple(range(1, 206))
    Mailbox(server.config()).sightings(Listing("INBOX", 7, many), many)
    asked = [command.split()[2].count(",") + 1 for command in server.log if command.startswith("UID FETCH")]
    assert asked == [100, 100, 100, 100, 5, 5], "each batch once more, for nothing came back"


def test_what_an_answer_leaves_out_is_asked_for_once_more(scripted_imap: Scripted) -> None:
    line = b'* 1 FETCH (UID 5 RFC822.SIZE 3 INTERNALDATE "01-Sep-2021 08:00:00 +0800")'
    server = scripted_imap({"UID FETCH": [line, b"OK done"]})
    mailbox = Mailbox(server.config())
    assert len(mailbox.sightings(Listing("INBOX", 7, (5, 6)), (5, 6))) == 1
    asked = [command.split()[2] for command in server.log if command.startswith("UID FETCH")]
    assert asked == ["5,6", "6"]


@pytest.mark.parametrize("size", [b"much", b"-1", b"9223372036854775808"])
def test_a_size_and_a_time_of_arrival_that_are_none_keep_no_message_out(scripted_imap: Scripted, size: bytes) -> None:
    line = b'* 1 FETCH (UID 5 RFC822.SIZE %s INTERNALDATE "00-Jan-0000 00:00:00 +0000")' % size
    mailbox = Mailbox(scripted_imap({"UID FETCH": [line, b"OK done"]}).config())
    (seen,) = mailbox.sightings(Listing("INBOX", 7, (5,)), (5,))
    assert abs(datetime.now(UTC) - seen.received_at) < timedelta(minutes=1), "it was seen now"
    assert seen.size == 0


@pytest.mark.parametrize(
    ("idle", "done"),
    [
        ([b"+ idling\r\n* 2 EXISTS"], [b"OK done"]),
        ([b"* 2 EXISTS", b"+ idling"], [b"OK done"]),
        ([b"+ idling\r\n* 2 EXI" + SPLIT + b"STS"], [b"OK done"]),
        ([b"+ idling", b"* OK Still here", b"* 2 EXISTS"], [b"* 3 EXISTS", b"OK done"]),
        ([b"+ idling\r\n* 2 EXISTS"], [b"OK done\r\n* 3 EXI" + SPLIT + b"STS\r\n* 1 RECENT"]),
    ],
    ids=["joined", "early", "split", "chatty", "afterwards"],
)
def test_a_hint_ends_the_waiting_however_it_comes(
    scripted_imap: Scripted, idle: list[bytes], done: list[bytes]
) -> None:
    server = scripted_imap({"CAPABILITY": [b"* CAPABILITY IMAP4rev1 IDLE", b"OK done"], "IDLE": idle, "DONE": done})
    mailbox = Mailbox(server.config())
    mailbox.listing()
    began = time.monotonic()
    mailbox.wait(20)
    assert time.monotonic() - began < 5
    assert mailbox.listing().uids == (5,)
    assert server.connections == 1
    mailbox.close()


@pytest.mark.parametrize(
    "idle",
    [HANG_UP, [b"BAD no such command"], [b"+ idling", b"* BYE maintenance", b""], None, [b"+ idling"]],
    ids=["hung-up", "refused", "bye", "silent", "never-done"],
)
def test_a_broken_idle_only_costs_the_hint(scripted_imap: Scripted, idle: list[bytes] | None) -> None:
    server = scripted_imap({"CAPABILITY": [b"* CAPABILITY IMAP4rev1 IDLE", b"OK done"], "IDLE": idle, "DONE": None})
    mailbox = Mailbox(server.config(), timeout=0.3)
    mailbox.listing()
    began = time.monotonic()
    mailbox.wait(0.8)
    assert 0.75 <= time.monotonic() - began < 4
    assert mailbox.listing().uids == (5,)
    mailbox.close()


@pytest.mark.parametrize(("idle", "connections"), [(None, 3), ([b"+ idling"], 2)], ids=["before", "meanwhile"])
def test_a_connection_that_died_in_silence_is_found_out_within_the_waiting(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch, idle: list[bytes] | None, connections: int
) -> None:
    """Where it died before, a new one is opened for the waiting, which here is no better and is not tried again."""
    monkeypatch.setattr(imap_session, "IDLE_ANSWER_SECONDS", 0.3)
    server = scripted_imap({"CAPABILITY": [b"* CAPABILITY IMAP4rev1 IDLE", b"OK done"], "IDLE": idle, "DONE": None})
    mailbox = Mailbox(server.config(), timeout=30)
    mailbox.listing()
    began = time.monotonic()
    mailbox.wait(4)
    assert time.monotonic() - began < 4.5, "not 30 seconds later"
    assert mailbox.listing().uids == (5,)
    assert server.connections == connections
    mailbox.wait(1)
    mailbox.listing()
    assert server.connections == connections + 1, "where IDLE never goes well, no connection is opened for it again"
    mailbox.close()


def test_mail_that_comes_while_others_are_filed_ends_the_waiting_at_once(account: ImapAccount) -> None:
    account.deliver(MAIL)
    mailbox = Mailbox(account.config())
    listing = mailbox.listing()
    account.deliver(MAIL)
    mailbox.file_away(listing, {1}, "已处理")
    began = time.monotonic()
    mailbox.wait(60)
    assert time.monotonic() - began < 10
    assert mailbox.listing().uids == (2,)
    mailbox.close()


@pytest.mark.parametrize("during", ["UID FETCH", "EXAMINE"])
def test_mail_that_comes_while_others_are_read_ends_the_waiting_at_once(scripted_imap: Scripted, during: str) -> None:
    server = scripted_imap({"CAPABILITY": [b"* CAPABILITY IMAP4rev1 IDLE", b"OK done"], "IDLE": [b"+ idling"]})
    server.script["DONE"] = [b"OK done"]
    mailbox = Mailbox(server.config())
    listing = mailbox.listing()
    if during == "UID FETCH":
        server.script[during] = [b"* 1 FETCH (UID 5 BODY[] {4}\r\nbody)", b"* 2 EXISTS", b"OK done"]
        b"".join(mailbox.fetch(place(listing, 5)))
    else:  # the connection breaks, and the mail is there when it is opened anew
        server.script[during] = [b"* 2 EXISTS", b"* OK [UIDVALIDITY 7] stays", b"OK done"]
        server.hang_up()
    began = time.monotonic()
    mailbox.wait(20)
    assert time.monotonic() - began < 5
    mailbox.close()


def test_mail_that_is_told_when_idle_ends_ends_the_waiting(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "IDLE_SECONDS", 0.3)
    idle = {"IDLE": [b"+ idling"], "DONE": [b"* 2 EXISTS", b"OK done"]}
    server = scripted_imap({"CAPABILITY": [b"* CAPABILITY IMAP4rev1 IDLE", b"OK done"], **idle})
    mailbox = Mailbox(server.config())
    mailbox.listing()
    began = time.monotonic()
    mailbox.wait(60)
    assert time.monotonic() - began < 10
    mailbox.close()


def test_mail_that_comes_between_the_listings_for_reading_and_for_filing_ends_the_waiting_at_once(
    account: ImapAccount,
) -> None:
    mailbox = Mailbox(account.config())
    assert mailbox.listing().uids == ()
    account.deliver(MAIL)
    mailbox.file_away(mailbox.listing(), (), "已处理")
    began = time.monotonic()
    mailbox.wait(60)
    assert time.monotonic() - began < 10
    assert mailbox.listing().uids == (1,)
    mailbox.close()


def test_idle_is_said_anew_before_anybody_forgets_the_connection(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert imap.IDLE_SECONDS <= 8 * 60
    monkeypatch.setattr(imap, "IDLE_SECONDS", 0.2)
    server = scripted_imap(
        {"CAPABILITY": [b"* CAPABILITY IMAP4rev1 IDLE", b"OK done"], "IDLE": [b"+ idling"], "DONE": [b"OK done"]}
    )
    mailbox = Mailbox(server.config())
    mailbox.listing()
    mailbox.wait(1)
    assert 3 <= server.log.count("IDLE") <= 6
    mailbox.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system has no such options")
def test_the_system_is_asked_to_notice_a_peer_that_is_gone(
    scripted_imap: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, connect = list[socket.socket](), socket.create_connection

    def connected(*arguments: Any, **named: Any) -> socket.socket:
        made.append(connect(*arguments, **named))
        return made[-1]

    monkeypatch.setattr(socket, "create_connection", connected)
    session = imap_session.Session(scripted_imap().config(), timeout=5)
    (sock,) = made
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 120_000
    session.close(politely=False)


def test_no_idle_where_the_configuration_forbids_it(scripted_imap: Scripted) -> None:
    server = scripted_imap({"CAPABILITY": [b"* CAPABILITY IMAP4rev1 IDLE", b"OK done"]})
    mailbox = Mailbox(server.config(idle=False))
    mailbox.listing()
    mailbox.wait(0.1)
    assert "IDLE" not in server.log
    mailbox.close()
