"""Classifies the refusals of SMTP servers by step, code and words; providers say the same with many codes.

Each row names who says so and where that is known from. The first row that fits wins. The words are distinctive
enough that no row asks which provider it is: many domains are served by the software of another.
"""

import re
from dataclasses import dataclass
from typing import Literal

from mailbot.domain.errors import Meaning

Step = Literal["greeting", "AUTH", "MAIL", "RCPT", "DATA", "letter"]
"""What was answered; "letter" is the whole letter after its final dot."""


@dataclass(frozen=True, slots=True)
class Row:
    """Answers whose code matches `code` and whose words contain `words`, at any of the steps."""

    meaning: Meaning
    code: str
    words: str
    evidence: str
    steps: tuple[Step, ...] = ("MAIL", "RCPT", "DATA", "letter")

    def fits(self, step: Step, code: int, text: str) -> bool:
        """Whether this answer is one of them."""
        return (
            step in self.steps
            and re.fullmatch(self.code, str(code)) is not None
            and re.search(self.words, text, re.IGNORECASE) is not None
        )


ANYWHERE: tuple[Step, ...] = ("greeting", "AUTH", "MAIL", "RCPT", "DATA", "letter")
AFTER_MAIL: tuple[Step, ...] = ("RCPT", "DATA", "letter")
OF_ALL: tuple[Step, ...] = ("MAIL", "DATA", "letter")
"""At RCPT a server may speak of the recipient: what could be its fault must not stop the account."""


def _enhanced(code: str) -> str:
    """An enhanced code (RFC 3463) that stands for itself, and not within a network address or a longer code."""
    return rf"(?<![\d.]){code}(?![\d.])"


LIMITS = r"frequen|频率|频繁|次数|\brate\b|\blimit|too many|quota|per[- ](day|hour|minute)|daily|每[日天小分]|超过?限"
"""Words of limits that do not tell whose."""

