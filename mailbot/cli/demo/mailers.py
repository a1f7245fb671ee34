"""Writes mails as the mail programs of units do, for the demo: the same bytes on every run, lines in CRLF."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.message import EmailMessage, Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

TYPES = {
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("text", "csv"),
    "png": ("image", "png"),
}


@dataclass(frozen=True, slots=True)
class Writing:
    """What a person (or a program) writes; a mail program makes the bytes of it. `files` are (name, content)."""

    name: str
    address: str
    to: str
    sent_at: datetime
    message_id: str
    subject: str
    text: str
    files: tuple[tuple[str, bytes], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def foxmail(writing: Writing, charset: str = "gb18030") -> bytes:
    """Everything in a Chinese charset, file names as encoded words inside quotes (which RFC 2047 section 5 forbids)."""

    def encoded(text: str) -> str:
        return Header(text, charset, maxlinelen=10_000).encode()

    mail = MIMEMultipart(boundary="----=_001_NextPart_demo")
    _address(mail, writing, encoded(writing.name))
    mail["Subject"] = encoded(writing.subject)
    mail["X-Mailer"] = "Foxmail 7.2.25.170[cn]"
    mail.attach(MIMEText(writing.text, "plain", charset))
    for name, content in writing.files:
        part = MIMEApplication(content, name=encoded(name))
        part["Content-Disposition"] = f'attachment; filename="{encoded(name)}"'
        mail.attach(part)
    return mail.as_bytes(policy=policy.compat32.clone(linesep="\r\n", max_line_length=None))


def webmail(writing: Writing) -> bytes:
    """UTF-8, file names as RFC 2231 has them; text and HTML side by side."""
    mail = EmailMessage(policy.SMTP)
    _address(mail, writing, writing.name)
    mail["Subject"] = writing.subject
    mail.set_content(writing.text, cte="base64")
    mail.add_alternative("".join(f"<p>{line}</p>" for line in writing.text.split("\n")), subtype="html", cte="base64")
    for name, content in writing.files:
        kind, subtype = TYPES[name.rpartition(".")[2]]
        mail.add_attachment(content, kind, subtype, filename=name)
    _settle(mail)
    return mail.as_bytes()


def bounce(writing: Writing, failed: str) -> bytes:
    """A delivery status notification (RFC 3464): `failed` is the address that does not exist."""
    report = MIMEMultipart("report", boundary="----=_report_demo")
    report.set_param("report-type", "delivery-status")
    _address(report, writing, writing.name)
    report["Subject"] = writing.subject
    report.attach(MIMEText(writing.text, "plain", "utf-8"))
    about_host, about_recipient, status = Message(), Message(), Message()
    about_host["Reporting-MTA"] = "dns; mail.example.net"
    about_recipient["Final-Recipient"] = f"rfc822; {failed}"
    about_recipient["Action"] = "failed"
    about_recipient["Status"] = "5.1.1"
    status["Content-Type"] = "message/delivery-status"
    status.set_payload([about_host, about_recipient])
    report.attach(status)
    return report.as_bytes(policy=policy.compat32.clone(linesep="\r\n"))


def _address(mail: Message, writing: Writing, name: str) -> None:
    mail["From"] = f'"{name}" <{writing.address}>' if "=?" not in name else f"{name} <{writing.address}>"
    mail["To"] = writing.to
    mail["Date"] = format_datetime(writing.sent_at)
    mail["Message-ID"] = writing.message_id
    for field, text in writing.headers:
        mail[field] = text


def _settle(mail: EmailMessage) -> None:
    """Give every multipart the same boundary on every run."""
    for n, part in enumerate(p for p in mail.walk() if p.is_multipart()):
        part.set_boundary(f"----=_Part_{n}_demo")
