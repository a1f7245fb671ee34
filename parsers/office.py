"""Old Word documents (.doc, .wps, .rtf) become .docx by LibreOffice, where it is installed.

LibreOffice is a large program that others' files have broken into before, so it is started anew for each file, without
network and without the machine's files where bubblewrap can be used, with limits on time, memory and disk, and all
that it started ends with it. It takes seconds and needs processes: only the slow lane may start it.
"""

import contextlib
import functools
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import olefile

from parsers.formats import faults
from parsers.reading import Unreadable
from parsers.sniff import FileKind

KINDS = frozenset({FileKind.DOC, FileKind.RTF})
LATER = "needs-office"
"""The code of the fault of a file that the slow lane is to read; nobody outside is told of it."""

SECONDS = 60.0
MEMORY, LARGEST_FILE, LARGEST_RESULT = 3 << 30, 64 << 20, 20 << 20

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""
_SEEN = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt")
_SEEN_SETTINGS = ("/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/etc/ld.so.cache")


def is_installed() -> bool:
    """Whether there is a LibreOffice to start."""
    return shutil.which("soffice") is not None


def is_walled() -> bool:
    """Whether LibreOffice would be started without network and without the machine's files."""
    return _can_wall()


def as_docx(content: bytes, kind: FileKind, *, may_start: bool) -> bytes:
    """The document as .docx; `kind` is one of KINDS.

    Raises Unreadable: `password`, `truncated`, `broken` at once; LATER where LibreOffice would read it and may not be
    started here; `word` where it is missing, fails or takes longer than SECONDS.
    """
    _check(content, kind)
    if not is_installed():
        raise _unreadable()
    if not may_start:
        raise Unreadable(LATER, "所附文件为旧版文字文档，系统正在转换。")
    with tempfile.TemporaryDirectory(prefix="mailbot-") as name:
        return _converted(content, kind, Path(name))


def _unreadable() -> Unreadable:
    return Unreadable(
        "word",
        "所附文件为旧版文字文档（.doc、.wps 或 .rtf），系统无法读取其中的表格。"
        "请在 WPS 或 Word 中打开，另存为 .docx，或改填电子表（.xlsx）后重新发送。",
    )


@faults.told_as_faults()
def _check(content: bytes, kind: FileKind) -> None:
    """Raises Unreadable for a file with a password, or without its end: LibreOffice would show what is left of it."""
    if kind is FileKind.RTF:
        if not content.rstrip(b"\0 \t\r\n\x1a").endswith(b"}"):
            raise faults.truncated()
        return
    try:
        with olefile.OleFileIO(content) as container:
            names = [name for name in ("WordDocument", "0Table", "1Table") if container.exists(name)]
            streams = [container.openstream(name).read() for name in names]
            is_whole = all(len(stream) == container.get_size(name) for name, stream in zip(names, streams, strict=True))
    except OSError as error:
        raise faults.truncated() from error
    if not is_whole:
        raise faults.truncated()
    if streams[0][11] & 1:  # MS-DOC section 2.5.2, fEncrypted
        raise faults.password()


def _converted(content: bytes, kind: FileKind, folder: Path) -> bytes:
    source, result = folder / f"document.{kind}", folder / "out" / "document.docx"
    source.write_bytes(content)
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_SETTINGS, encoding="utf-8")
    options = ["--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation={settings.parents[1].as_uri()}"]
    convert = ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(result.parent), str(source)]
    program = Path(shutil.which("soffice") or "soffice").resolve()
    is_done = _run([*_sandbox(folder, program), str(program), *options, *convert], folder)
    if not is_done or not result.is_file() or not 0 < result.stat().st_size <= LARGEST_RESULT:
        raise _unreadable()
    return result.read_bytes()


def _sandbox(folder: Path, program: Path) -> list[str]:
    """The words before a command that leave it nothing but itself and the folder; none where that cannot be had."""
    return _walls(folder, program) if _can_wall() else []


@functools.cache
def _can_wall() -> bool:
    """Whether bubblewrap is there and the kernel lets it work."""
    if shutil.which("bwrap") is None:
        return False
    with tempfile.TemporaryDirectory(prefix="mailbot-") as name:
        return _run([*_walls(Path(name), Path("/usr/bin/true")), "true"], Path(name))


def _walls(folder: Path, program: Path) -> list[str]:
    words = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--dev", "/dev", "--proc", "/proc"]
    words += ["--tmpfs", "/tmp"]  # noqa: S108 a new, empty one
    for path in (*_SEEN, *_SEEN_SETTINGS, str(program.parent)):
        words += ["--ro-bind-try", path, path]
    return [*words, "--bind", str(folder), str(folder), "--chdir", str(folder)]


def _run(command: list[str], folder: Path) -> bool:
    """Whether the command ended well within its time. All that it started in its session is gone afterwards."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(  # noqa: S603 no word of the command comes from outside
        command,
        cwd=folder,
        env=environment | {"TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_limit,
    ) as process:
        try:
            return process.wait(SECONDS) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _limit() -> None:
    limits = {"AS": MEMORY, "FSIZE": LARGEST_FILE, "CORE": 0, "CPU": int(SECONDS) + 1}
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
