"""SMTP over a faulty network: every letter ends in the right state.

Eight faults, each on a proxy before a real server; there are never more extra copies than outcomes nobody could know.

With twenty letters each where MAILBOT_FAULTS=full, else with two. What the outbox makes of it is told by
flows/test_sending_faults.py.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailbot.domain.errors import Meaning, SendError
from mailbot.domain.letter import Envelope, LetterKind
from mailbot.servers.smtp import Post
from support.smtp_proxy import DOUBT, MODES, NO_DOUBT, TIMEOUT, Proxy, Talk
from support.smtp_sink import SmtpSink

Sinks = Callable[..., SmtpSink]
LETTERS = 20 if os.environ.get("MAILBOT_FAULTS") == "full" else 2


def letter(number: int) -> Envelope:
    content = f"Subject: {number}\r\n\r\n".encode() + b"body\r\n" * 20_000
    return Envelope(
        f"receipt:{number}", LetterKind.RECEIPT, "unit@example.com", "s", f"<{number}@example.org>", content
    )


@pytest.fixture
def proxy() -> Iterator[Callable[..., Proxy]]:
    started: list[Proxy] = []

    def start(*what: object) -> Proxy:
        started.append(Proxy(*what).start())  # type: ignore[arg-type]  # passed on as they are
        return started[-1]

    yield start
    for one in started:
        one.stop()


def send_all(post: Post, meanings: set[Meaning]) -> int:
    """Send each letter, and again after a fault. How many outcomes nobody could know."""
    unknown = 0
    for number in range(LETTERS):
        if meanings:
            with pytest.raises(SendError) as caught:
                post.send(letter(number))
            assert caught.value.meaning in meanings
            unknown += caught.value.uncertain
        assert post.send(letter(number)).startswith("250")
        post.close()
    return unknown


@pytest.mark.parametrize(("harm", "meanings"), MODES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_letter_that_meets_a_fault_goes_again_and_is_there_twice_only_where_nobody_could_know(
    smtp_server: SmtpSink, proxy: Callable[..., Proxy], harm: object, meanings: set[Meaning]
) -> None:
    before = proxy(smtp_server.port, harm)
    post = Post(smtp_server.config(smtp_port=before.port), timeout=TIMEOUT, data_timeout=TIMEOUT)
    unknown = send_all(post, meanings)
    assert {mail.content for mail in smtp_server.mails} == {letter(number).content for number in range(LETTERS)}
    assert len(smtp_server.mails) - LETTERS <= unknown


@pytest.mark.parametrize(
    ("at", "by_client", "meanings"),
    [(30_000, True, NO_DOUBT | DOUBT), (110_000, False, DOUBT)],
    ids=["within", "after"],
)
def test_a_connection_under_tls_that_is_cut_is_judged_in_the_same_way(
    smtp_sink: Sinks,
    keys: tuple[Path, Path],
    proxy: Callable[..., Proxy],
    at: int,
    by_client: bool,
    meanings: set[Meaning],
) -> None:
    def cut(talk: Talk, chunk: bytes, said: bool) -> bytes | None:
        return None if said is by_client and len(talk.said) > at and talk.is_harmed() else chunk

    sink = smtp_sink(security="tls", keys=keys)
    before = proxy(sink.port, cut)
    post = Post(sink.config(ca_file=keys[0], smtp_port=before.port), timeout=5, data_timeout=5)
    unknown = send_all(post, meanings)
    assert {mail.content for mail in sink.mails} == {letter(number).content for number in range(LETTERS)}
    assert len(sink.mails) - LETTERS <= unknown


def test_words_slipped_in_before_tls_are_not_believed(
    smtp_sink: Sinks, keys: tuple[Path, Path], proxy: Callable[..., Proxy]
) -> None:
    """An answer to a later command, sent in the clear behind the answer to STARTTLS (CVE-2011-0411 and its kin)."""
    sink = smtp_sink(security="starttls", keys=keys)

    def slip_in(talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
        if not by_client and talk.said.endswith(b"STARTTLS\r\n") and talk.is_harmed():
            return chunk + b"250-evil.example\r\n250 SIZE 1\r\n"
        return chunk

    before = proxy(sink.port, slip_in)
    post = Post(sink.config(ca_file=keys[0], smtp_port=before.port), timeout=2)
    with contextlib.suppress(SendError):
        found = " ".join(post.check())
        assert "SIZE 1" not in found
        assert "AUTH" in found
    post.close()
