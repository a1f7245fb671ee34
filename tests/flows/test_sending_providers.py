"""Sending by servers that behave as the known providers do: each letter once, and refusals are understood."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from smtplib import SMTP, SMTPException

import pytest

from mailbot.domain.letter import Envelope, LetterKind, LetterState
from mailbot.flows.deliver import deliver_next
from mailbot.servers.smtp import Post
from support.loopback import PASSWORD, mailbox_config
from support.mails import mail
from support.smtp_providers import PROVIDERS, ProviderSmtp
from support.world import MAILBOX, NOON, World, table


class Sender(World):
    """A world whose letters leave by the server of a provider."""

    def __init__(self, folder: Path, name: str) -> None:
        self.server = ProviderSmtp(PROVIDERS[name], MAILBOX).start()
        mailbox = mailbox_config(smtp_port=self.server.port, address=MAILBOX, provider=name)
        self.real = Post(mailbox, timeout=5)
        super().__init__(folder, staff={"digest_to": []})
        self.app = replace(self.app, mailboxes=((mailbox, self.inbox),), posts={"office": self.real})

    def put(self, *words: str) -> None:
        """Letters with these words in the outbox, due now."""
        now = self.clock()
        with self.app.store.transaction() as tx:
            for number, text in enumerate(words):
                content = f"From: {MAILBOX}\r\nSubject: {number}\r\n\r\n{text}\r\n".encode()
                key, to = f"receipt:{number}", f"unit{number}@example.org"
                envelope = Envelope(
                    key, LetterKind.RECEIPT, to, "s", f"<{number}@example.com>", content, None, "office"
                )
                tx.enqueue(envelope, now, now, held=False)

    def deliver_letters(self) -> None:
        """All that are due."""
        while deliver_next(self.app):
            pass

    def states(self, kind: LetterKind = LetterKind.RECEIPT) -> list[LetterState]:
        """Of the letters of a kind, in their order."""
        return [letter.state for letter in self.letters if letter.kind is kind]

    def close(self) -> None:
        """End all of it."""
        self.real.close()
        self.server.stop()
        self.app.store.close()


@pytest.fixture(params=PROVIDERS)
def sender(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sender]:
    world = Sender(tmp_path, request.param)
    yield world
    world.close()


def test_a_report_is_answered_by_one_receipt_from_the_account_itself(sender: Sender) -> None:
    sender.deliver(mail(sender="李晓 <xinhe@example.org>", attachments=[("附件1.xlsx", table())]))
    sender.round()
    sender.round()
    (content,) = sender.server.letters
    receipt = message_from_bytes(content, policy=policy.default)
    assert receipt["To"] == "xinhe@example.org"
    assert MAILBOX in receipt["From"]
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert sender.states() == [LetterState.SENT]


def test_a_backlog_leaves_without_one_refusal_whatever_a_connection_may_carry(sender: Sender) -> None:
    sender.put(*(f"body {n}" for n in range(12)))  # more than one connection carries
    sender.deliver_letters()
    assert len(set(sender.server.letters)) == len(sender.server.letters) == 12
    assert {letter.attempts for letter in sender.letters} == {1}


def test_where_the_authorization_code_is_wrong_staff_are_told_in_the_providers_words_and_nothing_is_lost(
    sender: Sender,
) -> None:
    sender.server.password = "renewed"  # a new code was made, the old one is still in use
    sender.put("body")
    sender.deliver_letters()
    assert sender.states() == [LetterState.QUEUED]
    assert sender.states(LetterKind.ALERT) == [LetterState.QUEUED]
    failure = sender.letters[0].last_error or ""
    assert sender.server.habits.wrong_password.decode("gbk")[:20] in failure
    assert "\ufffd" not in failure
    sender.server.password = PASSWORD
    sender.clock.forward(hours=5)
    sender.deliver_letters()
    assert sender.states() == sender.states(LetterKind.ALERT) == [LetterState.SENT]


def test_an_address_that_is_not_the_accounts_is_the_accounts_fault_and_not_the_letters(sender: Sender) -> None:
    wrong = mailbox_config(smtp_port=sender.server.port, address="other@example.com", username=MAILBOX)
    right = sender.app
    sender.app = replace(right, posts={"office": Post(wrong, timeout=5)})
    sender.put("body")
    sender.deliver_letters()
    assert sender.states() == [LetterState.QUEUED]
    assert sender.states(LetterKind.ALERT) == [LetterState.QUEUED]
    sender.app.posts["office"].close()
    sender.app = right
    sender.clock.forward(hours=5)
    sender.deliver_letters()
    assert sender.states() == [LetterState.SENT]


def test_a_letter_that_the_filter_dislikes_is_refused_alone(sender: Sender) -> None:
    sender.put("body", "lottery", "body")
    sender.deliver_letters()
    sender.clock.forward(hours=5)
    sender.deliver_letters()
    assert sender.states() == [LetterState.SENT, LetterState.REFUSED, LetterState.SENT]


@pytest.mark.parametrize("sender", ["163", "aliyun"], indirect=True)
def test_a_used_up_day_is_waited_for_and_every_letter_leaves_once(sender: Sender) -> None:
    sender.server.per_day = 3
    sender.put(*(f"body {n}" for n in range(6)))
    sender.deliver_letters()
    assert len(sender.server.letters) == 3
    sender.server.per_day = None
    sender.clock.now = NOON.replace(hour=23)
    sender.deliver_letters()
    assert len(sender.server.letters) == 3  # not asked again on that day
    sender.clock.forward(hours=2)
    sender.deliver_letters()
    assert sender.states() == [LetterState.SENT] * 6
    assert len(set(sender.server.letters)) == 7  # with the alert


@pytest.mark.parametrize("sender", ["qq"], indirect=True)
def test_a_server_that_is_asked_too_often_is_left_alone_for_an_hour(sender: Sender) -> None:
    sender.server.connections = 1
    sender.put(*(f"body {n}" for n in range(12)))
    sender.deliver_letters()
    assert len(sender.server.letters) == 10
    sender.server.connections = None
    sender.clock.forward(minutes=50)
    sender.deliver_letters()
    assert len(sender.server.letters) == 10
    sender.clock.forward(minutes=15)
    sender.deliver_letters()
    assert sender.states() == [LetterState.SENT] * 12
    assert len(set(sender.server.letters)) == 12


@pytest.mark.parametrize("sender", ["vip.sina"], indirect=True)
def test_the_simulated_sina_forgets_who_says_ehlo_again_and_knows_no_folded_from(sender: Sender) -> None:
    """The simulation bites: otherwise the tests above would prove nothing of these two."""
    folded = f"From: =?utf-8?q?long?=\r\n <{MAILBOX}>\r\nSubject: s\r\n\r\nbody\r\n"
    with SMTP("127.0.0.1", sender.server.port) as client:
        client.login(MAILBOX, PASSWORD)
        with pytest.raises(SMTPException, match="mismatch with header from"):
            client.sendmail(MAILBOX, "unit@example.org", folded)
        client.ehlo()
        assert client.mail(MAILBOX)[0] == 553
