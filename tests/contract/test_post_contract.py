"""The contract of sending, in memory and by a real server, and behaviour towards faulty SMTP servers."""

import base64
import contextlib
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.config import MailboxConfig
from mailbot.decide.dead_contacts import reason_of_refusal
from mailbot.domain.errors import ConfigError, Meaning, SendError
from mailbot.domain.letter import Envelope, LetterKind
from mailbot.flows.deliver import LEASE
from mailbot.servers.smtp import Post, refusal
from support.doubles import MemoryPost
from support.exim import Exim
from support.loopback import PASSWORD_ENV, SilentServer, free_port, mailbox_config
from support.postfix import Postfix
from support.smtp_proxy import Proxy, Talk, is_answer_to_letter
from support.smtp_sink import Mail, SmtpSink
from support.waiting import wait_for

LETTER = b"Subject: hello\r\n\r\nbody\r\n"
Sinks = Callable[..., SmtpSink]


def letter(to: str = "unit@example.com", content: bytes = LETTER) -> Envelope:
    return Envelope("receipt:1", LetterKind.RECEIPT, to, "hello", "<1@example.org>", content)


class Ground(Protocol):
    """A post and what happens at the server's side."""

    post: Post | MemoryPost

    def refuse(self, to: str, *, for_good: bool) -> None: ...
    def lose_the_answer(self) -> None: ...
    def taken(self) -> list[tuple[str, bytes]]: ...


class Memory:
    def __init__(self) -> None:
        self.post = MemoryPost()

    def refuse(self, to: str, *, for_good: bool) -> None:
        self.post.refusals[to] = (
            SendError("refused", Meaning.UNKNOWN_ADDRESS, "550 5.1.1 User not found")
            if for_good
            else SendError("refused", Meaning.LATER, "450 4.2.1 mailbox busy")
        )

    def lose_the_answer(self) -> None:
        self.post.lose = 1

    def taken(self) -> list[tuple[str, bytes]]:
        return [(envelope.to, envelope.content) for envelope in self.post.sent]


class Real:
    def __init__(self, sink: SmtpSink) -> None:
        self.sink, self.post = sink, Post(sink.config())

    def refuse(self, to: str, *, for_good: bool) -> None:
        self.sink.refusals[to] = "550 5.1.1 User not found" if for_good else "450 4.2.1 mailbox busy"

    def lose_the_answer(self) -> None:
        self.sink.lose = 1

    def taken(self) -> list[tuple[str, bytes]]:
        return [(to, mail.content) for mail in self.sink.mails for to in mail.recipients]


class Queueing:
    """A mail server that queues what it takes and hands it on later; the answer to a letter is lost on the way."""

    def __init__(self, server: Exim | Postfix) -> None:
        self.server, self.accepted, self._loses = server, 0, False
        server.sink.mails.clear()
        self.way = Proxy(server.port, self._pass).start()
        self.post = Post(mailbox_config(smtp_port=self.way.port))

    def refuse(self, to: str, *, for_good: bool) -> None:
        self.server.refuse(to, for_good=for_good)

    def lose_the_answer(self) -> None:
        self._loses = True

    def taken(self) -> list[tuple[str, bytes]]:
        wait_for(lambda: len(self.server.sink.mails) >= self.accepted)
        return [(to, mail.content) for mail in self.server.sink.mails for to in mail.recipients]

    def _pass(self, talk: Talk, chunk: bytes, by_client: bool) -> bytes | None:
        if is_answer_to_letter(talk, by_client):
            self.accepted += chunk.startswith(b"250")
            if self._loses:
                self._loses = False
                return None
        return chunk


@pytest.fixture(params=["memory", "aiosmtpd", "exim", "postfix"])
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    made: Memory | Real | Queueing
    match request.param:
        case "memory":
            made = Memory()
        case "aiosmtpd":
            made = Real(request.getfixturevalue("smtp_server"))
        case name:
            made = Queueing(request.getfixturevalue(f"{name}_server"))
    yield made
    made.post.close()
    if isinstance(made, Queueing):
        made.taken()  # so that nothing of it comes while the next test looks
        made.way.stop()


@pytest.fixture(params=["exim", "postfix"])
def mail_server(request: pytest.FixtureRequest) -> Exim | Postfix:
    """A mail server as offices run it, with nothing in its sink."""
    server: Exim | Postfix = request.getfixturevalue(f"{request.param}_server")
    server.sink.mails.clear()
    return server


