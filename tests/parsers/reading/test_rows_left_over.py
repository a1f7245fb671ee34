"""Full rows that cannot be read: a table of which as many are left over is not understood, and waits for a person."""

from support.tables import BLOCK, FIRST, LABELS, TITLE, codes, grid, only, read

WIDER = (*LABELS, "街道意见", "网络部意见")
NOTE = ("注：以下各行为补充说明",)
LEFT = tuple((None, f"第{name}小组", *[None] * 6, "另行通知", "见附页") for name in "甲乙丙")


def test_as_many_full_rows_left_over_as_read_are_an_error_for_the_table() -> None:
    reading = read(grid([TITLE], [BLOCK], WIDER, FIRST, NOTE, *LEFT))
    found = only(reading, "rows-left-over")
    assert (found.severity, found.record) == ("error", None)
    assert "3行（第6行、第7行、第8行）" in found.text


def test_a_row_or_two_left_over_are_told_one_by_one() -> None:
    reading = read(grid([TITLE], [BLOCK], WIDER, FIRST, NOTE, *LEFT[:2]))
    assert "rows-left-over" not in codes(reading)
