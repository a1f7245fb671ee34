"""Reads workbooks that are encrypted though nobody chose a password ([MS-OFFCRYPTO] section 2.4.2.3).

Office encrypts a workbook whose structure is protected, or that is recommended to be opened read-only, with a word of
its own, and opens it again without asking.
"""

import io
from types import SimpleNamespace

import msoffcrypto
from msoffcrypto.format import xls97

from parsers.formats import xlsx
from parsers.formats.file_kind import FileKind
from parsers.formats.helpers import faults
from parsers.grid import Grid

KINDS = frozenset({FileKind.ENCRYPTED_OOXML})

_OFFICES_OWN = "VelvetSweatshop"

xls97.tempfile = SimpleNamespace(TemporaryFile=io.BytesIO)  # a child that reads files may write none


def read(content: bytes) -> tuple[Grid, ...]:
    """The sheets of a workbook that opens without asking. Raises Unreadable ("password") for any other."""
    return xlsx.read(opened(content))


def opened(content: bytes) -> bytes:
    """The same file without its encryption. Raises Unreadable ("password") where the sender's password is needed."""
    plain = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(content))
        file.load_key(password=_OFFICES_OWN)
        file.decrypt(plain)
    except MemoryError:
        raise
    except Exception as error:  # a wrong password shows in many ways, and a broken file in more
        raise faults.password() from error
    return plain.getvalue()