# ---------------------------------------------------------------- all


def test_a_letter_arrives_at_its_one_recipient_with_its_bytes_and_is_answered(ground: Ground) -> None:
    assert ground.post.send(letter()).startswith("250")
    assert ground.taken() == [("unit@example.com", LETTER)]


def test_a_recipient_refused_for_good_is_permanent(ground: Ground) -> None:
    ground.refuse("gone@example.com", for_good=True)
    with pytest.raises(SendError) as caught:
        ground.post.send(letter("gone@example.com"))
    assert (caught.value.permanent, caught.value.uncertain) == (True, False)
    assert (caught.value.meaning, reason_of_refusal(caught.value)) == (Meaning.UNKNOWN_ADDRESS, "地址不存在")
    assert ground.taken() == []


def test_a_recipient_refused_for_now_may_be_tried_again(ground: Ground) -> None:
    ground.refuse("busy@example.com", for_good=False)
    with pytest.raises(SendError) as caught:
        ground.post.send(letter("busy@example.com"))
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)
    assert reason_of_refusal(caught.value) is None
    assert ground.taken() == []


def test_a_refused_letter_does_not_hinder_the_next(ground: Ground) -> None:
    for for_good in (True, False):
        ground.refuse("bad@example.com", for_good=for_good)
        with pytest.raises(SendError):
            ground.post.send(letter("bad@example.com"))
        ground.post.send(letter("good@example.com"))
    assert [to for to, _ in ground.taken()] == ["good@example.com"] * 2


def test_a_lost_answer_is_uncertain_for_the_letter_may_have_arrived(ground: Ground) -> None:
    ground.lose_the_answer()
    with pytest.raises(SendError) as caught:
        ground.post.send(letter())
    assert (caught.value.permanent, caught.value.uncertain) == (False, True)
    assert ground.taken() == [("unit@example.com", LETTER)]
    assert ground.post.send(letter("next@example.com")).startswith("250")


def test_a_way_out_that_was_cut_takes_no_other_letter(ground: Ground) -> None:
    ground.post.send(letter())
    ground.post.cut()
    with pytest.raises(SendError, match="the program ends") as caught:
        ground.post.send(letter())
    assert (caught.value.blocked, len(ground.taken())) == (True, 1)


def test_closing_twice_does_no_harm_and_a_letter_afterwards_still_goes(ground: Ground) -> None:
    ground.post.close()
    ground.post.send(letter())
    ground.post.close()
    ground.post.close()
    ground.post.send(letter())
    assert len(ground.taken()) == 2


# ---------------------------------------------------------------- the real one: the conversation


def test_the_sender_is_the_address_of_the_mailbox(smtp_server: SmtpSink) -> None:
    Post(smtp_server.config(address="office@example.org")).send(letter())
    assert smtp_server.mails[0].sender == "office@example.org"


@pytest.mark.parametrize(
    "content", [b".\r\n", b"a\r\n.\r\n..b\r\n", b"no line end", b"a\r\n.", b"\r\n.\r\nQUIT\r\n"], ids=repr
)
def test_dots_at_the_start_of_lines_arrive_as_they_are(smtp_server: SmtpSink, content: bytes) -> None:
    post = Post(smtp_server.config())
    post.send(letter(content=content))
    post.close()
    assert smtp_server.mails[0].content == (content if content.endswith(b"\r\n") else content + b"\r\n")


def test_a_letter_with_dots_passes_a_mail_server_as_it_is(mail_server: Exim | Postfix) -> None:
    content = LETTER + b".\r\n..a\r\n.\r\nQUIT\r\n" + b"x" * 900 + b"\r\n" + b"0123456789\r\n" * 50_000
    post = Post(mailbox_config(smtp_port=mail_server.port))
    assert post.send(letter(content=content)).startswith("250")
    post.close()
    wait_for(lambda: mail_server.sink.mails)
    assert mail_server.sink.mails == [Mail("office@example.org", ("unit@example.com",), content)]


