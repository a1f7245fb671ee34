"""Texts with separators, and without."""

import random

from hostile_cases import hostile
from hostile_packages import HEADER

HEAD = ",".join(HEADER) + "\n"


@hostile(".csv", "unknown-type", commas=b"a,", tabs=b"a\t", blanks=b",")
def csv_line_of(piece: bytes) -> bytes:
    return piece * (20_000_000 // len(piece))


@hostile(".csv", "unknown-type")
def csv_wide() -> bytes:
    return b"a," * 16_000


@hostile(".csv", "unknown-type")
def csv_line_too_wide() -> bytes:
    return b"a," * 90_000


@hostile(".csv", "unknown-type", little=60_000, much=4_000_000)
def csv_quote_never_closed(lines: int) -> bytes:
    return HEAD.encode() + b'"' + b"x\n" * lines


@hostile(".csv", "read|too-large", some=12_000, many=400_000)
def csv_header_rows(rows: int) -> bytes:
    return (HEAD * (rows // 9)).encode()


@hostile(".csv", "read|too-large")
def csv_rows() -> bytes:
    return (HEAD + "1,讲座,2021年6月1日,礼堂,讲座,5,9\n" * 60_000).encode()


@hostile(".csv", "unknown-type", noise=1, more=2)
def csv_of_noise(seed: int) -> bytes:
    return random.Random(seed).randbytes(150_000)


@hostile(".csv", "empty")
def csv_of_nuls() -> bytes:
    return b"\0" * 20_000_000


@hostile(".csv", "unknown-type")
def csv_with_nuls() -> bytes:
    return HEAD.encode() + b"1,\0\0\0,2\n" * 200


@hostile(".csv", "read|unknown-type", quotes='""' * 60_000, blanks=" " * 150_000, slashes="\\" * 150_000)
def csv_cell_of(said: str) -> bytes:
    return (HEAD + f'1,"{said}",2021年6月1日,礼堂,讲座,5,9\n').encode()


@hostile(".csv", "read|unknown-type", utf16="utf-16", utf32="utf-32")
def csv_in(charset: str) -> bytes:
    return (HEAD * 20).encode(charset)


@hostile(".csv", "read")
def csv_formulas() -> bytes:
    said = ("=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-2+3", '=HYPERLINK("http://127.0.0.1/")', "＝1+1", "\t=1")
    return (HEAD + ",".join(f'"{one}"' for one in said).replace('("', '(""').replace('/")', '/"")') + "\n").encode()


@hostile(".txt", "read", bars="|", tabs="\t")
def text_of_headers(between: str) -> bytes:
    return (between.join(HEADER) + "\n").encode() * 5_000


@hostile(".csv", "read|unknown-type|too-large")
def csv_one_wide_row_among_many() -> bytes:
    return b"a" + b",1" * 40_000 + b",b\n" + b"a,b,1\n" * 19_000


@hostile(".csv", "read|unknown-type|too-large", groups=b"1,200,", quotes=b'"a""b",', formulas=b'="1",')
def csv_rows_of(piece: bytes) -> bytes:
    return "序号,活动名称,活动时间\n".encode() + (piece * 30 + b"\n") * (190_000 // (30 * len(piece)))
