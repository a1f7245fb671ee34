"""Private and durable files and folders, free space, and network file systems."""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

NETWORK = frozenset([
    "9p", "afs", "ceph", "cifs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs", "vboxsf",
    "virtiofs", "vmhgfs",
])  # fmt: skip
"""File systems whose locks and flushes do not hold what a database needs of them (sqlite.org/wal.html, section 1)."""


def make_folder(folder: Path) -> None:
    """Create a folder and its missing parents, each for this user alone whatever the umask, and durably.

    Raises OSError.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
        path.chmod(0o700)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    """Write every byte, where one call takes only some as well. Raises OSError."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def free_bytes(paths: Iterable[Path]) -> int:
    """The free bytes on the fullest of the disks that these paths lie on, or will lie on. Raises OSError."""
    return min(shutil.disk_usage(_nearest(path)).free for path in paths)


def _nearest(path: Path) -> Path:
    """The path itself or the first folder above it that exists."""
    return next(place for place in (path, *path.absolute().parents) if place.exists())


def network_file_system(path: Path, mounts: str) -> str | None:
    """The kind of network file system that a resolved path lies on, None for a local disk.

    `mounts` is the text of /proc/self/mounts. Everything of FUSE counts as network; `fuseblk` is a local disk.
    """
    inside, kind = -1, ""
    for line in mounts.splitlines():
        _, point, found, *_ = line.split(" ")
        folder = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point))
        if (path == folder or folder in path.parents) and len(folder.parts) >= inside:
            inside, kind = len(folder.parts), found
    return kind if kind in NETWORK or kind == "fuse" or kind.startswith("fuse.") else None
