"""Mails in odd wrappings: each gives the tables of the good mail that was wrapped, or a named reason."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.cli.demo.tables import Activity, Filled, workbook
from mailbot.mail.opening import Opened, open_mail
from parsers.forms.form import load
from parsers.reading import Period
from support import cms, mails
from support.wrappings import ENTITIES, FILES, MESSAGES, WORDS, message, mixed, smime, uu

FORMS = (load("activities"),)
PERIOD = Period(date(2021, 5, 1), date(2021, 9, 30), date(2021, 9, 24))
PEOPLE = [60, 70, 80, 90]
TABLE = workbook(
    Filled(
        "新河街道总工会",
        "林晓雨",
        "65300001",
        date(2021, 9, 1),
        tuple(
            Activity(f"网络安全讲座{n}", "2021年6月15日", "文化中心", "讲座", "宣传网络安全", (2, 10, 3, people, 5000))
            for n, people in enumerate(PEOPLE)
        ),
    )
)


def opened(raw: bytes) -> Opened:
    return open_mail(raw, FORMS, PERIOD)


def people(of: Opened) -> list[object]:
    return [record.values["participants"].content for _, reading in of.readings for record in reading.records]


def faults(of: Opened) -> list[str]:
    return [document.fault.code for document in of.documents if document.fault]


def sentence(of: Opened) -> str:
    (text,) = (document.fault.text for document in of.documents if document.fault)
    return text


def of_words(name: str) -> bytes:
    return mails.part(b"Content-Type: text/plain; charset=us-ascii", WORDS[name](TABLE))


GOOD = mixed(FILES["base64"](TABLE))
ODD = {
    **{f"file: {name}": message(mixed(wrap(TABLE))) for name, wrap in FILES.items()},
    **{f"words: {name}": message(of_words(name)) for name in WORDS},
    **{f"entity: {name}": message(wrap(GOOD)) for name, wrap in ENTITIES.items()},
    **{f"message: {name}": wrap(message(GOOD)) for name, wrap in MESSAGES.items()},
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_mail_is_read_as_the_good_one(name: str) -> None:
    of = opened(ODD[name])
    assert people(of) == PEOPLE
    assert of.head.sender is not None
    assert of.head.sender.address == "xinhe@example.org"
    assert of.head.subject == "报送统计表"
    assert faults(of) in ([], ["picture"])  # a picture beside the table


def test_there_are_enough_odd_mails() -> None:
    assert len(ODD) >= 60


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(sorted(FILES)),
    st.lists(st.sampled_from(sorted(ENTITIES)), max_size=3),
    st.sampled_from(sorted(MESSAGES)),
)
def test_wrappings_in_wrappings_give_the_same_tables_or_a_named_reason(
    file: str, entities: list[str], way: str
) -> None:
    entity = mixed(FILES[file](TABLE))
    for name in entities:
        entity = ENTITIES[name](entity)
    of = opened(MESSAGES[way](message(entity)))
    assert people(of) == PEOPLE or faults(of), (file, entities, way)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(ODD)), st.integers(0, 2**32))
def test_damage_to_an_odd_mail_is_never_an_exception(name: str, seed: int) -> None:
    chance = random.Random(seed)
    raw = bytearray(ODD[name])
    for _ in range(chance.choice((1, 2, 8))):
        at = chance.randrange(len(raw)) if chance.random() < 0.5 else chance.randrange(min(800, len(raw)))
        raw[at : at + chance.choice((0, 1, 40))] = chance.choice((b"", b"\r", b"\n", b"\0", b"--", chance.randbytes(3)))
    of = opened(bytes(raw))
    assert all(document.fault is None or document.fault.text for document in of.documents)


# ---------------------------------------------------------------- words that are none


@pytest.mark.parametrize("name", WORDS)
def test_the_lines_of_a_file_are_no_words(name: str) -> None:
    assert len(opened(ODD[f"words: {name}"]).words) < 60


def test_a_name_in_chinese_is_kept() -> None:
    named = mails.part(b"Content-Type: text/plain", uu(TABLE).replace(b"t.xlsx", "统计表.xlsx".encode("gbk")))
    assert [document.name for document in opened(message(named)).documents] == ["统计表.xlsx"]


@pytest.mark.parametrize(
    "words",
    [
        "begin 100 days of reading\r\nHELLO WORLD\r\nend\r\n",
        "begin 644 x\r\n\r\n",
        "VGhlIHdvcmQ=",
        "请访问 http://example.org/?a=12&b=34&c=56&d=78&e=90&f=11\r\n",
        "see=20table=20today\r\n",
        "d41d8cd98f00b204e9800998ecf8427ed41d8cd98f00b204e9800998ecf8427e\r\n",
        "From: nobody is a word as well\r\n\r\nsecond",
    ],
)
def test_words_that_only_look_like_a_file_stay_words(words: str) -> None:
    of = opened(mails.mail(text=words.replace("\r\n", "\n"), encoding="8bit"))
    assert of.documents == ()
    assert of.words.splitlines()[0] == words.splitlines()[0]


def test_words_in_base64_that_are_said_to_be_plain_are_read() -> None:
    raw = mails.mail(text="您好，我单位的统计表将于下周一报送，请知悉。\n新河街道总工会").replace(
        b": base64", b": 7bit"
    )
    assert opened(raw).words.startswith("您好，我单位的统计表将于下周一报送")


def test_an_uuencoded_file_that_is_damaged_is_told_and_not_read() -> None:
    lines = uu(TABLE).split(b"\r\n")
    lines[20] = b"\xd5\xe2\xca\xc7" + lines[20][4:]
    of = opened(message(mails.part(b"Content-Type: text/plain", b"\r\n".join(lines))))
    assert (people(of), faults(of)) == ([], ["broken"])


def test_an_uuencoded_file_that_breaks_off_is_told() -> None:
    of = opened(message(mails.part(b"Content-Type: text/plain", uu(TABLE)[:3000] + b"\r\n\r\n-- \r\nbest regards")))
    assert (people(of), faults(of)) == ([], ["truncated"])
    assert "best regards" in of.words


# ---------------------------------------------------------------- signatures and secrets


def test_a_signature_is_no_file() -> None:
    clear = mails.multipart(
        "signed",
        [
            mails.part(b"Content-Type: text/plain", b"a question"),
            smime(cms.signed(None), type="application/pkcs7-signature", name="smime.p7s"),
        ],
    )
    of = opened(message(clear))
    assert (of.documents, of.part_types, of.words) == ((), (), "a question")


def test_a_signature_beside_a_file_may_be_damaged() -> None:
    signature = mails.file("smime.p7s", cms.signed(None)[:30], type="application/pkcs7-signature")
    of = opened(message(mails.multipart("signed", [GOOD, signature])))
    assert (people(of), faults(of)) == (PEOPLE, [])


def test_words_signed_by_pgp_in_place_are_the_words() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n您好，\n- -- 新河\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEz\n=abcd\n-----END PGP SIGNATURE-----\n"
    )
    assert opened(mails.mail(text=text)).words == "您好，\n-- 新河"


PGP = "-----BEGIN PGP MESSAGE-----\nVersion: 1\n\nhQEMA1\n=abcd\n-----END PGP MESSAGE-----"
PACKETS = b"\x84\x0c\x03" + bytes(8) + b"\x01\x00\x00" + b"\xd2\x20\x01" + bytes(31)
SECRET = {
    "S/MIME": message(smime(cms.enveloped(GOOD))),
    "S/MIME with authentication": message(smime(cms.enveloped(GOOD, kind=cms.AUTH_ENVELOPED, streamed=True))),
    "S/MIME, signed inside": message(smime(cms.enveloped(smime(cms.signed(GOOD))))),
    "S/MIME, signed outside": message(smime(cms.signed(smime(cms.enveloped(GOOD))))),
    "S/MIME, called a file": message(mixed(smime(cms.enveloped(GOOD), type="application/octet-stream", name="a.bin"))),
    "S/MIME, forwarded": mails.mail(forwarded=[message(smime(cms.enveloped(GOOD)))]),
    "PGP/MIME": message(
        mails.multipart(
            "encrypted",
            [
                mails.part(b"Content-Type: application/pgp-encrypted", b"Version: 1"),
                mails.part(b"Content-Type: application/octet-stream", PGP.encode()),
            ],
        )
    ),
    "PGP in the words": mails.mail(text=f"您好\n{PGP}\n再见"),
    "PGP as a file": mails.mail(attachments=[("统计表.xlsx.asc", PGP.encode())]),
    "PGP as a file without armour": mails.mail(attachments=[("统计表.xlsx.gpg", PACKETS)]),
}


@pytest.mark.parametrize("name", SECRET)
def test_what_is_encrypted_is_named_and_asked_for_in_clear(name: str) -> None:
    of = opened(SECRET[name])
    assert (people(of), faults(of)) == ([], ["encrypted"])
    how = name.split()[0].strip(",").removesuffix("/MIME") if name.startswith("PGP") else "S/MIME"
    assert sentence(of).startswith(f"来件内容经过加密（{how}），系统无法读取。请关闭邮件加密")
    assert "PGP MESSAGE" not in of.words


def test_encrypted_mails_are_not_taken_for_the_same_mail() -> None:
    first, second = (opened(mails.mail(text=PGP.replace("hQEMA1", secret))) for secret in ("hQEMA1", "hQEMA2"))
    assert first.content_digest != second.content_digest


def test_a_signature_that_is_damaged_is_told() -> None:
    raw = message(mails.file("smime.p7m", cms.signed(GOOD)[:3000], type="application/pkcs7-mime"))
    assert faults(opened(raw)) == ["broken"]
    assert "数字签名封装（S/MIME）已损坏" in sentence(opened(raw))


# ---------------------------------------------------------------- mails that do not hold their content


def test_a_part_of_a_split_mail_is_named() -> None:
    fields = b'Content-Type: message/partial; id="a@example.org"; number=2; total=3'
    of = opened(message(mails.part(fields, b"UEsDBBQ")))
    assert faults(of) == ["partial"]
    assert sentence(of).startswith("邮件在发送时被拆成3封，本封为第2封，系统不能合并读取。")


def test_a_reference_to_a_file_elsewhere_is_named() -> None:
    fields = b'Content-Type: message/external-body; access-type=URL; URL="http://example.org/t.xlsx"'
    part = mails.part(fields, b"Content-Type: application/vnd.ms-excel\r\n\r\n")
    of = opened(message(mixed(part)))
    assert faults(of) == ["external-body"]
    assert sentence(of).startswith("附件没有随邮件发来")
