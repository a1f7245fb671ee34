"""Runs servers of Debian that are only unpacked (`tools/servers.py`), each in namespaces of its own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from support.paths import PROJECT

TREES = PROJECT / ".servers"
OWNER = 1000
"""The user and group that a server believes to be: servers refuse to run as root."""
WITH_US = ("setpriv", "--pdeathsig", "KILL")
"""Before a command: it ends when whoever started it ends, also by a kill."""

_ENTER = """
tree=$1 work=$2 owner=$3; shift 3
mount -t tmpfs tmpfs "$tree/dev"
for device in null zero full random urandom; do
    : > "$tree/dev/$device"
    mount --bind "/dev/$device" "$tree/dev/$device"
done
ln -s /proc/self/fd "$tree/dev/fd"
mkdir "$tree/dev/shm"
mount -t proc proc "$tree/proc"
mount -t tmpfs tmpfs "$tree/run"
mount -t tmpfs tmpfs "$tree/tmp"
mount --bind "$work" "$tree/srv"
mount --bind "$work/etc" "$tree/etc"
mount --bind "$work/var" "$tree/var"
become=
[ "$owner" = root ] || become="--user --map-user=$owner --map-group=$owner"
unshare $become --root="$tree" --wd=/ env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
exit $?
"""
"""What the first process of the namespaces does: give the tree folders of its own, and run the server within."""


class Unpacked:
    """A server that runs from an unpacked tree. It sees that tree, and as `/srv` a folder that is removed at its end;
    of this machine nothing but the network. When the tests end, by a kill too, all of its processes end.
    """

    def __init__(self, tree: str, start: str, files: Mapping[str, str], *, as_root: bool = False) -> None:
        """`start`: a shell script. `files`: their paths below /srv and what is in them, /etc being `etc`."""
        self.folder = Path(tempfile.mkdtemp(prefix=f"mailbot-{tree}-"))
        self.folder.chmod(0o755)
        shutil.copytree(TREES / tree / "etc", self.folder / "etc", symlinks=True)
        shutil.copytree(TREES / tree / "var", self.folder / "var", symlinks=True)
        for name, text in {**_users(as_root=as_root), **files, "start": start}.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self._tree, self._owner = TREES / tree, "root" if as_root else str(OWNER)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it."""
        with (self.folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                self._entered("sh", "/srv/start"), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def run(self, *command: str, said: str = "") -> None:
        """Run a program of the tree to its end, and feed it what is `said`."""
        ended = subprocess.run(
            self._entered(*command), input=said.encode(), capture_output=True, timeout=30, check=False
        )
        assert ended.returncode == 0, (command, ended.stdout, ended.stderr)

    def output(self) -> str:
        """What it has printed."""
        return (self.folder / "output").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End it, and remove all that it kept."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _entered(self, *command: str) -> list[str]:
        as_us = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
        namespaces = [*WITH_US, "unshare", *as_us, "--mount", "--pid", "--fork", "--kill-child"]
        return [
            *namespaces,
            *("sh", "-euc", _ENTER, "sh", str(self._tree), str(self.folder), self._owner),
            *command,
        ]


def _users(*, as_root: bool) -> dict[str, str]:
    """All accounts that the servers ask for by name. One user is mapped into the namespaces, unless `as_root`."""
    names = {"root": 0, "courier": OWNER, "cyrus": OWNER, "mail": OWNER, "Debian-exim": OWNER, "nobody": 65534}
    groups = {"root": 0, "mail": OWNER, "courier": OWNER, "sasl": OWNER, "Debian-exim": OWNER, "nogroup": 65534}
    if as_root:
        names, groups = names | {"postfix": 101}, groups | {"postfix": 101, "postdrop": 102}
    return {
        "etc/passwd": "".join(f"{name}:x:{number}:{number}::/srv:/bin/false\n" for name, number in names.items()),
        "etc/group": "".join(f"{name}:x:{number}:\n" for name, number in groups.items()),
        "etc/hosts": "127.0.0.1 localhost\n",
    }


def missing(what: str) -> NoReturn:
    """Skip the test, or fail where no server may be missing."""
    pytest.fail(what) if os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1" else pytest.skip(what)


def required(tree: str) -> None:
    """Skip or fail where that tree cannot be run here."""
    if not (TREES / tree / "packages.txt").exists():
        missing(f"{tree} and its like are not unpacked: make servers")
    probe = ["unshare", *([] if os.getuid() == 0 else ["--user", "--map-root-user"]), "--mount", "--pid", "--fork"]
    probe += ["unshare", "--user", f"--map-user={OWNER}", "true"]
    if subprocess.run(probe, capture_output=True, timeout=30, check=False).returncode:
        missing("this machine allows no namespaces to its users, in which unpacked servers run")
