"""What S/MIME wraps: signed and compressed content, in one piece or streamed, and whatever else is sent as such."""

import base64
import contextlib
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.containers import Budget, Member, unpack
from parsers.containers.cms import opened
from parsers.formats.file_kind import FileKind, kind_of
from parsers.reading import Unreadable
from support import cms

CONTENT = b"Content-Type: text/plain\r\n\r\n" + bytes(range(256)) * 20


def code(content: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        opened(content, Budget())
    return caught.value.code


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("wrap", [cms.signed, cms.compressed])
def test_what_is_wrapped_comes_out_as_it_was(wrap: Callable[..., bytes], streamed: bool) -> None:
    wrapped = wrap(CONTENT, streamed=streamed)
    assert kind_of(wrapped) is FileKind.CMS
    assert opened(wrapped, Budget()) == CONTENT
    assert unpack(wrapped, Budget()) == (Member("", CONTENT),)


def test_armour_is_taken_off() -> None:
    armoured = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(cms.signed(CONTENT)) + b"-----END PKCS7-----\n"
    assert kind_of(armoured) is FileKind.CMS
    assert opened(armoured, Budget()) == CONTENT


def test_a_detached_signature_has_no_content() -> None:
    assert opened(cms.signed(None), Budget()) is None
    assert unpack(cms.signed(None), Budget()) == ()


@pytest.mark.parametrize("kind", [cms.ENVELOPED, cms.AUTH_ENVELOPED])
@pytest.mark.parametrize("streamed", [False, True])
def test_what_is_encrypted_is_named_as_such(kind: bytes, streamed: bool) -> None:
    assert code(cms.enveloped(CONTENT, kind=kind, streamed=streamed)) == "encrypted"


def test_what_unpacks_to_too_much_is_not_unpacked() -> None:
    assert code(cms.compressed(bytes(101_000_000))) == "too-large"


def test_a_compression_that_breaks_off_is_broken() -> None:
    wrapped = cms.compressed(bytes(range(256)) * 40)
    assert code(wrapped.replace(b"\x78\x9c", b"\x78\x9d", 1)) == "broken"


@pytest.mark.parametrize("begin", [b"\x24\x80", b"\x24\x84\x7f\xff\xff\xff", b"\x3f\x81"])
def test_strings_in_strings_in_strings_are_refused_quickly(begin: bytes) -> None:
    begun = time.process_time()
    assert code(cms.signed(None, held=cms.value(cms.OCTETS | 0x20, begin * 100_000, b"x"))) == "broken"
    assert time.process_time() - begun < 1


def test_a_streamed_content_of_many_pieces_takes_time_by_its_length() -> None:
    content = bytes(5_000_000)
    begun = time.process_time()
    assert opened(cms.signed(content, streamed=True), Budget()) == content
    assert time.process_time() - begun < 3  # joined piece by piece it takes several times as long


@given(st.data())
def test_any_damage_gives_a_content_or_a_named_fault(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([cms.signed, cms.compressed, cms.enveloped]))(CONTENT[:200]))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, 80))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    with contextlib.suppress(Unreadable):
        assert isinstance(opened(bytes(whole), Budget()), bytes | None)


@pytest.mark.parametrize("option", ["", "-stream"])
def test_what_openssl_signs_is_opened(tmp_path: Path, option: str) -> None:
    def openssl(words: str) -> None:
        subprocess.run(["openssl", *words.split()], cwd=tmp_path, check=True, capture_output=True, timeout=60)

    (tmp_path / "mail").write_bytes(CONTENT * 5)
    openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=example.org -keyout key -out certificate")
    openssl(f"cms -sign -binary -nodetach -signer certificate -inkey key -in mail -outform DER -out signed {option}")
    openssl("cms -encrypt -binary -in signed -outform DER -out secret certificate")
    assert opened((tmp_path / "signed").read_bytes(), Budget()) == CONTENT * 5
    assert code((tmp_path / "secret").read_bytes()) == "encrypted"
