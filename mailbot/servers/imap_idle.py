"""Waits by IDLE until an IMAP server announces new mail (RFC 2177)."""

import contextlib
import imaplib
import re
import socket
import threading
import time

_NEWS = rb"^\* \d+ EXISTS"


def announced(sock: socket.socket, seconds: float, answer_seconds: float, stopped: threading.Event) -> bool | None:
    """Whether the server announces new mail within that time; None where it refuses IDLE.

    Raises imaplib's abort where the connection is dead: beginning or ending IDLE takes more than `answer_seconds`.

    Reads from the bare socket: what waits in imaplib's buffer would wake nobody, and a timeout would spoil it. The
    timeout of the socket is another afterwards.
    """
    received, end = bytearray(), time.monotonic() + seconds
    sock.sendall(b"IDLE1 IDLE\r\n")
    if not _receive(sock, received, rb"^(\+|IDLE1 ).*\r\n", answer_seconds, stopped):
        raise imaplib.IMAP4.abort("IDLE is not answered")
    if re.search(rb"^IDLE1 ", received, re.MULTILINE):
        return None
    _receive(sock, received, _NEWS, end - time.monotonic(), stopped)
    sock.sendall(b"DONE\r\n")
    # more may come with it
    if not _receive(sock, received, rb"^IDLE1 .*\r\n(?s:.*\r\n)?\Z", answer_seconds, stopped):
        raise imaplib.IMAP4.abort("IDLE does not end")
    return re.search(_NEWS, received, re.MULTILINE) is not None  # it may have come at the very end


def _receive(
    sock: socket.socket, received: bytearray, awaited: bytes, seconds: float, stopped: threading.Event
) -> bool:
    """Read until `awaited` matches what was received; False where time is over, or this client is to stop."""
    end = time.monotonic() + seconds
    while not re.search(awaited, received, re.MULTILINE):
        left = end - time.monotonic()
        if stopped.is_set() or left <= 0:
            return False
        sock.settimeout(min(1.0, left))
        with contextlib.suppress(TimeoutError):
            chunk = sock.recv(4096)
            if not chunk:
                raise imaplib.IMAP4.abort("the server hung up")
            received += chunk
    return True
