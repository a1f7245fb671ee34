"""What a camera writes into a picture is not passed on."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mailbot.mail.original_files import original_files
from mailbot.mail.picture_data import without_picture_data
from support.mails import mail
from support.review import arrive, table_of
from support.world import World, words

WHERE = "39.0851N 117.1990E"


def photo(kind: str, *, told: bool = True) -> bytes:
    picture, file = Image.new("RGB", (9, 7), (10, 200, 30)), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = WHERE
    picture.save(file, kind, **({"exif": exif, "comment": WHERE.encode()} if told else {}))
    return file.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_stays_the_same_picture_and_says_nothing_more(kind: str) -> None:
    raw = photo(kind)
    assert WHERE.encode() in raw
    cleaned = without_picture_data(raw)
    assert cleaned is not None
    assert WHERE.encode() not in cleaned
    assert b"Exif" not in cleaned
    with Image.open(io.BytesIO(cleaned)) as now, Image.open(io.BytesIO(raw)) as before:
        assert not now.getexif()
        assert list(now.convert("RGB").tobytes()) == list(before.convert("RGB").tobytes())


def test_what_was_appended_to_a_picture_goes_too() -> None:
    assert (without_picture_data(photo("JPEG", told=False) + WHERE.encode()) or b"").count(WHERE.encode()) == 0
    assert (without_picture_data(photo("PNG", told=False) + WHERE.encode()) or b"").count(WHERE.encode()) == 0


@pytest.mark.parametrize("kind", ["WEBP", "TIFF"])
def test_a_picture_of_another_kind_is_not_passed_on(kind: str) -> None:
    assert without_picture_data(photo(kind, told=False)) is None


def test_a_document_goes_unless_a_picture_in_it_tells_something() -> None:
    plain, telling = zipped("media/a.jpg", photo("JPEG", told=False)), zipped("media/a.jpg", photo("JPEG"))
    assert without_picture_data(plain) == plain
    assert without_picture_data(telling) is None
    assert without_picture_data(b"%PDF-1.4 " + photo("JPEG")) is None
    assert without_picture_data(b"a,b\n1,2\n") == b"a,b\n1,2\n"


@given(st.sampled_from(["JPEG", "PNG"]), st.data())
def test_a_damaged_picture_never_fails(kind: str, data: st.DataObject) -> None:
    raw = bytearray(photo(kind))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cleaned = without_picture_data(bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    assert cleaned is None or b"Exif\x00\x00" not in cleaned


def test_the_files_of_a_mail_come_without() -> None:
    files = original_files(mail(attachments=[("a.jpg", photo("JPEG")), ("b.webp", photo("WEBP"))]), 10**6)
    assert WHERE.encode() not in (files[0].content or b"")
    assert (files[1].content, files[1].tells) == (None, True)


def test_a_letter_to_staff_names_the_photos_that_it_does_not_bring(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = World(tmp_path_factory.mktemp("world"))
    photos = zipped("a.jpg", photo("JPEG"))
    arrive(world, sender="someone@example.net", attachments=[*table_of(""), ("照片.zip", photos)])
    (letter,) = world.sent("case")
    assert WHERE.encode() not in letter.as_bytes()
    assert "统计表" in words(letter)
