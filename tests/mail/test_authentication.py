"""What our own provider found out about a sender: which fields are its own, and which results speak for From."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.mail import Address, Head
from mailbot.domain.proof import Proof
from mailbot.mail.authentication import confirmed_issuers, parse, proof_of_sender, written_on_arrival
from mailbot.mail.mime import read
from support.mails import mail

HOSTS = ("mx.example.com", "mx19")
RECEIVED = ("received", "from relay.example.org by mx.example.com; Mon, 20 Sep 2021 10:00:00 +0800")


def head(*fields: tuple[str, str], sender: str = "unit@example.org", ambiguous: bool = False) -> Head:
    return Head(sender=Address(sender), headers=fields, is_sender_ambiguous=ambiguous)


def results(*fields: str) -> tuple[tuple[str, str], ...]:
    return tuple(("authentication-results", field) for field in fields)


def forced(field: str) -> Proof:
    return proof_of_sender(head(*results(field)), HOSTS, ())


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("mx.example.com; dmarc=pass header.from=example.org", Proof.AUTHENTICATED),
        ("mx.example.com; dmarc=pass header.from=unit@example.org", Proof.AUTHENTICATED),
        ("mx.example.com; dkim=pass header.d=example.org", Proof.AUTHENTICATED),
        ("mx.example.com; dkim=pass header.i=@example.org", Proof.AUTHENTICATED),
        ("mx.example.com; dkim=fail header.d=example.org; dkim=pass header.d=example.org", Proof.AUTHENTICATED),
        ("mx.example.com; spf=pass smtp.mailfrom=unit@example.org; dmarc=permerror", Proof.AUTHENTICATED),
        ("mx.example.com; spf=pass smtp.mailfrom=example.org; dmarc=none", Proof.AUTHENTICATED),
        ("mx19; spf=pass (sender is unit@example.org) smtp.mailfrom=unit@EXAMPLE.org", Proof.AUTHENTICATED),
        ('mx.example.com; spf=pass smtp.mailfrom="unit@example.org"', Proof.AUTHENTICATED),
        ("in3.mx.example.com 1; dmarc/1 = pass header.from = example.org", Proof.AUTHENTICATED),
        ("mx.example.com; dmarc=pass", Proof.UNPROVED),
        ("mx.example.com; dmarc=pass header.from=example.net", Proof.UNPROVED),
        ("mx.example.com; dmarc=pass header.from=org", Proof.UNPROVED),
        ("mx.example.com; dmarc=none header.from=example.org", Proof.UNPROVED),
        ("mx.example.com; dmarc=permerror header.from=example.org", Proof.UNPROVED),
        ("mx.example.com; dmarc=bestguesspass header.from=example.org", Proof.UNPROVED),
        ("mx.example.com; spf=pass smtp.mailfrom=a@example.net; dkim=pass header.d=example.net", Proof.UNPROVED),
        ("mx.example.com; spf=fail smtp.mailfrom=example.org; dkim=fail header.d=example.org", Proof.UNPROVED),
        ("mx.example.com; dkim=pass header.d=sub.example.org", Proof.UNPROVED),
        ("mx.example.com; dkim=pass header.d=notexample.org", Proof.UNPROVED),
        ("mx.example.com; spf=pass smtp.helo=example.org", Proof.UNPROVED),
        ("mx.example.com; none", Proof.UNPROVED),
        ("mx.example.com", Proof.UNPROVED),
        ("mx.example.com 2; dmarc=fail", Proof.UNPROVED),
        ("mx.example.com.evil.example; dmarc=pass header.from=example.org", Proof.UNPROVED),
        ("evilmx.example.com; dmarc=pass header.from=example.org", Proof.UNPROVED),
        ("mx190; dmarc=pass header.from=example.org", Proof.UNPROVED),
        ("(mx.example.com); dmarc=pass header.from=example.org", Proof.UNPROVED),
        ('mx.example.com; spf=fail reason="x; dmarc=pass header.from=example.org"', Proof.UNPROVED),
        ('mx.example.com; spf=fail reason="x\\"; dmarc=pass header.from=example.org', Proof.UNPROVED),
        ("mx.example.com; spf=fail (x; dmarc=pass header.from=example.org", Proof.UNPROVED),
        ("mx.example.com; x-dmarc=pass header.from=example.org", Proof.UNPROVED),
        ("dmarc=pass header.from=example.org; mx.example.com", Proof.UNPROVED),
        ("", Proof.UNPROVED),
        ("mx.example.com; dmarc=fail (p=reject) header.from=example.org", Proof.DISOWNED),
        ("mx.example.com; dkim=pass header.d=example.org; dmarc=fail", Proof.DISOWNED),
        ("mx.example.com; dmarc=pass header.from=example.org; dmarc=fail header.from=b.example", Proof.DISOWNED),
        ("MX.Example.COM.; DMARC=Fail", Proof.DISOWNED),
        ('"mx.example.com"; dmarc=fail', Proof.DISOWNED),
        (
            "(our) mx.example.com (border (one)) ; (policy) dmarc (v1) = (really) fail (p=none; dmarc=pass)",
            Proof.DISOWNED,
        ),
        ('mx.example.com (5" wide); dmarc=fail', Proof.DISOWNED),
    ],
)
def test_only_a_pass_for_the_domain_in_from_proves_a_sender(field: str, found: Proof) -> None:
    assert forced(field) is found


@pytest.mark.parametrize(
    ("proved", "sender", "found"),
    [
        ("example.org", "a@mail.example.org", Proof.AUTHENTICATED),
        ("mail.example.org", "a@example.org", Proof.UNPROVED),
        ("org", "a@example.org", Proof.UNPROVED),
        ("com.cn", "a@example.com.cn", Proof.UNPROVED),
        ("gov.cn", "a@district.gov.cn", Proof.UNPROVED),
        ("district.gov.cn", "a@mail.district.gov.cn", Proof.AUTHENTICATED),
    ],
)
def test_a_domain_speaks_for_those_under_it_unless_it_belongs_to_nobody(proved: str, sender: str, found: Proof) -> None:
    field = f"mx19; dkim=pass header.d={proved}"
    assert proof_of_sender(head(*results(field), sender=sender), HOSTS, ()) is found


def test_no_sender_is_proved_where_from_names_several() -> None:
    assert proof_of_sender(head(*results("mx19; dmarc=pass header.from=example.org"), ambiguous=True), HOSTS, ()) is (
        Proof.UNPROVED
    )


# ---------------------------------------------------------------- whose field it is


@pytest.mark.parametrize(("value", "found"), [("pass", Proof.AUTHENTICATED), ("fail", Proof.DISOWNED)])
def test_below_the_topmost_field_none_is_believed(value: str, found: Proof) -> None:
    own, other = f"mx19; dmarc={value} header.from=example.org", "mx19; spf=fail"
    assert proof_of_sender(head(*results(other, own)), HOSTS, ()) is Proof.UNPROVED
    assert proof_of_sender(head(*results("relay.example.net; none", own)), HOSTS, ()) is Proof.UNPROVED
    assert proof_of_sender(head(*results(own, other)), HOSTS, ()) is found


def test_all_fields_above_the_providers_received_are_its_own() -> None:
    spf, dmarc = results("mx19; spf=pass smtp.mailfrom=a@example.net", "mx19; dmarc=pass header.from=example.org")
    for names in ((HOSTS, ()), ((), ("mx19",))):
        assert proof_of_sender(head(spf, dmarc, RECEIVED), *names) is Proof.AUTHENTICATED


def test_what_stands_below_the_received_field_came_with_the_mail() -> None:
    (forged,) = results("mx19; dmarc=pass header.from=example.org")
    assert proof_of_sender(head(RECEIVED, forged), (), ("mx19",)) is Proof.UNPROVED
    assert proof_of_sender(head(forged), (), ("mx19",)) is Proof.UNPROVED
    assert written_on_arrival(head(forged)) == ()


def test_a_name_that_was_learnt_is_that_name_alone() -> None:
    (field,) = results("in3.mx19; dmarc=pass header.from=example.org")
    assert proof_of_sender(head(field, RECEIVED), (), ("mx19",)) is Proof.UNPROVED


def test_without_a_name_nothing_is_told() -> None:
    (field,) = results("mx19; dmarc=fail")
    assert proof_of_sender(head(field, RECEIVED), (), ()) is Proof.UNTOLD


def test_a_mail_to_ourselves_that_passes_shows_whose_results_are_the_providers() -> None:
    own = results("mx19; spf=pass smtp.mailfrom=office@example.org", "in.example.net; dkim=fail header.d=example.org")
    assert confirmed_issuers(head(*own, RECEIVED, sender="office@example.org")) == {"mx19"}
    assert confirmed_issuers(head(RECEIVED, *own, sender="office@example.org")) == frozenset()


def test_a_field_that_names_nobody_can_be_learnt() -> None:
    (field,) = results(
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dmarc=pass header.from=example.org"
    )
    assert confirmed_issuers(head(field, RECEIVED)) == {""}


def test_a_folded_field_is_read_as_one() -> None:
    field = "mx.example.com;\r\n spf=pass smtp.mailfrom=a@example.org;\r\n\tdmarc=fail\r\n\t(p=none)"
    raw = f"Authentication-Results: {field}\r\n".encode() + mail()
    assert proof_of_sender(read(raw).head, HOSTS, ()) is Proof.DISOWNED


@given(st.text(alphabet='mx19;=()"\\ .@dmarcfilpsheon', max_size=60))
def test_any_field_is_read_and_a_proof_names_the_domain(field: str) -> None:
    assert forced(field) is not Proof.UNTOLD
    if forced(field) is Proof.AUTHENTICATED:
        assert "example.org" in str(parse(field))
