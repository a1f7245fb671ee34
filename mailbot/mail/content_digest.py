"""Makes a digest of what a mail says, which another way through other servers does not change."""

from collections.abc import Iterable
from hashlib import sha256


def digest(pieces: Iterable[bytes]) -> str:
    """That of the pieces and of where each ends, in hexadecimal digits."""
    whole = sha256()
    for piece in pieces:
        whole.update(len(piece).to_bytes(8, "big"))
        whole.update(piece)
    return whole.hexdigest()


def words(text: str) -> bytes:
    """A text as it survives a change of line ends and of blanks before them."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines()).encode()
