"""Looking for a letter in the sent folder of a real IMAP server, and of one that refuses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.domain.letter import Envelope, LetterKind
from mailbot.servers import sent_folder as module
from mailbot.servers.sent_folder import SentFolder
from support.doubles import MemoryPost, MemorySent
from support.dovecot import Account
from support.loopback import free_port, mailbox_config
from support.scripted_imap import ScriptedImap

MADE = datetime.now(UTC)
OURS, ANOTHER = "<1@example.org>", "<2@example.org>"


def sent(message_id: str) -> bytes:
    return f"Subject: receipt\r\nMessage-ID:\r\n {message_id}\r\n\r\nbody {OURS}\r\n".encode()


@pytest.fixture
def account(dovecot: Account) -> Account:
    dovecot.create_folder("Sent Items")
    return dovecot


@pytest.mark.parametrize(("provider", "of_another"), [("unknown", None), ("gmail", False)])
def test_a_letter_in_the_sent_folder_was_sent_and_a_missing_one_was_not_where_all_are_filed(
    account: Account, provider: str, of_another: bool | None
) -> None:
    account.deliver(sent(OURS), folder="Sent Items")
    folder = SentFolder(account.config(provider=provider).model_copy(update={"provider": provider}))
    assert folder.holds(OURS, MADE) is True
    assert folder.holds(ANOTHER, MADE) is of_another


def test_the_double_tells_the_same() -> None:
    post = MemoryPost()
    post.send(Envelope("receipt:1", LetterKind.RECEIPT, "unit@example.com", "hello", OURS, sent(OURS)))
    folder = MemorySent(post)
    assert folder.holds(OURS, MADE) is None
    folder.keeps = True
    assert (folder.holds(OURS, MADE), folder.holds(ANOTHER, MADE)) == (True, False)


def filing(account: Account) -> SentFolder:
    """The folder at a provider that files what it takes."""
    return SentFolder(account.config(provider="gmail"))


def test_a_letter_is_found_behind_hundreds_of_newer_ones(account: Account) -> None:
    account.deliver(sent(OURS), folder="Sent Items")
    for _ in range(230):
        account.deliver(sent(ANOTHER), folder="Sent Items")
    assert filing(account).holds(OURS, MADE) is True
    assert filing(account).holds("<3@example.org>", MADE) is False


def test_sent_mail_older_than_the_letter_is_not_searched(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a folder of ten years takes no longer than one of today."""
    for days in (9, 8, 7, 6):
        account.deliver(sent(ANOTHER), MADE - timedelta(days=days), folder="Sent Items")
    monkeypatch.setattr(module, "MOST", 2)
    monkeypatch.setattr(module, "BATCH", 1)
    assert filing(account).holds(OURS, MADE) is False
    assert filing(account).holds(OURS, MADE - timedelta(days=30)) is None


def test_a_server_that_leaves_letters_out_tells_nothing(scripted_imap: Callable[..., ScriptedImap]) -> None:
    uids = [b"* 1 FETCH (UID 5)", b"* 2 FETCH (UID 6)"]
    date = b'INTERNALDATE "14-Sep-2021 12:00:00 +0800"'
    script = {
        "LIST": [b'* LIST (\\Sent) "/" Sent', b"OK done"],
        "EXAMINE": [b"* 2 EXISTS", b"* OK [UIDVALIDITY 7] x", b"OK done"],
        "UID FETCH": [*uids, b"* 2 FETCH (UID 6 %s)" % date, b"OK done"],
    }
    whole = SentFolder(scripted_imap(script).config(provider="gmail"))
    assert whole.holds(OURS, MADE) is False
    for fewer in ({"EXAMINE": [b"* 3 EXISTS", b"* OK [UIDVALIDITY 7] x", b"OK done"]}, {"EXAMINE": [b"NO"]}):
        folder = SentFolder(scripted_imap(script | fewer).config(provider="gmail"))
        assert folder.holds(OURS, MADE) is None


def test_an_account_without_such_a_folder_tells_nothing(dovecot: Account) -> None:
    assert SentFolder(dovecot.config()).holds(OURS, MADE) is None
    assert filing(dovecot).holds(OURS, MADE) is None


def test_a_copy_in_the_inbox_does_not_prove_that_a_letter_was_sent(account: Account) -> None:
    account.deliver(sent(OURS))
    assert SentFolder(account.config()).holds(OURS, MADE) is None


def test_a_server_that_does_not_answer_tells_nothing(scripted_imap: Callable[..., ScriptedImap]) -> None:
    assert SentFolder(mailbox_config(imap_port=free_port())).holds(OURS, MADE) is None
    for script in (
        {"LOGIN": [b"NO not now"]},
        {"LIST": [b"BAD what?"]},
        {"LIST": [b'* LIST () "/" Sent', b"OK done"], "UID FETCH": [b"NO"]},
    ):
        assert SentFolder(scripted_imap(script).config()).holds(OURS, MADE) is None
    assert SentFolder(scripted_imap({"LIST": None}).config(), timeout=0.3).holds(OURS, MADE) is None
