"""Lines that say the same are one."""

from mailbot.cli.folding import Line, folded


def test_twenty_six_lines_that_say_the_same_are_one_with_their_number() -> None:
    units = [(f"U{n}", f"第{n}街道") for n in range(1, 27)]
    lines = [Line("info", f"units.csv {code}", f"{name} has no address") for code, name in units]
    assert list(folded(lines, [name for _, name in units])) == [
        "info   units.csv U1: 第1街道 has no address; the same for U2, U3, U4 and 22 more"
    ]


def test_few_lines_and_different_ones_stay_as_they_are_and_in_order() -> None:
    lines = [
        Line("WRONG", "imap a", "no answer"),
        Line("ok", "smtp a", "logs in"),
        Line("WRONG", "imap b", "no answer"),
    ]
    assert list(folded(lines)) == ["WRONG  imap a: no answer", "ok     smtp a: logs in", "WRONG  imap b: no answer"]


def test_rows_without_a_unit_are_counted() -> None:
    lines = [Line("WRONG", "", f"units.csv, row {n}: quota is no number") for n in range(5)]
    assert list(folded(lines)) == ["WRONG  units.csv, row 0: quota is no number; the same for 4 more"]
