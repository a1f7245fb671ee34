"""File formats: every file becomes grids, the sheets that it holds.

`file_kind` decides what kind of file some bytes are, `read_file` has it read by the reader of its kind. Each other file
here is a reader of one format, but for `libreoffice`, which starts LibreOffice to turn other text documents into .docx,
and `encrypted`, which opens what Office encrypts of its own accord.
A reader has `KINDS`, the kinds of file that it takes, and `read(content) -> tuple[Grid, ...]`, which raises Unreadable
for whatever it cannot read, and nothing else. What readers share is in `helpers/`.

A new format is a reader here, listed in `read_file`; a `FileKind` with what its bytes begin with, in `file_kind`, where
`WORKBOOKS` and `WITHOUT_END` ask what the kind is like; a seed in `tests/fuzz/mutations.py`; and a row in
docs/formats.md. Filled cells are counted by `helpers.sheet.Budget`; a reader bounds all other work itself.
"""
