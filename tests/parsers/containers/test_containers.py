"""Unpacking archives: their files or one typed error, for any bytes, within the limits."""

import base64
import gzip
import io
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.child.isolate import Isolated
from parsers.containers import Budget, Member, faults, unpack
from parsers.reading import Fault, Unreadable

# made with an ordinary 7z program and the password "secret": once the contents alone, once the names as well
ENCRYPTED_7Z = (
    "N3q8ryccAARFmI7BeQAAAAAAAAAUAAAAAAAAAIHWvcq7hBNL2w2k9poFUJcNXrl6AQBkAQQGAAEJEAoBG4RDrgAHCwEAAiQG8QcBElMPPHN+2UZn"
    "oh44BinOSVZ+LiEhARgBAAwJBQAICgGGphA2AAAFARENAGEALgB0AHgAdAAAABQKAQCgHLhLdnrdARUGAQAggICBAAAAFwYQAQlpAAcLAQABISEB"
    "GAxlAAA=",
    "N3q8ryccAATlZOjfgAAAAAAAAAAoAAAAAAAAAHaOCDJDBaQ3LHmshWd6ToHoyiJveyBBlKjyGwVSXQWaWsF0e0uuKxr9FIO079yqkTWMpgafo3Sd"
    "Ej3ySERZfx+RPD9FbELAl0OFPes8/CJ77xju+fyG1XVpKv2rpvemtiBZ43QZ0nqUUtvL8W1DEomhlty5aJrvr0axQRQ2THGX/vxQxxcGEAEJcAAH"
    "CwEAASQG8QcBElMPeYr6N/OUoxbK52G4pu7HlQxlAAA=",
)


@pytest.fixture
def libarchive() -> None:
    """Skips where the shared library is not installed, unless MAILBOT_REQUIRE_SERVERS=1."""
    try:
        seven_zip({"a": b"a"})
    except (OSError, TypeError, AttributeError):
        missing = "libarchive is not installed: apt-get install libarchive13"
        pytest.fail(missing) if os.environ.get("MAILBOT_REQUIRE_SERVERS") == "1" else pytest.skip(missing)


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def zipped_raw(files: Mapping[bytes, bytes]) -> bytes:
    """A zip whose names are these bytes, without a word on their charset."""
    stand_ins = {name: f"{n:03}".ljust(len(name), "x") for n, name in enumerate(files)}
    content = zipped({stand_ins[name]: content for name, content in files.items()})
    for name, stand_in in stand_ins.items():
        content = content.replace(stand_in.encode(), name)
    return content


