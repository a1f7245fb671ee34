"""IMAP over a faulty network: an error within seconds, no mail lost, and a complete next round."""

import time
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from mailbot.domain.errors import MailboxError
from mailbot.servers import imap_session
from mailbot.servers.imap import Mailbox
from support.dovecot import Account
from support.imap_proxy import Fault, FaultyNetwork
from support.loopback import mailbox_config

TIMEOUT = 1.0
MAILS = [b"Subject: %d\r\n\r\n" % n + b"0123456789abcdef\r\n" * 2000 for n in range(3)]
SHORT = b"Subject: short\r\n\r\n"
IN_THE_GREETING, IN_THE_LIST, IN_A_BODY = 30, 1400, 20_000
"""Bytes from the server: within its greeting, among its first answers, in the middle of a message."""


@pytest.fixture
def network(dovecot: Account) -> Iterator[FaultyNetwork]:
    for raw in MAILS:
        dovecot.deliver(raw)
    network = FaultyNetwork(dovecot.server.port)
    yield network
    network.stop()


def read_all(mailbox: Mailbox) -> list[bytes]:
    """One round: every message of the folder."""
    listing = mailbox.listing()
    seen = mailbox.sightings(listing, listing.uids)
    bodies = [b"".join(mailbox.fetch(sighting.place, sighting.size)) for sighting in seen]
    mailbox.settled(listing)
    return bodies


def mailbox_behind(network: FaultyNetwork, account: Account, timeout: float = TIMEOUT, **more: Any) -> Mailbox:
    return Mailbox(mailbox_config(imap_port=network.port, address=account.user, **more), timeout=timeout)


BREAKING = [fault for fault in get_args(Fault) if fault not in ("slow", "trickle")]


@pytest.mark.parametrize("after", [IN_THE_GREETING, IN_THE_LIST, IN_A_BODY], ids=["greeting", "list", "body"])
@pytest.mark.parametrize("fault", BREAKING)
def test_a_fault_is_a_sentence_within_seconds_and_the_next_round_reads_everything(
    network: FaultyNetwork, dovecot: Account, fault: Fault, after: int
) -> None:
    mailbox = mailbox_behind(network, dovecot)
    network.fault, network.after = fault, after
    began = time.monotonic()
    with pytest.raises(MailboxError, match="mailbox office: "):
        read_all(mailbox)
    assert time.monotonic() - began < 10 * TIMEOUT
    network.fault = None
    assert read_all(mailbox) == MAILS
    mailbox.close()


@pytest.mark.parametrize("fault", [fault for fault in BREAKING if fault != "refused"])
def test_a_fault_on_the_kept_connection_costs_one_round(network: FaultyNetwork, dovecot: Account, fault: Fault) -> None:
    mailbox = mailbox_behind(network, dovecot)
    assert read_all(mailbox) == MAILS
    network.fault = fault
    with pytest.raises(MailboxError):
        read_all(mailbox)
    network.fault = None
    assert read_all(mailbox) == MAILS, "after a fault everything is listed again"
    mailbox.close()


@pytest.mark.parametrize("fault", ["reset", "stall"])
def test_a_large_mail_comes_over_a_network_that_never_lasts_for_all_of_it(
    network: FaultyNetwork, dovecot: Account, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr(imap_session, "PIECE", 4000)
    network.fault, network.after = fault, 15_000
    mailbox = mailbox_behind(network, dovecot, timeout=0.3)
    (first, *_) = mailbox.sightings(mailbox.listing(), mailbox.listing().uids)
    body = b"".join(mailbox.fetch(first.place, first.size))
    assert body == MAILS[0]
    assert len(body) > 2 * network.after
    mailbox.close()


def test_an_answer_that_trickles_without_end_is_cut_off(
    network: FaultyNetwork, dovecot: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_session, "ANSWER_SECONDS", 0.7)
    mailbox = mailbox_behind(network, dovecot, timeout=30)
    network.fault, network.after = "trickle", IN_A_BODY
    began = time.monotonic()
    with pytest.raises(MailboxError, match="mailbox office: "):
        read_all(mailbox)
    assert time.monotonic() - began < 10
    network.fault = None
    monkeypatch.setattr(imap_session, "ANSWER_SECONDS", 60)
    assert read_all(mailbox) == MAILS
    mailbox.close()


def test_a_slow_network_only_takes_its_time(network: FaultyNetwork, dovecot: Account) -> None:
    mailbox = mailbox_behind(network, dovecot, timeout=10)
    network.fault = "slow"
    assert read_all(mailbox) == MAILS
    mailbox.close()


@pytest.mark.parametrize("after", [100, 2600], ids=["handshake", "afterwards"])
@pytest.mark.parametrize("fault", ["reset", "truncated", "garbage"])
def test_tls_that_is_cut_is_a_sentence_too(dovecot: Account, fault: Fault, after: int) -> None:
    for raw in MAILS:
        dovecot.deliver(raw)
    network = FaultyNetwork(dovecot.server.tls_port)
    mailbox = mailbox_behind(network, dovecot, security="tls", ca_file=dovecot.server.ca_file)
    network.fault, network.after = fault, after
    with pytest.raises(MailboxError, match="mailbox office: "):
        read_all(mailbox)
    network.fault = None
    assert read_all(mailbox) == MAILS
    mailbox.close()
    network.stop()
