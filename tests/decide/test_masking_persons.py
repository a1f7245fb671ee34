"""Who is looked for, in what spellings a person is found, and what is hidden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.decide.erasing import Masking
from mailbot.domain.erasing import ERASED, MASK, Person, contacts_hidden, person_called, persons_in
from mailbot.domain.identifiers import is_address


@pytest.mark.parametrize(
    ("who", "person"),
    [
        ("Li@Example.org", Person(addresses=frozenset({"li@example.org"}))),
        ("138 0013 8000", Person(phones=frozenset({"13800138000"}))),
        ("+86-13800138000", Person(phones=frozenset({"13800138000"}))),
        ("022-65309739", Person(phones=frozenset({"02265309739"}))),
        ("１３８００１３８０００", Person(phones=frozenset({"13800138000"}))),
        ("李 晓", Person(names=frozenset({"李晓"}))),
        ("Anna  Smith", Person(names=frozenset({"Anna Smith"}))),
    ],
)
def test_whom_a_word_means(who: str, person: Person) -> None:
    assert person_called(who) == person


@pytest.mark.parametrize("who", ["", " ", "李", "123", "a@", "李晓1"])
def test_what_means_nobody_is_told(who: str) -> None:
    with pytest.raises(ValueError, match="is no mail address, phone number or name"):
        person_called(who)


@pytest.mark.parametrize(
    ("who", "text", "hidden"),
    [
        ("李晓", "填报人：李晓 13800138000", "填报人：*** 13800138000"),
        ("李晓", "填报人：李　晓", "填报人：***"),
        ("13800138000", "填报人：李晓 138-0013-8000", "填报人：李晓 ***"),
        ("13800138000", "电话+86 138 0013 8000。", "电话***。"),
        ("13800138000", "１３８００１３８０００", "***"),
        ("13800138000", "9138001380009", "9138001380009"),
        ("a.b@example.org", "致 A.B@EXAMPLE.ORG，", "致 ***，"),
        ("a.b@example.org", "xa.b@example.org a.b@example.org.cn", "xa.b@example.org a.b@example.org.cn"),
        ("Anna Smith", "by anna  smith; Annasmith", "by ***; Annasmith"),
    ],
)
def test_how_somebody_may_be_written(who: str, text: str, hidden: str) -> None:
    person = person_called(who)
    assert person.hidden(text) == hidden
    assert person.finds(text) is (text != hidden)


def test_a_name_within_a_longer_one_is_another_name_where_names_are_expected() -> None:
    person = person_called("李明")
    assert person.is_named_in("李明 13800138000")
    assert not person.is_named_in("李明珠")
    assert person.finds("由李明主讲")


def test_everybody_is_read_from_the_block_around_a_table() -> None:
    found = persons_in(["李 晓（宣传委员） 138 0013 8000", "欧阳明珠", "li@example.org"])
    assert found.addresses == {"li@example.org"}
    assert found.phones == {"13800138000"}
    assert found.names >= {"李晓", "欧阳明珠"}


def test_no_address_can_read_as_an_erased_one() -> None:
    assert not is_address(ERASED)


def test_of_a_message_that_only_names_somebody_its_sender_stays() -> None:
    masking = Masking(person_called("李晓"))
    assert masking.address("port@example.org") == "port@example.org"
    assert masking.of_header("phone", "13800138000", is_text=True) == "13800138000"
    assert masking.in_row("李晓的讲座，电话13800138000") == "***的讲座，电话13800138000"


def test_of_a_whole_message_sender_and_whoever_filled_it_in_go() -> None:
    masking = Masking(is_whole=True, own=persons_in(["李晓"]))
    assert masking.address("port@example.org") == ERASED
    assert masking.of_header("reporter", "李晓", is_text=True) == MASK
    assert masking.of_header("unit_raw", "新河街道总工会 填报人：李晓", is_text=True) == "新河街道总工会 填报人：***"
    assert masking.beside("“李晓”的电话 13800138000 请核对") == "“***”的电话 138****8000 请核对"
    assert masking.in_row("李晓的讲座，电话13800138000") == "李晓的讲座，电话138****8000"


WORDS = st.text(alphabet="李晓明珠a@.13800138000 　，", max_size=40)


@given(WORDS, st.sampled_from(["李晓", "李明", "13800138000", "a.a@a.a", "a@a1.a"]))
def test_what_is_hidden_is_found_no_more_and_hiding_again_changes_nothing(text: str, who: str) -> None:
    person = person_called(who)
    hidden = person.hidden(text)
    assert not person.finds(hidden)
    assert person.hidden(hidden) == hidden


@given(WORDS)
def test_masks_are_stable_so_that_equal_rows_stay_equal(text: str) -> None:
    assert contacts_hidden(contacts_hidden(text)) == contacts_hidden(text)
