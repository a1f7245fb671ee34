"""A mailbox configured on this machine: its password, ports, a certificate, and a server that stays silent."""

import contextlib
import select
import socket
import subprocess
from pathlib import Path
from typing import Any, Literal, Self

from mailbot.config import MailboxConfig

PASSWORD = "secret"
PASSWORD_ENV = "MAILBOT_TEST_PASSWORD"
"""The fixtures put PASSWORD there."""


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens at the moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody listens there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def mailbox_config(
    *,
    imap_port: int = 1,
    smtp_port: int = 1,
    host: str = "127.0.0.1",
    security: Literal["tls", "starttls", "none"] = "none",
    ca_file: Path | str = "",
    address: str = "office@example.org",
    username: str | None = None,
    auth: Literal["password", "xoauth2"] = "password",
    **more: Any,
) -> MailboxConfig:
    """A configured mailbox on this machine; the password is read from PASSWORD_ENV."""
    server = {
        "host": host,
        "security": security,
        "ca_file": str(ca_file),
        "username": username or address,
        "auth": auth,
        "password_env": PASSWORD_ENV,
    }
    return MailboxConfig.model_validate(
        {"name": "office", "address": address, **more}
        | {"imap": server | {"port": imap_port}, "smtp": server | {"port": smtp_port}}
    )


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for this machine and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "30",
            *subject,
            "-keyout",
            key,
            "-out",
            cert,
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


class SilentServer:
    """A server that takes connections and never says a word."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])

    @property
    def called(self) -> bool:
        """Whether somebody has connected."""
        return bool(select.select([self._socket], [], [], 0)[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
