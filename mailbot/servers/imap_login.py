"""Connects to an IMAP server, logs in and identifies this client; a refused log-in becomes a sentence with a remedy."""

import imaplib
import re
import socket

import imap_tools

from mailbot.config import MailboxConfig
from mailbot.domain.errors import LoginRefused, MailboxError
from mailbot.servers import connection

ID = '("name" "mailbot" "version" "1" "vendor" "mailbot")'
"""One compact list: NetEase refuses blanks inside the parentheses (RFC 2971 section 3.1)."""

_BUSY = re.compile(
    r"unavailable|inuse|\blimit|too many|maximum|try again|later|temporar|busy|frequen|throttl|exceed"
    r"|频繁|稍后|繁忙|过多|超过",
    re.IGNORECASE,
)
_SWITCHED_OFF = re.compile(
    r"disabled|not enabled|not open|switched off|turn on|enable|未开启|未开通|未启用|开启|关闭", re.IGNORECASE
)
_TOKENS_ALONE = re.compile(r"basic ?auth|application-specific password|web ?login required", re.IGNORECASE)


def connect(config: MailboxConfig, timeout: float) -> imap_tools.BaseMailBox:
    """A connection with TLS as configured, not logged in. Raises what imaplib raises, and ConfigError (no ca_file)."""
    server = config.imap
    match server.security:
        case "tls":
            context = connection.tls_context(server)
            return imap_tools.MailBox(server.host, server.port, timeout=timeout, ssl_context=context)
        case "starttls":
            context = connection.tls_context(server)
            return imap_tools.MailBoxStartTls(server.host, server.port, timeout=timeout, ssl_context=context)
        case "none":
            return imap_tools.MailBoxUnencrypted(server.host, server.port, timeout=timeout)


def keep_alive(sock: socket.socket) -> None:
    """Let the system notice a peer that is gone, and keep address translators from forgetting a quiet connection."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    options = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4), ("TCP_USER_TIMEOUT", 120_000))
    for option, value in options:
        if hasattr(socket, option):  # not every system has them
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def log_in(box: imap_tools.BaseMailBox, config: MailboxConfig) -> None:
    """Log in with the password or the access token. Raises LoginRefused, MailboxError, ConfigError (no password)."""
    server, name = config.imap, config.name
    secret = server.password()
    if "LOGINDISABLED" in box.client.capabilities and server.auth == "password":
        raise MailboxError(
            f'mailbox {name}: {server.host} takes no password in the clear; write security = "tls" or "starttls"'
            if server.security == "none"
            else f'mailbox {name}: {server.host} takes no password; write auth = "xoauth2" and token_command'
        )
    if not _can_be_quoted(server.username) or not _can_be_quoted(secret):
        raise LoginRefused(
            f"mailbox {name}: username or password holds characters that IMAP cannot carry; "
            "put the client authorization code (ASCII) there instead of the password"
        )
    try:
        if server.auth == "xoauth2":
            answer = connection.xoauth2(server.username, secret)
            box.client.authenticate("XOAUTH2", lambda challenge: answer(challenge).encode("ascii"))
        else:
            # never AUTHENTICATE PLAIN: Sina and QQ offer it and refuse it; no folder yet: NetEase wants ID first
            box.login(server.username, secret, initial_folder=None)
    except imap_tools.MailboxLoginError as error:
        raise _refused(config, connection.one_line(said(error), secret)) from None
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        answered = connection.one_line(str(error), secret)
        if server.auth == "xoauth2":
            raise _refused(config, answered) from None
        raise MailboxError(f"mailbox {name}: {server.host} does not understand LOGIN: {answered}") from None


def capabilities(client: imaplib.IMAP4) -> frozenset[str]:
    """What the server offers, asked again after LOGIN, since many servers say more then."""
    lines = client.capability()[1]
    return frozenset(b" ".join(line or b"" for line in lines).decode("ascii", "replace").upper().split())


def identify(client: imaplib.IMAP4) -> str:
    """Say by ID which client this is; the name of the server, "" where it tells none.

    163, 126 and yeah answer SELECT with "Unsafe Login" to a client that has not said who it is.
    """
    try:
        client.xatom("ID", ID)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        return ""
    pairs = client.response("ID")[1]
    found = re.search(rb'"name"\s+"([^"]*)"', b" ".join(p for p in pairs if isinstance(p, bytes)), re.IGNORECASE)
    return connection.one_line(found[1]) if found else ""


def said(error: imap_tools.UnexpectedCommandStatusError) -> bytes:
    """What the server answered to the command that failed."""
    return b" ".join(line for line in error.command_result[1] if isinstance(line, bytes))


def _refused(config: MailboxConfig, answered: str) -> MailboxError:
    server = config.imap
    where = f"mailbox {config.name}: {server.host}:{server.port}"
    return refusal(where, server.username, answered, with_token=server.auth == "xoauth2")


def refusal(where: str, username: str, said: str, *, with_token: bool = False) -> MailboxError:
    """What a NO to a log-in means. RFC 5530 codes and the words of providers tell; the NO alone does not."""
    if not with_token and _TOKENS_ALONE.search(said):
        return LoginRefused(
            f'{where} takes no password from {username} ({said}); write auth = "xoauth2" and token_command in '
            "[mailbox.imap], or put an app password where the password is read from if the provider has such"
        )
    if _SWITCHED_OFF.search(said):  # first: QQ names every reason in one sentence
        return LoginRefused(
            f"{where} does not offer IMAP to {username} ({said}); switch IMAP on in the web mail's settings "
            "and put the client authorization code (客户端授权码) where the password is read from"
        )
    if _BUSY.search(said):
        return MailboxError(
            f"{where} does not let {username} in at present ({said}); close other programs that read this mailbox, "
            "or wait"
        )
    if with_token:
        return LoginRefused(
            f"{where} refuses the access token of {username} ({said}); see that it has not expired, belongs to this "
            "account and may be used for IMAP"
        )
    return LoginRefused(
        f"{where} refuses username or password of {username} ({said}); put the client authorization code "
        "(客户端授权码) of the web mail's settings, not the log-in password, where the password is read from"
    )


def _can_be_quoted(text: str) -> bool:
    return text.isascii() and text.isprintable()
