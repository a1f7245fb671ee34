"""What a mail holds of identity numbers stands nowhere but in the mail itself."""

import csv
import io
import logging
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import create_engine, inspect, text

from mailbot.documents import exports
from mailbot.documents.workbook import consolidated
from support.identity import digits_in, numbers, spelled
from support.mails import mail
from support.review import arrive, table_of
from support.world import FORM, SHANGHAI, World, activity, table, words

NUMBER = "110101199003070038"
REMARK = "今后报送请勿填写"


def stored(world: World) -> str:
    """Every value of the database, letters as text."""
    engine = create_engine(f"sqlite:///{world.config.database.path}")
    found: list[str] = []
    with engine.connect() as connection:
        for name in inspect(engine).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{name}"')):
                found += [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in row]
    engine.dispose()
    return "\n\n".join(found)


def told(letter: EmailMessage) -> str:
    """All that a letter says or brings, as text."""
    parts = [part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart()]
    found = [part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes)]
    return "\n\n".join((*map(str, letter.values()), *found, *(part.get_filename() or "" for part in letter.walk())))


def handed_on(world: World) -> str:
    """The exports of every kind."""
    rows = io.StringIO()
    csv.writer(rows).writerows(exports.table(world.submissions, {"activities": FORM}, SHANGHAI))
    book = load_workbook(
        io.BytesIO(
            consolidated(
                world.app.roster,
                world.config.campaign,
                world.submissions,
                world.messages,
                FORM,
                organisation_name="云海新区总工会",
                as_of=world.clock(),
                extensions={},
                dead={},
            )
        )
    )
    cells = (str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None)
    return "\n\n".join((str(world.export), rows.getvalue(), *cells))


def everywhere(world: World) -> str:
    letters = [told(letter) for kind in ("receipt", "case", "alert", "notice", "digest") for letter in world.sent(kind)]
    return "\n\n".join((stored(world), handed_on(world), *letters))


def a_list_of_persons(number: str) -> bytes:
    book = Workbook()
    book.active.append(["姓名", "证件号码"])  # type: ignore[union-attr]
    book.active.append(["王某", number])  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@settings(max_examples=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=numbers(), data=st.data())
def test_no_run_of_their_digits_is_left_anywhere(
    tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture, number: str, data: st.DataObject
) -> None:
    def written() -> str:
        return data.draw(spelled(number))

    world = World(tmp_path_factory.mktemp("world"))
    rows = (
        activity(f"慰问王某（{written()}）", people=written()),
        activity("竞赛", day=written()),
        activity("讲座", people=int(number) if number.isdigit() else number),
    )
    brought = ("人员.xlsx", a_list_of_persons(number))
    line = " ".join(number.splitlines())
    with caplog.at_level(logging.DEBUG):
        for unit, sender in (("新河街道总工会", "xinhe@example.org"), ("", "someone@example.net")):
            arrive(
                world,
                sender=f"王某{line} <{sender}>",
                subject=f"报送统计表{line}",
                text=f"联系人王某，身份证号{written()}。",
                attachments=[
                    (f"统计表{number}.xlsx", table(unit, *rows)),
                    brought,
                ],
            )
        arrive(
            world,
            subject="活动信息",
            text=f"活动由王某（{written()}）主持。",
            attachments=[brought],
        )
    assert world.sent("case"), "the stranger's table is asked about"
    assert number[3:-2] not in digits_in(everywhere(world))
    assert number[3:-2] not in digits_in(caplog.text)
    assert all(REMARK in words(letter) or "今后来件请勿填写" in words(letter) for letter in world.sent())


def test_the_sender_is_told_once_and_the_figures_count_as_before(world: World) -> None:
    arrive(world, attachments=table_of("新河街道总工会", activity(f"慰问王某{NUMBER}"), activity("竞赛")))
    (submission,) = world.submissions
    (notice,) = [f for f in submission.submission.findings if f.code == "identity-number"]
    assert (notice.severity, notice.sheet is not None, notice.cell is not None) == ("notice", True, True)
    assert submission.submission.status == "accepted"
    assert submission.submission.reading.records[0].values["title"].content == "慰问王某110*************38"
    assert words(world.sent()[0]).count("身份证号码") == 1


def test_a_table_in_the_words_of_a_mail_is_still_read(world: World) -> None:
    head = "序号\t活动名称\t活动时间\t活动地点\t活动形式\t接触职工人数\t覆盖职工网民数\t备注"
    rows = f"1\t竞赛\t2021-06-15\t职工之家\t知识竞赛\t300\t5000\t王某{NUMBER}"
    cells = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row.split(chr(9)))}</tr>" for row in (head, rows))
    arrive(world, text=f"填报单位：新河街道总工会\n{head}\n{rows}\n", attachments=())
    arrive(world, sender="port@example.org", text="", html=f"<table>{cells}</table>", attachments=())
    assert [len(one.submission.reading.records) for one in world.submissions] == [1, 1]
    assert NUMBER not in everywhere(world)


def test_files_with_identity_numbers_do_not_go_with_the_letters_to_staff(world: World) -> None:
    arrive(world, sender="someone@example.net", attachments=table_of("", activity(f"慰问{NUMBER}")))
    (letter,) = world.sent("case")
    assert not [part.get_filename() for part in letter.walk() if part.get_filename()]
    assert "附件1.xlsx（含身份证号码）" in words(letter)


def test_the_mail_itself_stays_as_it_came(world: World, tmp_path: Path) -> None:
    raw = mail(text=f"身份证号{NUMBER}", encoding="8bit")
    world.deliver(raw)
    world.round()
    (sha256,) = world.app.archive.messages()
    assert world.app.archive.open(sha256) == raw