def with_flag(content: bytes, flag: int) -> bytes:
    """The zip with a flag set in every header."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            changed[at + offset] |= flag
            at = content.find(mark, at + 4)
    return bytes(changed)


def seven_zip(files: Mapping[str, bytes]) -> bytes:
    import libarchive

    written = bytearray()

    def write(piece: bytes) -> int:
        written.extend(bytes(piece))
        return len(piece)

    with libarchive.custom_writer(write, "7zip") as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return bytes(written)


def rar4(files: Mapping[bytes, bytes], *, flags: int = 0, archive_flags: int = 0, method: int = 0x30) -> bytes:
    """A RAR archive of the old format with stored files."""

    def block(kind: int, flags: int, rest: bytes) -> bytes:
        header = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(header) & 0xFFFF) + header

    blocks = [b"Rar!\x1a\x07\x00", block(0x73, archive_flags, bytes(6))]
    for name, content in files.items():
        sizes = struct.pack("<LLBL", len(content), len(content), 2, zlib.crc32(content))
        rest = sizes + struct.pack("<LBBHL", 0, 20, method, len(name), 0x20) + name
        blocks += [block(0x74, 0x8000 | flags, rest), content]
    return b"".join([*blocks, block(0x7B, 0x4000, b"")])


def rar5(files: Mapping[str, bytes], *, archive_flags: int = 0) -> bytes:
    """A RAR archive of the new format with stored files."""

    def vint(number: int) -> bytes:
        return bytes([number & 0x7F | 0x80]) + vint(number >> 7) if number > 0x7F else bytes([number])

    def block(*fields: int | bytes) -> bytes:
        rest = b"".join(vint(field) if isinstance(field, int) else field for field in fields)
        header = vint(len(rest)) + rest
        return struct.pack("<L", zlib.crc32(header)) + header

    blocks = [b"Rar!\x1a\x07\x01\x00", block(1, 0, archive_flags)]
    for name, content in files.items():
        shown, sum_ = name.encode(), struct.pack("<L", zlib.crc32(content))
        blocks += [block(2, 2, len(content), 4, len(content), 0x20, sum_, 0, 0, len(shown), shown), content]
    return b"".join([*blocks, block(5, 0, 0)])


def fault_of(content: bytes, budget: Budget | None = None) -> str:
    with pytest.raises(Unreadable) as caught:
        unpack(content, budget or Budget())
    assert "压缩包" in caught.value.text
    return caught.value.code


def members_or_fault(content: bytes) -> tuple[Member, ...] | Fault:
    try:
        return unpack(content, Budget(size=1_000_000))
    except Unreadable as error:
        return error.fault()


def names(content: bytes) -> list[str]:
    return [member.name for member in unpack(content, Budget())]


# ---------------------------------------------------------------- zip


def test_the_files_of_a_zip_come_in_its_order() -> None:
    content = zipped({"新河街/附件1.xlsx": b"one", "说明.txt": b"two"})
    assert unpack(content, Budget()) == (Member("新河街/附件1.xlsx", b"one"), Member("说明.txt", b"two"))


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_names_that_do_not_say_their_charset_are_read_in_the_one_that_fits(charset: str) -> None:
    written = ["新河街统计表.xls", "镕喆.doc", "plain.txt"]
    assert names(zipped_raw({name.encode(charset): b"x" for name in written})) == written


def test_one_name_in_gbk_decides_for_all_names_of_the_archive() -> None:
    ambiguous = "统计".encode("gb18030")
    assert names(zipped_raw({ambiguous: b"x", "新河街.xls".encode("gb18030"): b"y"}))[0] == "统计"


def test_the_unicode_path_field_wins_over_the_name() -> None:
    raw = b"----.xls"
    field = b"\1" + struct.pack("<L", zlib.crc32(raw)) + "统计表.xls".encode()
    entry = zipfile.ZipInfo(raw.decode())
    entry.extra = struct.pack("<HH", 0x7075, len(field)) + field
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, b"x")
    assert names(buffer.getvalue()) == ["统计表.xls"]


def test_a_unicode_path_field_about_another_name_is_not_believed() -> None:
    field = b"\1" + struct.pack("<L", 7) + "别的.xls".encode()
    entry = zipfile.ZipInfo("a.xls")
    entry.extra = struct.pack("<HH", 0x7075, len(field)) + field
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, b"x")
    assert names(buffer.getvalue()) == ["a.xls"]


def test_folders_and_what_systems_leave_behind_are_no_files() -> None:
    noise = ["新河街/", "__MACOSX/._a.xlsx", "._b.xlsx", "新河街/.DS_Store", "Thumbs.db"]
    assert names(zipped({**dict.fromkeys(noise, b""), "新河街/a.xlsx": b"x"})) == ["新河街/a.xlsx"]


def test_an_archive_of_such_things_alone_is_empty() -> None:
    assert fault_of(zipped({"__MACOSX/._a.xlsx": b"x"})) == "empty"
    assert fault_of(zipped({})) == "empty"


def test_an_encrypted_zip_asks_for_the_file_without_its_password() -> None:
    assert fault_of(with_flag(zipped({"a.xlsx": b"x"}), 1)) == "password"


def test_a_zip_with_aes_asks_for_the_file_without_its_password() -> None:
    content = zipped({"a.xlsx": b"x"}, zipfile.ZIP_STORED)
    aes = content.replace(b"PK\x03\x04\x14\0\0\0\0\0", b"PK\x03\x04\x14\0\0\0\x63\0")
    aes = aes.replace(b"PK\x01\x02\x14\x03\x14\0\0\0\0\0", b"PK\x01\x02\x14\x03\x14\0\0\0\x63\0")
    assert aes != content
    assert fault_of(aes) == "password"


def test_a_zip_packed_in_a_way_that_nobody_here_knows_says_so() -> None:
    content = zipped({"a.xlsx": b"x"}, zipfile.ZIP_STORED)
    odd = content.replace(b"\x14\x03\x14\0\0\0\0\0", b"\x14\x03\x14\0\0\0\x09\0")
    odd = odd.replace(b"PK\x03\x04\x14\0\0\0\0\0", b"PK\x03\x04\x14\0\0\0\x09\0")
    assert fault_of(odd) == "archive"


@pytest.mark.parametrize("left", [0.3, 0.6, 0.95])
def test_a_zip_that_was_cut_short_is_said_to_be(left: float) -> None:
    content = zipped({"a.txt": os.urandom(5000)})
    assert fault_of(content[: int(len(content) * left)]) == "truncated"


def test_a_zip_whose_sums_do_not_match_is_broken() -> None:
    content = bytearray(zipped({"a.txt": b"a" * 50}, zipfile.ZIP_STORED))
    content[content.index(b"aaaa") + 3] ^= 1
    assert fault_of(bytes(content)) == "broken"


def test_members_that_lie_over_one_another_are_refused() -> None:
    content = zipped({"aa.txt": b"a" * 500, "bb.txt": b"b" * 500}, zipfile.ZIP_STORED)
    second = content.rindex(b"PK\x01\x02")
    overlapping = content[: second + 42] + bytes(4) + content[second + 46 :]
    assert fault_of(overlapping) == "unsafe"


def test_a_bomb_is_refused_by_its_ratio() -> None:
    assert fault_of(zipped({"a.xlsx": bytes(5_000_000)})) == "too-large"


def test_more_files_than_a_mail_may_bring_are_refused() -> None:
    assert fault_of(zipped({f"{n}.txt": b"" for n in range(201)})) == "too-large"


def test_a_zip_that_says_less_than_it_holds_gives_no_more_than_it_says() -> None:
    content = bytearray(zipped({"a.txt": os.urandom(5000)}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<L", 10)
    assert fault_of(bytes(content)) == "broken"


def test_all_containers_of_a_mail_share_one_budget() -> None:
    budget = Budget(size=1000)
    content = zipped({"a.txt": os.urandom(600)})
    unpack(content, budget)
    assert budget.size == 400
    assert fault_of(content, budget) == "too-large"


def test_names_are_words_and_no_paths() -> None:
    assert names(zipped({"../../etc/x": b"", "C:\\windows\\y.xls": b""})) == ["../../etc/x", "C:\\windows\\y.xls"]


# ---------------------------------------------------------------- 7z, rar, gzip


@pytest.mark.usefixtures("libarchive")
class TestWithLibarchive:
    def test_the_files_of_a_7z_come_with_their_names(self) -> None:
        content = seven_zip({"新河街/附件1.xlsx": b"one", "__MACOSX/._x": b"", "说明.txt": b"two"})
        assert set(unpack(content, Budget())) == {Member("新河街/附件1.xlsx", b"one"), Member("说明.txt", b"two")}

    @pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
    def test_the_files_of_an_old_rar_come_with_their_names(self, charset: str) -> None:
        content = rar4({"新河街\\统计表.xls".encode(charset): b"one"})
        assert unpack(content, Budget()) == (Member("新河街/统计表.xls", b"one"),)

    def test_the_files_of_a_new_rar_come_with_their_names(self) -> None:
        assert unpack(rar5({"统计表.xls": b"one" * 99}), Budget()) == (Member("统计表.xls", b"one" * 99),)

    def test_a_gzip_is_one_file_without_a_name(self) -> None:
        assert unpack(gzip.compress(b"one"), Budget()) == (Member("", b"one"),)

    def test_the_files_of_a_tar_gz_come_with_their_names(self) -> None:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            entry = tarfile.TarInfo("统计表.xls")
            entry.size = 3
            archive.addfile(entry, io.BytesIO(b"one"))
        assert unpack(buffer.getvalue(), Budget()) == (Member("统计表.xls", b"one"),)

    @pytest.mark.parametrize("encoded", ENCRYPTED_7Z)
    def test_an_encrypted_7z_asks_for_the_file_without_its_password(self, encoded: str) -> None:
        assert fault_of(base64.b64decode(encoded)) == "password"

    def test_an_encrypted_rar_asks_for_the_file_without_its_password(self) -> None:
        assert fault_of(rar4({b"a.xls": b"x" * 16}, flags=4)) == "password"
        assert fault_of(rar4({b"a.xls": b"x" * 16}, archive_flags=0x80)) == "password"

    def test_a_solid_rar_asks_for_the_file_itself(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert fault_of(rar4({b"a.xls": bytes(range(256))}, flags=0x10, archive_flags=8, method=0x33)) == "archive"

    @pytest.mark.parametrize("volume", [rar4({b"a": b"one"}, archive_flags=1), rar5({"a": b"one"}, archive_flags=1)])
    def test_a_part_of_a_spread_archive_asks_for_a_whole_one(self, volume: bytes) -> None:
        assert fault_of(volume) == "volume"

    def test_archives_that_were_cut_short_are_said_to_be(self) -> None:
        content = os.urandom(5000)
        for whole in (seven_zip({"a": content}), rar4({b"a": content}), rar5({"a": content}), gzip.compress(content)):
            assert fault_of(whole[: len(whole) // 2]) == "truncated"

    @pytest.mark.parametrize("build", [rar4, rar5])
    def test_a_damaged_rar_never_gives_other_content(self, build: Callable[..., bytes]) -> None:
        content = bytearray(build({b"a.txt" if build is rar4 else "a.txt": b"one" * 9}))
        content[content.index(b"oneone") + 4] ^= 1
        assert fault_of(bytes(content)) == "broken"

    def test_a_damaged_gzip_never_gives_other_content(self) -> None:
        content = bytearray(gzip.compress(b"one" * 9))
        content[-6] ^= 1
        assert fault_of(bytes(content)) == "broken"

    @pytest.mark.parametrize("place", range(33, 40))
    def test_a_damaged_7z_never_gives_other_content(self, place: int) -> None:
        content = bytearray(seven_zip({"a.txt": b"one"}))
        content[place] ^= 1
        assert members_or_fault(bytes(content)) in ((Member("a.txt", b"one"),), faults.broken().fault())

    def test_a_bomb_is_stopped_while_it_unfolds(self) -> None:
        budget = Budget(size=100_000)
        assert fault_of(seven_zip({"a": bytes(5_000_000)}), budget) == "too-large"
        assert fault_of(gzip.compress(bytes(5_000_000)), Budget(size=100_000)) == "too-large"
        assert budget.size >= 0

    def test_more_files_than_a_mail_may_bring_are_refused(self) -> None:
        assert fault_of(seven_zip({f"{n}.txt": b"x" for n in range(201)})) == "too-large"

    def test_archives_open_in_the_limited_child(self) -> None:
        with Isolated() as child:
            for content in (seven_zip({"统计表.xls": b"one"}), rar5({"统计表.xls": b"one"})):
                assert child.call(unpack, content, Budget()) == (Member("统计表.xls", b"one"),)


def test_without_the_shared_library_the_sender_is_asked_for_the_file_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setenv("LIBARCHIVE", "libarchive-that-is-not-there.so")
    for name in [name for name in sys.modules if name.partition(".")[0] == "libarchive"]:
        monkeypatch.delitem(sys.modules, name)
    assert fault_of(rar5({"统计表.xls": b"one"})) == "archive"


# ---------------------------------------------------------------- anything at all

STARTS = [
    b"",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"7z\xbc\xaf'\x1c",
    b"Rar!\x1a\x07\0",
    b"Rar!\x1a\x07\1\0",
    b"\x1f\x8b\x08",
]
WHOLE = [
    zipped({"a.txt": b"one" * 20, "b.txt": b"two"}),
    rar4({b"a": b"one"}),
    rar5({"a": b"one"}),
    gzip.compress(b"one"),
]


def assert_members_or_a_sentence(content: bytes) -> None:
    outcome = members_or_fault(content)
    assert outcome
    assert not isinstance(outcome, Fault) or outcome.text.endswith("。")


@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_any_bytes_end_in_members_or_a_sentence(start: bytes, rest: bytes) -> None:
    assert_members_or_a_sentence(start + rest)


@given(st.sampled_from(WHOLE), st.data())
def test_any_damage_ends_in_members_or_a_sentence(whole: bytes, data: st.DataObject) -> None:
    content = bytearray(whole)
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=5)):
        content[place] = data.draw(st.integers(0, 255))
    assert_members_or_a_sentence(bytes(content[: data.draw(st.integers(0, len(whole)))]))
