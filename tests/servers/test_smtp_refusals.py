"""What the answers of SMTP servers mean: each line is an answer that providers give, or that RFCs have them give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.errors import Meaning, SendError
from mailbot.servers.connection import one_line
from mailbot.servers.smtp_refusals import REMEDIES, ROWS, Step, meaning

ANSWERS: list[tuple[str, Step, int, str, Meaning]] = [
    # provider, step, code, words, what it means
    ("sina", "AUTH", 535, "#5.7.8 authentication failed", Meaning.LOGIN),
    ("sina", "MAIL", 551, "auth error", Meaning.LOGIN),
    ("sina", "RCPT", 553, "relay check local fail", Meaning.LOGIN),
    ("sina", "MAIL", 550, "user is locked", Meaning.SENDER),
    ("sina", "MAIL", 552, "mail from invalid", Meaning.SENDER),
    ("vip.sina", "letter", 553, "Envolope sender mismatch with header from", Meaning.SENDER),
    ("sina", "RCPT", 451, "out of allow RCPT numbers", Meaning.HOUR),
    ("sina", "letter", 552, "too many same size mails", Meaning.HOUR),
    ("sina", "MAIL", 550, "black ip", Meaning.HOUR),
    ("sina", "letter", 552, "message rejected by anti-spam engine", Meaning.CONTENT),
    ("sina", "letter", 552, "Virus found", Meaning.CONTENT),
    ("sina", "letter", 552, "message is too long", Meaning.TOO_LARGE),
    ("sina", "letter", 554, "attachment is too long", Meaning.TOO_LARGE),
    ("sina", "RCPT", 550, "mailbox unavailable", Meaning.UNKNOWN_ADDRESS),
    ("sina", "RCPT", 450, "mailbox unavailable", Meaning.LATER),
    ("qq", "AUTH", 535, "Error: 请使用授权码登录。详情请看: http://service.mail.qq.com/cgi-bin/help", Meaning.LOGIN),
    (
        "qq",
        "AUTH",
        535,
        "Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or "
        "system is busy.",
        Meaning.LOGIN,
    ),
    ("qq", "MAIL", 501, "Mail from address must be same as authorization user", Meaning.SENDER),
    ("qq", "greeting", 550, "Connection frequency limited", Meaning.HOUR),
    ("qq", "letter", 550, "Connection frequency limited", Meaning.HOUR),
    ("qq", "MAIL", 550, "Ip frequency limited", Meaning.HOUR),
    ("qq", "letter", 550, "Mail content denied", Meaning.CONTENT),
    ("qq", "letter", 550, "The mail may contain inappropriate words or content.", Meaning.CONTENT),
    ("163", "MAIL", 553, "Mail from must equal authorized user", Meaning.SENDER),
    ("163", "letter", 554, "DT:SPM 163 smtp10, please see http://mail.163.com/help/help_spam_16.htm", Meaning.CONTENT),
    ("163", "letter", 451, "DT:SPM, please try again", Meaning.GREYLISTED),
    ("163", "letter", 554, "5.5.0 MI:STC smtp10", Meaning.DAY),
    ("163", "MAIL", 451, "MI:SFQ smtp12", Meaning.MINUTES),
    ("163", "MAIL", 450, "MI:DMC smtp12", Meaning.LATER),
    ("163", "RCPT", 450, "RP:DRC smtp12", Meaning.LATER),
    ("163", "greeting", 421, "HL:ICC smtp12", Meaning.HOUR),
    ("163", "MAIL", 421, "HL:IFC smtp12", Meaning.HOUR),
    ("163", "AUTH", 451, "Requested mail action not taken: too much fail authentication", Meaning.HOUR),
    ("163", "RCPT", 550, "User not found: unit@example.org", Meaning.UNKNOWN_ADDRESS),
    ("163", "RCPT", 550, "User suspended", Meaning.REFUSED),
    ("coremail", "MAIL", 553, "Requested action not taken: NULL sender is not allowed", Meaning.SENDER),
    ("coremail", "RCPT", 552, "Quota exceeded or service disabled.", Meaning.FULL),
    ("aliyun", "AUTH", 526, "Authentication failure[0]", Meaning.LOGIN),
    ("aliyun", "letter", 552, "Daily sending quota exceeded", Meaning.DAY),
    ("aliyun", "letter", 552, "Monthly sending quota exceeded", Meaning.DAY),
    ("aliyun", "letter", 554, "Reject by content spam", Meaning.CONTENT),
    ("aliyun", "letter", 557, "The message is too big", Meaning.TOO_LARGE),
    ("aliyun", "RCPT", 559, "invalid rcptto", Meaning.UNKNOWN_ADDRESS),
    ("aliyun", "MAIL", 551, "The email account is unavailable", Meaning.SENDER),
    ("gmail", "AUTH", 534, "5.7.9 Application-specific password required", Meaning.LOGIN),
    ("gmail", "AUTH", 454, "4.7.0 Too many login attempts, please try again later.", Meaning.HOUR),
    ("gmail", "letter", 550, "5.4.5 Daily user sending limit exceeded.", Meaning.DAY),
    ("gmail", "RCPT", 550, "5.1.1 The email account that you tried to reach does not exist.", Meaning.UNKNOWN_ADDRESS),
    ("gmail", "RCPT", 452, "4.2.2 The recipient's inbox is out of storage space.", Meaning.FULL),
    ("outlook", "AUTH", 535, "5.7.139 Authentication unsuccessful, basic authentication is disabled.", Meaning.LOGIN),
    ("outlook", "letter", 432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", Meaning.MINUTES),
    ("outlook", "MAIL", 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", Meaning.SENDER),
    ("outlook", "RCPT", 552, "5.2.2 Mailbox full", Meaning.FULL),
    ("postfix", "RCPT", 450, "4.2.0 Recipient address rejected: Greylisted for 300 seconds", Meaning.GREYLISTED),
    ("postfix", "letter", 552, "5.3.4 Message size exceeds fixed limit", Meaning.TOO_LARGE),
    ("postfix", "RCPT", 451, "4.3.0 temporary lookup failure", Meaning.LATER),
    # numbers within network addresses and longer codes are no codes
    ("anyone", "RCPT", 550, "5.7.1 Client host [115.4.5.20] blocked", Meaning.REFUSED),
    ("anyone", "letter", 550, "5.7.1 Service unavailable; client [125.4.5.6] blocked using x", Meaning.REFUSED),
    ("anyone", "letter", 554, "5.7.1 message rejected [24.2.2.9]", Meaning.REFUSED),
    ("anyone", "RCPT", 554, "5.7.1 message rejected [24.2.2.9]", Meaning.REFUSED),
    ("anyone", "RCPT", 550, "5.7.1 [183.5.1.1] relaying denied", Meaning.REFUSED),
    ("anyone", "letter", 550, "5.7.1 [183.5.1.1] relaying denied", Meaning.REFUSED),
    ("anyone", "letter", 451, "4.3.0 queue 14.7.12", Meaning.LATER),
    ("anyone", "letter", 552, "5.7.0 rejected by [10.5.3.4]", Meaning.REFUSED),
    ("anyone", "letter", 550, "host 15.7.508.1", Meaning.REFUSED),
    # at RCPT: what is the recipient's fault, or may be, stops no other letter
    ("anyone", "RCPT", 552, "user over daily receiving limit", Meaning.FULL),
    ("gmail", "RCPT", 550, "5.2.1 The user you are trying to contact is receiving mail at a rate that", Meaning.FULL),
    ("sina", "RCPT", 554, "mail address invalid", Meaning.UNKNOWN_ADDRESS),
    ("sina", "MAIL", 554, "mail address invalid", Meaning.SENDER),
    ("anyone", "RCPT", 550, "5.1.1 recipient rejected; too many messages to unknown users", Meaning.UNKNOWN_ADDRESS),
    ("anyone", "RCPT", 550, "The user's account is limited: frequency of invalid recipients", Meaning.LATER),
    ("anyone", "RCPT", 552, "quota of today exceeded", Meaning.LATER),
    ("anyone", "RCPT", 450, "greylisted, come back in 15 minutes", Meaning.GREYLISTED),
    ("anyone", "RCPT", 450, "come back in 15 minutes", Meaning.LATER),
    ("anyone", "RCPT", 452, "4.5.3 more than 10 messages per hour for this user", Meaning.LATER),
    # what speaks of the sender counts there too
    ("163", "RCPT", 554, "5.5.0 MI:STC smtp10", Meaning.DAY),
    ("aliyun", "RCPT", 552, "Daily sending quota exceeded", Meaning.DAY),
    ("163", "RCPT", 451, "MI:SFQ smtp12", Meaning.MINUTES),
    ("qq", "RCPT", 550, "Connection frequency limited", Meaning.HOUR),
    ("anyone", "RCPT", 452, "4.5.3 Too many recipients", Meaning.HOUR),
    # other words for the same
    ("anyone", "letter", 550, "今日发信数量已达上限", Meaning.DAY),
    ("anyone", "letter", 450, "more than 6 letters per minute", Meaning.MINUTES),
    ("anyone", "MAIL", 550, "发信过于频繁", Meaning.HOUR),
    ("anyone", "AUTH", 454, "4.7.0 Temporary authentication failure", Meaning.UNREACHABLE),
    ("anyone", "greeting", 554, "No SMTP service here", Meaning.UNREACHABLE),
    ("anyone", "MAIL", 530, "5.7.0 Authentication required", Meaning.LOGIN),
    ("anyone", "RCPT", 421, "4.3.2 Service shutting down", Meaning.UNREACHABLE),
    ("anyone", "letter", 554, "5.0.0 Transaction failed", Meaning.REFUSED),
    ("anyone", "DATA", 250, "what?", Meaning.UNREACHABLE),
    ("anyone", "MAIL", -1, "\x00\x00", Meaning.UNREACHABLE),
]  # fmt: skip


@pytest.mark.parametrize(("provider", "step", "code", "said", "expected"), ANSWERS, ids=lambda value: str(value)[:40])
def test_a_providers_answer_means(provider: str, step: Step, code: int, said: str, expected: Meaning) -> None:
    """Whether its bytes are UTF-8 or GBK."""
    for charset in ("utf-8", "gb18030"):
        assert meaning(step, code, one_line(said.encode(charset))) is expected


def test_every_row_is_the_one_that_decides_some_answer() -> None:
    decided = [next(row for row in ROWS if row.fits(step, code, said)) for _, step, code, said, _ in ANSWERS[:-2]]
    undecided = [row for row in ROWS if row not in decided]
    assert [row.words for row in undecided] == [r"try again|稍后"]
    assert meaning("letter", 550, "系统繁忙，请稍后再试") is Meaning.LATER


@given(st.sampled_from(["4.2.2", "5.1.1", "5.4.5", "4.7.1", "5.3.4"]), st.integers(0, 255), st.integers(400, 599))
def test_no_part_of_a_network_address_is_taken_for_a_code(code: str, part: int, reply: int) -> None:
    for step in ("RCPT", "letter"):
        without = meaning(step, reply, "client [] is not wanted")
        for address in (f"1{code}.{part}", f"{part}.{code}", f"{code}.{part}"):
            assert meaning(step, reply, f"client [{address}] is not wanted") is without


def test_every_row_names_its_evidence_and_every_meaning_of_a_refusal_its_remedy() -> None:
    assert all(row.evidence for row in ROWS)
    assert set(REMEDIES) == set(Meaning) - {Meaning.UNCERTAIN}


@given(
    st.sampled_from(["greeting", "AUTH", "MAIL", "RCPT", "DATA", "letter"]),
    st.integers(-1, 999),
    st.binary(max_size=99),
)
def test_whatever_a_server_says_means_something_and_a_4xx_is_never_for_good(step: Step, code: int, said: bytes) -> None:
    error = SendError("refused", meaning(step, code, one_line(said)))
    assert not error.uncertain
    assert not (error.permanent and not 500 <= code < 600)
    assert not (error.permanent and step in ("greeting", "AUTH", "MAIL"))
