"""Binary workbooks record by record ([MS-XLS])."""

import struct

import olefile

Record = tuple[int, bytes]

BOF, EOF, BOUNDSHEET, FILEPASS, CODEPAGE = 0x0809, 0x000A, 0x0085, 0x002F, 0x0042
FONT, XF, NAME, SST, MERGED = 0x0031, 0x00E0, 0x0018, 0x00FC, 0x00E5
NUMBER, LABEL, LABELSST, FORMULA, STRING, NOTE = 0x0203, 0x0204, 0x00FD, 0x0006, 0x0207, 0x001C


def stream_of(content: bytes) -> bytes:
    with olefile.OleFileIO(content) as container:
        return container.openstream("Workbook").read()


def records_of(stream: bytes) -> list[Record]:
    found, at = [], 0
    while at + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, at)
        found.append((code, stream[at + 4 : at + 4 + length]))
        at += 4 + length
        if code == EOF and not any(stream[at:]):
            break
    return found


def workbook(records: list[Record]) -> bytes:
    """The stream of records, with the sheets where they say that they begin; it needs no container to be read."""
    starts, at, depth = [], 0, 0
    for code, body in records:
        if code == BOF:
            starts += [at] if not depth and at else []
            depth += 1
        depth -= code == EOF
        at += 4 + len(body)
    places = iter(starts)
    return b"".join(
        struct.pack("<HH", code, len(body))
        + (next(places).to_bytes(4, "little") + body[4:] if code == BOUNDSHEET and len(body) > 4 else body)
        for code, body in records
    )
