"""The table of providers: each mailbox gets one row of it, by the provider's name or its host."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mailbot.config import providers
from mailbot.config.providers import PROVIDERS, UNKNOWN
from support.loopback import mailbox_config
from support.paths import PROJECT


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("imap.sina.com", "sina"),
        ("imap.vip.sina.com", "vip.sina"),
        ("imap.163.com", "163"),
        ("imap.126.com", "163"),
        ("imap.yeah.net", "163"),
        ("imaphz.qiye.163.com", "qiye.163"),
        ("imap.qq.com", "qq"),
        ("IMAP.Exmail.QQ.com.", "exmail"),
        ("imap.139.com", "139"),
        ("imap.qiye.aliyun.com", "aliyun"),
        ("outlook.office365.com", "outlook"),
        ("imap.gmail.com", "gmail"),
        ("imap.notqq.com", "unknown"),
        ("mail.example.org", "unknown"),
        ("127.0.0.1", "dovecot"),
        ("localhost", "dovecot"),
    ],
)
def test_a_mailbox_is_told_by_the_host_it_is_read_from(host: str, name: str) -> None:
    assert providers.of(mailbox_config(host=host, auth="xoauth2")).name == name


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda p: p.name)
def test_every_provider_can_be_named_and_is_found_by_its_own_hosts(provider: providers.Provider) -> None:
    for name in (provider.name, provider.name.upper(), *provider.aliases):
        assert providers.of(mailbox_config(provider=name, auth="xoauth2")) is provider
    for place in filter(None, (provider.imap, provider.smtp)):
        assert providers.at(place[0]) is provider


def test_the_page_of_providers_names_the_hosts_of_every_provider() -> None:
    page = (PROJECT / "docs" / "providers.md").read_text(encoding="utf-8")
    places = [place for p in PROVIDERS for place in (p.imap, p.smtp) if place]
    assert [f"{host} {port}" for host, port in places if f"| {host} {port}" not in page] == []


def test_a_name_that_nobody_knows_is_a_fault_that_names_the_nearest() -> None:
    with pytest.raises(ValidationError, match=r"there is no provider exmial; did you mean exmail\?"):
        mailbox_config(provider="exmial")
    with pytest.raises(ValidationError, match="write auto or one of sina, "):
        mailbox_config(provider="邮局")


@given(st.text())
def test_any_host_has_a_provider_and_any_name_is_one_or_a_fault(text: str) -> None:
    assert providers.at(text) in PROVIDERS
    if providers.fault(text) is None and text != "auto":
        assert providers.of(mailbox_config(provider=text, auth="xoauth2")) in PROVIDERS


def test_a_provider_that_nobody_knows_is_treated_most_carefully() -> None:
    assert UNKNOWN.per_minute == min(p.per_minute for p in PROVIDERS)
    assert UNKNOWN.per_day == min(p.per_day for p in PROVIDERS)
    assert UNKNOWN.per_connection == min(p.per_connection for p in PROVIDERS)
    assert not UNKNOWN.keeps_sent_copy, "a letter that is not in the sent folder may have left all the same"


def test_every_limit_allows_something_and_a_day_more_than_a_minute() -> None:
    assert {f.name for f in fields(providers.Provider)} >= {"per_minute", "per_day", "per_connection"}
    for p in PROVIDERS:
        assert 0 < p.per_minute < p.per_day
        assert p.per_connection > 0