def test_a_mail_server_that_does_not_let_in_says_so(
    mail_server: Exim | Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "lets office@example.org in" in " ".join(Post(mailbox_config(smtp_port=mail_server.port)).check())
    monkeypatch.setenv(PASSWORD_ENV, "not-the-password")
    with pytest.raises(SendError, match=r"does not let office@example\.org in \(535 .*客户端授权码") as caught:
        Post(mailbox_config(smtp_port=mail_server.port)).send(letter())
    assert caught.value.meaning is Meaning.LOGIN


def test_no_ehlo_follows_the_log_in(smtp_server: SmtpSink) -> None:
    post = Post(smtp_server.config())
    for _ in range(3):
        post.send(letter())
    post.close()
    assert smtp_server.verbs() == ["connected", "EHLO", "AUTH", "MAIL", "MAIL", "MAIL", "QUIT"]


def test_a_connection_carries_as_many_letters_as_the_provider_allows(smtp_server: SmtpSink) -> None:
    post = Post(smtp_server.config(provider="163"))
    for _ in range(11):
        post.send(letter())
    post.close()
    assert len(smtp_server.mails) == 11
    assert smtp_server.verbs().count("connected") == 2


def test_a_kept_connection_that_died_is_opened_anew_before_the_letter(smtp_server: SmtpSink) -> None:
    post = Post(smtp_server.config())
    post.send(letter())
    smtp_server.hang_up()
    assert post.send(letter()).startswith("250")
    assert len(smtp_server.mails) == 2
    post.close()


def test_a_server_without_auth_is_used_without(smtp_sink: Sinks) -> None:
    sink = smtp_sink(auth=False)
    Post(sink.config()).send(letter())
    assert "AUTH" not in sink.verbs()
    assert len(sink.mails) == 1


def test_nonsense_in_answer_to_quit_does_not_undo_a_sent_letter(smtp_sink: Sinks) -> None:
    sink = smtp_sink(quit_answer=b"\0\0\0")
    post = Post(sink.config())
    assert post.send(letter()).startswith("250")
    post.close()
    assert len(sink.mails) == 1


def test_the_check_tells_what_was_found(smtp_server: SmtpSink) -> None:
    post = Post(smtp_server.config())
    found = " / ".join(post.check())
    assert "lets office@example.org in" in found
    assert "AUTH" in found
    post.close()


# ---------------------------------------------------------------- refusals


def test_a_wrong_password_says_so_in_the_servers_own_chinese_and_is_no_fault_of_the_letter(
    smtp_sink: Sinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = smtp_sink(auth_refusal=b"535 Error: " + "请使用授权码登录".encode("gb18030"))
    monkeypatch.setenv(PASSWORD_ENV, "not-the-password")
    with pytest.raises(SendError, match=r"请使用授权码登录.*客户端授权码") as caught:
        Post(sink.config()).send(letter())
    assert not caught.value.permanent
    assert "not-the-password" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("secret", ["密码", "ünïcode"])
def test_a_password_that_smtp_cannot_carry_is_a_sentence(
    smtp_server: SmtpSink, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv(PASSWORD_ENV, secret)
    with pytest.raises(SendError, match="not ASCII") as caught:
        Post(smtp_server.config()).send(letter())
    assert secret not in "".join(traceback.format_exception(caught.value))


def test_no_password_at_all_is_a_fault_of_the_configuration_each_time(
    smtp_server: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSWORD_ENV)
    post = Post(smtp_server.config())
    for _ in range(2):
        with pytest.raises(ConfigError, match=PASSWORD_ENV):
            post.send(letter())


def test_a_sender_that_is_refused_is_no_fault_of_the_letter(smtp_sink: Sinks) -> None:
    sink = smtp_sink(sender_refusal="553 Mail from must equal authorized user")
    with pytest.raises(SendError, match=r"must equal authorized user.*same account") as caught:
        Post(sink.config()).send(letter())
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        ("554 DT:SPM smtp10", True),
        ("554 MI:STC smtp10", False),
        ("552 message size exceeds fixed limit", True),
        ("550 Connection frequency limited", False),
        ("552 Daily sending quota exceeded", False),
        ("451 try again", False),
        ("550 Mail content denied", True),
        ("554 attachment is not allowed", True),
    ],
)
def test_what_passes_with_time_is_told_from_what_does_not(smtp_sink: Sinks, answer: str, permanent: bool) -> None:
    sink = smtp_sink(data_answer=answer)
    with pytest.raises(SendError) as caught:
        Post(sink.config()).send(letter())
    assert (caught.value.permanent, caught.value.uncertain) == (permanent, False)
    assert answer in str(caught.value)
    assert sink.mails == []


@given(st.sampled_from(["MAIL", "RCPT", "DATA", "letter"]), st.integers(-1, 999), st.binary())
def test_any_refusal_is_a_sentence_and_a_4xx_is_never_permanent(step: str, code: int, said: bytes) -> None:
    error = refusal("mailbox office: smtp.example.org:465", step, code, said)
    assert "\n" not in str(error)
    assert not (error.permanent and code < 500)


@pytest.mark.parametrize("to", ["unit@example.com\r\nRCPT TO:<other@example.com>", "单位@example.com"])
def test_an_address_that_smtp_cannot_carry_is_refused_for_good(smtp_server: SmtpSink, to: str) -> None:
    with pytest.raises(SendError) as caught:
        Post(smtp_server.config()).send(letter(to))
    assert caught.value.permanent
    assert smtp_server.log == []


class ScriptedSmtp:
    """A server that greets, and answers each line that it hears, with what a test wants; `heard`: those lines."""

    def __init__(self, greeting: bytes, *answers: bytes) -> None:
        self.heard: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lines = [greeting, *answers]
        threading.Thread(target=self._talk, daemon=True).start()

    def _talk(self) -> None:
        with contextlib.suppress(OSError), self._listener, self._listener.accept()[0] as talk:
            lines = talk.makefile("rb")
            for answer in self._lines:
                talk.sendall(answer + b"\r\n")
                self.heard.append(lines.readline().strip())


@pytest.mark.parametrize(
    ("greeting", "meaning"),
    [
        (b"421 HL:ICC smtp12", Meaning.HOUR),
        (b"550 Connection frequency limited", Meaning.HOUR),
        ("554 系统维护".encode("gb18030"), Meaning.UNREACHABLE),
        (b"SSH-2.0-OpenSSH_9.2", Meaning.UNREACHABLE),
    ],
    ids=repr,
)
def test_a_server_that_greets_with_a_refusal_is_left_alone_as_long_as_it_says(
    greeting: bytes, meaning: Meaning
) -> None:
    with pytest.raises(SendError) as caught:
        Post(mailbox_config(smtp_port=ScriptedSmtp(greeting).port), timeout=2).send(letter())
    assert caught.value.meaning is meaning


def with_token(port: int) -> MailboxConfig:
    config = mailbox_config(smtp_port=port)
    return config.model_copy(update={"smtp": config.smtp.model_copy(update={"auth": "xoauth2"})})


def test_an_access_token_lets_in_where_passwords_do_not() -> None:
    server = ScriptedSmtp(b"220 ready", b"250-here\r\n250 AUTH LOGIN XOAUTH2", b"235 welcome", b"250 OK", b"221 bye")
    post = Post(with_token(server.port), timeout=2)
    assert "lets office@example.org in" in post.check()[0]
    said = b"user=office@example.org\x01auth=Bearer secret\x01\x01"
    assert server.heard[1] == b"AUTH XOAUTH2 " + base64.b64encode(said)


def test_a_token_that_is_refused_is_answered_and_says_what_to_do() -> None:
    """The server gives its reasons in a challenge, which wants an empty line before the refusal."""
    reasons = b"334 " + base64.b64encode(b'{"status":"401"}')
    server = ScriptedSmtp(
        b"220 ready", b"250-here\r\n250 AUTH XOAUTH2", reasons, b"535 5.7.3 Authentication unsuccessful"
    )
    with pytest.raises(SendError, match=r"does not let .* in \(535") as caught:
        Post(with_token(server.port), timeout=2).send(letter())
    assert caught.value.meaning is Meaning.LOGIN
    assert server.heard[2] == b""
    assert "secret" not in str(caught.value)


# ---------------------------------------------------------------- broken connections


def test_a_connection_that_breaks_before_the_final_dot_is_not_uncertain(smtp_sink: Sinks) -> None:
    sink = smtp_sink(break_at="DATA")
    with pytest.raises(SendError) as caught:
        Post(sink.config()).send(letter(content=b"x" * 70 + b"\r\n"))
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)
    assert sink.mails == []


