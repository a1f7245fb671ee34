"""Encrypted workbooks: those with the default password are read; others are answered with a request for one without."""

import io

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from parsers.formats.read_file import read_grids
from parsers.reading import Unreadable

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


def test_a_password_of_the_sender_s_is_a_fault_of_its_own() -> None:
    with pytest.raises(Unreadable) as caught:
        read_grids(locked("12351"))
    assert caught.value.code == "password"
    assert "取消密码" in caught.value.text


@pytest.mark.parametrize("length", [600, 2000, -700])
def test_a_damaged_one_is_never_more_than_a_fault(length: int) -> None:
    with pytest.raises(Unreadable):
        read_grids(locked(OFFICES_OWN)[:length])
