"""Encrypted workbooks: those with the default password are read; others are answered with a request for one without."""

import hashlib
import io
import struct

import openpyxl
import pytest
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import DocumentRC4
from xlwt.CompoundDoc import XlsDoc

from parsers.child.isolate import Isolated
from parsers.formats.read_file import read_grids
from parsers.reading import Unreadable
from support.files import saved
from support.old_workbooks import BOF, BOUNDSHEET, FILEPASS, records_of, stream_of, workbook
from support.paths import GOLDEN_FILES

OFFICES_OWN = "VelvetSweatshop"


def locked(password: str) -> bytes:
    """A workbook encrypted as Office does it."""
    plain, content = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    book.worksheets[0].append(["活动名称", 120])
    book.save(plain)
    OOXMLFile(plain).encrypt(password, content)
    return content.getvalue()


def test_a_workbook_with_a_protected_structure_is_read_like_any_other() -> None:
    (grid,) = read_grids(locked(OFFICES_OWN))
    assert (grid.shown(1, 1), grid.shown(1, 2)) == ("活动名称", "120")


def test_a_document_that_opens_without_asking_is_read_as_one() -> None:
    plain, content = io.BytesIO((GOLDEN_FILES / "form-python-docx.docx").read_bytes()), io.BytesIO()
    OOXMLFile(plain).encrypt(OFFICES_OWN, content)
    assert read_grids(content.getvalue()) == read_grids(plain.getvalue())


def test_a_password_of_the_sender_s_is_a_fault_of_its_own() -> None:
    with pytest.raises(Unreadable) as caught:
        read_grids(locked("12351"))
    assert caught.value.code == "password"
    assert "取消密码" in caught.value.text


@pytest.mark.parametrize("length", [600, 2000, -700])
def test_a_damaged_one_is_never_more_than_a_fault(length: int) -> None:
    with pytest.raises(Unreadable):
        read_grids(locked(OFFICES_OWN)[:length])


def locked_as_of_old(password: str) -> bytes:
    """An .xls encrypted as [MS-OFFCRYPTO] section 2.3.6 has it: all of the stream but some records and all headers."""
    book = xlwt.Workbook()
    book.add_sheet("表").write(0, 0, "活动名称")
    salt, verifier = bytes(range(16)), bytes(16)

    def enciphered(content: bytes, block: int) -> bytes:
        return bytes(DocumentRC4.decrypt(password, salt, io.BytesIO(content), blocksize=block).read())

    proof = enciphered(verifier + hashlib.md5(verifier).digest(), 0x200)
    first, *rest = records_of(stream_of(saved(book)))
    plain = workbook([first, (FILEPASS, struct.pack("<HHH", 1, 1, 1) + salt + proof), *rest])
    content, at = bytearray(enciphered(plain, 0x400)), 0
    for code, body in records_of(plain):
        clear = {BOF: len(body), FILEPASS: len(body), BOUNDSHEET: 4}.get(code, 0)
        content[at : at + 4 + clear] = plain[at : at + 4 + clear]
        at += 4 + len(body)
    content[at:] = plain[at:]
    file = io.BytesIO()
    XlsDoc().save(file, bytes(content))
    return file.getvalue()


def test_an_old_workbook_that_opens_without_asking_is_read_where_no_file_may_be_written() -> None:
    with Isolated() as child:
        assert child.call(first_text, locked_as_of_old(OFFICES_OWN)) == "活动名称"
        with pytest.raises(Unreadable, match="password"):
            child.call(first_text, locked_as_of_old("12351"))


def first_text(content: bytes) -> str:
    return read_grids(content)[0].shown(1, 1)
