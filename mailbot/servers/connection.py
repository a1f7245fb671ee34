"""What IMAP and SMTP connections share: TLS, XOAUTH2, servers' answers as one line, and errors as sentences."""

import re
import socket
import ssl
from collections.abc import Callable

from mailbot.config import Server
from mailbot.domain.errors import ConfigError


def tls_context(server: Server) -> ssl.SSLContext:
    """A context that verifies certificate and host name by the system's authorities and, besides, by `ca_file`.

    Raises ConfigError where that file cannot be used.
    """
    context = ssl.create_default_context()
    if server.ca_file:
        try:
            context.load_verify_locations(server.ca_file)
        except OSError as error:
            reason = error.strerror or error
            raise ConfigError(
                [f"ca_file of {server.host}: {server.ca_file} is no readable PEM file: {reason}"]
            ) from error
    return context


def xoauth2(username: str, token: str) -> Callable[..., str]:
    """What a client says in AUTHENTICATE or AUTH XOAUTH2, as imaplib and smtplib ask for it.

    To the empty challenge, or none, the name and the token (RFC 7628 section 3.1 in the form of Google and Microsoft);
    to a challenge that holds the server's reasons an empty line, after which the refusal follows.
    """

    def answer(challenge: bytes = b"") -> str:
        return "" if challenge else f"user={username}\x01auth=Bearer {token}\x01\x01"

    return answer


def one_line(said: bytes | str, secret: str = "") -> str:
    """What a server said: one printable line without the secret. Providers write UTF-8 and GBK, without a label."""
    text = said if isinstance(said, str) else _decoded(said)
    if secret:
        text = text.replace(secret, "***")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


def _decoded(said: bytes) -> str:
    for charset in ("utf-8", "gb18030"):
        try:
            return said.decode(charset)
        except UnicodeDecodeError:
            continue
    return said.decode("latin-1")


_PROTOCOLS = {
    "SMTP": re.compile(r"^(?:b['\"])?220[ -]|\bE?SMTP\b"),
    "IMAP": re.compile(r"\bIMAP4?(?:rev1)?\b|\* (?:OK|PREAUTH|BYE) "),
    "POP3": re.compile(r"^(?:b['\"])?\+OK"),
}
"""What the greeting of a server looks like that speaks it."""
_USUAL_PORTS = {"IMAP": 993, "SMTP": 465}


def other_protocol(said: str, wanted: str) -> str:
    """What would help where a server greets in another protocol than IMAP or SMTP, which is `wanted`; "" elsewhere."""
    if _PROTOCOLS[wanted].search(said):
        return ""
    spoken = next((name for name, greeting in _PROTOCOLS.items() if greeting.search(said)), "")
    port = _USUAL_PORTS[wanted]
    return f"a server of {spoken} answers there; write host and port for {wanted}, mostly {port}" if spoken else ""


def explained(error: Exception, server: Server, timeout: float) -> str:
    """Why the connection with that server failed, and what would help; without a full stop."""
    where = f"{server.host}:{server.port}"
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"the certificate of {where} is not trusted ({error.verify_message}); check host, or name the "
                "authority that signed it in ca_file"
            )
        case ssl.SSLError():
            return f"no TLS with {where} ({error.reason or error}); check that port and security belong together"
        case socket.gaierror():
            return f"the host {server.host} is not known; check its spelling and this machine's name service"
        case TimeoutError():
            return f"{where} has not answered within {timeout:g} seconds; check the network, then host and port"
        case ConnectionRefusedError():
            return f"nothing listens at {where}; check host and port"
        case OSError() if error.strerror:
            return f"there is no connection with {where} ({error.strerror}); check the network"
        case _:
            return f"{where} broke off or answered nonsense ({one_line(str(error))}); it is worth another try"
