"""What staff are told at once, because a person must look."""

from collections.abc import Iterator

from mailbot.config import Staff
from mailbot.contents import Alert
from mailbot.decide.judgement import Judged
from mailbot.domain import Letter, LetterKind


def quarantine_alerts(judged: Judged, staff: Staff) -> Iterator[Letter]:
    """A letter to each address for alerts when a message was set aside because it kills its reader."""
    head, verdict, case, sha256 = judged.opened.head, judged.verdict, judged.case, judged.sha256
    if verdict.code != "quarantined":
        return
    sender = head.sender.address if head.sender else "（无法识别）"
    for address in staff.alerts_to:
        yield Letter(
            key=f"alert:quarantined:{sha256}:{address}",
            kind=LetterKind.ALERT,
            to=address,
            subject=f"【系统告警】一封来件无法读取，已隔离（受理号 {case}）",
            template="alert",
            content=Alert(
                title="来件已隔离",
                lines=(
                    verdict.reason,
                    f"受理号：{case}",
                    f"发件人：{sender}",
                    f"主题：{head.subject or '（无）'}",
                    f"原件存于归档目录，编号 {sha256}",
                    "已回复发件人，请其另存为 .xlsx 后重新发送；其他来件不受影响。",
                ),
            ),
        )
