"""Ten open cases settled on real servers: five on the command line, five by answering mail."""

import json
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from support.command_line import ARRIVED, Office
from support.dovecot import Account
from support.mails import mail
from support.smtp_sink import SmtpSink
from support.world import activity, table, words

STAFF = "staff@example.org"


class Desk:
    """What a member of staff has: a mailbox that the letters come to, and a command line."""

    def __init__(self, office: Office, mailbox: Account, sink: SmtpSink) -> None:
        self.office, self.mailbox, self.sink, self.hour = office, mailbox, sink, 0

    def arrives(self, sender: str, subject: str, text: str = "附上统计表。", **fields: Any) -> None:
        self.hour += 1
        self.mailbox.deliver(
            mail(
                sender=sender,
                subject=subject,
                text=text,
                message_id=f"<{self.hour}@example.org>",
                **{"attachments": (), **fields},
            ),
            ARRIVED + timedelta(hours=self.hour),
        )

    def round(self) -> None:
        assert self.office.run("once").returncode == 0

    def letters(self, kind: str) -> list[EmailMessage]:
        parsed = (message_from_bytes(m.content, policy=policy.default) for m in self.sink.mails)
        return [cast(EmailMessage, letter) for letter in parsed if letter["X-Mailbot-Letter"] == kind]

    def waiting(self) -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], json.loads(self.office.ask("review", "--json").stdout))

    def decides(self, *words: str) -> str:
        done = self.office.ask("review", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def answers(self, case: str, line: str) -> str:
        """Reply to the letter about a case, as QQ mail would; the Message-ID of the reply."""
        letter = next(one for one in self.letters("case") if f"受理号 {case}，" in one["Subject"])
        quoted = "\n".join(f"> {line}" for line in words(letter).splitlines())
        self.arrives(
            STAFF,
            f"回复：{letter['Subject']}",
            f"{line}\n\n------------------ 原始邮件 ------------------\n{quoted}",
            headers={"In-Reply-To": letter["Message-ID"]},
        )
        return f"<{self.hour}@example.org>"

    def told(self, answer: str) -> str:
        """The words of the transcript of that answer."""
        (letter,) = (one for one in self.letters("transcript") if one["In-Reply-To"] == answer)
        return words(letter)


def of(unit: str, *rows: Any) -> list[tuple[str, bytes]]:
    return [("附件1.xlsx", table(unit, *rows))]


def test_ten_cases_are_settled_five_by_command_and_five_by_mail(
    office: Office, dovecot: Account, smtp_server: SmtpSink
) -> None:
    office.change('mode = "live"', 'mode = "live"\nper_minute = 0')
    desk = Desk(office, dovecot, smtp_server)
    for sender, unit in (("xinhe", "新河街道总工会"), ("xingang", "新港街道总工会"), ("port", "云海港集团工会")):
        desk.arrives(f"{sender}@example.org", "统计表", attachments=of(unit, activity("甲", people=100)))
    for unit in ("新河街道总工会", "新港街道总工会", "云海港集团工会"):
        desk.arrives("li@example.net", "更正", attachments=of(unit, activity("甲", people=200)))
    for sender in ("a", "b", "c"):
        desk.arrives(f"{sender}@example.net", "统计表", attachments=of("", activity(f"乙{sender}")))
    desk.arrives("d@example.net", "统计表", attachments=of("某某社区工会", activity("丁")))
    for sender in ("xinhe", "xingang", "port"):
        desk.arrives(f"{sender}@example.org", "统计表", "我们的统计表上周已报，请查收。")
    desk.round()
    cases = [case["case"] for case in desk.waiting()]
    assert len(cases) == 10
    assert len(desk.letters("case")) == 10

    assert "替换" in desk.decides("replace", cases[0])
    assert "一并计入" in desk.decides("append", cases[1], "--reason", "电话核实为另一场")
    assert "新港街道总工会" in desk.decides("assign", cases[3], "新港街道")
    desk.decides("reject", cases[6], "--reason", "请报送至所属街道总工会汇总")
    desk.decides("ignore", cases[7])
    told = {
        desk.answers(cases[2], "1"): "替换此前报送的统计表",
        desk.answers(cases[4], "归属 新河街道总工会"): "已确定归属新河街道总工会",
        desk.answers(cases[5], "忽略"): "已忽略",
        desk.answers(cases[8], "1"): "已登记",
        desk.answers(cases[9], "退回 未收到上次来件，请重新附表"): "已退回",
    }
    desk.round()
    for answer, said in told.items():
        assert said in desk.told(answer)

    left = desk.waiting()
    assert [(case["case"], case["kind"]) for case in left] == [(cases[3], "relation"), (cases[4], "relation")]
    desk.decides("append", cases[3])
    desk.decides("append", cases[4])
    assert desk.waiting() == []
    log = json.loads(desk.office.ask("review", "log", "--json").stdout)
    assert [entry["via"] for entry in log] == ["command"] * 5 + ["mail"] * 5 + ["command"] * 2
    desk.round()
    assert "未收到上次来件，请重新附表" in words(desk.letters("receipt")[-3])
    same = office.run("replay")
    assert (same.returncode, "the records are what the archive says" in same.stdout) == (0, True)
