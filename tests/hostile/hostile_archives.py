"""Archives that hold too much, lie about it, or lie over one another."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib

from hostile_cases import hostile
from hostile_packages import sheet, table, xlsx, zipped

TABLE = xlsx([sheet(table(3))])


@hostile(".zip", "too-large", tables=b"0,", blanks=b" ", nothing=b"\0")
def zip_ratio(piece: bytes) -> bytes:
    return zipped([("a.csv", piece * (120_000_000 // len(piece)))])


@hostile(".zip", "too-large")
def zip_many_of_a_small_ratio() -> bytes:
    return zipped([(f"{n}.csv", b"0" * 900_000) for n in range(150)])


@hostile(".zip", "too-large", files=300, more=40_000)
def zip_entries(number: int) -> bytes:
    return zipped([(f"{n}.txt", b"") for n in range(number)])


@hostile(".zip", "archive", three=3, many=40)
def zip_in_zip(depth: int) -> bytes:
    content = zipped([("a.csv", "x")])
    for _ in range(depth):
        content = zipped([("n.zip", content)])
    return content


@hostile(".zip", "too-large+unknown-type|unknown-type")
def zip_of_zips() -> bytes:
    inner = zipped([(f"{n}.csv", b"0" * 900_000) for n in range(12)])
    return zipped([(f"{n}.zip", inner) for n in range(12)])


@hostile(".zip", "unsafe", few=20, many=150)
def zip_overlapping(number: int) -> bytes:
    """All entries of the directory point to one file."""
    content = b"1,2\n" * 100_000
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    sizes = struct.pack("<III", zlib.crc32(content), len(packed), len(content))
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", 5, 0) + b"a.csv"
    entry = (
        b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes + struct.pack("<HHHHHII", 5, 0, 0, 0, 0, 0, 0)
    )
    entries = b"".join(entry + b"a.csv" for _ in range(number))
    body = local + packed
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, number, number, len(entries), len(body), 0)
    return body + entries + end


@hostile(".zip", "broken")
def zip_that_lies_about_a_size() -> bytes:
    content = bytearray(zipped([("a.csv", b"1,2\n" * 200_000)]))
    at = content.rindex(b"PK\1\2") + 24
    content[at : at + 4] = struct.pack("<I", 100)
    return bytes(content)


@hostile(
    ".zip",
    "read",
    up="../../../etc/cron.d/x.csv",
    root="/etc/x.csv",
    drive="C:\\x\\y.csv",
    nul="a\0.csv",
    turned="a\u202excod.csv",
    long="很长" * 800 + ".csv",
)
def zip_name(name: str) -> bytes:
    return zipped([(name, "序号,活动名称\n1,讲座\n")])


@hostile(".zip", "unknown-type")
def zip_of_links() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


@hostile(".zip", "too-large", bzip2=zipfile.ZIP_BZIP2, lzma=zipfile.ZIP_LZMA)
def zip_packed_by(method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.csv", b"0," * 40_000_000)
    return buffer.getvalue()


@hostile(".zip", "read")
def zip_of_many_tables() -> bytes:
    return zipped([(f"{n}.xlsx", TABLE) for n in range(40)])


@hostile(".zip", "read|too-large")
def zip_of_many_slow_tables() -> bytes:
    """Each of them takes little; the mail has one budget."""
    content = xlsx([sheet(table(600))])
    return zipped([(f"{n}.xlsx", content) for n in range(60)])


@hostile(".gz", "too-large", zeros=b"\0" * 1_000, text=b"1,2,3\n" * 100)
def gzip_ratio(piece: bytes) -> bytes:
    return gzip.compress(piece * (150_000_000 // len(piece)))


@hostile(".gz", "unknown-type")
def gzip_of_many_members() -> bytes:
    return gzip.compress(b"a,b\n") + gzip.compress(b"") * 9_000


@hostile(".gz", "archive")
def gzip_in_gzip() -> bytes:
    content = b"a,b\n1,2\n"
    for _ in range(30):
        content = gzip.compress(content)
    return content


@hostile(".tar.gz", "empty")
def tar_of_links() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, kind in (
            ("l", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("d", tarfile.CHRTYPE),
            ("p", tarfile.FIFOTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    return buffer.getvalue()


@hostile(".rar", "broken", five=b"Rar!\x1a\x07\x01\x00", four=b"Rar!\x1a\x07\x00")
def rar_of_nothing(start: bytes) -> bytes:
    return start + b"\xff" * 100_000


@hostile(".7z", "truncated", noise=b"\xff" * 60_000, zeros=b"\0" * 60_000)
def seven_zip_of(rest: bytes) -> bytes:
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<IQQI", 0, 10, 2**40, 0) + rest


@hostile(".zip", "read|unknown-type|too-large|broken")
def zip_extra_fields_without_end() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(3):
            entry = zipfile.ZipInfo(f"{number}.csv")
            entry.extra = struct.pack("<HH", 0x9999, 0) * 15_000
            archive.writestr(entry, "序号,活动名称\n1,讲座\n")
    return buffer.getvalue()


def seven_zip(header: bytes, packed: bytes = b"") -> bytes:
    """A 7z archive with this header, however wrong it is, and the right sums."""
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


_MANY = b"\xff" + struct.pack("<Q", 2**40)
_PACK = b"\1\4\6\0\1\x09\x01\0\7\x0b\1\0\1\x23\3\1\1\5\x5d\xff\xff\xff\xff\x0c"


@hostile(
    ".7z",
    "broken|truncated|archive|too-large",
    files=b"\1\5" + _MANY + b"\0\0",
    folders=b"\1\4\6\0\1\x09\1\0\7\x0b" + _MANY + b"\0\0\0",
    dictionary=_PACK + b"\xff" + struct.pack("<Q", 2**50) + b"\0\0\5\1\0\0",
    packed=b"\x17\6\0\1\x09\xff" + struct.pack("<Q", 2**60) + b"\0\0",
    names=b"\1\5\x60\x11" + _MANY + b"\0" * 60_000,
)
def seven_zip_header(header: bytes) -> bytes:
    return seven_zip(header, b"\0" * 100)


@hostile(".zip", "too-large|unknown-type")
def zip_of_many_gzips() -> bytes:
    one = gzip.compress(b"1,2\n" * 4_000_000)
    return zipped([(f"{n}.csv.gz", one) for n in range(20)])
