"""Walls around a process that reads what strangers send: what it may not do even if a file takes it over.

Three layers, each of them for good and for all that the process starts: no new privileges, a filter of system calls
(seccomp), and rules for files, network and signals (Landlock). Where the kernel has no such layer the process goes on
without it; `Layers` says which are there, and `mailbot doctor` tells.
"""

import ctypes
import errno
import importlib.util
import os
import socket
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parsers.child.refused_calls import AGAINST_OTHERS, CHANGES_OF_FILES, NETWORK, NEW_PROCESSES, PROCESSES

if TYPE_CHECKING:
    from seccompy import Filter
    from seccompy.filter import Args

_PROGRAMS = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/opt")
_SETTINGS = ("/etc/fonts", "/etc/libreoffice", "/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_SHARED = ("/var/cache/fontconfig", "/var/lib/libreoffice", "/var/spool/libreoffice")
_SEEN = ("/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/sys/devices/system/cpu")
_OWN = ("parsers", "mailbot")
_NO_NEW_PRIVILEGES = 38
_ACCOUNTS = ("/etc/passwd", "/etc/group", "/etc/nsswitch.conf")
"""Programs such as unar fail where they cannot learn who they are."""
_CLONE_THREAD = 0x10000
_X32 = 0x40000000


@dataclass(frozen=True, slots=True)
class Layers:
    """Which walls stand around a process."""

    privileges: bool
    calls: bool
    files: bool

    @property
    def are_all(self) -> bool:
        """Whether none is missing."""
        return self.privileges and self.calls and self.files


def offered() -> Layers:
    """Which walls this machine can raise."""
    try:
        import seccompy
        from py_landlock import LandlockError, get_abi_version
    except ImportError:  # another system than Linux
        return Layers(privileges=False, calls=False, files=False)
    try:
        files = get_abi_version() > 0
    except LandlockError:
        files = False
    return Layers(privileges=True, calls=seccompy.supported(), files=files)


def raise_walls(folder: str = "", programs: Sequence[str] = (), *, alone: bool = False) -> Layers:
    """Wall this process in, for good.

    It then starts nothing, signals nobody, opens no socket and writes to no file; with a `folder` it may start
    programs, which work in that folder alone and reach no other machine. `programs` are folders with programs besides
    the usual ones. `alone`: the program that this process is about to become starts no process, but threads, and stays
    in its session, so that its limits are those of all that it does. Either way programs, libraries and fonts can be
    read, and no other file. Total: a layer that cannot be had is left out.
    """
    there = offered()  # first, since both libraries look for the C library by a program
    privileges = ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 if there.privileges else False
    files = there.files and _rule_files(folder, programs)
    return Layers(privileges, there.calls and _filter_calls(may_start=bool(folder), alone=alone), files)


# ---------------------------------------------------------------- files


def _rule_files(folder: str, programs: Sequence[str]) -> bool:
    """Let files be read that hold programs, and written in the folder alone (Landlock)."""
    from py_landlock import AccessFs, Landlock, LandlockError

    try:
        rules = Landlock(strict=False)
        folders, files = _there((*_own_code(), *_PROGRAMS, *programs, *_SETTINGS, *_SHARED, *_SEEN))
        rules.allow_read(*folders).add_path_rule(*files, access=AccessFs.READ_FILE)
        rules.add_path_rule(*_there(_DEVICES)[1], access=AccessFs.READ_FILE | AccessFs.WRITE_FILE)
        if folder:
            devices = AccessFs.MAKE_CHAR | AccessFs.MAKE_BLOCK | AccessFs.EXECUTE
            rules.allow_execute(*_there((*_PROGRAMS, *programs))[0]).add_path_rule(
                *_there(_ACCOUNTS)[1], access=AccessFs.READ_FILE
            )
            rules.add_path_rule(folder, access=~devices & AccessFs((AccessFs.IOCTL_DEV << 1) - 1))
        rules.apply()
    except (LandlockError, OSError):
        return False
    return True


def _own_code() -> Iterable[str]:
    """Where this interpreter and its packages live, without the folders beside them."""
    yield from (sys.prefix, sys.base_prefix, *filter(None, sysconfig.get_paths().values()))
    yield from (entry for entry in sys.path if entry.endswith(("site-packages", "dist-packages", ".zip")))
    for name in _OWN:
        spec = importlib.util.find_spec(name)
        yield from (spec.submodule_search_locations or ()) if spec else ()


def _there(paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """The folders and the files among these paths that there are."""
    known = [Path(path) for path in dict.fromkeys(paths)]
    folders = [str(path) for path in known if path.is_dir()]
    return folders, [str(path) for path in known if path.exists() and not path.is_dir()]


# ---------------------------------------------------------------- system calls


def _filter_calls(*, may_start: bool, alone: bool) -> bool:
    """Refuse the calls that reading needs none of (seccomp)."""
    from seccompy import Filter, SeccompError

    try:
        rules = Filter()
        _refuse_all(rules, AGAINST_OTHERS)
        if may_start:
            _refuse_distant_sockets(rules)
        else:
            _refuse_all(rules, (*NETWORK, *PROCESSES, *CHANGES_OF_FILES))
            _refuse_changes_of_files(rules)
        if alone or not may_start:
            _refuse_processes(rules)
        rules.load()
    except (SeccompError, OSError):  # a kernel or a machine that knows no such filter
        return False
    return True


def _refuse_distant_sockets(rules: "Filter") -> None:
    """Leave programs sockets on this machine; their threads and files are theirs."""
    from seccompy import ArgCmp, CmpOp

    distant = [ArgCmp(0, CmpOp.NE, socket.AF_UNIX), ArgCmp(0, CmpOp.NE, socket.AF_NETLINK)]
    _refuse(rules, "socket", errno.EPERM, distant)
    # LibreOffice lays its socket into /tmp where it is told that it may write there, else where we tell it to
    for name, place in (("access", 1), ("faccessat", 2)):
        _refuse(rules, name, errno.EACCES, [ArgCmp(place, CmpOp.EQ, os.W_OK)])


def _refuse_processes(rules: "Filter") -> None:
    """Let no process begin, but threads, and none leave its session."""
    from seccompy import ArgCmp, CmpOp

    _refuse_all(rules, NEW_PROCESSES)
    _refuse(rules, "clone", errno.EPERM, [ArgCmp(0, CmpOp.MASKED_EQ, 0, mask=_CLONE_THREAD)])
    _refuse(rules, "clone3", errno.ENOSYS)  # a filter cannot look at its arguments; libraries go back to clone


def _refuse_changes_of_files(rules: "Filter") -> None:
    """Let no file be opened for writing."""
    from seccompy import ArgCmp, CmpOp

    _refuse(rules, "openat2", errno.ENOSYS)  # the same; libraries go back to openat
    for name, place in (("open", 1), ("openat", 2)):
        for bit in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC):
            _refuse(rules, name, errno.EACCES, [ArgCmp(place, CmpOp.MASKED_EQ, bit, mask=bit)])


def _refuse_all(rules: "Filter", names: Iterable[str]) -> None:
    for name in names:
        _refuse(rules, name, errno.EPERM)


def _refuse(rules: "Filter", name: str, error: int, args: "Args | None" = None) -> None:
    """Refuse a call, and its twin of the x32 interface, which a filter sees as the same machine."""
    from seccompy import syscall_nr

    try:
        number = syscall_nr(name)
    except ValueError:  # this machine has no such call
        return
    for each in (number, number | _X32):
        rules.errno(each, error, args=args)
