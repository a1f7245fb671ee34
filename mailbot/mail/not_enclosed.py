"""Tells the sender of a mail that does not hold its content: a part of a larger one, or a reference (RFC 2046 5.2)."""

from mailbot.mail import header_parameters
from mailbot.mail.charsets import Note
from mailbot.mail.message import SEND_ALONE
from parsers.reading import Fault

PARTIAL, EXTERNAL = "message/partial", "message/external-body"

_LONGEST = 8


def fault_of(type: str, content_type: str, note: Note) -> Fault | None:
    """Why a part of this type cannot be read, from the text of its Content-Type; None for any other type."""
    if type == PARTIAL:
        return _partial(content_type, note)
    if type == EXTERNAL:
        return Fault(
            "external-body",
            f"附件没有随邮件发来，邮件中只写明了文件的存放位置，系统不会自行取回。{SEND_ALONE}，不要以引用或链接的方式发送。",
        )
    return None


def _partial(content_type: str, note: Note) -> Fault:
    number, total = (
        (header_parameters.parameter(content_type, name, note) or "").strip()[:_LONGEST] for name in ("number", "total")
    )
    which = f"，本封为第{number}封" if number.isdecimal() else ""
    of = f"{total}封" if total.isdecimal() else "几封"
    return Fault(
        "partial",
        f"邮件在发送时被拆成{of}{which}，系统不能合并读取。"
        f"请关闭邮件程序的拆分邮件功能，合并为一封后重新发送；或{SEND_ALONE.removeprefix('请')}。",
    )
