"""Opens files that are encrypted though nobody chose a password ([MS-OFFCRYPTO] section 2.4.2.3).

Office encrypts a file whose structure is protected, or that is recommended to be opened read-only, with a word of its
own, and opens it again without asking.
"""

import io
from types import SimpleNamespace

import msoffcrypto
from msoffcrypto.format import xls97

from parsers.formats.helpers import faults

_OFFICES_OWN = "VelvetSweatshop"

xls97.tempfile = SimpleNamespace(TemporaryFile=io.BytesIO)  # a child that reads files may write none


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
