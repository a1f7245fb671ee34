"""Whether a letter lies among the sent mail, asked of a real IMAP server; and what an unwilling one makes of it."""

from collections.abc import Callable

import pytest
from doubles import MemoryPost, MemorySent
from servers import Account, ScriptedImap, free_port, mailbox_config

from mailbot.domain import Envelope, LetterKind
from mailbot.servers.sent import SentFolder

OURS, ANOTHER = "<1@example.org>", "<2@example.org>"


def sent(message_id: str) -> bytes:
    return f"Subject: receipt\r\nMessage-ID:\r\n {message_id}\r\n\r\nbody {OURS}\r\n".encode()


@pytest.fixture
def account(dovecot: Account) -> Account:
    dovecot.create_folder("Sent Items")
    return dovecot


@pytest.mark.parametrize(("provider", "of_another"), [("unknown", None), ("gmail", False)])
def test_a_letter_that_lies_there_was_sent_and_another_only_where_all_are_filed_was_not(
    account: Account, provider: str, of_another: bool | None
) -> None:
    account.deliver(sent(OURS), folder="Sent Items")
    folder = SentFolder(account.config(provider=provider).model_copy(update={"provider": provider}))
    assert folder.holds(OURS) is True
    assert folder.holds(ANOTHER) is of_another


def test_the_double_tells_the_same() -> None:
    post = MemoryPost()
    post.send(Envelope("receipt:1", LetterKind.RECEIPT, "unit@example.com", "hello", OURS, sent(OURS)))
    folder = MemorySent(post)
    assert folder.holds(OURS) is None
    folder.keeps = True
    assert (folder.holds(OURS), folder.holds(ANOTHER)) == (True, False)


def test_only_the_newest_letters_are_looked_through(account: Account) -> None:
    for _ in range(101):
        account.deliver(sent(ANOTHER), folder="Sent Items")
    account.deliver(sent(OURS), folder="Sent Items")
    assert SentFolder(account.config()).holds(OURS) is True


def test_an_account_without_such_a_folder_tells_nothing(dovecot: Account) -> None:
    assert SentFolder(dovecot.config()).holds(OURS) is None


def test_the_inbox_is_no_proof(account: Account) -> None:
    account.deliver(sent(OURS))
    assert SentFolder(account.config()).holds(OURS) is None


def test_a_server_that_does_not_answer_tells_nothing(scripted_imap: Callable[..., ScriptedImap]) -> None:
    assert SentFolder(mailbox_config(imap_port=free_port())).holds(OURS) is None
    for script in (
        {"LOGIN": [b"NO not now"]},
        {"LIST": [b"BAD what?"]},
        {"LIST": [b'* LIST () "/" Sent', b"OK done"], "UID FETCH": [b"NO"]},
    ):
        assert SentFolder(scripted_imap(script).config()).holds(OURS) is None
    assert SentFolder(scripted_imap({"LIST": None}).config(), timeout=0.3).holds(OURS) is None
