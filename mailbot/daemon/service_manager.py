"""Notifies the service manager of the daemon's state (sd_notify(3), systemd.service(5)); does nothing without one."""

import contextlib
import os
import socket


def notify(state: str) -> None:
    """Tell it a state such as `READY=1`, `WATCHDOG=1` or `STOPPING=1`."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        sock.sendto(state.encode(), "\0" + address[1:] if address[0] == "@" else address)