ROWS = (
    # ------------------------------------------------ let in or not
    Row(Meaning.HOUR, "421", r"HL:(REP|ICC|IFC|MEP)", "NetEase bars an address for a while (mail.md 1.6)", ANYWHERE),
    Row(Meaning.HOUR, "[45]..", r"(connection|ip) frequency", "QQ 550 frequency limited (mail.md 1.5)", ANYWHERE),
    Row(
        Meaning.HOUR,
        "[45]..",
        r"too much fail authentication|too many (login|authentication)",
        "NetEase 451 (mail.md 1.6), Gmail 454 4.7.0: logging in is barred for a while",
        ANYWHERE,
    ),
    Row(Meaning.UNREACHABLE, "...", "", "RFC 5321 section 3.1: no service at present", ("greeting",)),
    Row(Meaning.UNREACHABLE, "4..", "", "RFC 4954 section 6: a fault of the server, not of the password", ("AUTH",)),
    Row(
        Meaning.LOGIN,
        "...",
        "",
        "Sina, QQ 535 in GBK (mail.md 1.4, 1.5), Gmail 534 5.7.9, Outlook 535 5.7.139, Aliyun 526",
        ("AUTH",),
    ),
    Row(Meaning.LOGIN, "526|530|534|535|538", "", "RFC 4954 section 6: 530 asks for AUTH, wherever it is said"),
    Row(Meaning.LOGIN, "[45]5[13]", r"\bauth error|auth mode|relay check local", "Sina 451, 551, 553 (mail.md 1.4)"),
    # ------------------------------------------------ at RCPT: what is wrong with the recipient
    Row(
        Meaning.UNKNOWN_ADDRESS,
        "5..",
        _enhanced(r"5\.1\.[1236]") + "|mail address invalid",
        "RFC 3463 section 3.2; Sina 554 mail address invalid (mail.md 1.4)",
        ("RCPT",),
    ),
    Row(
        Meaning.FULL,
        "[45]..",
        _enhanced(r"[45]\.2\.2") + r"|receiv\w* (limit|quota|mail at a rate)|收件.*(超|上限)",
        "RFC 3463 section 3.3; Gmail 450 4.2.1, 550 5.2.1 is receiving mail at a rate that",
        ("RCPT",),
    ),
    # ------------------------------------------------ how much in how long
    Row(
        Meaning.DAY,
        "[45]..",
        "MI:STC|" + _enhanced(r"5\.4\.5") + r"|(daily|monthly) (user )?sending (quota|limit)",
        "NetEase 554 MI:STC, Aliyun 552 Daily/Monthly sending quota exceeded (mail.md 1.6, 1.7), Gmail 550 5.4.5",
    ),
    Row(
        Meaning.DAY,
        "[45]..",
        r"^(?=.*(quota|limit|exceed|上限|超)).*(daily|per[- ]day|monthly|today|每[日天]|今日|当[日天])",
        "the same in the words of others",
        OF_ALL,
    ),
    Row(
        Meaning.MINUTES,
        "[45]..",
        r"MI:SFQ|sender thread limit",
        "NetEase 451 MI:SFQ counts within 15 minutes (mail.md 1.6), Exchange 432 STOREDRV.ClientSubmit",
    ),
    Row(Meaning.MINUTES, "[45]..", r"15 ?min|per[- ]minute|每分钟", "the same in the words of others", OF_ALL),
    Row(
        Meaning.LATER,
        "45.",
        r"(MI|RP):(DMC|DRC|CEL|CCL)",
        "NetEase counts letters, recipients and commands of one connection (mail.md 1.6): the next is a new one",
    ),
    Row(
        Meaning.HOUR,
        "[45]..",
        r"out of allow|too many (same size|recipients|connections)|sending (quota|limit)|" + _enhanced(r"5\.7\.508"),
        "Sina 451 out of allow RCPT numbers, 552 too many same size mails (mail.md 1.4), Outlook 550 5.7.508",
    ),
    Row(
        Meaning.HOUR,
        "[45]..",
        r"frequen|频率|频繁|次数|rate limit|too many (messages|mails)|per[- ]hour|每小时",
        "the same in the words of others",
        OF_ALL,
    ),
    Row(Meaning.HOUR, "[45]..", r"black ip|rbl deny|remote ip check|DT:RBL", "Sina, NetEase (mail.md 1.4, 1.6)"),
    # ------------------------------------------------ who sends
    Row(
        Meaning.SENDER,
        "5..",
        r"must (be )?(equal|same)|sender mismatch|(fake|null) sender|mail (from|address) invalid",
        "NetEase 553, QQ 501, vip.sina 553, Sina 552 and 554, Coremail (mail.md 1.4 to 1.6)",
    ),
    Row(
        Meaning.SENDER,
        "5..",
        r"user is locked|account (is )?(unavailable|suspended|locked)|sender is unvalidated",
        "Sina 550 user is locked, Aliyun 551 (mail.md 1.4, 1.7)",
        ("MAIL", "DATA", "letter"),
    ),
    Row(Meaning.SENDER, "5..", "", "whatever else is wrong with MAIL is no fault of the letter", ("MAIL",)),
    # ------------------------------------------------ what it says
    Row(
        Meaning.GREYLISTED,
        "4..",
        r"DT:SPM|gr[ae]y-?list|postgrey|" + _enhanced(r"4\.7\.1"),
        "NetEase 451 DT:SPM, not sooner than in two minutes (mail.md 1.6); RFC 6647",
        AFTER_MAIL,
    ),
    Row(
        Meaning.CONTENT,
        "5..",
        r"DT:SPM|content denied|inappropriate|spam|virus|垃圾|违规|敏感",
        "NetEase 554 DT:SPM, QQ 550 Mail content denied, Sina 552 anti-spam engine, Aliyun 554 (mail.md 1.4 to 1.7)",
        AFTER_MAIL,
    ),
    Row(
        Meaning.TOO_LARGE,
        "5..",
        r"too (long|large|big)|(size|fixed) limit|exceed\w* (mail|message) ?size|邮件过大|" + _enhanced(r"5\.3\.4"),
        "Sina 552, 554 attachment is too long, Aliyun 557 (mail.md 1.4, 1.7), RFC 1870",
        AFTER_MAIL,
    ),
    # ------------------------------------------------ to whom
    Row(
        Meaning.FULL,
        "[45]..",
        _enhanced(r"[45]\.2\.2") + r"|mailbox (is )?full|over ?quota|quota exceeded|storage allocation|已满|空间不足",
        "RFC 3463 section 3.3: a mailbox that is full today may be cleared tomorrow",
        AFTER_MAIL,
    ),
    Row(
        Meaning.UNKNOWN_ADDRESS,
        "5..",
        _enhanced(r"5\.1\.[1236]")
        + r"|(user|address|mailbox|recipient)\W.*(not (found|exist)|unknown|unavailable)|no such|"
        r"unknown user|invalid rcptto|不存在",
        "RFC 3463 section 3.2; Coremail 550 User not found, Sina 550, Aliyun 559 (mail.md 1.4, 1.7)",
        ("RCPT", "letter"),
    ),
    # ------------------------------------------------ by the code alone
    Row(Meaning.UNREACHABLE, "421", "", "RFC 5321 section 3.8: the server closes the connection"),
    Row(Meaning.LATER, "4..", "", "RFC 5321 section 4.2.1: a transient fault"),
    Row(Meaning.LATER, "5..", r"try again|稍后", "a 5xx that itself says that it passes"),
    Row(
        Meaning.LATER,
        "5..",
        LIMITS,
        "a limit of nobody knows whom, which passes: nothing is given up for it",
        ("RCPT",),
    ),
    Row(Meaning.REFUSED, "5..", "", "RFC 5321 section 4.2.1: a permanent fault"),
)


def meaning(step: Step, code: int, text: str) -> Meaning:
    """What it means that this step was refused; UNREACHABLE where the answer is none of SMTP's refusals."""
    return next((row.meaning for row in ROWS if row.fits(step, code, text)), Meaning.UNREACHABLE)


REMEDIES = {
    Meaning.LATER: "it is worth another try later",
    Meaning.GREYLISTED: "it is worth another try in some minutes",
    Meaning.FULL: "the recipient has to clear the mailbox; it is tried again",
    Meaning.UNKNOWN_ADDRESS: "check the recipient's address",
    Meaning.CONTENT: "it was taken for spam; a person has to answer from the web mail",
    Meaning.TOO_LARGE: "the letter will not be taken as it is",
    Meaning.REFUSED: "the letter will not be taken as it is",
    Meaning.UNREACHABLE: "it is worth another try later",
    Meaning.LOGIN: "switch SMTP on in the web mail's settings and put the client authorization code (客户端授权码), "
    "not the log-in password, where the password is read from",
    Meaning.SENDER: "check that address and username are the same account and that it may send",
    Meaning.MINUTES: "too many letters; sending rests for some minutes",
    Meaning.HOUR: "too many letters or connections; sending rests for an hour",
    Meaning.DAY: "the letters of this day are used up; sending rests until the next",
}
"""What would help, without a full stop."""

XOAUTH2_REMEDY = (
    "see that the access token has not expired, belongs to this account and may be used for SMTP, "
    "and that the provider lets the account send by programs"
)
"""The same for Meaning.LOGIN where no password is used."""
