"""Files and folders that only this user may read, and that a power cut does not take away."""

import os
import re
from pathlib import Path

NETWORK = frozenset(
    [
        "9p",
        "afs",
        "ceph",
        "cifs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
        "vmhgfs",
    ]
)
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


def network_file_system(path: Path, mounts: str) -> str | None:
    """The kind of network file system that a resolved path lies on, None for a local disk.

    `mounts` is the text of /proc/mounts. Everything of FUSE counts as network; `fuseblk` is a local disk.
    """
    inside, kind = -1, ""
    for line in mounts.splitlines():
        _, point, found, *_ = line.split(" ")
        folder = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point))
        if (path == folder or folder in path.parents) and len(folder.parts) >= inside:
            inside, kind = len(folder.parts), found
    return kind if kind in NETWORK or kind == "fuse" or kind.startswith("fuse.") else None