def test_ten_minutes_are_waited_for_the_answer_to_a_letter_and_it_is_nobody_elses_for_longer(
    smtp_sink: Sinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 5321 section 4.5.3.2.6: who hangs up sooner sends a second copy where a first one is being taken."""
    post, waits = Post(smtp_sink(slow=1.0).config()), {0.0}
    read = socket.socket.recv_into

    def recv_into(sock: socket.socket, *arguments: Any) -> int:
        waits.add(sock.gettimeout() or 0.0)
        return read(sock, *arguments)

    monkeypatch.setattr(socket.socket, "recv_into", recv_into, raising=False)
    post.send(letter())
    assert 600 <= max(waits) < LEASE.total_seconds()


def test_a_slow_answer_is_waited_for_longer_than_any_other(smtp_sink: Sinks) -> None:
    sink = smtp_sink(slow=0.6)
    assert Post(sink.config(), timeout=0.3, data_timeout=10).send(letter()).startswith("250")


def test_an_answer_that_does_not_come_in_time_is_uncertain(smtp_sink: Sinks) -> None:
    sink = smtp_sink(slow=2.0)
    began = time.monotonic()
    with pytest.raises(SendError, match="may have been delivered") as caught:
        Post(sink.config(), data_timeout=0.3).send(letter())
    assert caught.value.uncertain
    assert time.monotonic() - began < 5


def test_a_server_that_is_not_there_is_a_sentence_within_seconds() -> None:
    port = free_port()
    with pytest.raises(SendError, match=rf"mailbox office: nothing listens at 127\.0\.0\.1:{port}") as caught:
        Post(mailbox_config(smtp_port=port)).send(letter())
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)


@pytest.mark.parametrize("security", ["none", "tls", "starttls"])
def test_a_server_that_never_says_a_word_is_left_within_the_timeout(security: str) -> None:
    with SilentServer() as server:
        began = time.monotonic()
        with pytest.raises(SendError, match=r"has not answered within 0\.5 seconds"):
            Post(mailbox_config(smtp_port=server.port, security=security), timeout=0.5).send(letter())
        assert time.monotonic() - began < 5


# ---------------------------------------------------------------- TLS


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused_and_a_ca_file_makes_it_good(
    smtp_sink: Sinks, keys: tuple[Path, Path], security: str
) -> None:
    sink = smtp_sink(security=security, keys=keys)
    with pytest.raises(SendError, match=r"certificate .*is not trusted.*ca_file"):
        Post(sink.config()).send(letter())
    assert "AUTH" not in sink.verbs()
    post = Post(sink.config(ca_file=keys[0]))
    post.send(letter())
    post.close()
    assert len(sink.mails) == 1


def test_a_server_that_offers_no_tls_gets_no_password(smtp_server: SmtpSink) -> None:
    with pytest.raises(SendError, match="STARTTLS"):
        Post(smtp_server.config(security="starttls")).send(letter())
    assert "AUTH" not in smtp_server.verbs()


def test_two_threads_may_send_by_the_same_post(smtp_server: SmtpSink) -> None:
    post = Post(smtp_server.config())
    threads = [threading.Thread(target=post.send, args=[letter(f"unit{n}@example.com")]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    post.close()
    assert sorted(mail.recipients[0] for mail in smtp_server.mails) == [f"unit{n}@example.com" for n in range(4)]


# ---------------------------------------------------------------- the end of the program


def cut_while_sending(post: Post, has_come: Callable[[], object]) -> SendError:
    """What becomes of a letter whose server says nothing when the program ends."""
    faults = list[SendError]()

    def send() -> None:
        try:
            post.send(letter())
        except SendError as error:
            faults.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    end = time.monotonic() + 10
    while not has_come():
        assert time.monotonic() < end
        time.sleep(0.02)
    began = time.monotonic()
    post.cut(0.2)
    thread.join(10)
    assert time.monotonic() - began < 5
    (fault,) = faults
    return fault


@pytest.mark.parametrize("security", ["none", "tls", "starttls"])
def test_a_server_that_never_says_a_word_is_left_when_the_program_ends(security: str) -> None:
    with SilentServer() as server:
        post = Post(mailbox_config(smtp_port=server.port, security=security))
        fault = cut_while_sending(post, lambda: server.called)
    assert (fault.blocked, fault.uncertain) == (True, False)


def test_a_letter_whose_answer_is_cut_off_as_the_program_ends_may_have_arrived(smtp_sink: Sinks) -> None:
    sink = smtp_sink(slow=8.0)
    assert cut_while_sending(Post(sink.config()), lambda: sink.received).uncertain


def test_a_letter_that_is_being_sent_when_the_program_ends_has_time_to_end(smtp_sink: Sinks) -> None:
    sink = smtp_sink(slow=0.5)
    post = Post(sink.config())
    sending = threading.Thread(target=post.send, args=[letter()])
    sending.start()
    while not sink.received:
        time.sleep(0.02)
    post.cut()
    sending.join(5)
    assert len(sink.mails) == 1
