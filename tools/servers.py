"""Downloads and unpacks further mail servers for the tests into `.servers/`; `make servers` calls it.

    python3 tools/servers.py

The servers are Debian's packages with all that they depend on. They cannot be installed beside Dovecot, with which
they conflict, so they are only unpacked: nothing of this machine is changed, and no root is needed. What is complete is
not downloaded again.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".servers"
TREES = {
    "courier": ("courier-imap", "courier-authlib-userdb", "exim4-daemon-light", "dash", "coreutils"),
    "cyrus": ("cyrus-imapd", "postfix", "sasl2-bin", "libsasl2-modules-db", "libeatmydata1", "dash", "coreutils"),
}
"""What is unpacked together; packages of one tree must not conflict."""
MOUNTED = ("dev", "etc", "proc", "run", "tmp", "var", "srv")
"""Where whoever runs a server puts folders of its own."""
NEEDLESS = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/perl", "boot", "home")


class Failed(Exception):
    """The servers cannot be had; the text says what to do."""


def main() -> int:
    """The exit status."""
    try:
        for name, packages in TREES.items():
            if _is_complete(name, packages):
                continue
            FOLDER.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=FOLDER, prefix=f"{name}-") as part:
                _unpack(_download(packages, Path(part)), tree := Path(part, "tree"))
                (tree / "packages.txt").write_text("\n".join(packages), encoding="ascii")
                shutil.rmtree(FOLDER / name, ignore_errors=True)
                tree.rename(FOLDER / name)
    except Failed as failure:
        print(f"make: {failure}", file=sys.stderr)
        return 1
    return 0


def _is_complete(name: str, packages: tuple[str, ...]) -> bool:
    try:
        return (FOLDER / name / "packages.txt").read_text(encoding="ascii").split() == list(packages)
    except FileNotFoundError:
        return False


def _download(packages: tuple[str, ...], part: Path) -> list[Path]:
    """Whatever these packages need, as if nothing were installed."""
    archives, nothing = part / "archives", part / "status"
    (archives / "partial").mkdir(parents=True)
    nothing.touch()
    options = {
        "Dir::State::status": nothing,
        "Dir::Cache::archives": archives,
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "root",
        "APT::Install-Recommends": "false",
    }
    settings = [word for option, value in options.items() for word in ("-o", f"{option}={value}")]
    _run("apt-get", "install", "--download-only", "--yes", "--quiet=2", *settings, *packages)
    return sorted(archives.glob("*.deb"))


def _unpack(archives: list[Path], tree: Path) -> None:
    for archive in archives:
        _run("dpkg-deb", "--extract", str(archive), str(tree))
    for needless in NEEDLESS:
        shutil.rmtree(tree / needless, ignore_errors=True)
    for folder in MOUNTED:
        (tree / folder).mkdir(exist_ok=True)


def _run(*command: str) -> None:
    try:
        ended = subprocess.run(  # noqa: S603 - this system's own package manager
            command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
    except FileNotFoundError:
        raise Failed(
            f"{command[0]} is missing; the mail servers of the tests are packages of Debian or Ubuntu"
        ) from None
    if ended.returncode:
        said = " ".join(ended.stderr.split()[-40:]) or f"status {ended.returncode}"
        raise Failed(f"the mail servers of the tests are not there: {command[0]} says {said}; try apt-get update first")


if __name__ == "__main__":
    sys.exit(main())
