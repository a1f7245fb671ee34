"""Log-in with access tokens at a server that checks them itself: Dovecot, for mail and for letters."""

import base64
import hmac
import json
import re
import subprocess
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailbot.config import MailboxConfig
from mailbot.domain.errors import LoginRefused, Meaning, SendError
from mailbot.domain.letter import Envelope, LetterKind
from mailbot.domain.mail import Place
from mailbot.servers.imap import Mailbox
from mailbot.servers.smtp import Post
from support.dovecot import DOVECOT, Account, Dovecot
from support.loopback import PASSWORD_ENV, free_port, mailbox_config
from support.smtp_sink import SmtpSink
from support.unpacked import missing

KEY, ANOTHER_KEY = b"k" * 32, b"z" * 32
HOUR = 3600
MAIL = b"Subject: hello\r\n\r\nbody\r\n"


def token(user: str, *, lasts: int = HOUR, key: bytes = KEY) -> str:
    """A JSON Web Token (RFC 7519) for that user, good for so many seconds from now, signed with the key (HS256)."""
    now = int(time.time())
    claims = {"sub": user, "iat": now - 2 * HOUR, "exp": now + lasts}
    signed = b".".join(_part(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return (signed + b"." + _part(hmac.digest(key, signed, "sha256"))).decode("ascii")


def _part(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


REFUSED: dict[str, Callable[[str], str]] = {
    "expired": lambda user: token(user, lasts=-HOUR),
    "of-another-mailbox": lambda user: token("somebody@example.org"),
    "signed-by-another": lambda user: token(user, key=ANOTHER_KEY),
}


class TokenDovecot(Dovecot):
    """Lets in with tokens signed with KEY and with nothing else.

    Where it `sends`, it takes letters at `smtp_port` and hands them on to `relay`.
    """

    def __init__(self, *, sends: bool) -> None:
        self.sends, self.smtp_port, self.relay = sends, free_port(), SmtpSink(auth=False).start()
        super().__init__()

    def stop(self) -> None:
        super().stop()
        self.relay.stop()

    def talk(self) -> tuple[list[str], list[str]]:
        """The lines that it heard and those that it said before a log-in, since this was last asked."""
        both: tuple[list[str], list[str]] = [], []
        for lines, ending in zip(both, ("in", "out"), strict=True):
            for file in sorted((self.folder / "talks").glob(f"*.{ending}")):
                lines += [line.partition(" ")[2] for line in file.read_text("utf-8").splitlines()]  # after the time
                file.unlink()
        return both

    def log_of(self, account: Account, words: str) -> str:
        """The line of its log about that account with those words, which may take a moment to come."""
        end = time.monotonic() + 5
        while time.monotonic() < end:
            for line in (self.folder / "dovecot.log").read_text("utf-8").splitlines():
                if f"user=<{account.user}>" in line and words in line:
                    return line
            time.sleep(0.02)
        raise AssertionError(f"Dovecot's log has no {words!r} about {account.user}")

    def _config(self) -> str:
        keys, oauth2, talks = self.folder / "keys", self.folder / "oauth2.conf", self.folder / "talks"
        (keys / "default/HS256").mkdir(parents=True)
        (keys / "default/HS256/default").write_bytes(base64.b64encode(KEY))
        oauth2.write_text(
            "introspection_mode = local\nusername_attribute = sub\n"
            f"local_validation_key_dict = fs:posix:prefix={keys}/\n"
        )
        talks.mkdir()
        talks.chmod(0o777)  # who talks before a log-in owns nothing
        plain = re.sub(
            r"(?ms)^passdb \{.*?^\}", f"passdb {{\n  driver = oauth2\n  args = {oauth2}\n}}", super()._config()
        )
        return f"""{plain}
auth_mechanisms = xoauth2
service imap-login {{
  executable = imap-login -R {talks}
}}
{self._submission(talks) if self.sends else ""}
"""

    def _submission(self, talks: Path) -> str:
        return f"""
protocols = imap submission
submission_relay_host = 127.0.0.1
submission_relay_port = {self.relay.port}
service submission-login {{
  executable = submission-login -R {talks}
  chroot =
  inet_listener submission {{
    port = {self.smtp_port}
  }}
}}
"""


def printed(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def server() -> Iterator[TokenDovecot]:
    if DOVECOT is None:
        missing("Dovecot is not installed: apt-get install dovecot-imapd")
    version = printed(DOVECOT, "--version")
    if tuple(map(int, re.findall(r"\d+", version)[:3])) < (2, 3, 11):
        missing(f"Dovecot {version} checks no tokens by itself; 2.3.11 does")
    programs = Path(printed("doveconf", "-d", "-h", "libexec_dir"))
    started = TokenDovecot(sends=(programs / "submission-login").exists())
    yield started
    started.stop()


@pytest.fixture
def account(server: TokenDovecot) -> Account:
    return server.account()


@pytest.fixture
def relay(server: TokenDovecot) -> SmtpSink:
    """Where letters go that Dovecot let out; none has come yet."""
    if not server.sends:
        missing("Dovecot takes no letters: apt-get install dovecot-submissiond")
    server.relay.mails.clear()
    server.relay.log.clear()
    return server.relay


def for_mail(account: Account) -> MailboxConfig:
    return account.config(auth="xoauth2")


def for_letters(server: TokenDovecot, account: Account) -> MailboxConfig:
    return mailbox_config(smtp_port=server.smtp_port, address=account.user, auth="xoauth2")


def letter() -> Envelope:
    return Envelope("receipt:1", LetterKind.RECEIPT, "unit@example.com", "hello", "<1@example.org>", MAIL)


def reasons(challenge: str) -> dict[str, str]:
    """What a server says in its last challenge, before it refuses a token."""
    found: dict[str, str] = json.loads(base64.b64decode(challenge))
    return found


def test_a_good_token_opens_the_mailbox(
    server: TokenDovecot, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_ENV, token(account.user))
    account.deliver(MAIL)
    mailbox = Mailbox(for_mail(account), timeout=10)
    listing = mailbox.listing()
    assert listing.uids == (1,)
    assert b"".join(mailbox.fetch(Place("office", listing.folder, listing.uidvalidity, 1))) == MAIL
    mailbox.close()
    assert "method=XOAUTH2" in server.log_of(account, "Login: ")


@pytest.mark.parametrize("made", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_that_dovecot_refuses_is_a_sentence_and_the_talk_ends_in_order(
    server: TokenDovecot, account: Account, monkeypatch: pytest.MonkeyPatch, made: Callable[[str], str]
) -> None:
    """The server's reasons want an answer before it refuses (RFC 7628 section 3.2.3): in XOAUTH2, an empty line."""
    monkeypatch.setenv(PASSWORD_ENV, secret := made(account.user))
    server.talk()
    with pytest.raises(LoginRefused) as caught:
        Mailbox(for_mail(account), timeout=10).listing()
    assert str(caught.value) == (
        f"mailbox office: 127.0.0.1:{server.port} refuses the access token of {account.user} ([AUTHENTICATIONFAILED] "
        "Authentication failed.); see that it has not expired, belongs to this account and may be used for IMAP"
    )
    assert secret not in "".join(traceback.format_exception(caught.value))
    # of a client that broke off within the log-in Dovecot would say so
    assert "Connection closed (auth failed, 1 attempts" in server.log_of(account, "Disconnected: ")
    heard, said = server.talk()
    begun, first, *then = heard[-3:]
    assert begun.endswith(" AUTHENTICATE XOAUTH2")
    assert base64.b64decode(first).decode() == f"user={account.user}\x01auth=Bearer {secret}\x01\x01"
    assert then == [""]
    challenge, refused = said[-2:]
    assert reasons(challenge.removeprefix("+ "))["status"] == "401"
    assert " NO [AUTHENTICATIONFAILED] " in refused


def test_a_new_token_is_let_in_after_one_that_expired(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.deliver(MAIL)
    mailbox = Mailbox(for_mail(account), timeout=10)
    monkeypatch.setenv(PASSWORD_ENV, token(account.user, lasts=-1))
    with pytest.raises(LoginRefused):
        mailbox.listing()
    monkeypatch.setenv(PASSWORD_ENV, token(account.user))
    assert mailbox.listing().uids == (1,)
    mailbox.close()


def test_a_good_token_lets_letters_out(
    server: TokenDovecot, account: Account, relay: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_ENV, token(account.user))
    post = Post(for_letters(server, account), timeout=10)
    assert post.send(letter()).startswith("250 ")
    post.close()
    (mail,) = relay.mails
    assert (mail.sender, mail.recipients) == (account.user, ("unit@example.com",))
    assert mail.content.endswith(MAIL)


def test_a_token_that_is_refused_lets_no_letter_out_and_the_talk_ends_in_order(
    server: TokenDovecot, account: Account, relay: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_ENV, secret := token(account.user, lasts=-HOUR))
    server.talk()
    with pytest.raises(SendError, match=rf"{account.user} in \(535 5\.7\.8 .*; see that the access token") as caught:
        Post(for_letters(server, account), timeout=10).send(letter())
    assert caught.value.meaning is Meaning.LOGIN
    assert secret not in "".join(traceback.format_exception(caught.value))
    assert "Aborted login by logging out (auth failed, 1 attempts" in server.log_of(account, "Disconnected: ")
    heard, said = server.talk()
    assert [line.upper() for line in heard[-2:]] == ["", "QUIT"]
    challenge, refused, _ = said[-3:]
    assert reasons(challenge.removeprefix("334 "))["status"] == "401"
    assert refused.startswith("535 5.7.8 ")
    assert relay.log == []
